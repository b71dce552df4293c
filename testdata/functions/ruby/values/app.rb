# Events that come in, and results that JSON has a word for or has not.
Point = Struct.new(:x, :y) do
  def to_json(*arguments)
    to_h.to_json(*arguments)
  end
end

def echo(event:, context:)
  event
end

def type_name(event:, context:)
  event.class.name
end

def nothing(event:, context:); end

def accents(event:, context:)
  "café 😀"
end

def own_json(event:, context:)
  [Point.new(1, Point.new(2, 3)), :symbol, nil => 1]
end

def not_a_number(event:, context:)
  Float::NAN
end

def not_utf8(event:, context:)
  "caf\xE9"
end

def cycle(event:, context:)
  [].tap { |list| list << list }
end

def large(event:, context:)
  "x" * event["size"]
end

def string_io(event:, context:)
  StringIO.new("\x89PNG\r\n\xFF".b)
end

def file(event:, context:)
  File.open(__FILE__)
end
