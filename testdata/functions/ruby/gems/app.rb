require "greeter"

def handler(event:, context:)
  puts Gem.loaded_specs["greeter"].version
  { message: Greeter.greet("World") }
end
