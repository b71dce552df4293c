package template

import (
	"fmt"
	"slices"
	"strings"
)

// Unemulated says what the APIs have that only AWS does: one *Error for each
// feature of an API, and for each route that is left out, with its place. That
// authorizers of some kinds are not enforced is for the caller to say: whether
// others are is in its hands. It knows only what Routes has seen.
func (t *Template) Unemulated() []error {
	unemulated := slices.Clone(t.unemulated)
	for _, nested := range t.nested {
		unemulated = append(unemulated, nested.Unemulated()...)
	}
	return unemulated
}

// unemulatedTypes are the types of resources that nothing is done with.
var unemulatedTypes = [...]struct{ kind, sentence string }{
	{"AWS::Serverless::WebSocketApi", "WebSocket APIs are not emulated"},
	{"AWS::ApiGateway::GatewayResponse", "gateway responses are not used: errors have AWS's default bodies"},
	{"AWS::ApiGateway::UsagePlan", "usage plans are not enforced"},
	{"AWS::ApiGateway::DomainName", "custom domains are not served"},
	{"AWS::ApiGateway::DomainNameV2", "custom domains are not served"},
	{"AWS::ApiGatewayV2::DomainName", "custom domains are not served"},
}

// unemulatedProperties are those of an API and what they ask for in vain.
var unemulatedProperties = [...]struct{ path, sentence string }{
	{"Auth.ApiKeyRequired", "API keys are not checked"},
	{"Auth.UsagePlan", "usage plans are not enforced"},
	{"Auth.ResourcePolicy", "the resource policy is not enforced"},
	{"Policy", "the resource policy is not enforced"},
	{"GatewayResponses", "gateway responses are not used: errors have AWS's default bodies"},
	{"Domain", "the custom domain is not served"},
	{"Domain.MutualTlsAuthentication", "mutual TLS is not emulated"},
	{"DisableExecuteApiEndpoint", "the default endpoint is served although it is disabled"},
	{"CacheClusterEnabled", "responses are not cached"},
	{"DefaultRouteSettings.ThrottlingRateLimit", "requests are not throttled"},
	{"DefaultRouteSettings.ThrottlingBurstLimit", "requests are not throttled"},
}

// unemulatedKeys are those of a whole definition.
var unemulatedKeys = [...]struct{ path, sentence string }{
	{"x-amazon-apigateway-policy", "the resource policy is not enforced"},
	{"x-amazon-apigateway-gateway-responses", "gateway responses are not used: errors have AWS's default bodies"},
	{"x-amazon-apigateway-request-validator", "requests are not validated"},
	{"x-amazon-apigateway-endpoint-configuration.disableExecuteApiEndpoint", "the default endpoint is served although it is disabled"},
}

// say says once of each API that a feature is not emulated.
func (f *routeFinder) say(a *api, at Position, sentence string) {
	if a.said[sentence] {
		return
	}
	if a.said == nil {
		a.said = make(map[string]bool)
	}
	a.said[sentence] = true
	f.template.unemulated = append(f.template.unemulated, &Error{Position: at, Resource: a.ID, Message: sentence})
}

// sayIf says it if a value asks for the feature.
func (f *routeFinder) sayIf(a *api, v *Value, sentence string) {
	if v != nil && v != noValue && v.Kind != Null && v.text() != "false" {
		f.say(a, v.At, sentence)
	}
}

// leaveOut says that a route is not served.
func (f *routeFinder) leaveOut(r *Route, reason string) {
	f.template.unemulated = append(f.template.unemulated, &Error{Position: r.At, Resource: r.API.ID,
		Message: fmt.Sprintf("%s %s is not served: %s", r.Method, r.Path, reason)})
}

func describeIntegration(kind, subtype *Value) string {
	text := strings.ToUpper(kind.text())
	if subtype.text() != "" {
		text += " " + subtype.text()
	}
	return "integrations of the type " + text + " are not emulated"
}

func (f *routeFinder) unemulatedResource(r *Resource) {
	for _, of := range unemulatedTypes {
		if of.kind == r.Type {
			f.template.unemulated = append(f.template.unemulated, &Error{Position: r.At, Resource: r.ID, Message: of.sentence})
		}
	}
	if r.Type == "AWS::ApiGatewayV2::Api" && f.isWebSocket(r) {
		f.template.unemulated = append(f.template.unemulated, &Error{Position: r.At, Resource: r.ID, Message: "WebSocket APIs are not emulated"})
	}
}

func (f *routeFinder) unemulatedAPI(a *api, r *Resource) {
	for _, of := range unemulatedProperties {
		path := strings.Split(of.path, ".")
		if r.Value.Get("Properties", path[0]) != nil {
			f.sayIf(a, f.property(r, path[0]).Get(path[1:]...), of.sentence)
		}
	}
}

// unemulatedDefinition looks at the top of a definition. What REST APIs do not
// do either is a Warning.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
func (f *routeFinder) unemulatedDefinition(a *api, document *Value) {
	for _, of := range unemulatedKeys {
		f.sayIf(a, document.Get(strings.Split(of.path, ".")...), of.sentence)
	}
	if security := document.Get("security"); security != nil && a.Kind == kindREST {
		f.template.warn(security, a.ID, "REST APIs do not heed the security of a whole definition: give it to the operations")
	}
}

func (f *routeFinder) unemulatedOperation(a *api, operation, integration *Value) {
	f.sayIf(a, operation.Get("x-amazon-apigateway-request-validator"), "requests are not validated")
	f.unemulatedIntegration(a, integration)
}

// unemulatedMethod looks at an AWS::ApiGateway::Method, or an
// AWS::ApiGatewayV2::Route.
func (f *routeFinder) unemulatedMethod(a *api, r *Resource, integration *Value) {
	f.sayIf(a, f.property(r, "ApiKeyRequired"), "API keys are not checked")
	f.sayIf(a, f.property(r, "RequestValidatorId"), "requests are not validated")
	f.unemulatedIntegration(a, integration)
}

func (f *routeFinder) unemulatedEvent(a *api, properties, auth *Value) {
	model := f.resolve(properties.Get("RequestModel"))
	f.sayIf(a, auth.Get("ApiKeyRequired"), "API keys are not checked")
	f.sayIf(a, auth.Get("ResourcePolicy"), "the resource policy is not enforced")
	f.sayIf(a, model.Get("ValidateBody"), "requests are not validated")
	f.sayIf(a, model.Get("ValidateParameters"), "requests are not validated")
	if f.resolve(properties.Get("ResponseTransferMode")).text() == "STREAM" {
		f.say(a, properties.KeyPosition("ResponseTransferMode"), "responses are not streamed")
	}
}

// unemulatedIntegration looks at an integration with a function.
func (f *routeFinder) unemulatedIntegration(a *api, integration *Value) {
	if mode := either(integration, "responseTransferMode"); mode.text() == "STREAM" {
		f.say(a, mode.At, "responses are not streamed")
	}
	if a.Kind == kindHTTP {
		f.sayIf(a, either(integration, "requestParameters"), "parameters are not mapped")
		f.sayIf(a, either(integration, "responseParameters"), "parameters are not mapped")
	}
}
