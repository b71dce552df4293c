# What a developer would write to call a handler once: the yardstick for a cold invoke.
require "json"
require ARGV[0] + "/app"

puts JSON.generate(handler(event: JSON.parse(File.read(ARGV[1])), context: nil))
