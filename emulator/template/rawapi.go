package template

import "strings"

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
	api, method := f.property(r, "RestApiId").text(), f.property(r, "HttpMethod").text()
	if api == "" || method == "" || !isProxy(integration.Get("Type"), nil) {
		return
	}
	if path, known := f.path(f.property(r, "ResourceId")); known {
		f.add(Route{Method: method, Path: path, Function: f.function(integration.Get("Uri")), API: f.api(api, kindREST), At: r.At})
	}
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
	if f.isWebSocket(r) || !strings.Contains(target.text(), ":function:") {
		return // without a function it forwards to a URL
	}
	key := defaultPath
	if given := f.property(r, "RouteKey"); given != nil {
		key = given.text()
	}
	f.addKey(key, Route{Function: f.function(target), API: f.api(r.ID, kindHTTP), Payload: "2.0", At: r.At})
}

// httpRoute adds the route of an AWS::ApiGatewayV2::Route.
func (f *routeFinder) httpRoute(r *Resource) {
	api := f.property(r, "ApiId").text()
	id, _ := strings.CutPrefix(f.property(r, "Target").text(), "integrations/")
	integration := f.resources[id]
	if api == "" || f.isWebSocket(f.resources[api]) || integration == nil || !isProxy(f.property(integration, "IntegrationType"), f.property(integration, "IntegrationSubtype")) {
		return
	}
	f.addKey(f.property(r, "RouteKey").text(), Route{
		Function: f.function(f.property(integration, "IntegrationUri")), API: f.api(api, kindHTTP), At: r.At,
		Payload: f.payload(kindHTTP, f.property(integration, "PayloadFormatVersion")),
	})
}

// addKey adds a route whose method and path are given by a route key, such as
// GET /items.
func (f *routeFinder) addKey(key string, route Route) {
	method, path, found := strings.Cut(key, " ")
	switch {
	case key == defaultPath:
		route.Method, route.Path = "ANY", defaultPath
	case found:
		route.Method, route.Path = method, strings.TrimSpace(path)
	default:
		return
	}
	f.add(route)
}

// isWebSocket tells whether an API, which may be nil, serves WebSockets, which
// have no paths.
func (f *routeFinder) isWebSocket(api *Resource) bool {
	return api != nil && strings.EqualFold(f.property(api, "ProtocolType").text(), "WEBSOCKET")
}
