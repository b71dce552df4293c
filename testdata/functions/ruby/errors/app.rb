# Handlers that fail.
class Unprintable < StandardError
  def message
    raise "no text"
  end
end

def boom(event:, context:)
  raise ArgumentError, "boom"
end

def deep(event:, context:)
  [1].each { boom(event: event, context: context) }
end

def silent(event:, context:)
  raise RuntimeError
end

def unprintable(event:, context:)
  raise Unprintable
end

def not_utf8(event:, context:)
  raise "caf\xE9 \xFF".b
end

def accents(event:, context:)
  raise "café"
end

def second(event:, context:)
  boom(event: event, context: context)
rescue ArgumentError
  raise KeyError, "second"
end

def every_second(event:, context:)
  @calls = @calls.to_i + 1
  raise "odd" if @calls.odd?

  @calls
end

def positional(event, context)
  event
end

def misspelt(event:, context:)
  evnt
end

def method_of_nil(event:, context:)
  event["nothing"].upcase
end

def endless(event:, context:)
  endless(event: event, context: context)
end

def not_implemented(event:, context:)
  raise NotImplementedError, "later"
end

def redirected(event:, context:)
  $stdout = StringIO.new
  raise "still seen"
end

class Checks
  def self.strict(event:, context:)
    raise TypeError, "not so"
  end

  def self.hidden(event:, context:)
    "called"
  end
  private_class_method :hidden
end
