# frozen_string_literal: true

# AWS's bootstrap has used these before it loads the function, and so there are functions that forget to require them.
{
  Monitor: "monitor",
  MonitorMixin: "monitor",
  OpenSSL: "openssl",
  RbConfig: "rbconfig",
  StringIO: "stringio",
  Timeout: "timeout",
  URI: "uri"
}.each { |name, library| Object.autoload(name, library) }

module Net
  autoload :HTTP, "net/http"
end

# Loggers get AWS's format. The library itself, which adds to this class, may never be loaded.
class Logger
  module OnLambda
    def initialize(device, *rotation, **options)
      require "logger"
      # On AWS a logger without a device is no silent one: it writes to the function's log too.
      if device.nil? || device == $stdout || device == $stderr
        require_relative "log"
        options = LambdaBootstrap::Log.options.merge(options)
        device ||= $stdout
      end
      super
    end
  end
  prepend OnLambda

  def self.const_missing(name)
    require("logger") ? const_get(name) : super
  end
end
