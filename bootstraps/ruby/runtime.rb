# frozen_string_literal: true

require_relative "connection"
require_relative "context"
require_relative "errors"
require_relative "gems"
require_relative "libraries"
require_relative "marshaller"

# The receiver of handlers that are methods of no class. The name is AWS's: it shows in the message of a NoMethodError.
class LambdaHandler
end

module LambdaBootstrap
  # The run: init, then one invocation after the other.
  class Runtime
    # The exit statuses of AWS's bootstrap.
    INIT_FAILED = 252
    HANDLER_FAILED = 255

    def initialize(_opt_directory, sdk_directory)
      prepare_process
      Gems.prepare(sdk_directory)
      require "json"
    end

    def run
      @handler = load_handler(ENV["_HANDLER"].to_s)
      @api = connect
      @api.ask
      @api.answer(*serve(@api.next)) while true # `loop` would show in backtraces
    end

    private

    def prepare_process
      STDOUT.sync = true # as on AWS: a process that is killed loses nothing
      # Ruby falls back to ASCII where the host lacks the locale en_US.UTF-8, which AWS has.
      Encoding.default_external = Encoding::UTF_8 if Encoding.default_external == Encoding::US_ASCII
      # A ^C that gets here does what it does to any program, instead of raising Interrupt.
      trap("INT", "SYSTEM_DEFAULT")
      # Where a function's own RUBYLIB has replaced the one that starts with it.
      root = ENV["LAMBDA_TASK_ROOT"].to_s
      $LOAD_PATH.unshift(root) unless $LOAD_PATH.include?(root)
    end

    # What calls the handler, once the function's file is loaded. As on AWS, the method is looked up only then.
    def load_handler(name)
      file, *owner, method = name.split(".")
      raise ArgumentError, format(INVALID_HANDLER, name.split(".")) if method.nil? || owner.size > 1

      require file
      caller_of(owner.first, method)
    rescue Exception => error # exit included
      kind, body = Errors.report(error, "Init", "Init error when loading handler #{name}")
      api = connect
      api.post("init/error", body, error_type: kind)
      api.confirm
      exit INIT_FAILED
    end

    INVALID_HANDLER = "Invalid handler %p, must be of form FILENAME.METHOD or FILENAME.CLASS.METHOD where FILENAME " \
                      "corresponds with an existing Ruby source file FILENAME.rb, CLASS is an optional module/class " \
                      "namespace and METHOD is a callable method. If using CLASS, METHOD must be a class-level method."

    def caller_of(owner, method)
      return ->(**arguments) { Kernel.const_get(owner).send(method, **arguments) } if owner

      receiver = LambdaHandler.new
      ->(**arguments) { receiver.__send__(method, **arguments) }
    end

    def connect
      address = ENV["AWS_LAMBDA_RUNTIME_API"].to_s
      RuntimeAPI.new(address)
    rescue ArgumentError, SystemCallError, SocketError => error
      abort "sam: cannot reach the Lambda Runtime API: #{error.message} (AWS_LAMBDA_RUNTIME_API=#{address}; leave " \
            "that variable to sam)"
    end

    # Runs one invocation; returns where its result belongs, the result, and its content type.
    def serve(request)
      # The name is AWS's; formatters of functions use it.
      $_global_aws_request_id = id = request["Lambda-Runtime-Aws-Request-Id"]
      ENV["_X_AMZN_TRACE_ID"] = request["Lambda-Runtime-Trace-Id"]
      ["invocation/#{id}/response", *respond(request)]
    rescue Exception => error
      fail_invocation(id, error)
    end

    def respond(request)
      event = AwsLambda::Marshaller.marshall_request(request)
      context = LambdaContext.new(request)
      body, content_type = AwsLambda::Marshaller.marshall_response(@handler.call(event: event, context: context))
      body = body.read if content_type == "application/unknown"
      [body, content_type || "application/json"]
    end

    # The same for an error, unless it is one of those after which AWS's bootstrap gives up.
    def fail_invocation(id, error)
      critical = error.is_a?(NameError) || !error.is_a?(StandardError)
      heading = critical ? "Critical exception from handler" : "Error raised from handler method"
      _, body = Errors.report(error, "Function", heading)
      path = "invocation/#{id}/error"
      return path, body, "application/json" unless critical

      @api.post(path, body)
      @api.confirm
      exit HANDLER_FAILED
    end
  end
end
