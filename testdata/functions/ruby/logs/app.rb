# Output of all kinds.
require "logger"

OUT = Logger.new($stdout)

def printed(event:, context:)
  puts "plain"
  puts "two\nlines", ["and", ["more"]]
  warn "to stderr"
  p key: 1
  print "no newline"
end

def accents(event:, context:)
  puts "café"
  OUT.info("日本")
end

def child(event:, context:)
  puts "parent before"
  system("echo child")
  IO.for_fd(1, autoclose: false).syswrite("direct\n")
  puts "parent after"
end

def many(event:, context:)
  event["lines"].times { |number| puts "line #{number}" }
end

def levels(event:, context:)
  OUT.debug("a debug line")
  OUT.info("shop") { "an info line" }
  OUT.warn("a warning")
  Logger.new($stderr).error("an error")
  OUT.level
end

def exception(event:, context:)
  raise ArgumentError, "caught"
rescue ArgumentError => error
  OUT.error(error)
end

def formatted(event:, context:)
  Logger.new($stdout, level: Logger::WARN, formatter: ->(severity, *, message) { "<#{severity} #{message}>\n" }).tap do |logger|
    logger.info("hidden")
    logger.warn("shown")
  end.level
end

def elsewhere(event:, context:)
  text = StringIO.new
  Logger.new(text).info("to memory")
  text.string
end

def silent(event:, context:)
  Logger.new(nil).info("not silent")
end
