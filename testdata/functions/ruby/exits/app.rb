# Handlers after which there is no process any more, or too late.
def leave(event:, context:)
  exit event["status"]
end

def leave_with_words(event:, context:)
  abort "out of words"
end

def leave_in_a_thread(event:, context:)
  Thread.new { exit 3 }.join
end

def leave_at_once(event:, context:)
  print "no newline"
  exit! 7
end

def last_words(event:, context:)
  at_exit { puts "last words" }
  exit
end

def killed(event:, context:)
  print "no newline", " at all"
  Process.kill("KILL", Process.pid)
  sleep
end

def interrupted(event:, context:)
  puts "before"
  Process.kill("INT", Process.pid)
  sleep
end

def endless_sleep(event:, context:)
  print "still here"
  sleep
end
