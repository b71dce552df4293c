package apigw

import (
	"strings"

	"sam/emulator/template"
)

// region stands for the one that AWS would have the API in.
const region = "us-east-1"

// arn names the method and the path of the request: methodArn, or routeArn.
func (r *request) arn() string {
	return "arn:aws:execute-api:" + region + ":" + accountID + ":" + apiID + "/" + r.Route.API.Stage + "/" + r.Method + r.Path
}

// authorizerEvent is what the function of the route's Lambda authorizer gets.
// Its format is the authorizer's, and may be another than the route's.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-input.html
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html#http-api-lambda-authorizer.payload-format
func (r *request) authorizerEvent(identity []string) ([]byte, error) {
	z := r.Route.Authorizer
	o := r.newObject()
	o.open("")
	o.text("type", z.Kind)
	var err error
	switch {
	case z.Kind == template.AuthorizerToken:
		o.text("methodArn", r.arn())
		o.text("authorizationToken", identity[0])
	case r.rest():
		o.text("methodArn", r.arn())
		err = r.writeEvent1(o)
	case z.Payload == payload1:
		o.text("version", payload1)
		o.text("methodArn", r.arn())
		if identity == nil {
			o.null("identitySource", "authorizationToken")
		} else {
			joined := strings.Join(identity, ",")
			o.text("identitySource", joined)
			o.text("authorizationToken", joined)
		}
		err = r.writeEvent1(o)
	default:
		o.text("routeArn", r.arn())
		if identity == nil {
			o.null("identitySource")
		} else {
			o.texts("identitySource", identity)
		}
		err = r.writeEvent2(o)
	}
	o.close()
	return o.bytes(), err
}
