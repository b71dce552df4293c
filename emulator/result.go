package emulator

import "io"

// A Request asks for an invocation.
type Request struct {
	// RequestID identifies the invocation; empty: it gets a new id.
	RequestID string
	// Payload is the event.
	Payload []byte
	// ARN is the ARN that the function is invoked by, qualifier included;
	// empty: its own.
	ARN string
	// ClientContext is the client's context as JSON, or empty.
	ClientContext string
	// TraceID is the X-Ray header of the request; empty: it gets a new one.
	TraceID string
	// WithLog asks for the end of the invocation's log.
	WithLog bool
	// Stream receives a response that the function streams, as it arrives. If
	// it is nil such a response is collected in the Result's Payload.
	Stream io.Writer
}

// A Result is what an invocation came to.
type Result struct {
	// RequestID identifies the invocation in the log.
	RequestID string
	// Payload is the function's response, or its error as JSON, byte for byte
	// as the runtime sent it. If the response went to a Stream it is empty,
	// unless the function failed in the middle of that.
	Payload []byte
	// ContentType is the payload's, as the runtime named it.
	ContentType string
	// Log is the end of the invocation's log, up to 4 KB, if it was asked for.
	Log []byte
	// Failure is nil if the function succeeded, else one of *FunctionError,
	// *InitError, *ExitError, *TimeoutError, *ExtensionError,
	// *bootstraps.EntrypointError.
	Failure error
}

// fail makes the result that of a failed invocation. Without a payload it gets
// the one that AWS gives to such a failure.
func (r *Result) fail(failure error, payload []byte) {
	if payload == nil {
		payload = errorPayload(r.RequestID, failure)
	}
	r.Payload, r.Failure, r.ContentType = payload, failure, "application/json"
}
