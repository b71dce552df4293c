# Makes do without a gem that is not there.
begin
  require "no_such_library_anywhere"
rescue LoadError => error
  REASON = [error.path, error.message].freeze
end

def handler(event:, context:)
  REASON
end
