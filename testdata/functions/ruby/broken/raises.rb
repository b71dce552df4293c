puts "loading"
warn "to stderr"

def prepare
  raise ZeroDivisionError, "at load"
end

prepare
