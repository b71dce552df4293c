require "rubygems"
require "greeter"

def handler(event:, context:)
  Greeter.greet("World")
end
