package apigw

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"sam/emulator/template"
)

const (
	kindREST    = "REST"
	methodANY   = "ANY"
	defaultPath = "$default"
)

// A router finds the route that takes a request. It is a tree of the segments
// of the routes' paths, and does not change once it is made.
//
// The route is that of the best path among those that have one for the method:
// on its way from the left, a path prefers the segment itself to a {parameter},
// and that to a {greedy+} one. REST APIs go by both, path and method, too: a
// request whose method the best path lacks goes to the next best.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html#http-api-develop-routes.evaluation
// https://github.com/ministackorg/ministack/pull/1423 (measured with a REST API)
type router struct {
	root       node
	defaults   []leaf // $default
	servesREST bool
	// cors is the HTTP API that answers preflights for paths without a route.
	cors *template.API
}

// A node is what may follow a segment of a path.
type node struct {
	static map[string]*node // by the segment, decoded
	param  *node            // any segment
	leaves []leaf           // nothing
	greedy []leaf           // all the rest
}

// A leaf is a route with the names of the parameters of its path in order.
type leaf struct {
	*template.Route
	params []string
}

// newRouter makes a router of routes. The problems are sentences about routes
// that it cannot serve. Of two that take the same requests the first does.
func newRouter(routes []template.Route) (t *router, problems []string) {
	t = &router{}
	routes = slices.Concat(routes, preflights(routes))
	for i := range routes {
		route := &routes[i]
		leaves, params := t.place(route.Path)
		if leaves == nil {
			problems = append(problems, fmt.Sprintf("%s is not served: a greedy parameter must be the last segment of a path", describe(route)))
			continue
		}
		if i := slices.IndexFunc(*leaves, func(l leaf) bool { return l.Method == route.Method }); i >= 0 {
			problems = append(problems, fmt.Sprintf("%s is not served: its requests go to %s", describe(route), describe((*leaves)[i].Route)))
			continue
		}
		*leaves = append(*leaves, leaf{route, params})
		switch {
		case route.API.Kind == kindREST:
			t.servesREST = true
		case route.API.CORS != nil && t.cors == nil:
			t.cors = route.API
		}
	}
	return t, problems
}

func describe(r *template.Route) string { return r.Method + " " + r.Path + " of " + r.API.ID }

// place is where the tree keeps the routes of a path, and the names of the
// path's parameters. It is nil for a path that no API can have.
//
// A slash at the end is dropped, as it is when an API is deployed.
// https://github.com/aws-powertools/powertools-lambda-python/issues/1552
func (t *router) place(path string) (leaves *[]leaf, params []string) {
	if path == defaultPath {
		return &t.defaults, nil
	}
	n := &t.root
	rest, more := strings.CutPrefix(strings.TrimRight(path, "/"), "/")
	for more {
		var segment string
		segment, rest, more = strings.Cut(rest, "/")
		switch name, greedy, isParam := parameter(segment); {
		case greedy && more:
			return nil, nil
		case greedy:
			return &n.greedy, append(params, name)
		case isParam:
			params = append(params, name)
			n = child(&n.param)
		default:
			n = n.follow(segment)
		}
	}
	return &n.leaves, params
}

// parameter takes {name} and {name+} apart.
func parameter(segment string) (name string, greedy, isParam bool) {
	name, opened := strings.CutPrefix(segment, "{")
	name, closed := strings.CutSuffix(name, "}")
	if !opened || !closed {
		return "", false, false
	}
	name, greedy = strings.CutSuffix(name, "+")
	return name, greedy, true
}

func child(n **node) *node {
	if *n == nil {
		*n = &node{}
	}
	return *n
}

func (n *node) follow(segment string) *node {
	if n.static == nil {
		n.static = make(map[string]*node)
	}
	next := n.static[decoded(segment)]
	if next == nil {
		next = &node{}
		n.static[decoded(segment)] = next
	}
	return next
}

// decoded is a segment without percent-encoding. Paths are split before they
// are decoded, so that an encoded slash is part of a parameter, as on AWS.
func decoded(segment string) string {
	if text, err := url.PathUnescape(segment); err == nil {
		return text
	}
	return segment
}

// match finds the route for a method and a path, which is percent-encoded as it
// was sent, and the parameters of the path, encoded likewise. Without a route
// it returns nil.
//
// A HEAD that no route takes goes to the route for GET. API Gateway has nothing
// of the kind; it would refuse the request.
func (t *router) match(method, path string) (*template.Route, map[string]string) {
	route, params := t.lookUp(method, path)
	if route == nil && method == http.MethodHead {
		return t.lookUp(http.MethodGet, path)
	}
	return route, params
}

func (t *router) lookUp(method, path string) (*template.Route, map[string]string) {
	rest, absolute := strings.CutPrefix(path, "/")
	if !absolute { // OPTIONS *, CONNECT host:port
		return nil, nil
	}
	s := search{method: method, any: slices.Contains(standardMethods[:], method)}
	found := t.root.find(&s, rest, path != "/")
	if found == nil {
		found = s.pick(t.defaults, false)
	}
	if found == nil {
		return nil, nil
	}
	var params map[string]string
	if len(found.params) > 0 {
		params = make(map[string]string, len(found.params))
		for i, name := range found.params {
			params[name] = s.values[i]
		}
	}
	return found.Route, params
}

// standardMethods are those that API Gateway knows, and that ANY stands for.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-settings-method-request.html
var standardMethods = [...]string{
	http.MethodDelete, http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodPatch, http.MethodPost, http.MethodPut,
}

// A search goes down the tree for the route of a request.
type search struct {
	method string
	any    bool     // ANY stands for the method
	values []string // of the parameters on the way
}

// find is the leaf that takes the rest of a path, or nil. If there is no more
// the path ends at the node, else the rest follows a slash.
func (n *node) find(s *search, rest string, more bool) *leaf {
	if !more {
		return s.pick(n.leaves, false)
	}
	trimmed := strings.TrimRight(rest, "/")
	if trimmed == "" {
		return s.pick(n.leaves, true)
	}
	segment, tail, more := strings.Cut(rest, "/")
	if segment != "" {
		if next := n.static[decoded(segment)]; next != nil {
			if found := next.find(s, tail, more); found != nil {
				return found
			}
		}
		if n.param != nil {
			s.values = append(s.values, segment)
			if found := n.param.find(s, tail, more); found != nil {
				return found
			}
			s.values = s.values[:len(s.values)-1]
		}
	}
	found := s.pick(n.greedy, false)
	switch {
	case found == nil:
	case found.API.Kind == kindREST:
		s.values = append(s.values, trimmed)
	default:
		s.values = append(s.values, rest)
	}
	return found
}

// pick is the leaf for the method, which beats that for ANY, or nil. After a
// slash at the end of the path only those of REST APIs count: these take it for
// no part of the path, HTTP APIs for an empty segment.
// https://github.com/aws-powertools/powertools-lambda-python/pull/1609
func (s *search) pick(leaves []leaf, slash bool) *leaf {
	var found *leaf
	for i := range leaves {
		l := &leaves[i]
		switch {
		case slash && l.API.Kind != kindREST:
		case l.Method == s.method:
			return l
		case l.Method == methodANY && s.any:
			found = l
		}
	}
	return found
}
