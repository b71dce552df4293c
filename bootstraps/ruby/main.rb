# frozen_string_literal: true

# Runs the handler of a Ruby function in one execution environment of `sam`.
#
# One source for Ruby 2.5 and later. Starting is what users wait for: the interpreter runs with --disable-gems, because
# RubyGems takes five times as long to load as everything else together, and what AWS's bootstrap has loaded before the
# function is loaded here when somebody asks for it (see libraries.rb and gems.rb).

require_relative "runtime"

LambdaBootstrap::Runtime.new(*ARGV.shift(2)).run
