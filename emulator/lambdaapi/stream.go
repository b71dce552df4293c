package lambdaapi

import (
	"encoding/base64"
	"encoding/json"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws/protocol/eventstream"
)

// An eventStream is a response of InvokeWithResponseStream: messages in AWS's
// framing, PayloadChunk for each piece of the function's response, and
// InvokeComplete. Until the first is sent the call may be refused.
// https://docs.aws.amazon.com/lambda/latest/api/API_InvokeWithResponseStream.html
type eventStream struct {
	w       http.ResponseWriter
	encoder *eventstream.Encoder
	version string
	begun   bool
}

// Write sends a chunk.
func (s *eventStream) Write(chunk []byte) (int, error) {
	if err := s.send("PayloadChunk", "application/octet-stream", chunk); err != nil {
		return 0, err
	}
	return len(chunk), nil
}

// completion is the payload of InvokeComplete. AWS leaves out what is empty.
type completion struct {
	ErrorCode    string `json:",omitempty"`
	ErrorDetails string `json:",omitempty"`
	LogResult    string `json:",omitempty"`
}

func (s *eventStream) complete(with completion) error {
	payload, err := json.Marshal(with)
	if err != nil {
		return err
	}
	return s.send("InvokeComplete", "application/json", payload)
}

func (s *eventStream) send(event, contentType string, payload []byte) error {
	if !s.begun {
		s.begun = true
		s.w.Header().Set("Content-Type", "application/vnd.amazon.eventstream")
		s.w.Header().Set("X-Amz-Executed-Version", s.version)
	}
	message := eventstream.Message{Payload: payload}
	message.Headers.Set(":message-type", eventstream.StringValue("event"))
	message.Headers.Set(":event-type", eventstream.StringValue(event))
	message.Headers.Set(":content-type", eventstream.StringValue(contentType))
	if err := s.encoder.Encode(s.w, message); err != nil {
		return err
	}
	return http.NewResponseController(s.w).Flush()
}

// invokeWithResponseStream serves the operation of that name. The response of
// a function that does not stream is one chunk.
func (a *API) invokeWithResponseStream(c *call) error {
	kind, err := c.kind(requestResponse, dryRun)
	if err != nil {
		return err
	}
	inv, err := a.invocation(c)
	if err != nil {
		return err
	}
	if kind == dryRun {
		c.w.WriteHeader(http.StatusNoContent)
		return nil
	}
	if err := inv.attend(c.r.Header); err != nil {
		return err
	}
	stream := &eventStream{w: c.w, encoder: eventstream.NewEncoder(), version: version(inv.qualifier)}
	inv.request.Stream = stream
	result, err := a.config.Functions.Invoke(c.r.Context(), inv.function.Path, inv.request)
	if err != nil && !stream.begun {
		return err
	}
	if err != nil {
		refusal := a.refusal(err)
		_ = stream.complete(completion{ErrorCode: refusal.code, ErrorDetails: refusal.message}) // as below
		return nil
	}
	end := completion{LogResult: base64.StdEncoding.EncodeToString(result.Log)}
	if result.Failure != nil {
		end.ErrorCode, end.ErrorDetails = "Unhandled", string(result.Payload)
	} else if len(result.Payload) > 0 {
		_, _ = stream.Write(result.Payload) // as below
	}
	_ = stream.complete(end) // a client that is gone misses nothing
	return nil
}
