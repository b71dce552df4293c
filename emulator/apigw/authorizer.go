package apigw

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"sam/emulator/template"
)

// authorizers decide who may call the routes of a template. They keep what the
// functions of Lambda authorizers answered, by the authorizers of the template:
// with other routes there have to be other authorizers.
type authorizers struct {
	invoker  Invoker
	keys     *keySet
	now      func() time.Time
	verdicts verdicts
}

// newAuthorizers returns authorizers that run functions with the invoker, and
// check JSON Web Tokens with the keys, if there are any.
func newAuthorizers(invoker Invoker, keys *keySet, now func() time.Time) *authorizers {
	return &authorizers{invoker: invoker, keys: keys, now: now}
}

// enforced tells whether an authorizer is asked; routes of others are open.
func (a *authorizers) enforced(z *template.Authorizer) bool {
	// One that a route names and no template has is known by its kind alone,
	// without the place of the token.
	hasToken := len(z.Sources) > 0
	switch z.Kind {
	case template.AuthorizerRequest:
		return true
	case template.AuthorizerToken:
		return hasToken
	case template.AuthorizerJWT:
		return hasToken && a.keys != nil
	}
	return false
}

// describeAuthorizer names an authorizer in sentences.
func describeAuthorizer(z *template.Authorizer) string {
	if z.Function == "" || z.Function == z.Name {
		return "the authorizer " + z.Name
	}
	return fmt.Sprintf("the authorizer %s (%s)", z.Name, z.Function)
}

// authorize has the authorizer of the route, which has one, decide on a request
// and sets the request's Authorizer. The refusal is what the client gets in
// place of the function's answer, nil if the request may pass. The error tells
// the developer what is wrong with the authorizer. Either may be without the
// other.
func (a *authorizers) authorize(ctx context.Context, r *request) (refusal *response, err error) {
	z := r.Route.Authorizer
	switch {
	case !a.enforced(z):
		return nil, nil
	case z.Kind == template.AuthorizerJWT:
		return a.authorizeJWT(ctx, r)
	}
	return a.authorizeLambda(ctx, r)
}

// A refusal is an answer of an authorizer. REST APIs name its error in a header.
type refusal struct {
	answer
	errorType string
}

// refusals are those that REST APIs and HTTP APIs word differently.
type refusals struct {
	unauthorized     refusal
	denied           refusal
	deniedExplicitly refusal // by a statement with Deny
	failed           refusal // the authorizer could not be asked, or its answer makes no sense
}

// https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
// https://repost.aws/knowledge-center/api-gateway-403-error-lambda-authorizer
var restRefusals = refusals{
	unauthorized:     refusal{answer{http.StatusUnauthorized, `{"message":"Unauthorized"}`}, "UnauthorizedException"},
	denied:           refusal{answer{http.StatusForbidden, `{"Message":"User is not authorized to access this resource"}`}, "AccessDeniedException"},
	deniedExplicitly: refusal{answer{http.StatusForbidden, `{"Message":"User is not authorized to access this resource with an explicit deny"}`}, "AccessDeniedException"},
	failed:           refusal{answer{http.StatusInternalServerError, `{"message":null}`}, "AuthorizerConfigurationException"},
}

// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html
var httpRefusals = refusals{
	unauthorized:     refusal{answer: answer{http.StatusUnauthorized, `{"message":"Unauthorized"}`}},
	denied:           refusal{answer: answer{http.StatusForbidden, `{"message":"Forbidden"}`}},
	deniedExplicitly: refusal{answer: answer{http.StatusForbidden, `{"message":"Forbidden"}`}},
	failed:           refusal{answer: answer{http.StatusInternalServerError, `{"message":"Internal Server Error"}`}},
}

func refusalsOf(r *request) *refusals {
	if r.rest() {
		return &restRefusals
	}
	return &httpRefusals
}

func (f refusal) response() *response {
	res := f.answer.response()
	if f.errorType != "" {
		res.Header.Set("X-Amzn-Errortype", f.errorType)
	}
	return res
}
