package apigw

import (
	"encoding/json"
	"net/textproto"
	"strings"
)

// identity returns what the request has at the identity sources, unless it
// lacks one of them. API Gateway refuses it then, whether or not it keeps
// answers:
// https://docs.aws.amazon.com/apigateway/latest/api/API_CreateAuthorizer.html#apigw-CreateAuthorizer-request-identitySource
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html#http-api-lambda-authorizer.identity-sources
func (r *request) identity(sources []string) (values []string, complete bool) {
	for _, source := range sources {
		value := r.identitySource(source)
		if value == "" {
			return nil, false
		}
		values = append(values, value)
	}
	return values, true
}

// identitySource is what the request has at an identity source, or empty. The
// expressions of HTTP APIs are those of REST APIs with a $ in front, and
// without the word method.
func (r *request) identitySource(source string) string {
	source = strings.TrimPrefix(strings.TrimPrefix(source, "$"), "method.")
	if name, found := strings.CutPrefix(source, "request.header."); found {
		return r.one(r.headerValues(name))
	}
	if name, found := strings.CutPrefix(source, "request.querystring."); found {
		return r.one(r.queryValues(name))
	}
	if name, found := strings.CutPrefix(source, "stageVariables."); found {
		return r.Route.API.Variables[name]
	}
	if name, found := strings.CutPrefix(source, "context."); found {
		return r.contextVariable(name)
	}
	return ""
}

// one makes one value of those that a name has, as the events do: REST APIs take
// the last, HTTP APIs join them.
func (r *request) one(values []string) string {
	if r.rest() && len(values) > 0 {
		return values[len(values)-1]
	}
	return strings.Join(values, ",")
}

func (r *request) headerValues(name string) []string {
	name = textproto.CanonicalMIMEHeaderKey(name)
	if name == "Host" { // net/http has it elsewhere
		return []string{r.Host}
	}
	return r.Header[name]
}

func (r *request) queryValues(name string) []string {
	var values []string
	for _, p := range r.query() {
		if p.name == name {
			values = append(values, p.value)
		}
	}
	return values
}

// contextVariable is a variable such as identity.sourceIp. The variables have
// the names of the request context of format 1.0, with dots between them; HTTP
// APIs have routeKey as well.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html
func (r *request) contextVariable(name string) string {
	if name == "routeKey" && !r.rest() {
		return r.routeKey()
	}
	o := r.newObject()
	o.open("")
	if r.writeContext1(o) != nil {
		return ""
	}
	o.close()
	value := json.RawMessage(o.bytes())
	for _, part := range strings.Split("requestContext."+name, ".") {
		var members map[string]json.RawMessage
		if json.Unmarshal(value, &members) != nil {
			return ""
		}
		value = members[part]
	}
	var text string
	if json.Unmarshal(value, &text) != nil { // a number, or an object, identifies nobody
		return ""
	}
	return text
}
