package apigw

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"sam/emulator"
	"sam/emulator/template"
)

// Limits of API Gateway and of Lambda.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
// https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
const (
	maxBody    = 10 << 20 // of a request
	maxHeaders = 10240    // the values of all headers of a request
	maxEvent   = 6 << 20  // of an invocation

	restTimeout = 29 * time.Second // of an integration
	httpTimeout = 30 * time.Second
)

// A Config says what a Gateway works with. Only the Invoker is needed.
type Config struct {
	// Invoker runs the functions.
	Invoker Invoker
	// StaticDir is the directory with files to serve where no route does; empty:
	// there are none. It need not exist.
	StaticDir string
	// Port is that of the listener, for the events.
	Port int
	// Unlimited lets integrations take as long as they like, for those who
	// debug functions.
	Unlimited bool
	// DisableAuthorizer opens all routes.
	DisableAuthorizer bool
	// JWKS is the file or the URL of the keys that JWT authorizers check
	// signatures with; empty: they let everybody through.
	JWKS string
	// Notice gets sentences for the developer, such as why a request got no
	// answer of its function. It is called from several goroutines.
	Notice func(format string, args ...any)
	// AccessLog gets one Write with one line per request, from several
	// goroutines.
	AccessLog io.Writer
}

// A Gateway is API Gateway for the APIs of a template, all on one port.
//
// It is meant for a server with limits: it reads a request's body before
// anything runs, as slowly as the client sends it.
type Gateway struct {
	config Config
	port   string
	keys   *keySet
	served atomic.Pointer[table]
}

// A table is what is served at a time, of one template.
type table struct {
	*router
	authorizers *authorizers
	unenforced  []*template.Authorizer
}

// New returns a Gateway without routes.
func New(config Config) *Gateway {
	if config.Notice == nil {
		config.Notice = func(string, ...any) {}
	}
	if config.AccessLog == nil {
		config.AccessLog = io.Discard
	}
	g := &Gateway{config: config, port: strconv.Itoa(config.Port), keys: newKeySet(config.JWKS)}
	g.Serve(nil)
	return g
}

// Serve serves these routes from now on. Requests that are being answered
// keep theirs. Of routes that take the same requests the first is served; a
// notice names the other.
func (g *Gateway) Serve(routes []template.Route) {
	router, problems := newRouter(routes)
	for _, problem := range problems {
		g.config.Notice("%s", problem)
	}
	t := &table{router: router, authorizers: newAuthorizers(g.config.Invoker, g.keys, time.Now)}
	for i := range routes {
		z := routes[i].Authorizer
		if z != nil && !t.authorizers.enforced(z) && !slices.Contains(t.unenforced, z) {
			t.unenforced = append(t.unenforced, z)
		}
	}
	g.served.Store(t)
}

// Unenforced are the authorizers of the routes that are served that let
// everybody through: those of kinds that are not emulated, and those that check
// JSON Web Tokens if there are no keys to do so.
func (g *Gateway) Unenforced() []*template.Authorizer { return g.served.Load().unenforced }

// ServeHTTP answers a request.
func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	rec := &recorder{ResponseWriter: w, status: http.StatusOK}
	g.serve(rec, r)
	logAccess(g.config.AccessLog, r, rec.status)
}

func (g *Gateway) serve(w *recorder, r *http.Request) {
	t, path := g.served.Load(), r.URL.EscapedPath()
	route, params := t.match(r.Method, path)
	if (route == nil || takesAll(route.Path)) && g.serveFile(w, r) {
		return
	}
	var res *response
	switch {
	case route != nil:
		req := &request{Path: path, Route: route, Params: params}
		res = g.answer(w, r, req, t.authorizers)
		if cors := route.API.CORS; cors != nil && !req.rest() {
			addCORS(res.Header, cors, r)
		}
	case isPreflight(r):
		res = t.preflight(r, path)
	}
	if res == nil {
		res = t.unknown()
	}
	res.write(w, r)
}

// takesAll tells whether a route is there for whatever no other takes: then a
// file of that name is what was meant.
func takesAll(path string) bool {
	segment := strings.TrimPrefix(path, "/")
	_, greedy, _ := parameter(segment)
	return path == defaultPath || greedy && !strings.Contains(segment, "/")
}

// answer answers a request that there is a route for.
func (g *Gateway) answer(w *recorder, r *http.Request, req *request, authorizers *authorizers) *response {
	route, says := req.Route, answersOf(req.Route.API)
	if size := req.headerSize(r); size > maxHeaders {
		g.config.Notice("%s %s: the headers of the request have %d bytes; API Gateway takes no more than %d", r.Method, req.Path, size, maxHeaders)
		return says.longHeaders.response()
	}
	if route.Function == "" && route.Mock == nil {
		return noFunction.response()
	}
	body, err := readBody(w.ResponseWriter, r)
	if err != nil {
		if _, tooLong := errors.AsType[*http.MaxBytesError](err); !tooLong {
			return badRequest.response()
		}
		g.config.Notice("%s %s: the body of the request has more than %d bytes; API Gateway takes no more", r.Method, req.Path, maxBody)
		return says.tooLong.response()
	}
	g.fill(req, r, body)
	if route.Authorizer != nil && !g.config.DisableAuthorizer {
		if refusal := g.authorize(r, req, authorizers); refusal != nil {
			return refusal
		}
	}
	if route.Mock != nil {
		return mocked(route.Mock)
	}
	return g.invoke(r.Context(), req)
}

// authorize is the refusal of the route's authorizer, or nil.
func (g *Gateway) authorize(r *http.Request, req *request, authorizers *authorizers) *response {
	refusal, err := authorizers.authorize(r.Context(), req)
	switch {
	case err != nil:
		g.config.Notice("%s %s: %v", r.Method, req.Path, err)
	case refusal != nil && isPreflight(r):
		g.config.Notice("%s %s: the authorizer of %s has refused a preflight, which carries no credentials, as it does on AWS; %s", r.Method, req.Path, describe(req.Route), openPreflights(req.Route))
	}
	return refusal
}

// openPreflights is what to do so that a route's authorizer is not asked about
// preflights.
func openPreflights(route *template.Route) string {
	if cors := route.API.CORS; cors != nil && route.Mock != nil && route.Authorizer == cors.Authorizer {
		return "set Auth.AddDefaultAuthorizerToCorsPreflight of " + route.API.ID + " to false"
	}
	return "give that path a route for OPTIONS without an authorizer"
}

// mocked is the answer of an integration that calls nothing.
func mocked(m *template.Mock) *response {
	if m.Status < 200 || m.Status > 599 {
		return internalError.response()
	}
	res := &response{Status: m.Status, Header: make(http.Header, len(m.Headers))}
	for name, value := range m.Headers {
		res.Header.Set(name, value)
	}
	return res
}

// headerSize is what counts as the size of a request's headers: their values,
// and for HTTP APIs the request line.
func (req *request) headerSize(r *http.Request) int {
	size := len(r.Host)
	for _, values := range r.Header {
		for _, value := range values {
			size += len(value)
		}
	}
	if !req.rest() {
		size += len(r.Method) + len(r.RequestURI) + len(r.Proto) + len("  ")
	}
	return size
}

// readBody reads the body of a request, all of it. The error is an
// *http.MaxBytesError if it is too long, or says that the client has broken
// off or made a mistake. w is the server's own, which ends a connection with
// more to come.
func readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	switch {
	case r.ContentLength == 0:
		return nil, nil
	case r.ContentLength > maxBody: // known before a byte of it is sent
		return nil, &http.MaxBytesError{Limit: maxBody}
	}
	return io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
}

// fill completes a request whose route is known.
func (g *Gateway) fill(req *request, r *http.Request, body []byte) {
	req.ID, req.Time = newID().String(), time.Now()
	req.Method, req.RawQuery, req.Protocol = r.Method, r.URL.RawQuery, r.Proto
	req.Scheme, req.Host, req.Port = "http", r.Host, g.port
	if r.TLS != nil {
		req.Scheme = "https"
	}
	req.SourceIP = sourceIP(r)
	req.Header, req.Body = r.Header, body
}

// responseTooLarge is the type of the one failure that the function knows
// nothing about, nor its log.
const responseTooLarge = "Function.ResponseSizeTooLarge"

// errTooSlow is why an integration is not waited for any longer.
var errTooSlow = errors.New("the integration has timed out")

// invoke runs the function and turns what it returns into the response.
func (g *Gateway) invoke(ctx context.Context, req *request) *response {
	says := answersOf(req.Route.API)
	event, err := req.event()
	if err != nil {
		return g.failed(req, err, says.failed)
	}
	if len(event) > maxEvent {
		return g.failed(req, fmt.Errorf("the event has %d bytes; Lambda takes no more than %d", len(event), maxEvent), says.tooLong)
	}
	limit := g.timeout(req.Route)
	if limit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, limit, errTooSlow)
		defer cancel()
	}
	result, err := g.config.Invoker.Invoke(ctx, req.Route.Function, emulator.Request{
		Payload: event,
		TraceID: req.invocationTrace(),
	})
	switch {
	case err != nil:
		return g.notInvoked(req, err, context.Cause(ctx), limit)
	case result.Failure != nil:
		function, ok := errors.AsType[*emulator.FunctionError](result.Failure)
		if ok && function.Type == responseTooLarge {
			return g.failed(req, fmt.Errorf("the response of %s was refused: %s", req.Route.Function, result.Payload), says.failed)
		}
		return says.failed.response() // the function's log says why
	}
	res, err := req.respond(result.Payload)
	if err != nil {
		return g.failed(req, fmt.Errorf("%w. Function returned an invalid response (must include one of: body, headers or statusCode in the response object). Response received: %s", err, excerpt(result.Payload)), malformed)
	}
	return res
}

// notInvoked is the response to a request whose function gave no result. ended is
// why the context of the invocation is over, or nil.
func (g *Gateway) notInvoked(req *request, err, ended error, limit time.Duration) *response {
	says := answersOf(req.Route.API)
	_, throttled := errors.AsType[*emulator.ThrottledError](err)
	switch {
	case throttled:
		return g.failed(req, err, says.throttled)
	case errors.Is(ended, errTooSlow):
		return g.failed(req, fmt.Errorf("%s took longer than the %v that its API waits for it; it runs on", req.Route.Function, limit), says.timeout)
	case ended != nil:
		return clientGone.response()
	}
	return g.failed(req, err, says.failed)
}

// timeout is how long the API waits for the function, or 0: for ever.
func (g *Gateway) timeout(route *template.Route) time.Duration {
	switch {
	case g.config.Unlimited:
		return 0
	case route.Timeout > 0:
		return route.Timeout
	case route.API.Kind == kindREST:
		return restTimeout
	}
	return httpTimeout
}

// failed tells the developer what the client is not told.
func (g *Gateway) failed(req *request, err error, instead answer) *response {
	g.config.Notice("%s %s: %v", req.Method, req.Path, err)
	return instead.response()
}

// excerpt is as much of a payload as fits into a sentence.
func excerpt(payload []byte) string {
	const enough = 2000
	if len(payload) > enough {
		return fmt.Sprintf("%s... (%d bytes)", payload[:enough], len(payload))
	}
	return string(payload)
}
