package template

import (
	"strconv"
	"strings"
	"time"
)

// A routeFinder finds the routes of one template, without its nested stacks.
type routeFinder struct {
	template  *Template
	outer     *routeFinder         // of the template around this one, or nil
	resources map[string]*Resource // by logical id
	functions map[string]string    // logical ids of functions, by these and by names
	// references are what Ref and Fn::GetAtt, the latter written with a dot,
	// give for the resources that make up an API.
	references  map[string]string
	paths       map[string]string      // of the AWS::ApiGateway::Resources that were asked for
	stages      map[string]*Resource   // that are resources of their own, by their APIs' ids
	authorizers map[string]*Authorizer // that are resources of their own, by ids, once they were asked for
	apis        map[string]*api
	routes      []Route
}

// ownID is the attribute of a resource of an API that equals its Ref.
var ownID = map[string]string{
	"AWS::Serverless::Api":           "RestApiId",
	"AWS::Serverless::HttpApi":       "ApiId",
	"AWS::ApiGateway::RestApi":       "RestApiId",
	"AWS::ApiGateway::Resource":      "ResourceId",
	"AWS::ApiGateway::Authorizer":    "AuthorizerId",
	"AWS::ApiGatewayV2::Api":         "ApiId",
	"AWS::ApiGatewayV2::Integration": "IntegrationId",
	"AWS::ApiGatewayV2::Authorizer":  "AuthorizerId",
}

func newRouteFinder(t *Template, outer *routeFinder) *routeFinder {
	f := &routeFinder{
		template:    t,
		outer:       outer,
		resources:   make(map[string]*Resource, len(t.resources)),
		functions:   make(map[string]string),
		references:  map[string]string{implicitREST: implicitREST, implicitHTTP: implicitHTTP},
		paths:       make(map[string]string),
		stages:      make(map[string]*Resource),
		authorizers: make(map[string]*Authorizer),
		apis:        make(map[string]*api),
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
	for i := range t.resources { // what refers to the others, which may come later
		switch r := &t.resources[i]; {
		case isFunction(r.Type):
			name := t.scope.name(r.ID, r.Value).text()
			if _, taken := f.functions[name]; !taken && name != "" {
				f.functions[name] = r.ID
			}
		case r.Type == "AWS::Lambda::Alias", r.Type == "AWS::Lambda::Version":
			if id := f.function(f.property(r, "FunctionName"), nil); id != "" {
				f.references[r.ID] = functionARN(id)
			}
		default:
			f.addStage(r)
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

// functionARN is an ARN that function takes apart again. It has the logical id,
// which is known even where the name is not.
func functionARN(id string) string { return "arn:aws:lambda:::function:" + id }

// function is the logical id of the function that a name, an ARN or the URI of
// an integration means, or "". A URI may name it by variables of the stage.
func (f *routeFinder) function(uri *Value, variables map[string]string) string {
	text := uri.text()
	for name, value := range variables {
		text = strings.ReplaceAll(text, "${stageVariables."+name+"}", value)
	}
	if _, path, found := strings.Cut(text, "/functions/"); found {
		text, _, _ = strings.Cut(path, "/")
	}
	if _, name, found := strings.Cut(text, ":function:"); found {
		text = name
	}
	name, _, _ := strings.Cut(text, ":") // what follows is a version or an alias
	return f.functions[name]
}

// fullPath names a function, given by its logical id, among those of nested
// stacks; "" stays "".
func (f *routeFinder) fullPath(id string) string {
	if id == "" {
		return ""
	}
	return (&Function{LogicalID: id, StackPath: f.template.StackPath}).FullPath()
}

// add adds a route, unless it has no method. Its function is a logical id, or
// "".
func (f *routeFinder) add(r Route) {
	if r.Method == "" {
		return
	}
	r.Function = f.fullPath(r.Function)
	r.Method = canonicalMethod(r.Method)
	isDefault := r.API.Kind == kindHTTP && strings.TrimPrefix(r.Path, "/") == defaultPath
	switch {
	case isDefault:
		r.Path = defaultPath
	case !strings.HasPrefix(r.Path, "/"):
		r.Path = "/" + r.Path
	}
	f.routes = append(f.routes, r)
}

// canonicalMethod is a method in capitals, and ANY for all ways to say that.
func canonicalMethod(method string) string {
	switch method = strings.ToUpper(method); method {
	case "*", "X-AMAZON-APIGATEWAY-ANY-METHOD":
		return "ANY"
	}
	return method
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

// duration reads a number of units; otherwise stands for one that is missing or
// not known locally.
func (f *routeFinder) duration(v *Value, unit, otherwise time.Duration) time.Duration {
	if v.text() == "" {
		return otherwise
	}
	number, err := strconv.ParseUint(v.Text, 10, 31)
	if err != nil {
		f.fault(v, "%q is not a whole number", v.Text)
		return otherwise
	}
	return time.Duration(number) * unit
}

func (f *routeFinder) fault(at *Value, format string, args ...any) {
	f.template.scope.fault(at, format, args...)
}

func (f *routeFinder) property(r *Resource, name string) *Value {
	return f.resolve(r.Value.Get("Properties", name))
}

// resolve is nil where there is nothing.
func (f *routeFinder) resolve(v *Value) *Value {
	scope := f.template.scope
	scope.link = f.link // for what is included
	v = scope.resolve(f.link(v))
	scope.link = nil
	if v == noValue || v != nil && v.Kind == Null {
		return nil
	}
	return v
}

// texts are the scalars of a scalar or a list.
func texts(v *Value) []string {
	var list []string
	for _, item := range names(v) {
		if item.Text != "" {
			list = append(list, item.Text)
		}
	}
	return list
}
