package apigw

import (
	"context"
	"net/http"
	"time"

	"sam/emulator"
	"sam/emulator/template"
)

// An Invoker runs functions, as an emulator.Fleet does.
type Invoker interface {
	// Invoke runs the function with the given path among nested stacks.
	Invoke(ctx context.Context, function string, req emulator.Request) (*emulator.Result, error)
}

// A request is an HTTP request that a route was found for: all that its event
// depends on.
type request struct {
	ID       string // of the request, a UUID
	Time     time.Time
	Method   string
	Path     string // as it was sent, percent-encoded, without the query
	RawQuery string
	Protocol string // HTTP/1.1
	Scheme   string // http or https
	Host     string // with the port, as the client named it
	Port     string // that was listened on
	SourceIP string
	Header   http.Header
	Body     []byte

	Route  *template.Route
	Params map[string]string // path parameters, percent-encoded as they were sent
	// Authorizer is what an authorizer said of the caller: the authorizer
	// object of the event's request context; nil if the route is open.
	Authorizer map[string]any
}

// A response is what the client gets.
type response struct {
	Status int
	Header http.Header
	Body   []byte
}
