package template

import "time"

// events adds the routes of a function's events.
func (f *routeFinder) events(r *Resource) {
	if r.Type != "AWS::Serverless::Function" && r.Type != "AWS::Serverless::StateMachine" {
		return
	}
	for _, event := range f.entries(r.Value.Get("Properties", "Events")) {
		if name, _ := event.Value.function(); name != "" {
			event.Value = f.resolve(event.Value)
		}
		var kind, api, property string
		switch event.Value.Get("Type").text() {
		case "Api":
			kind, api, property = kindREST, implicitREST, "RestApiId"
		case "HttpApi":
			kind, api, property = kindHTTP, implicitHTTP, "ApiId"
		default:
			continue
		}
		properties := event.Value.Get("Properties")
		if name, _ := properties.function(); name != "" {
			properties = f.resolve(properties)
		}
		if id := f.resolve(properties.Get(property)); id != nil {
			if !f.exists(id, property) {
				continue
			}
			api = id.Text
		}
		f.event(r, event, properties, f.api(api, kind, event.At))
	}
}

// entries are those of a map, loops in it expanded.
func (f *routeFinder) entries(v *Value) []Entry {
	if name, _ := v.function(); name != "" {
		v = f.resolve(v)
	}
	if v == nil || v.Kind != Map {
		return nil
	}
	return f.template.expand(v)
}

func (f *routeFinder) event(r *Resource, event Entry, properties *Value, a *api) {
	route := Route{API: &a.API, Function: r.ID, At: event.At}
	path, method := f.resolve(properties.Get("Path")), f.resolve(properties.Get("Method"))
	switch {
	case a.Kind == kindHTTP && path == nil && method == nil:
		route.Path, route.Method = defaultPath, "ANY"
	case path != nil && path.Kind == Unresolved, method != nil && method.Kind == Unresolved:
		return
	case path.text() == "" || method.text() == "":
		return // that it needs both is in the schema of the event
	default:
		route.Path, route.Method = path.Text, canonicalMethod(method.Text)
	}
	if !isFunction(r.Type) {
		f.leaveOut(&route, "it starts the state machine "+r.ID)
		return
	}
	route.Payload = f.payload(a.Kind, f.resolve(properties.Get("PayloadFormatVersion")))
	route.Timeout = f.duration(f.resolve(properties.Get("TimeoutInMillis")), time.Millisecond, 0)
	auth := f.resolve(properties.Get("Auth"))
	f.guardEvent(&route, a, auth)
	f.unemulatedEvent(a, properties, auth)
	f.add(route)
	if a.Kind == kindHTTP && auth != nil || auth.Get("OverrideApiAuth").text() == "true" {
		f.override()
	}
}

// override gives the route of a definition that the last event repeats the
// authorizer of the event: SAM writes that into the definition.
func (f *routeFinder) override() {
	last := len(f.routes) - 1
	event := f.routes[last]
	for i := range f.routes[:last] {
		if r := &f.routes[i]; r.API == event.API && r.Method == event.Method && r.Path == event.Path {
			r.Authorizer, r.Scopes = event.Authorizer, event.Scopes
		}
	}
}

// exists tells whether the template has the API that an event names.
func (f *routeFinder) exists(id *Value, property string) bool {
	if !id.IsScalar() {
		return false
	}
	if _, found := f.resources[id.Text]; found || isImplicit(id.Text) {
		return true
	}
	if f.template.scope.resources[id.Text] == nil { // else its condition is false
		f.fault(id, "%s is %q, and there is no such resource in the template", property, id.Text)
	}
	return false
}
