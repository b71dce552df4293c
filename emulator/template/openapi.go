package template

import (
	"errors"
	"path/filepath"
	"strings"
	"time"
)

const integrationKey = "x-amazon-apigateway-integration"

// definition adds the routes of an API's definition in Swagger 2 or OpenAPI 3.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-integration.html
func (f *routeFinder) definition(r *Resource) {
	form, isAPI := apiTypes[r.Type]
	if !isAPI || f.isWebSocket(r) {
		return
	}
	a := f.api(r.ID, form.kind, r.At)
	document := f.property(r, form.body)
	if document == nil {
		document = f.definitionFile(r, form.file)
	}
	if document == nil {
		return
	}
	if a.Kind == kindHTTP {
		a.CORS = f.httpCORS(a, f.property(r, form.cors), document.Get("x-amazon-apigateway-cors"))
	}
	if a.BinaryTypes == nil { // SAM puts those of the property in place of the definition's
		a.BinaryTypes = mediaTypes(document.Get("x-amazon-apigateway-binary-media-types"))
	}
	f.readSchemes(a, document)
	f.unemulatedDefinition(a, document)
	if paths := document.Get("paths"); paths != nil {
		for _, path := range paths.Entries {
			for _, operation := range path.Value.Entries {
				f.operation(a, document, path.Key, operation)
			}
		}
	}
}

// operation adds the route of a method of a path.
func (f *routeFinder) operation(a *api, document *Value, path string, operation Entry) {
	integration := operation.Value.Get(integrationKey)
	reference := integration.Get("$ref")
	if shared, found := strings.CutPrefix(reference.text(), "#/"); found {
		integration = document.Get(strings.Split(shared, "/")...)
		if integration == nil {
			f.fault(reference, "there is no %s in the definition of %s", reference.Text, a.ID)
			return
		}
	}
	route := Route{
		Method: canonicalMethod(operation.Key), Path: path, API: &a.API, At: operation.At,
		Operation: operation.Value.Get("operationId").text(),
	}
	kind := integration.Get("type")
	switch {
	case kind == nil:
		return // it is a path's own key, or a method that API Gateway does not have
	case isMock(a, route.Method, kind):
		route.Mock = f.mock(a, integration)
	case isProxy(kind, integration.Get("integrationSubtype")):
		route.Function = f.function(integration.Get("uri"), a.Variables)
		route.Payload = f.payload(a.Kind, integration.Get("payloadFormatVersion"))
		route.Timeout = f.duration(integration.Get("timeoutInMillis"), time.Millisecond, 0)
	default:
		f.leaveOut(&route, describeIntegration(kind, integration.Get("integrationSubtype")))
		return
	}
	security := operation.Value.Get("security")
	if security == nil && a.Kind == kindHTTP { // REST APIs have none for all operations, see unemulatedDefinition
		security = document.Get("security")
	}
	f.guardOperation(&route, a, security, operation.Value.Get("x-amazon-apigateway-auth"))
	f.unemulatedOperation(a, operation.Value, integration)
	f.add(route)
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
	document, faults, err := f.template.scope.read(path)
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
