# The hello of the README.
def handler(event:, context:)
  name = event.fetch("name", "World")
  puts "Greeting #{name}"
  { message: "Hello, #{name}" }
end
