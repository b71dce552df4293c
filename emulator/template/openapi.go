package template

import (
	"errors"
	"path/filepath"
	"strings"
)

const integrationKey = "x-amazon-apigateway-integration"

// definitions are the properties of an API that hold its definition in
// Swagger 2 or OpenAPI 3: in the template, and in a file.
var definitions = map[string]struct{ kind, body, file string }{
	"AWS::Serverless::Api":     {kindREST, "DefinitionBody", "DefinitionUri"},
	"AWS::Serverless::HttpApi": {kindHTTP, "DefinitionBody", "DefinitionUri"},
	"AWS::ApiGateway::RestApi": {kindREST, "Body", "BodyS3Location"},
	"AWS::ApiGatewayV2::Api":   {kindHTTP, "Body", "BodyS3Location"},
}

// definition adds the routes of an API's definition.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-integration.html
func (f *routeFinder) definition(r *Resource) {
	source, isAPI := definitions[r.Type]
	if !isAPI {
		return
	}
	document := f.property(r, source.body)
	if document == nil {
		document = f.definitionFile(r, source.file)
	}
	paths := document.Get("paths")
	if paths == nil {
		return
	}
	for _, path := range paths.Entries {
		for _, operation := range path.Value.Entries {
			integration := operation.Value.Get(integrationKey)
			if shared, found := strings.CutPrefix(integration.Get("$ref").text(), "#/"); found {
				integration = document.Get(strings.Split(shared, "/")...)
			}
			if !isProxy(integration.Get("type"), integration.Get("integrationSubtype")) {
				continue
			}
			f.add(Route{
				Method: operation.Key, Path: path.Key, Function: f.function(integration.Get("uri")),
				API: f.api(r.ID, source.kind), At: operation.At,
				Payload: f.payload(source.kind, integration.Get("payloadFormatVersion")),
			})
		}
	}
}

// isProxy tells whether an integration hands the request to a function as it
// is. One with a subtype calls another service.
func isProxy(kind, subtype *Value) bool {
	return strings.EqualFold(kind.text(), "AWS_PROXY") && subtype == nil
}

// definitionFile reads a definition from a local file, or returns nil.
func (f *routeFinder) definitionFile(r *Resource, property string) *Value {
	location := f.property(r, property)
	if asset := r.asset(property); asset != nil {
		location = asset
	}
	if location == nil {
		return nil
	}
	if !location.IsScalar() || strings.HasPrefix(location.Text, "s3://") {
		f.template.warn(location, r.ID, "its %s is not a local file: the routes in it are left out", property)
		return nil
	}
	path := (&properties{Template: f.template}).path(filepath.FromSlash(location.Text))
	document, faults, err := readFile(path)
	var missing *MissingError
	switch {
	case errors.As(err, &missing):
		f.fault(location, "%s of %s: there is no file %s", property, r.ID, missing.Path)
		return nil
	case err != nil:
		f.fault(location, "%s of %s: %v", property, r.ID, err)
		return nil
	}
	f.template.scope.faults = append(f.template.scope.faults, faults...)
	return f.resolve(document)
}

// link replaces references to what makes up an API by what they give, and
// leaves the other functions. Unlike the scope it knows the aliases and versions
// that SAM makes, and keeps logical ids, so that a function is found whose name
// exists only after a deployment.
func (f *routeFinder) link(v *Value) *Value {
	if v == nil || v.Kind != List && v.Kind != Map {
		return v
	}
	name, arg := v.function()
	switch {
	case name == "Ref":
		return f.linked(v, arg.text())
	case name == "Fn::GetAtt" && arg.Kind == List && len(arg.Items) == 2:
		return f.linked(v, arg.Items[0].text()+"."+arg.Items[1].text())
	case name == "Fn::GetAtt":
		return f.linked(v, arg.text())
	case name == "Fn::Sub" && arg.Kind == List && len(arg.Items) == 2:
		variables := f.link(arg.Items[1])
		arg = &Value{Kind: List, At: arg.At, Items: []*Value{f.linkText(arg.Items[0], variables), variables}}
		return &Value{Kind: Map, At: v.At, Entries: []Entry{{Key: name, At: v.At, Value: arg}}}
	case name == "Fn::Sub":
		return &Value{Kind: Map, At: v.At, Entries: []Entry{{Key: name, At: v.At, Value: f.linkText(arg, nil)}}}
	}
	out := &Value{Kind: v.Kind, At: v.At}
	for _, item := range v.Items {
		out.Items = append(out.Items, f.link(item))
	}
	for _, entry := range v.Entries {
		out.Entries = append(out.Entries, Entry{Key: entry.Key, At: entry.At, Value: f.link(entry.Value)})
	}
	return out
}

func (f *routeFinder) linked(v *Value, reference string) *Value {
	if text, known := f.references[reference]; known {
		return newString(v.At, text)
	}
	return v
}

// linkText replaces the references in the text of an Fn::Sub with variables.
func (f *routeFinder) linkText(v, variables *Value) *Value {
	if v.Kind != String {
		return v
	}
	var b strings.Builder
	for text := v.Text; ; {
		before, rest, found := strings.Cut(text, "${")
		name, after, closed := strings.Cut(rest, "}")
		if !found || !closed {
			b.WriteString(text)
			return newString(v.At, b.String())
		}
		b.WriteString(before)
		if target, known := f.references[strings.TrimSpace(name)]; known && variables.Get(strings.TrimSpace(name)) == nil {
			b.WriteString(target)
		} else {
			b.WriteString("${" + name + "}")
		}
		text = after
	}
}
