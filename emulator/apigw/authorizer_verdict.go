package apigw

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"time"
)

// A verdict is what the function of a Lambda authorizer answered.
type verdict struct {
	policy     *policy // nil: it is authorized that counts
	authorized bool
	principal  string
	context    map[string]any
}

// on is what the verdict says of the method or route with an ARN.
func (v *verdict) on(arn string) effect {
	switch {
	case v.policy != nil:
		return v.policy.on(arn)
	case v.authorized:
		return allowed
	}
	return denied
}

// requestContext is the authorizer object of the event of the route's function.
// took is how long the authorizer has kept the request waiting.
func (v *verdict) requestContext(r *request, took time.Duration) map[string]any {
	if r.format2() {
		return map[string]any{"lambda": v.context}
	}
	all := make(map[string]any, len(v.context)+2)
	maps.Copy(all, v.context)
	if v.principal != "" {
		all["principalId"] = v.principal
	}
	if r.rest() {
		all["integrationLatency"] = took.Milliseconds()
	}
	return all
}

// parseVerdict reads the answer of an authorizer. Its keys are those of AWS to
// the letter, capitals included.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html#http-api-lambda-authorizer.payload-format-response
func parseVerdict(r *request, payload []byte) (*verdict, error) {
	var answer map[string]json.RawMessage
	if json.Unmarshal(payload, &answer) != nil || answer == nil {
		return nil, fmt.Errorf("it is %s, and must be an object", describeJSON(payload))
	}
	v := new(verdict)
	var err error
	if r.Route.Authorizer.Simple {
		err = v.parseSimple(answer)
	} else {
		err = v.parsePolicy(r, answer)
	}
	if err != nil {
		return nil, err
	}
	if context := answer["context"]; context != nil {
		if v.context, err = parseContext(context, r.rest()); err != nil {
			return nil, err
		}
	}
	return v, nil
}

func (v *verdict) parseSimple(answer map[string]json.RawMessage) error {
	switch authorized := answer["isAuthorized"]; string(authorized) {
	case "true":
		v.authorized = true
	case "false":
	case "":
		return errors.New(`it has no isAuthorized, as in {"isAuthorized": true}, which the authorizer's EnableSimpleResponses promises`)
	default:
		return fmt.Errorf("isAuthorized is %s, and must be true or false", abridge(authorized))
	}
	return nil
}

func (v *verdict) parsePolicy(r *request, answer map[string]json.RawMessage) error {
	document, principal := answer["policyDocument"], answer["principalId"]
	if document == nil && answer["isAuthorized"] != nil {
		return errors.New("it has isAuthorized in place of a policyDocument, for which an HTTP API's authorizer needs EnableSimpleResponses: true")
	}
	if document == nil {
		return errors.New("it has no policyDocument")
	}
	if principal == nil && r.rest() {
		return errors.New("it has no principalId")
	}
	if principal != nil {
		text, known := scalar(principal)
		if !known {
			return fmt.Errorf("principalId is %s, and must be a string", describeJSON(principal))
		}
		v.principal = text
	}
	var err error
	v.policy, err = parsePolicy(document)
	return err
}

// parseContext reads the context. HTTP APIs pass on what it has, REST APIs
// take scalars, of which they make strings, and null.
func parseContext(raw json.RawMessage, rest bool) (map[string]any, error) {
	if isNull(raw) {
		return nil, nil
	}
	var members map[string]json.RawMessage
	if json.Unmarshal(raw, &members) != nil {
		return nil, fmt.Errorf("context is %s, and must be an object", describeJSON(raw))
	}
	context := make(map[string]any, len(members))
	for name, member := range members {
		text, isScalar := scalar(member)
		switch {
		case !rest:
			context[name] = member
		case isScalar:
			context[name] = text
		case isNull(member):
			context[name] = nil
		default:
			return nil, fmt.Errorf("%s of context is %s, where a REST API takes a string, a number or a boolean; make a string of it", abridge(quoted(name)), describeJSON(member))
		}
	}
	return context, nil
}
