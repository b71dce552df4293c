require_relative "helper"

def handler(event:, context:)
  HELPER
end
