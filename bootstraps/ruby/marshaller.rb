# frozen_string_literal: true

module AwsLambda
  # Turns requests into events and responses into payloads. Functions may replace these two methods, as AWS's own
  # bootstrap invites them to do, which is why the names are AWS's.
  class Marshaller
    class << self
      def marshall_request(request)
        return request.body unless request["Content-Type"] == "application/json"

        JSON.parse(request.body.force_encoding(Encoding::UTF_8))
      end

      # The payload, or an IO and the content type that says to read the payload from it.
      def marshall_response(response)
        io?(response) ? [response, "application/unknown"] : response.to_json
      end

      private

      # There is no need to load StringIO to see that something else is none.
      def io?(value)
        value.is_a?(IO) || (!Object.autoload?(:StringIO) && value.is_a?(StringIO))
      end
    end
  end
end
