# frozen_string_literal: true

module LambdaBootstrap
  # Errors in the words of AWS's runtime: what the log shows, and the JSON that the caller gets.
  module Errors
    OWN_FILES = "#{__dir__}/"
    CALLER_OF_HANDLER = "#{OWN_FILES}runtime.rb:"
    MAX_FRAMES = 100

    # Writes an error to the log, wherever the function has pointed $stdout; returns its type and its JSON. The origin
    # is Function, Init or Runtime.
    def self.report(error, origin, heading)
      fields = { errorMessage: message(error), errorType: "#{origin}<#{error.class}>", stackTrace: frames(error) }
      STDOUT.write("#{heading}\n#{JSON.pretty_generate(fields)}\n")
      [fields[:errorType], JSON.generate(fields)]
    end

    def self.message(error)
      suggest_names if error.is_a?(NameError) || error.is_a?(KeyError)
      text(error.message)
    rescue StandardError
      "(a #{error.class} that fails to tell its message)"
    end

    # Before ruby3.2 such messages end with "Did you mean?". The library is not there yet because RubyGems is disabled,
    # and does nothing of the kind on later interpreters.
    def self.suggest_names
      require "did_you_mean" if ENV["AWS_EXECUTION_ENV"].to_s[/ruby(\d+\.\d+)/, 1].to_f < 3.2
    rescue LoadError # a gem of its own before Ruby 2.7, which may be missing
      nil
    end

    # The frames of the function. What it requires may go through a file of ours (see gems.rb).
    def self.frames(error)
      frames = Array(error.backtrace_locations).first(MAX_FRAMES).map { |frame| text(frame) }
      frames = frames.take_while { |frame| !frame.start_with?(CALLER_OF_HANDLER) }
      frames.reject { |frame| frame.start_with?(OWN_FILES) }
    end

    # Any text as UTF-8, of which JSON is made.
    def self.text(value)
      text = value.to_s
      text = text.dup.force_encoding(Encoding::UTF_8) if [Encoding::BINARY, Encoding::US_ASCII].include?(text.encoding)
      text.encode(Encoding::UTF_8, invalid: :replace, undef: :replace).scrub
    end
  end
end
