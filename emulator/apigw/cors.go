package apigw

import (
	"net/http"
	"net/textproto"
	"slices"
	"strings"

	"sam/emulator/template"
)

// preflights are the routes that answer preflights of REST APIs. As in SAM, a
// path of an API with CORS gets an OPTIONS method with fixed headers, unless it
// has one: even if it has ANY, which OPTIONS beats. REST APIs add nothing to
// the responses of functions.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-api-corsconfiguration.html
func preflights(routes []template.Route) []template.Route {
	type resource struct {
		api  *template.API
		path string
	}
	methods := make(map[resource][]string)
	var resources []resource
	for i := range routes {
		r := &routes[i]
		if r.API.Kind != kindREST || r.API.CORS == nil {
			continue
		}
		at := resource{r.API, r.Path}
		if methods[at] == nil {
			resources = append(resources, at)
		}
		methods[at] = append(methods[at], r.Method)
	}
	var added []template.Route
	for _, at := range resources {
		if slices.Contains(methods[at], http.MethodOptions) {
			continue
		}
		headers := preflightHeaders(at.api.CORS, at.api.CORS.Origins, corsMethods(at.api.CORS, methods[at]))
		added = append(added, template.Route{
			Method: http.MethodOptions, Path: at.path, API: at.api, Authorizer: at.api.CORS.Authorizer,
			Mock: &template.Mock{Status: http.StatusOK, Headers: headers},
		})
	}
	return added
}

// corsMethods are the methods that a preflight for a path with some methods
// allows.
func corsMethods(c *template.CORS, ofPath []string) []string {
	switch {
	case len(c.Methods) > 0:
		return c.Methods
	case slices.Contains(ofPath, methodANY):
		return standardMethods[:]
	}
	return slices.Sorted(slices.Values(append(ofPath, http.MethodOptions)))
}

// preflightHeaders are the headers of an answer to a preflight.
func preflightHeaders(c *template.CORS, origins, methods []string) map[string]string {
	headers := make(map[string]string, 5)
	for name, values := range map[string][]string{
		"Access-Control-Allow-Origin":  origins,
		"Access-Control-Allow-Methods": methods,
		"Access-Control-Allow-Headers": c.Headers,
	} {
		if len(values) > 0 {
			headers[name] = strings.Join(values, ",")
		}
	}
	if c.MaxAge != "" {
		headers["Access-Control-Max-Age"] = c.MaxAge
	}
	if c.Credentials {
		headers["Access-Control-Allow-Credentials"] = "true"
	}
	return headers
}

// isPreflight tells whether a browser asks if it may send a request.
func isPreflight(r *http.Request) bool {
	return r.Method == http.MethodOptions && r.Header.Get("Origin") != "" && r.Header.Get("Access-Control-Request-Method") != ""
}

// preflight answers a preflight of an HTTP API for which there is no route. It
// is nil if there is no API to ask, or if it has no CORS configuration.
//
// An HTTP API answers by itself only then: "The $default route catches requests
// for all methods and routes that you haven't explicitly defined, including
// OPTIONS requests." So do routes with ANY, and their authorizers are asked.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html
func (t *router) preflight(r *http.Request, path string) *response {
	api := t.cors
	if route, _ := t.match(r.Header.Get("Access-Control-Request-Method"), path); route != nil {
		api = route.API
	}
	if api == nil || api.CORS == nil || api.Kind == kindREST {
		return nil
	}
	res := &response{Status: http.StatusNoContent, Header: http.Header{}}
	if origin := allowedOrigin(api.CORS, r.Header.Get("Origin")); origin != "" {
		for name, value := range preflightHeaders(api.CORS, []string{origin}, api.CORS.Methods) {
			res.Header.Set(name, value)
		}
	}
	return res
}

// addCORS puts the headers of an HTTP API's CORS configuration in place of
// those of the function, which API Gateway ignores then.
func addCORS(h http.Header, c *template.CORS, r *http.Request) {
	for name := range h {
		if strings.HasPrefix(textproto.CanonicalMIMEHeaderKey(name), "Access-Control-") {
			delete(h, name)
		}
	}
	allowed := allowedOrigin(c, r.Header.Get("Origin"))
	switch {
	case allowed == "":
		return
	case isPreflight(r): // that a route with ANY or $default has taken
		for name, value := range preflightHeaders(c, []string{allowed}, c.Methods) {
			h.Set(name, value)
		}
		return
	}
	h.Set("Access-Control-Allow-Origin", allowed)
	if len(c.Expose) > 0 {
		h.Set("Access-Control-Expose-Headers", strings.Join(c.Expose, ","))
	}
	if c.Credentials {
		h.Set("Access-Control-Allow-Credentials", "true")
	}
}

// allowedOrigin is what Access-Control-Allow-Origin says to a request from an
// origin, or empty. Origins are allowed one by one, by scheme, or all.
func allowedOrigin(c *template.CORS, origin string) string {
	if origin == "" {
		return ""
	}
	for _, allowed := range c.Origins {
		scheme, byScheme := strings.CutSuffix(allowed, "*")
		switch {
		case allowed == "*":
			return "*"
		case strings.EqualFold(allowed, origin), byScheme && strings.HasSuffix(scheme, "://") && strings.HasPrefix(origin, scheme):
			return origin
		}
	}
	return ""
}
