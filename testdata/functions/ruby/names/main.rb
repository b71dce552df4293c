# A file with the name of one of the bootstrap; so are the two that it requires.
require "errors"
require "context"

def handler(event:, context:)
  [ERRORS, CONTEXT]
end

class Handlers
  def self.handle(event:, context:)
    "of a class"
  end

  module Deep
    class Handler
      def self.handle(event:, context:)
        "of a class in a module"
      end
    end
  end
end
