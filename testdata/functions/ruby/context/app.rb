# What a handler learns besides the event.
OF_THE_FUNCTION = %i[function_name function_version memory_limit_in_mb log_group_name log_stream_name].freeze

def function(event:, context:)
  OF_THE_FUNCTION.map { |name| context.public_send(name).class.name }
end

def invocation(event:, context:)
  [context.aws_request_id, context.invoked_function_arn, context.client_context, context.identity, context.tenant_id]
end

def remaining(event:, context:)
  first = context.get_remaining_time_in_millis
  first.is_a?(Integer) && first <= event["at_most"] && context.get_remaining_time_in_millis.between?(1, first)
end

def deadline(event:, context:)
  context.deadline_ms - (Time.now.to_f * 1000) > 0
end

def names(event:, context:)
  context.class.public_instance_methods(false).sort
end

def trace_id(event:, context:)
  `echo $_X_AMZN_TRACE_ID`.chomp
end

def variable(event:, context:)
  value = ENV[event["name"]]
  [value, value.encoding.name]
end

def text_of_file(event:, context:)
  text = File.read("#{__dir__}/text.txt")
  [text.encoding.name, text.chomp]
end

def arguments(event:, context:)
  [ARGV, File.basename($PROGRAM_NAME)]
end

def directories(event:, context:)
  own = File.dirname($PROGRAM_NAME)
  [$LOAD_PATH.first == ENV["LAMBDA_TASK_ROOT"], File.identical?(Dir.pwd, ENV["LAMBDA_TASK_ROOT"]), $LOAD_PATH.include?(own)]
end

def receiver(event:, context:)
  self.class.name
end

# Libraries that AWS's bootstrap has loaded.
def libraries(event:, context:)
  [Net::HTTP, URI, Logger::INFO, StringIO, Timeout, OpenSSL::Digest, Monitor, RbConfig].size
end

def thread(event:, context:)
  @ticks ||= Queue.new.tap { |queue| Thread.new { loop { queue << sleep(0.01) } } }
  3.times { @ticks.pop }
  "ticked"
end
