require "bundler"

Bundler.require

def handler(event:, context:)
  Greeter.greet("World")
end
