package apigw

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"sam/emulator"
	"sam/emulator/template"
)

// An asked is an Invoker that answers as it is told and keeps the events.
type asked struct {
	answer func(event []byte) (payload string, failure, err error)

	mu     sync.Mutex
	events [][]byte
}

func (a *asked) Invoke(_ context.Context, _ string, req emulator.Request) (*emulator.Result, error) {
	a.mu.Lock()
	a.events = append(a.events, req.Payload)
	a.mu.Unlock()
	payload, failure, err := a.answer(req.Payload)
	if err != nil {
		return nil, err
	}
	return &emulator.Result{Payload: []byte(payload), Failure: failure}, nil
}

func (a *asked) times() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.events)
}

func answering(payload string) *asked {
	return &asked{answer: func([]byte) (string, error, error) { return payload, nil, nil }}
}

// guarded is a request for GET /items/42, with a route that an authorizer
// guards. The format is that of API and authorizer: token, rest, http1 or http2.
func guarded(format string) *request {
	kind, payload := "HTTP", "2.0"
	switch format {
	case "token", "rest":
		kind, payload = "REST", ""
	case "http1":
		payload = "1.0"
	}
	r := newRequest(kind, payload)
	r.Path = "/items/42"
	r.Header.Set("Authorization", "secret")
	z := &template.Authorizer{Name: "Auth", Kind: template.AuthorizerRequest, Function: "AuthFunction", Payload: payload}
	z.Sources = []string{"$request.header.Authorization"}
	if kind == "REST" {
		z.Sources = []string{"method.request.header.Authorization"}
	}
	if format == "token" {
		z.Kind = template.AuthorizerToken
	}
	r.Route.Authorizer = z
	return r
}

const (
	restARN = "arn:aws:execute-api:us-east-1:123456789012:1234567890/Prod/GET/items/42"
	httpARN = "arn:aws:execute-api:us-east-1:123456789012:1234567890/$default/GET/items/42"
)

// policyAnswer is an answer with a policy of one statement and a context.
func policyAnswer(effect, resource, context string) string {
	return `{"principalId": "me", "policyDocument": {"Version": "2012-10-17", "Statement": [
		{"Action": "execute-api:Invoke", "Effect": "` + effect + `", "Resource": "` + resource + `"}]}, "context": ` + context + `}`
}

func TestLambdaAuthorizer(t *testing.T) {
	const (
		unauthorized = `401 {"message":"Unauthorized"}`
		restDenied   = `403 {"Message":"User is not authorized to access this resource"}`
		restDeny     = `403 {"Message":"User is not authorized to access this resource with an explicit deny"}`
		restFailed   = `500 {"message":null}`
		httpDenied   = `403 {"message":"Forbidden"}`
		httpFailed   = `500 {"message":"Internal Server Error"}`
	)
	allow := func(context string) string { return policyAnswer("Allow", "*", context) }
	failure := &emulator.FunctionError{Type: "Error"}
	for _, test := range []struct {
		name, format string
		change       func(*template.Authorizer)
		answer       string
		failure, err error
		want         string // refusal, or authorizer object
		wantErr      string
	}{
		{name: "allow", format: "token", answer: allow("null"), want: `{"integrationLatency":0,"principalId":"me"}`},
		{name: "the ARN of the method", format: "rest", answer: policyAnswer("Allow", restARN, "{}"), want: `{"integrationLatency":0,"principalId":"me"}`},
		{name: "the ARN of the route", format: "http2", answer: policyAnswer("Allow", httpARN, `{"a": "b"}`), want: `{"lambda":{"a":"b"}}`},
		{name: "REST makes strings of the context", format: "rest", answer: allow(`{"s": "x", "n": 1.50, "b": true, "z": null}`),
			want: `{"b":"true","integrationLatency":0,"n":"1.50","principalId":"me","s":"x","z":null}`},
		{name: "format 1.0 keeps the types of the context", format: "http1", answer: allow(`{"n": 1, "l": [true], "m": {"k": null}}`),
			want: `{"l":[true],"m":{"k":null},"n":1,"principalId":"me"}`},
		{name: "format 2.0 keeps the types of the context", format: "http2", answer: allow(`{"n": 1, "l": [true]}`), want: `{"lambda":{"l":[true],"n":1}}`},
		{name: "format 2.0 without a context", format: "http2", answer: `{"policyDocument": {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}}`, want: `{"lambda":null}`},
		{name: "a usage plan's key", format: "rest", answer: strings.Replace(allow("{}"), "{", `{"usageIdentifierKey": "k", `, 1), want: `{"integrationLatency":0,"principalId":"me"}`},
		{name: "a number for a principal", format: "token", answer: strings.Replace(allow("{}"), `"me"`, "42", 1), want: `{"integrationLatency":0,"principalId":"42"}`},

		{name: "another method", format: "rest", answer: policyAnswer("Allow", strings.Replace(restARN, "GET", "POST", 1), "{}"), want: restDenied},
		{name: "deny", format: "rest", answer: policyAnswer("Deny", "*", "{}"), want: restDeny},
		{name: "deny", format: "token", answer: policyAnswer("Deny", "*", "{}"), want: restDeny},
		{name: "deny", format: "http1", answer: policyAnswer("Deny", "*", "{}"), want: httpDenied},
		{name: "another route", format: "http2", answer: policyAnswer("Allow", restARN, "{}"), want: httpDenied},

		{name: "simple yes", format: "http2", change: simple, answer: `{"isAuthorized": true, "context": {"l": [1]}}`, want: `{"lambda":{"l":[1]}}`},
		{name: "simple no", format: "http2", change: simple, answer: `{"isAuthorized": false}`, want: httpDenied},
		{name: "simple, a string", format: "http2", change: simple, answer: `{"isAuthorized": "true"}`, want: httpFailed, wantErr: `isAuthorized is "true", and must be true or false`},
		{name: "simple, a policy", format: "http2", change: simple, answer: allow("{}"), want: httpFailed, wantErr: "it has no isAuthorized"},
		{name: "simple without being asked", format: "http2", answer: `{"isAuthorized": true}`, want: httpFailed, wantErr: "needs EnableSimpleResponses: true"},

		{name: "throws Unauthorized", format: "rest", answer: `{"errorType":"Error","errorMessage":"Unauthorized"}`, failure: failure, want: unauthorized},
		{name: "throws Unauthorized", format: "token", answer: `{"errorMessage":"Unauthorized"}`, failure: failure, want: unauthorized},
		{name: "throws Unauthorized", format: "http2", answer: `{"errorMessage":"Unauthorized"}`, failure: failure, want: httpFailed, wantErr: "the authorizer Auth (AuthFunction) failed"},
		{name: "throws something else", format: "rest", answer: `{"errorMessage":"Unauthorized."}`, failure: failure, want: restFailed, wantErr: `Response received: {"errorMessage":"Unauthorized."}`},
		{name: "returns Unauthorized", format: "rest", answer: `"Unauthorized"`, want: restFailed, wantErr: "it is a string, and must be an object"},
		{name: "returns null", format: "token", answer: "null", want: restFailed, wantErr: "it is null, and must be an object"},
		{name: "returns nothing", format: "http1", answer: "", want: httpFailed, wantErr: "it is not JSON"},
		{name: "cannot be run", format: "rest", err: errors.New("no node"), want: restFailed, wantErr: "ask the authorizer Auth (AuthFunction): no node"},
		{name: "there is none", format: "http2", change: func(z *template.Authorizer) { z.Function = "" }, want: httpFailed, wantErr: "the template has no function for the authorizer Auth"},

		{name: "no principal", format: "rest", answer: `{"policyDocument": {"Statement": []}}`, want: restFailed, wantErr: "it has no principalId"},
		{name: "an odd principal", format: "rest", answer: `{"policyDocument": {}, "principalId": []}`, want: restFailed, wantErr: "principalId is a list, and must be a string"},
		{name: "no policy", format: "rest", answer: `{"principalId": "me"}`, want: restFailed, wantErr: "it has no policyDocument"},
		{name: "other capitals", format: "rest", answer: `{"PrincipalId": "me", "PolicyDocument": {}}`, want: restFailed, wantErr: "it has no policyDocument"},
		{name: "a bad policy", format: "http1", answer: `{"policyDocument": {}}`, want: httpFailed, wantErr: "policyDocument has no Statement"},
		{name: "a nested context", format: "token", answer: allow(`{"roles": ["a"]}`), want: restFailed, wantErr: `"roles" of context is a list, where a REST API takes`},
		{name: "a context that is a list", format: "http2", answer: allow(`[1]`), want: httpFailed, wantErr: "context is a list, and must be an object"},
		{name: "a condition", format: "rest", answer: strings.Replace(allow("{}"), `"Effect"`, `"Condition": {}, "Effect"`, 1), want: `{"integrationLatency":0,"principalId":"me"}`, wantErr: "has a Condition"},

		{name: "a valid token", format: "token", change: validation("[a-z]+"), answer: allow("{}"), want: `{"integrationLatency":0,"principalId":"me"}`},
		{name: "an invalid token", format: "token", change: validation("[a-z]"), want: unauthorized},
		{name: "an expression of Java's", format: "token", change: validation("(?!x).*"), answer: allow("{}"), want: `{"integrationLatency":0,"principalId":"me"}`, wantErr: "is not applied here"},

		{name: "one that is not emulated", format: "rest", change: func(z *template.Authorizer) { z.Kind = "AWS_IAM" }, want: "null"},
		{name: "JWT without keys", format: "http2", change: func(z *template.Authorizer) { z.Kind = template.AuthorizerJWT }, want: "null"},
	} {
		t.Run(test.name+" "+test.format, func(t *testing.T) {
			r := guarded(test.format)
			if test.change != nil {
				test.change(r.Route.Authorizer)
			}
			invoker := &asked{answer: func([]byte) (string, error, error) { return test.answer, test.failure, test.err }}
			got, err := decide(t, newAuthorizers(invoker, nil, stopped), r)
			if got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
			if text := message(err); !strings.Contains(text, test.wantErr) || (test.wantErr == "") != (text == "") {
				t.Errorf("the error is %q, want %q", text, test.wantErr)
			}
		})
	}
}

func simple(z *template.Authorizer) { z.Simple = true }

func validation(expression string) func(*template.Authorizer) {
	return func(z *template.Authorizer) { z.Validation = expression }
}

func stopped() time.Time { return time.Unix(1e9, 0) }

func message(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// decide returns the refusal, as status and body, or else the authorizer object.
func decide(t *testing.T, a *authorizers, r *request) (string, error) {
	t.Helper()
	refusal, err := a.authorize(t.Context(), r)
	if refusal != nil {
		return refusal.text(), err
	}
	encoded, marshalErr := json.Marshal(r.Authorizer)
	if marshalErr != nil {
		t.Fatal(marshalErr)
	}
	return string(encoded), err
}

func (res *response) text() string {
	return fmt.Sprintf("%d %s", res.Status, res.Body)
}

func TestRefusalsOfRESTNameTheirError(t *testing.T) {
	for payload, want := range map[string]string{
		policyAnswer("Deny", "*", "{}"): "AccessDeniedException",
		"{}":                            "AuthorizerConfigurationException",
	} {
		refusal, _ := newAuthorizers(answering(payload), nil, stopped).authorize(t.Context(), guarded("rest"))
		if got := refusal.Header.Get("x-amzn-ErrorType"); got != want {
			t.Errorf("%s: got %q, want %s", payload, got, want)
		}
	}
}

func TestIdentitySources(t *testing.T) {
	for _, test := range []struct {
		format, source, want string
	}{
		{"rest", "method.request.header.x-many", "two"},
		{"http2", "$request.header.X-Many", "one,two"},
		{"rest", "method.request.header.Host", "localhost:3000"},
		{"rest", "method.request.header.X-None", ""},
		{"rest", "method.request.header.X-Empty", ""},
		{"rest", "method.request.querystring.tag", "two"},
		{"http2", "$request.querystring.tag", "one,two"},
		{"http2", "$request.querystring.Tag", ""},
		{"http2", "$request.querystring.empty", ""},
		{"rest", "stageVariables.alias", "blue"},
		{"http1", "$stageVariables.alias", "blue"},
		{"http1", "$stageVariables.none", ""},
		{"rest", "context.identity.sourceIp", "127.0.0.1"},
		{"rest", "context.httpMethod", "GET"},
		{"rest", "context.routeKey", ""},
		{"rest", "context.identity", ""},
		{"rest", "context.identity.none", ""},
		{"rest", "context.stage.none", ""},
		{"http2", "$context.identity.userAgent", "curl/8.7.1"},
		{"http2", "$context.stage", "$default"},
		{"http2", "$context.routeKey", "GET /items/{id}"},
		{"rest", "method.request.body", ""},
	} {
		r := guarded(test.format)
		r.Header["X-Many"], r.Header["X-Empty"] = []string{"one", "two"}, []string{""}
		r.Route.API.Variables = map[string]string{"alias": "blue"}
		if got := r.identitySource(test.source); got != test.want {
			t.Errorf("%s: %s is %q, want %q", test.format, test.source, got, test.want)
		}
		r.Route.Authorizer.Sources = append(r.Route.Authorizer.Sources, test.source)
		invoker := answering(policyAnswer("Allow", "*", "{}"))
		got, err := decide(t, newAuthorizers(invoker, nil, stopped), r)
		if refused := got == `401 {"message":"Unauthorized"}`; refused != (test.want == "") || refused == (invoker.times() == 1) || err != nil {
			t.Errorf("%s: %s: %d calls, then %s, %v", test.format, test.source, invoker.times(), got, err)
		}
	}
}

func TestAuthorizerEvents(t *testing.T) {
	for _, test := range []struct {
		format  string
		decoded any
		want    map[string]any
	}{
		{"token", &events.APIGatewayCustomAuthorizerRequest{}, map[string]any{
			"type": "TOKEN", "methodArn": restARN, "authorizationToken": "secret",
		}},
		{"rest", &events.APIGatewayCustomAuthorizerRequestTypeRequest{}, map[string]any{
			"type": "REQUEST", "methodArn": restARN, "resource": "/items/{id}", "path": "/items/42",
			"requestContext.stage": "Prod", "requestContext.identity.sourceIp": "127.0.0.1", "headers.Authorization": "secret",
		}},
		{"http1", &events.APIGatewayV2CustomAuthorizerV1Request{}, map[string]any{
			"version": "1.0", "type": "REQUEST", "methodArn": httpARN, "identitySource": "secret,one,two", "authorizationToken": "secret,one,two",
			"httpMethod": "GET", "requestContext.stage": "$default", "headers.Authorization": "secret",
		}},
		{"http2", &events.APIGatewayV2CustomAuthorizerV2Request{}, map[string]any{
			"version": "2.0", "type": "REQUEST", "routeArn": httpARN, "routeKey": "GET /items/{id}", "rawPath": "/items/42",
			"requestContext.http.method": "GET", "headers.authorization": "secret",
		}},
	} {
		t.Run(test.format, func(t *testing.T) {
			r := guarded(test.format)
			r.Body = []byte("not for authorizers")
			if !r.rest() {
				r.Route.Authorizer.Sources = append(r.Route.Authorizer.Sources, "$request.querystring.tag")
			}
			invoker := answering(policyAnswer("Allow", "*", "{}"))
			if got, err := decide(t, newAuthorizers(invoker, nil, stopped), r); err != nil || strings.HasPrefix(got, "5") {
				t.Fatal(got, err)
			}
			event := invoker.events[0]
			if err := json.Unmarshal(event, test.decoded); err != nil {
				t.Fatal(err)
			}
			encoded, err := json.Marshal(test.decoded)
			if err != nil {
				t.Fatal(err)
			}
			sent, understood := flatten(t, event), flatten(t, encoded)
			for path, want := range test.want {
				if sent[path] != want || understood[path] != want {
					t.Errorf("%s is %v, and %v once decoded, want %v", path, sent[path], understood[path], want)
				}
			}
			if body, found := sent["body"]; found {
				t.Errorf("the event has the body %v", body)
			}
		})
	}
}

func TestAuthorizerEventWithoutIdentitySources(t *testing.T) {
	for _, format := range []string{"http1", "http2"} {
		r := guarded(format)
		r.Route.Authorizer.Sources, r.Route.Authorizer.TTL = nil, time.Hour
		invoker := answering(policyAnswer("Allow", "*", "{}"))
		a := newAuthorizers(invoker, nil, stopped)
		for range 2 {
			if _, err := decide(t, a, r); err != nil {
				t.Fatal(err)
			}
		}
		if invoker.times() != 2 {
			t.Errorf("%s: %d calls, though nothing tells callers apart", format, invoker.times())
		}
		if source, found := flatten(t, invoker.events[0])["identitySource"]; !found || source != nil {
			t.Errorf("%s: identitySource is %v, want null", format, source)
		}
	}
}

func TestFormatOfAuthorizerAndOfRouteMayDiffer(t *testing.T) {
	r := guarded("http1")
	r.Route.Payload = "2.0"
	invoker := answering(policyAnswer("Allow", "*", `{"a": 1}`))
	if got, err := decide(t, newAuthorizers(invoker, nil, stopped), r); got != `{"lambda":{"a":1}}` || err != nil {
		t.Errorf("got %s, %v", got, err)
	}
	if version := flatten(t, invoker.events[0])["version"]; version != "1.0" {
		t.Errorf("the authorizer's event has version %v, want 1.0", version)
	}
}
