gem "greeter", "~> 1.0"
require "greeter"

def handler(event:, context:)
  Greeter.greet("World")
end
