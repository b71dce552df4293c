package rapi

import (
	"net/http"
	"strconv"
	"time"
)

// Limits of the Invoke API and of the Runtime API.
const (
	// MaxEvent is the size in bytes of the largest event of a synchronous
	// invocation (AWS's quota "invocation payload", 6 MB).
	MaxEvent = 6 << 20
	// MaxResponse is the size in bytes of the largest buffered response: AWS
	// accepts 100 bytes over 6 MiB and names this figure in its messages.
	MaxResponse = 6<<20 + 100
	// MaxStream is the size in bytes of the largest streamed response.
	MaxStream = 200 << 20
	// maxHeader leaves room for the X-Ray cause, which clients send in a
	// header of up to 1 MiB.
	maxHeader = 8 << 20
)

// An Invocation is one event on its way to the runtime, with the metadata
// that the runtime shows to the function in its context object.
type Invocation struct {
	// RequestID identifies the invocation; the runtime answers under it.
	RequestID string
	// Payload is the event. The Runtime API hands it over unchanged.
	Payload []byte
	// ContentType is the payload's; empty means application/json.
	ContentType string
	// Deadline is when the invocation times out.
	Deadline time.Time
	// FunctionARN is the ARN the function was invoked by, qualifier included.
	FunctionARN string
	// TraceID is the X-Ray header (Root=...;Parent=...;Sampled=...), or empty.
	TraceID string
	// ClientContext is the client's context as JSON (decoded), or empty.
	ClientContext string
	// CognitoIdentity is {"cognitoIdentityId":...,"cognitoIdentityPoolId":...},
	// or empty.
	CognitoIdentity string
	// TenantID is the tenant of a function with tenant isolation, or empty.
	TenantID string
	// OnEnd, if set, is called when the invocation has come to its end, by the
	// goroutine that serves the runtime and before that looks for the next
	// event. It may Send that, and must not wait for the runtime. It may come
	// before Send returns.
	OnEnd func(*Call)
	// OnRuntimeDone, if set, is called before that, when the runtime has done
	// its part: extensions may still be at work. It must not wait for them.
	OnRuntimeDone func(*Call)
}

// setHeader writes the metadata as the headers of a reply to next. Empty ones
// are left out: some clients parse a blank value and fail.
func (inv *Invocation) setHeader(h http.Header) {
	contentType := inv.ContentType
	if contentType == "" {
		contentType = contentTypeJSON
	}
	h["Content-Type"] = []string{contentType}
	h["Content-Length"] = []string{strconv.Itoa(len(inv.Payload))}
	h["Lambda-Runtime-Aws-Request-Id"] = []string{inv.RequestID}
	h["Lambda-Runtime-Deadline-Ms"] = []string{strconv.FormatInt(inv.Deadline.UnixMilli(), 10)}
	for _, header := range inv.optional() {
		if header.value != "" {
			h[header.name] = []string{header.value}
		}
	}
}

// A Call is an Invocation that was given to a Runtime.
type Call struct {
	Invocation
	responded chan struct{}
	reply     Reply     // written once, before responded is closed
	replied   time.Time // when that was; only for OnRuntimeDone
	ended     chan struct{}
}

// Responded is closed when the runtime has answered: a buffered reply is
// complete then, a streamed one has begun.
func (c *Call) Responded() <-chan struct{} { return c.responded }

// Reply is the runtime's answer. It is valid once Responded is closed.
func (c *Call) Reply() *Reply { return &c.reply }

// Replied is when the answer was there, or began to stream. It is for the use of
// OnRuntimeDone.
func (c *Call) Replied() time.Time { return c.replied }

// Ended is closed when the runtime, after its answer, asked for the next
// event, and so did the extensions that were told of this one: only then has
// the invocation come to its end and may the function be said to have finished
// its work.
func (c *Call) Ended() <-chan struct{} { return c.ended }

func (c *Call) end() {
	close(c.ended)
	if c.OnEnd != nil {
		c.OnEnd(c)
	}
}

// A Reply is what a runtime answered to an invocation.
type Reply struct {
	// Payload is the body, byte for byte as it was sent; nil if Stream is set.
	Payload []byte
	// Stream is the body of a streamed response as it arrives. Whoever
	// received the reply must read it to its end or close it.
	Stream *Stream
	// ContentType is the body's, as the runtime named it.
	ContentType string
	// Failure is set if the function failed. Payload is the error as JSON then.
	Failure *Failure
}

// A Failure tells how an invocation or an init went wrong.
type Failure struct {
	// Type is the error type for logs and telemetry, such as
	// Runtime.ImportModuleError. It comes from the runtime and is cleaned:
	// what is not of the form Runtime.X or Function.X is named Runtime.Unknown
	// or Function.Unknown.
	Type string
}
