package template

import (
	"strings"
	"time"
)

// raw adds the route that a resource of API Gateway stands for.
func (f *routeFinder) raw(r *Resource) {
	switch r.Type {
	case "AWS::ApiGateway::Method":
		f.restMethod(r)
	case "AWS::ApiGatewayV2::Api":
		f.quickCreate(r)
	case "AWS::ApiGatewayV2::Route":
		f.httpRoute(r)
	}
}

// restMethod adds the route of an AWS::ApiGateway::Method. Its API may be that
// of an outer stack, which gives the id in a parameter.
func (f *routeFinder) restMethod(r *Resource) {
	integration := f.property(r, "Integration")
	id, method := f.property(r, "RestApiId").text(), f.property(r, "HttpMethod").text()
	path, known := f.path(f.property(r, "ResourceId"))
	if id == "" || method == "" || !known {
		return
	}
	a := f.api(id, kindREST, r.At)
	route := Route{
		Method: canonicalMethod(method), Path: path, API: &a.API, At: r.At,
		Operation: f.property(r, "OperationName").text(), Scopes: texts(f.property(r, "AuthorizationScopes")),
	}
	kind := integration.Get("Type")
	switch {
	case kind == nil:
		return
	case isMock(a, method, kind):
		route.Mock = f.mock(a, integration)
	case isProxy(kind, nil):
		route.Function = f.function(integration.Get("Uri"), a.Variables)
		route.Timeout = f.duration(integration.Get("TimeoutInMillis"), time.Millisecond, 0)
	default:
		f.leaveOut(&route, describeIntegration(kind, nil))
		return
	}
	route.Authorizer = f.guardResource(r, a)
	f.unemulatedMethod(a, r, integration)
	f.add(route)
}

// path is the path of an AWS::ApiGateway::Resource. An id that the template
// does not have is that of the root, given as a parameter.
func (f *routeFinder) path(id *Value) (path string, known bool) {
	if !id.IsScalar() {
		return "", false
	}
	var below []*Resource // the resources on the way down, last first
	for {
		if path, known = f.paths[id.Text]; known {
			break
		}
		r := f.resources[id.Text]
		if r == nil || r.Type != "AWS::ApiGateway::Resource" {
			break
		}
		if len(below) > len(f.resources) {
			f.fault(r.Value, "the resource %s is its own parent", r.ID)
			return "", false
		}
		below = append(below, r)
		if id = f.property(r, "ParentId"); !id.IsScalar() {
			return "", false
		}
	}
	for i := len(below) - 1; i >= 0; i-- {
		part := f.property(below[i], "PathPart")
		if !part.IsScalar() {
			return "", false
		}
		path += "/" + part.Text
		f.paths[below[i].ID] = path
	}
	return path, true
}

// quickCreate adds the route of an AWS::ApiGatewayV2::Api that has a Target.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop.html
func (f *routeFinder) quickCreate(r *Resource) {
	target := f.property(r, "Target")
	if target == nil || f.isWebSocket(r) {
		return
	}
	key := defaultPath
	if given := f.property(r, "RouteKey"); given != nil {
		key = given.text()
	}
	a := f.api(r.ID, kindHTTP, r.At)
	route := Route{Function: f.function(target, a.Variables), API: &a.API, Payload: "2.0", At: r.At}
	if !route.setKey(key) {
		return
	}
	if !strings.Contains(target.text(), ":function:") {
		f.leaveOut(&route, "its target is not a function")
		return
	}
	f.add(route)
}

// httpRoute adds the route of an AWS::ApiGatewayV2::Route.
func (f *routeFinder) httpRoute(r *Resource) {
	id, _ := strings.CutPrefix(f.property(r, "Target").text(), "integrations/")
	integration, api := f.resources[id], f.property(r, "ApiId").text()
	if api == "" || integration == nil || f.isWebSocket(f.resources[api]) {
		return
	}
	a := f.api(api, kindHTTP, r.At)
	route := Route{API: &a.API, At: r.At, Operation: f.property(r, "OperationName").text(), Scopes: texts(f.property(r, "AuthorizationScopes"))}
	if !route.setKey(f.property(r, "RouteKey").text()) {
		return
	}
	kind, subtype := f.property(integration, "IntegrationType"), f.property(integration, "IntegrationSubtype")
	if !isProxy(kind, subtype) {
		f.leaveOut(&route, describeIntegration(kind, subtype))
		return
	}
	route.Function = f.function(f.property(integration, "IntegrationUri"), a.Variables)
	route.Payload = f.payload(kindHTTP, f.property(integration, "PayloadFormatVersion"))
	route.Timeout = f.duration(f.property(integration, "TimeoutInMillis"), time.Millisecond, 0)
	route.Authorizer = f.guardResource(r, a)
	f.unemulatedMethod(a, r, f.resolve(integration.Value.Get("Properties")))
	f.add(route)
}

// setKey sets the method and the path that a route key, such as GET /items,
// has. It tells whether it has them.
func (r *Route) setKey(key string) bool {
	method, path, found := strings.Cut(key, " ")
	switch {
	case key == defaultPath:
		r.Method, r.Path = "ANY", defaultPath
	case found:
		r.Method, r.Path = canonicalMethod(method), strings.TrimSpace(path)
	}
	return r.Method != ""
}

// isWebSocket tells whether an API, which may be nil, serves WebSockets, which
// have no paths.
func (f *routeFinder) isWebSocket(api *Resource) bool {
	return api != nil && strings.EqualFold(f.property(api, "ProtocolType").text(), "WEBSOCKET")
}
