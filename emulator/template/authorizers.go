package template

import (
	"strings"
	"time"
)

// authorizerIAM is the name, and the kind, of an authorizer that every API has.
const authorizerIAM = "AWS_IAM"

// defaultTTL is how long REST APIs keep the answers of authorizers that do not
// say it. HTTP APIs do not keep theirs then.
// https://docs.aws.amazon.com/apigateway/latest/api/API_Authorizer.html
const defaultTTL = 300 * time.Second

// An authorizer is one that routes name, with the scopes of those that name
// none.
type authorizer struct {
	*Authorizer
	scopes []string
}

// readAuthorizer reads an authorizer of a definition, or the properties of a
// resource of API Gateway, whose names are the same but for the capitals. tokens
// is the identity source of one that names none.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-authorizer.html
func (f *routeFinder) readAuthorizer(name, kind, tokens string, a *api, v *Value, at Position) *Authorizer {
	z := &Authorizer{
		Name: name, Kind: strings.ToUpper(kind), At: at,
		Function:   f.fullPath(f.function(either(v, "authorizerUri"), a.Variables)),
		Sources:    sources(either(v, "identitySource")),
		Validation: either(v, "identityValidationExpression").text(),
	}
	if len(z.Sources) == 0 && z.Kind != AuthorizerRequest {
		z.Sources = []string{tokens}
	}
	f.finish(z, a, v, either(v, "authorizerResultTtlInSeconds"), either(v, "authorizerPayloadFormatVersion"))
	return z
}

// finish reads what all notations of an authorizer have.
func (f *routeFinder) finish(z *Authorizer, a *api, v, ttl, payload *Value) {
	if z.Kind == AuthorizerJWT {
		jwt := either(v, "jwtConfiguration")
		z.Issuer, z.Audience = either(jwt, "issuer").text(), texts(either(jwt, "audience"))
		return
	}
	otherwise := time.Duration(0)
	if a.Kind == kindREST {
		otherwise = defaultTTL
	}
	z.TTL = f.duration(ttl, time.Second, otherwise)
	z.Payload = f.payload(a.Kind, payload)
	z.Simple = a.Kind == kindHTTP && either(v, "enableSimpleResponses").text() == "true"
}

// either finds a key that begins with a small letter in definitions and with a
// capital in resources.
func either(v *Value, key string) *Value {
	if found := v.Get(key); found != nil {
		return found
	}
	return v.Get(strings.ToUpper(key[:1]) + key[1:])
}

// sources reads a list of identity sources, or a string with commas between
// them.
func sources(v *Value) []string {
	var list []string
	for _, text := range texts(v) {
		for _, source := range strings.Split(text, ",") {
			if source = strings.TrimSpace(source); source != "" {
				list = append(list, source)
			}
		}
	}
	return list
}

// tokenSource is where a token is, unless an authorizer says otherwise: in a
// header.
func tokenSource(kind, header string) string {
	if kind == kindHTTP {
		return "$request.header." + header
	}
	return "method.request.header." + header
}

// readSchemes reads the authorizers of a definition. SAM replaces those that
// Auth has as well.
func (f *routeFinder) readSchemes(a *api, document *Value) {
	schemes := document.Get("securityDefinitions") // Swagger 2
	if schemes == nil {
		schemes = document.Get("components", "securitySchemes")
	}
	if schemes == nil {
		return
	}
	for _, scheme := range schemes.Entries {
		v := scheme.Value.Get("x-amazon-apigateway-authorizer")
		header := scheme.Value.Get("name").text()
		switch _, known := a.authorizers[scheme.Key]; {
		case known:
		case v != nil:
			if header == "" || a.Kind == kindHTTP { // the scheme has no header of its own there
				header = "Authorization"
			}
			z := f.readAuthorizer(scheme.Key, v.Get("type").text(), tokenSource(a.Kind, header), a, v, scheme.At)
			a.authorizers[scheme.Key] = authorizer{Authorizer: z}
		case strings.EqualFold(scheme.Value.Get("x-amazon-apigateway-authtype").text(), "awsSigv4"):
			a.authorizers[scheme.Key] = authorizer{Authorizer: &Authorizer{Name: scheme.Key, Kind: authorizerIAM, At: scheme.At}}
		case strings.EqualFold(header, "x-api-key"):
			if a.apiKeys == nil {
				a.apiKeys = make(map[string]bool)
			}
			a.apiKeys[scheme.Key] = true
		}
	}
}

// guardOperation finds the authorizer of an operation of a definition.
func (f *routeFinder) guardOperation(route *Route, a *api, security, auth *Value) {
	if security != nil {
		for _, requirement := range security.Items {
			for _, entry := range requirement.Entries {
				z, known := a.authorizers[entry.Key]
				switch {
				case known && route.Authorizer == nil: // API Gateway has one for a method
					route.Authorizer, route.Scopes = z.Authorizer, texts(entry.Value)
				case a.apiKeys[entry.Key]:
					f.say(a, entry.At, "API keys are not checked")
				case entry.Key == "NONE": // SAM's word for a route that the default does not guard
					return
				}
			}
		}
	}
	switch kind := strings.ToUpper(auth.Get("type").text()); {
	case route.Authorizer != nil, kind == "NONE":
	case kind == authorizerIAM:
		route.Authorizer = &Authorizer{Name: authorizerIAM, Kind: authorizerIAM, At: auth.At}
	case a.Kind == kindHTTP && security != nil && len(security.Items) > 0: // SAM leaves those as they are
	default:
		a.guard(route)
	}
}

// guard gives a route the default authorizer, if SAM would.
func (a *api) guard(route *Route) {
	if z, known := a.authorizers[a.fallback]; known && (route.Method != "OPTIONS" || !a.openPreflight) {
		route.Authorizer, route.Scopes = z.Authorizer, z.scopes
	}
}

// guardResource is the authorizer of an AWS::ApiGateway::Method or an
// AWS::ApiGatewayV2::Route. One that no template has is known by the type that
// the resource says it has.
func (f *routeFinder) guardResource(r *Resource, a *api) *Authorizer {
	kind := strings.ToUpper(f.property(r, "AuthorizationType").text())
	if kind == "" || kind == "NONE" {
		return nil
	}
	id := f.property(r, "AuthorizerId").text()
	if kind == authorizerIAM || id == "" {
		return &Authorizer{Name: kind, Kind: kind, At: r.At}
	}
	for owner := f; owner != nil; owner = owner.outer {
		if z := owner.authorizerResource(id, a); z != nil {
			return z
		}
	}
	return &Authorizer{Name: id, Kind: kind, At: r.At}
}

// authorizerResource is the authorizer that a resource of this template stands
// for, or nil.
func (f *routeFinder) authorizerResource(id string, a *api) *Authorizer {
	if known := f.authorizers[id]; known != nil {
		return known
	}
	r := f.resources[id]
	if r == nil {
		return nil
	}
	var kind string
	switch r.Type {
	case "AWS::ApiGateway::Authorizer":
		kind = f.property(r, "Type").text()
	case "AWS::ApiGatewayV2::Authorizer":
		kind = f.property(r, "AuthorizerType").text()
	default:
		return nil
	}
	name := f.property(r, "Name").text()
	if name == "" {
		name = id
	}
	z := f.readAuthorizer(name, kind, tokenSource(a.Kind, "Authorization"), a, f.resolve(r.Value.Get("Properties")), r.At)
	f.authorizers[id] = z
	return z
}
