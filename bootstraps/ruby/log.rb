# frozen_string_literal: true

module LambdaBootstrap
  # What loggers that write to the function's log do unless they are told otherwise.
  module Log
    def self.options
      json = ENV["AWS_LAMBDA_LOG_FORMAT"].to_s.casecmp?("JSON")
      level = ENV["AWS_LAMBDA_LOG_LEVEL"].to_s.upcase
      level = "DEBUG" if level == "TRACE" # which Ruby does not know
      options = { formatter: json ? JSONFormatter.new : TextFormatter.new }
      options[:level] = Logger.const_get(level) if %w[DEBUG INFO WARN ERROR FATAL].include?(level)
      options
    end

    # Ruby's own format and the id of the request.
    class TextFormatter < Logger::Formatter
      def call(severity, time, program, message)
        datetime = format_datetime(time).rstrip # which ends with a space before Ruby 3.0
        format("%s, [%s #%d] %5s %s -- %s: %s\n", severity[0], datetime, Process.pid, severity,
               $_global_aws_request_id, program, msg2str(message))
      end
    end

    class JSONFormatter < Logger::Formatter
      def call(severity, time, program, message)
        error = message if message.is_a?(Exception)
        fields = {
          timestamp: time.getutc.strftime("%Y-%m-%dT%H:%M:%S.%6NZ"),
          level: severity,
          message: Errors.text(error ? error.message : msg2str(message)),
          requestId: $_global_aws_request_id,
          logger: (Errors.text(program) unless program.to_s.empty?)
        }
        fields.update(of_error(error)) if error
        "#{JSON.generate(fields.compact)}\n"
      end

      private

      def of_error(error)
        frames = Array(error.backtrace).map { |frame| Errors.text(frame) }
        file, line, method = frames.first.to_s.match(/\A(.+):(\d+):in [`'](.+)'\z/)&.captures
        {
          errorType: error.class.to_s,
          errorMessage: Errors.text(error.message),
          stackTrace: frames,
          location: file ? "#{file}:#{method}:#{line}" : frames.first
        }
      end
    end
  end
end
