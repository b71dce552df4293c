package template

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Kinds of APIs.
const (
	kindREST = "REST"
	kindHTTP = "HTTP"
)

// The APIs that SAM makes for events that name none.
const (
	implicitREST = "ServerlessRestApi"
	implicitHTTP = "ServerlessHttpApi"
)

// defaultPath is the path of the route of an HTTP API that takes what no other
// does.
const defaultPath = "$default"

// A Route is a method and a path that an API serves.
type Route struct {
	Method   string // GET ... or ANY
	Path     string // /items/{id}, /{proxy+}, $default (HTTP API)
	Function string // full path of the function, "" if the integration names none that exists
	API      *API
	Payload  string // version of the payload format of an HTTP API, 1.0 or 2.0; "" for REST
	// Authorizer guards the route; nil: it is open.
	Authorizer *Authorizer
	Scopes     []string // that a JWT must have one of; none: any will do
	// Operation is the name of the operation in the API's definition, or empty.
	Operation string
	// Timeout is how long the API waits for the function; 0: AWS's default.
	Timeout time.Duration
	// Mock answers in place of a function; nil for a route to a function.
	Mock *Mock
	At   Position
}

// Routes returns the routes to functions, and the mocks that answer preflights,
// sorted by path and method. All APIs share one port, so that of the routes with
// the same method and path, whatever their kinds and the names of their
// parameters, one is served: that of the outer stack, then that of an implicit
// API, then that of an API's definition, as SAM CLI has it, then the first in the
// template. The others are among the Warnings afterwards, what is wrong with any
// among the Faults, and what only AWS does with them in Unemulated. It is to be
// called once.
func (t *Template) Routes() []Route {
	type pattern struct{ method, path string }
	winners := make(map[pattern]Route)
	routes := slices.DeleteFunc(t.routes(nil), func(r Route) bool {
		p := pattern{r.Method, withoutNames(r.Path)}
		winner, taken := winners[p]
		switch {
		case !taken:
			winners[p] = r
		case winner.API != r.API || winner.Function != r.Function: // else an event repeats what the definition has
			t.warnings = append(t.warnings, r.lost(winner))
		}
		return taken
	})
	slices.SortFunc(routes, func(a, b Route) int {
		return cmp.Or(strings.Compare(a.Path, b.Path), strings.Compare(a.Method, b.Method))
	})
	return routes
}

// lost says that a route is not served, because another one has its method and
// path.
func (r *Route) lost(winner Route) *Error {
	return &Error{Position: r.At, Resource: r.API.ID, Message: fmt.Sprintf("%s is not served: all APIs share one port, and %s of %s (%s) comes first",
		r.describe(), winner.describe(), winner.API.ID, winner.At)}
}

func (r *Route) describe() string {
	text := r.Method + " " + r.Path
	if r.Function != "" {
		text += " to " + r.Function
	}
	return text
}

// withoutNames removes the names of a path's parameters, which do not matter to
// what it matches.
func withoutNames(path string) string {
	if !strings.Contains(path, "{") {
		return path
	}
	parts := strings.Split(path, "/")
	for i, part := range parts {
		switch {
		case strings.HasPrefix(part, "{") && strings.HasSuffix(part, "+}"):
			parts[i] = "{+}"
		case strings.HasPrefix(part, "{") && strings.HasSuffix(part, "}"):
			parts[i] = "{}"
		}
	}
	return strings.Join(parts, "/")
}

// routes lists the routes in order of precedence. outer finds those of the
// template around this one, or is nil.
func (t *Template) routes(outer *routeFinder) []Route {
	f := newRouteFinder(t, outer)
	for i := range t.resources {
		f.definition(&t.resources[i])
	}
	for i := range t.resources {
		f.events(&t.resources[i])
		f.raw(&t.resources[i])
		f.unemulatedResource(&t.resources[i])
	}
	slices.SortStableFunc(f.routes, func(a, b Route) int { return implicitFirst(a) - implicitFirst(b) })
	for _, nested := range t.nested {
		f.routes = append(f.routes, nested.routes(f)...)
	}
	return f.routes
}

func implicitFirst(r Route) int {
	if isImplicit(r.API.ID) {
		return 0
	}
	return 1
}

func isImplicit(api string) bool { return api == implicitREST || api == implicitHTTP }
