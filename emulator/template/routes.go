package template

import (
	"cmp"
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

// Routes returns the routes to functions, sorted by path and method. APIs of
// the same kind are taken for one: of the routes with the same method and path,
// that of the outer stack wins, then that of the implicit API, then that of an
// API's definition, as SAM CLI has it. What is wrong with the others is among
// the Faults and Warnings afterwards.
func (t *Template) Routes() []Route {
	routes := t.routes()
	type served struct{ kind, method, path string }
	seen := make(map[served]bool, len(routes))
	routes = slices.DeleteFunc(routes, func(r Route) bool {
		key := served{r.API.Kind, r.Method, r.Path}
		defer func() { seen[key] = true }()
		return seen[key]
	})
	slices.SortFunc(routes, func(a, b Route) int {
		return cmp.Or(strings.Compare(a.Path, b.Path), strings.Compare(a.Method, b.Method), strings.Compare(a.API.Kind, b.API.Kind))
	})
	return routes
}

// routes lists the routes in order of precedence.
func (t *Template) routes() []Route {
	f := newRouteFinder(t)
	for i := range t.resources {
		f.definition(&t.resources[i])
	}
	for i := range t.resources {
		f.events(&t.resources[i])
		f.raw(&t.resources[i])
	}
	slices.SortStableFunc(f.routes, func(a, b Route) int { return implicitFirst(a) - implicitFirst(b) })
	for _, nested := range t.nested {
		f.routes = append(f.routes, nested.routes()...)
	}
	return f.routes
}

func implicitFirst(r Route) int {
	if r.API.ID == implicitREST || r.API.ID == implicitHTTP {
		return 0
	}
	return 1
}

// A routeFinder finds the routes of one template, without its nested stacks.
type routeFinder struct {
	template  *Template
	resources map[string]*Resource // by logical id
	functions map[string]string    // logical ids of functions, by these and by names
	// references are what Ref and Fn::GetAtt, the latter written with a dot,
	// give for the resources that make up an API.
	references map[string]string
	paths      map[string]string // of the AWS::ApiGateway::Resources that were asked for
	apis       map[string]*API
	routes     []Route
}

// ownID is the attribute of a resource of an API that equals its Ref.
var ownID = map[string]string{
	"AWS::Serverless::Api":           "RestApiId",
	"AWS::Serverless::HttpApi":       "ApiId",
	"AWS::ApiGateway::RestApi":       "RestApiId",
	"AWS::ApiGateway::Resource":      "ResourceId",
	"AWS::ApiGatewayV2::Api":         "ApiId",
	"AWS::ApiGatewayV2::Integration": "IntegrationId",
}

func newRouteFinder(t *Template) *routeFinder {
	f := &routeFinder{
		template:   t,
		resources:  make(map[string]*Resource, len(t.resources)),
		functions:  make(map[string]string),
		references: map[string]string{implicitREST: implicitREST, implicitHTTP: implicitHTTP},
		paths:      make(map[string]string),
		apis:       make(map[string]*API),
	}
	for i := range t.resources {
		r := &t.resources[i]
		f.resources[r.ID] = r
		if isFunction(r.Type) {
			f.addFunction(r)
		} else if attribute := ownID[r.Type]; attribute != "" {
			f.references[r.ID] = r.ID
			f.references[r.ID+"."+attribute] = r.ID
			f.references[r.ID+".RootResourceId"] = "/"
		}
	}
	for i := range t.resources { // a name, or an alias, may precede the function whose id it has
		switch r := &t.resources[i]; {
		case isFunction(r.Type):
			name := t.scope.name(r.ID, r.Value).text()
			if _, taken := f.functions[name]; !taken && name != "" {
				f.functions[name] = r.ID
			}
		case r.Type == "AWS::Lambda::Alias", r.Type == "AWS::Lambda::Version":
			if id := f.function(f.property(r, "FunctionName")); id != "" {
				f.references[r.ID] = functionARN(id)
			}
		}
	}
	return f
}

// addFunction notes how a function is referred to, the alias that SAM
// publishes included.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-generated-resources-function.html
func (f *routeFinder) addFunction(r *Resource) {
	arn := functionARN(r.ID)
	f.functions[r.ID] = r.ID
	f.references[r.ID] = r.ID
	for _, attribute := range []string{"Arn", "Alias", "Version"} {
		f.references[r.ID+"."+attribute] = arn
	}
	if alias := f.template.property(*r, "AutoPublishAlias").text(); alias != "" {
		f.references[r.ID+"Alias"+alias] = arn
	}
}

// api is the API with the given id.
func (f *routeFinder) api(id, kind string) *API {
	if f.apis[id] == nil {
		f.apis[id] = &API{ID: id, Kind: kind}
	}
	return f.apis[id]
}

// functionARN is an ARN that function takes apart again. It has the logical id,
// which is known even where the name is not.
func functionARN(id string) string { return "arn:aws:lambda:::function:" + id }

// function is the logical id of the function that a name, an ARN or the URI of
// an integration means, or "".
func (f *routeFinder) function(uri *Value) string {
	text := uri.text()
	if _, path, found := strings.Cut(text, "/functions/"); found {
		text, _, _ = strings.Cut(path, "/")
	}
	if _, name, found := strings.Cut(text, ":function:"); found {
		text = name
	}
	name, _, _ := strings.Cut(text, ":") // what follows is a version or an alias
	return f.functions[name]
}

// add adds a route, unless it has no method. Its function is a logical id, or
// "".
func (f *routeFinder) add(r Route) {
	if r.Method == "" {
		return
	}
	if r.Function != "" {
		r.Function = (&Function{LogicalID: r.Function, StackPath: f.template.StackPath}).FullPath()
	}
	switch r.Method = strings.ToUpper(r.Method); r.Method {
	case "*", "X-AMAZON-APIGATEWAY-ANY-METHOD":
		r.Method = "ANY"
	}
	isDefault := r.API.Kind == kindHTTP && strings.TrimPrefix(r.Path, "/") == defaultPath
	switch {
	case isDefault:
		r.Path = defaultPath
	case !strings.HasPrefix(r.Path, "/"):
		r.Path = "/" + r.Path
	}
	f.routes = append(f.routes, r)
}

// payload reads the version of the payload format. Without one it is 2.0, as
// in SAM CLI; a REST API has none.
func (f *routeFinder) payload(kind string, version *Value) string {
	switch text := version.text(); {
	case kind == kindREST:
		return ""
	case text == "1.0", text == "2.0":
		return text
	case text != "":
		f.fault(version, "the payload format version is 1.0 or 2.0, and not %s", text)
	}
	return "2.0"
}

func (f *routeFinder) fault(at *Value, format string, args ...any) {
	f.template.scope.fault(at, format, args...)
}

func (f *routeFinder) property(r *Resource, name string) *Value {
	return f.resolve(r.Value.Get("Properties", name))
}

// resolve is nil where there is nothing.
func (f *routeFinder) resolve(v *Value) *Value {
	v = f.template.scope.resolve(f.link(v))
	if v == noValue || v != nil && v.Kind == Null {
		return nil
	}
	return v
}

// events adds the routes of a function's events.
func (f *routeFinder) events(r *Resource) {
	if r.Type != "AWS::Serverless::Function" {
		return
	}
	events := r.Value.Get("Properties", "Events")
	if name, _ := events.function(); name != "" {
		events = f.resolve(events)
	}
	if events == nil || events.Kind != Map {
		return
	}
	for _, event := range f.template.expand(events) {
		if name, _ := event.Value.function(); name != "" {
			event.Value = f.resolve(event.Value)
		}
		switch event.Value.Get("Type").text() {
		case "Api":
			f.event(r, event, Route{API: f.api(implicitREST, kindREST)}, "RestApiId")
		case "HttpApi":
			f.event(r, event, Route{API: f.api(implicitHTTP, kindHTTP)}, "ApiId")
		}
	}
}

func (f *routeFinder) event(r *Resource, event Entry, route Route, api string) {
	properties := event.Value.Get("Properties")
	if name, _ := properties.function(); name != "" {
		properties = f.resolve(properties)
	}
	path, method := f.resolve(properties.Get("Path")), f.resolve(properties.Get("Method"))
	switch {
	case route.API.Kind == kindHTTP && path == nil && method == nil:
		route.Path, route.Method = defaultPath, "ANY"
	case path != nil && path.Kind == Unresolved, method != nil && method.Kind == Unresolved:
		return
	case path.text() == "" || method.text() == "":
		return // that it needs both is in the schema of the event
	default:
		route.Path, route.Method = path.Text, method.Text
	}
	if id := f.resolve(properties.Get(api)); id != nil {
		if !f.exists(id, api) {
			return
		}
		route.API = f.api(id.Text, route.API.Kind)
	}
	route.Function, route.At = r.ID, event.At
	route.Payload = f.payload(route.API.Kind, f.resolve(properties.Get("PayloadFormatVersion")))
	f.add(route)
}

// exists tells whether the template has the API that an event names.
func (f *routeFinder) exists(id *Value, property string) bool {
	if !id.IsScalar() {
		return false
	}
	if _, found := f.resources[id.Text]; found || id.Text == implicitREST || id.Text == implicitHTTP {
		return true
	}
	if f.template.scope.resources[id.Text] == nil { // else its condition is false
		f.fault(id, "%s is %q, and there is no such resource in the template", property, id.Text)
	}
	return false
}
