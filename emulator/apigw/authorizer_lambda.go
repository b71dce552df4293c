package apigw

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"

	"sam/emulator"
	"sam/emulator/template"
)

// errUnauthorized is the error by which the function of an authorizer says that
// it does not know the caller.
var errUnauthorized = errors.New("unauthorized")

// authorizeLambda has a Lambda authorizer decide.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html
func (a *authorizers) authorizeLambda(ctx context.Context, r *request) (*response, error) {
	z, says := r.Route.Authorizer, refusalsOf(r)
	identity, complete := r.identity(z.Sources)
	if !complete {
		return says.unauthorized.response(), nil
	}
	valid, notice := validates(z, identity)
	if !valid {
		return says.unauthorized.response(), nil
	}
	asked := a.now()
	v, err := a.verdict(ctx, r, identity)
	switch {
	case errors.Is(err, errUnauthorized):
		return says.unauthorized.response(), notice
	case ctx.Err() != nil:
		return clientGone.response(), notice
	case err != nil:
		return says.failed.response(), errors.Join(notice, err)
	}
	if v.policy != nil && v.policy.conditional {
		notice = errors.Join(notice, fmt.Errorf("the policy of %s has a Condition, which is not evaluated here: an Allow holds, a Deny does not", describeAuthorizer(z)))
	}
	switch v.on(r.arn()) {
	case denied:
		return says.denied.response(), notice
	case deniedExplicitly:
		return says.deniedExplicitly.response(), notice
	}
	r.Authorizer = v.requestContext(r, a.now().Sub(asked))
	return nil, notice
}

// validates tells whether a token is what the authorizer's validation
// expression describes, all of it. An expression that only Java understands
// describes any token; the error says so.
func validates(z *template.Authorizer, identity []string) (bool, error) {
	if z.Validation == "" || z.Kind != template.AuthorizerToken {
		return true, nil
	}
	expression, err := regexp.Compile("^(?:" + z.Validation + ")$")
	if err != nil {
		return true, fmt.Errorf("the validation expression %s of %s is not applied here, where regular expressions have no lookaround and no backreferences: %w", z.Validation, describeAuthorizer(z), err)
	}
	return expression.MatchString(identity[0]), nil
}

// verdict is what the authorizer's function says of the callers that have the
// identity, now or a while ago.
func (a *authorizers) verdict(ctx context.Context, r *request, identity []string) (*verdict, error) {
	z := r.Route.Authorizer
	if z.TTL <= 0 || len(identity) == 0 { // nothing tells callers apart
		return a.ask(ctx, r, identity)
	}
	key := caller{z, fmt.Sprintf("%q", identity)} // quoted, so that no two lists of values are the same
	return a.verdicts.get(ctx, key, a.now, func() (*verdict, error) { return a.ask(ctx, r, identity) })
}

// ask invokes the function of an authorizer.
func (a *authorizers) ask(ctx context.Context, r *request, identity []string) (*verdict, error) {
	z := r.Route.Authorizer
	if z.Function == "" {
		return nil, fmt.Errorf("the template has no function for %s (%v): requests that it guards fail; --disable-authorizer lets them pass", describeAuthorizer(z), z.At)
	}
	event, err := r.authorizerEvent(identity)
	if err != nil {
		return nil, fmt.Errorf("make the event of %s: %w", describeAuthorizer(z), err)
	}
	result, err := a.invoker.Invoke(ctx, z.Function, emulator.Request{
		Payload: event,
		TraceID: r.invocationTrace(),
	})
	switch {
	case err != nil:
		return nil, fmt.Errorf("ask %s: %w", describeAuthorizer(z), err)
	case result.Failure != nil && r.rest() && saysUnauthorized(result.Payload):
		return nil, errUnauthorized
	case result.Failure != nil:
		return nil, fmt.Errorf("%s failed: %w. Response received: %s", describeAuthorizer(z), result.Failure, excerpt(result.Payload))
	}
	v, err := parseVerdict(r, result.Payload)
	if err != nil {
		return nil, fmt.Errorf("the answer of %s is invalid: %w. Response received: %s", describeAuthorizer(z), err, excerpt(result.Payload))
	}
	return v, nil
}

// saysUnauthorized tells whether the error of a function is the one word that
// REST APIs make a 401 of.
func saysUnauthorized(payload []byte) bool {
	var failure struct {
		Message string `json:"errorMessage"`
	}
	return json.Unmarshal(payload, &failure) == nil && failure.Message == "Unauthorized"
}
