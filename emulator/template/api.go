package template

import "time"

// An API is a REST or an HTTP API: one of the template, or one that SAM makes
// for events that name none.
type API struct {
	ID   string // logical id: ServerlessRestApi, ServerlessHttpApi if it is implicit
	Kind string // REST or HTTP
	// Stage is the name of its stage, such as Prod or $default; of several, the
	// first in the template.
	Stage string
	// Variables are those of the stage; nil if it has none.
	Variables map[string]string
	// BinaryTypes are the media types whose bodies a REST API takes for
	// bytes, such as image/png, image/* or */*.
	BinaryTypes []string
	CORS        *CORS // nil: it answers no preflight by itself
	At          Position
}

// CORS is what an API answers to web pages of other origins. A REST API answers
// preflights with these headers as they are, each a list of one; without Methods
// it names those that the path has and OPTIONS, or all if there is an ANY among
// them. An HTTP API goes by the request, and adds headers to every response.
type CORS struct {
	Origins, Methods, Headers, Expose []string
	Credentials                       bool
	MaxAge                            string // seconds, or empty
	// Authorizer guards the preflights of a REST API, as SAM has it where there
	// is a default authorizer; nil: they are open.
	Authorizer *Authorizer
}

// Kinds of authorizers that are emulated. Any other Kind, such as AWS_IAM or
// COGNITO_USER_POOLS, is not.
const (
	AuthorizerToken   = "TOKEN"
	AuthorizerRequest = "REQUEST"
	AuthorizerJWT     = "JWT"
)

// An Authorizer decides who may call a route. Routes that have the same one
// share the pointer.
type Authorizer struct {
	Name     string
	Kind     string
	Function string // full path of the Lambda function, "" if there is none that exists
	// Payload is the version of the payload format of an HTTP API's Lambda
	// authorizer, 1.0 or 2.0; "" for REST.
	Payload string
	// Simple tells that the function of an HTTP API answers with
	// {"isAuthorized": ...} in place of a policy.
	Simple bool
	// Sources are the identity sources: method.request.header.Authorization
	// (REST), $request.header.Authorization (HTTP).
	Sources []string
	// Validation is the regular expression that a token must match, or empty.
	Validation string
	// TTL is how long an answer is good for; 0: it is not kept.
	TTL time.Duration
	// Issuer and Audience are what a JWT must name.
	Issuer   string
	Audience []string
	At       Position
}

// A Mock is the answer of an integration that calls nothing, as APIs use it
// for preflights.
type Mock struct {
	Status  int
	Headers map[string]string
}
