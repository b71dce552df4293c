package template

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// listAuthorizers writes the routes one a line, with who guards them.
func listAuthorizers(template *Template) string {
	var lines []string
	for _, r := range template.Routes() {
		line := r.Method + " " + r.Path + ":"
		if z := r.Authorizer; z != nil {
			line += fmt.Sprintf(" %s %s", z.Name, z.Kind)
			for _, part := range []struct{ name, value string }{
				{"function", z.Function}, {"payload", z.Payload}, {"sources", strings.Join(z.Sources, " ")}, {"validation", z.Validation},
				{"issuer", z.Issuer}, {"audience", strings.Join(z.Audience, " ")}, {"scopes", strings.Join(r.Scopes, " ")},
			} {
				if part.value != "" {
					line += " " + part.name + "=" + part.value
				}
			}
			if z.TTL > 0 {
				line += " ttl=" + z.TTL.String()
			}
			if z.Simple {
				line += " simple"
			}
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

func TestAuthorizers(t *testing.T) {
	const (
		function = "{Type: AWS::Serverless::Function}"
		proxy    = "x-amazon-apigateway-integration: {type: aws_proxy, uri: !GetAtt F.Arn}"
		uri      = `!Sub "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${Check.Arn}/invocations"`
	)
	for name, test := range map[string]struct{ text, want, faults string }{
		"Lambda authorizers of SAM's REST APIs": {`
Globals:
  Api:
    Auth:
      DefaultAuthorizer: Token
      Authorizers:
        Token: {FunctionArn: !GetAtt Check.Arn}
Resources:
  Check: ` + function + `
  Api:
    Type: AWS::Serverless::Api
    Properties:
      StageName: v1
      Auth:
        Authorizers:
          Token: {Identity: {Header: X-Token, ValidationExpression: "^a+$", ReauthorizeEvery: 30}}
          Request: {FunctionPayloadType: REQUEST, FunctionArn: !GetAtt Check.Arn, Identity: {Headers: [A, B], QueryStrings: [q], StageVariables: [v], Context: [c], ReauthorizeEvery: 0}}
          Pool: {UserPoolArn: arn, AuthorizationScopes: [mail]}
  F:
    Type: AWS::Serverless::Function
    Properties:
      Events:
        A: {Type: Api, Properties: {Path: /default, Method: get, RestApiId: !Ref Api}}
        B: {Type: Api, Properties: {Path: /request, Method: get, RestApiId: !Ref Api, Auth: {Authorizer: Request}}}
        C: {Type: Api, Properties: {Path: /none, Method: get, RestApiId: !Ref Api, Auth: {Authorizer: NONE}}}
        D: {Type: Api, Properties: {Path: /pool, Method: get, RestApiId: !Ref Api, Auth: {Authorizer: Pool}}}
        E: {Type: Api, Properties: {Path: /iam, Method: get, RestApiId: !Ref Api, Auth: {Authorizer: AWS_IAM}}}
        F: {Type: Api, Properties: {Path: /scopes, Method: get, RestApiId: !Ref Api, Auth: {Authorizer: Pool, AuthorizationScopes: [a, b]}}}
        G: {Type: Api, Properties: {Path: /default, Method: options, RestApiId: !Ref Api}}
        H: {Type: Api, Properties: {Path: /implicit, Method: any}}
        I: {Type: Api, Properties: {Path: /typo, Method: get, RestApiId: !Ref Api, Auth: {Authorizer: Tokn}}}
`, `
GET /default: Token TOKEN function=Check sources=method.request.header.X-Token validation=^a+$ ttl=30s
OPTIONS /default: Token TOKEN function=Check sources=method.request.header.X-Token validation=^a+$ ttl=30s
GET /iam: AWS_IAM AWS_IAM
ANY /implicit: Token TOKEN function=Check sources=method.request.header.Authorization ttl=5m0s
GET /none:
GET /pool: Pool COGNITO_USER_POOLS sources=method.request.header.Authorization scopes=mail ttl=5m0s
GET /request: Request REQUEST function=Check sources=method.request.header.A method.request.header.B method.request.querystring.q stageVariables.v context.c
GET /scopes: Pool COGNITO_USER_POOLS sources=method.request.header.Authorization scopes=a b ttl=5m0s
GET /typo:`, `
template.yaml:31:103: the authorizer Tokn is not among the Auth.Authorizers of Api`},
		"authorizers of SAM's HTTP APIs": {`
Resources:
  Check: ` + function + `
  Api:
    Type: AWS::Serverless::HttpApi
    Properties:
      Auth:
        EnableIamAuthorizer: true
        DefaultAuthorizer: Jwt
        Authorizers:
          Jwt: {AuthorizationScopes: [read], IdentitySource: $request.header.X-Token, JwtConfiguration: {issuer: https://issuer.example, audience: [a, b]}}
          Capital: {JwtConfiguration: {Issuer: https://issuer.example, Audience: a}}
          Lambda: {FunctionArn: !GetAtt Check.Arn, AuthorizerPayloadFormatVersion: 2.0, EnableSimpleResponses: true, EnableFunctionDefaultPermissions: true, Identity: {Headers: [A], QueryStrings: [q], Context: [c], StageVariables: [v], ReauthorizeEvery: 60}}
          Old: {FunctionArn: !GetAtt Check.Arn, AuthorizerPayloadFormatVersion: "1.0"}
  F:
    Type: AWS::Serverless::Function
    Properties:
      Events:
        A: {Type: HttpApi, Properties: {Path: /default, Method: get, ApiId: !Ref Api}}
        B: {Type: HttpApi, Properties: {Path: /scopes, Method: get, ApiId: !Ref Api, Auth: {AuthorizationScopes: [write]}}}
        C: {Type: HttpApi, Properties: {Path: /capital, Method: get, ApiId: !Ref Api, Auth: {Authorizer: Capital}}}
        D: {Type: HttpApi, Properties: {Path: /lambda, Method: get, ApiId: !Ref Api, Auth: {Authorizer: Lambda}}}
        E: {Type: HttpApi, Properties: {Path: /old, Method: get, ApiId: !Ref Api, Auth: {Authorizer: Old}}}
        F: {Type: HttpApi, Properties: {Path: /iam, Method: get, ApiId: !Ref Api, Auth: {Authorizer: AWS_IAM}}}
        G: {Type: HttpApi, Properties: {Path: /none, Method: get, ApiId: !Ref Api, Auth: {Authorizer: NONE}}}
        H: {Type: HttpApi, Properties: {Path: /default, Method: options, ApiId: !Ref Api}}
        I: {Type: HttpApi, Properties: {Path: /implicit, Method: get}}
`, `
GET /capital: Capital JWT sources=$request.header.Authorization issuer=https://issuer.example audience=a
GET /default: Jwt JWT sources=$request.header.X-Token issuer=https://issuer.example audience=a b scopes=read
OPTIONS /default:
GET /iam: AWS_IAM AWS_IAM
GET /implicit:
GET /lambda: Lambda REQUEST function=Check payload=2.0 sources=$request.header.A $request.querystring.q $stageVariables.v $context.c ttl=1m0s simple
GET /none:
GET /old: Old REQUEST function=Check payload=1.0
GET /scopes: Jwt JWT sources=$request.header.X-Token issuer=https://issuer.example audience=a b scopes=write`, ""},
		"the default for definitions": {`
Resources:
  Check: ` + function + `
  F:
    Type: AWS::Serverless::Function
    Properties:
      Events:
        A: {Type: Api, Properties: {Path: /event, Method: get, RestApiId: !Ref Rest, Auth: {Authorizer: NONE}}}
        B: {Type: Api, Properties: {Path: /override, Method: get, RestApiId: !Ref Rest, Auth: {Authorizer: NONE, OverrideApiAuth: true}}}
        C: {Type: HttpApi, Properties: {Path: /http, Method: get, ApiId: !Ref Http, Auth: {Authorizer: NONE}}}
  Rest:
    Type: AWS::Serverless::Api
    Properties:
      StageName: v1
      Auth: {DefaultAuthorizer: Token, AddDefaultAuthorizerToCorsPreflight: false, Authorizers: {Token: {FunctionArn: !GetAtt Check.Arn}}}
      DefinitionBody:
        securityDefinitions: {key: {type: apiKey, name: x-api-key, in: header}}
        paths:
          /event: {get: {` + proxy + `}, options: {` + proxy + `}}
          /key: {get: {` + proxy + `, security: [{key: []}]}}
          /none: {get: {` + proxy + `, security: [{NONE: []}]}}
          /override: {get: {` + proxy + `}}
  Http:
    Type: AWS::Serverless::HttpApi
    Properties:
      Auth: {DefaultAuthorizer: J, Authorizers: {J: {JwtConfiguration: {issuer: i}}}}
      DefinitionBody:
        paths:
          /http: {get: {` + proxy + `}}
          /other: {get: {` + proxy + `, security: [{other: []}]}, put: {` + proxy + `, security: []}}
`, `
GET /event: Token TOKEN function=Check sources=method.request.header.Authorization ttl=5m0s
OPTIONS /event:
GET /http:
GET /key: Token TOKEN function=Check sources=method.request.header.Authorization ttl=5m0s
GET /none:
GET /other:
PUT /other: J JWT sources=$request.header.Authorization issuer=i
GET /override:`, ""},
		"Swagger 2": {`
Resources:
  Check: ` + function + `
  F: ` + function + `
  Api:
    Type: AWS::ApiGateway::RestApi
    Properties:
      Body:
        swagger: "2.0"
        security: [{request: []}]
        securityDefinitions:
          token: {type: apiKey, name: X-Token, in: header, x-amazon-apigateway-authtype: custom, x-amazon-apigateway-authorizer: {type: token, authorizerUri: ` + uri + `, identityValidationExpression: "^b"}}
          request: {type: apiKey, name: Unused, in: header, x-amazon-apigateway-authorizer: {type: request, authorizerUri: ` + uri + `, identitySource: "method.request.header.A, method.request.querystring.q", authorizerResultTtlInSeconds: 0}}
          pool: {type: apiKey, name: Authorization, in: header, x-amazon-apigateway-authtype: cognito_user_pools, x-amazon-apigateway-authorizer: {type: cognito_user_pools, providerARNs: [arn]}}
          sigv4: {type: apiKey, name: Authorization, in: header, x-amazon-apigateway-authtype: awsSigv4}
        paths:
          /open: {get: {` + proxy + `}}
          /token: {get: {` + proxy + `, security: [{token: []}]}}
          /request: {get: {` + proxy + `, security: [{request: []}]}}
          /pool: {get: {` + proxy + `, security: [{pool: [mail]}]}}
          /sigv4: {get: {` + proxy + `, security: [{sigv4: []}]}}
          /iam: {get: {` + proxy + `, x-amazon-apigateway-auth: {type: aws_iam}}}
`, `
GET /iam: AWS_IAM AWS_IAM
GET /open:
GET /pool: pool COGNITO_USER_POOLS sources=method.request.header.Authorization scopes=mail ttl=5m0s
GET /request: request REQUEST function=Check sources=method.request.header.A method.request.querystring.q
GET /sigv4: sigv4 AWS_IAM
GET /token: token TOKEN function=Check sources=method.request.header.X-Token validation=^b ttl=5m0s`, ""},
		"OpenAPI 3": {`
Resources:
  Check: ` + function + `
  F: ` + function + `
  Api:
    Type: AWS::Serverless::HttpApi
    Properties:
      DefinitionBody:
        openapi: 3.0.1
        security: [{jwt: [all]}]
        components:
          securitySchemes:
            jwt: {type: oauth2, x-amazon-apigateway-authorizer: {type: jwt, jwtConfiguration: {issuer: i, audience: [a]}, identitySource: $request.querystring.token}}
            open: {type: openIdConnect, x-amazon-apigateway-authorizer: {type: jwt, jwtConfiguration: {issuer: i, audience: [a]}}}
            lambda: {type: apiKey, name: Unused, in: header, x-amazon-apigateway-authorizer: {type: request, authorizerUri: ` + uri + `, authorizerPayloadFormatVersion: 2.0, enableSimpleResponses: true, identitySource: [$request.header.A, $request.header.B], authorizerResultTtlInSeconds: 5}}
            plain: {type: apiKey, name: Unused, in: header, x-amazon-apigateway-authorizer: {type: request, authorizerUri: ` + uri + `, authorizerPayloadFormatVersion: 1.0}}
        paths:
          /global: {get: {` + proxy + `}}
          /nobody: {get: {` + proxy + `, security: []}}
          /own: {get: {` + proxy + `, security: [{jwt: [mine]}]}}
          /header: {get: {` + proxy + `, security: [{open: []}]}}
          /lambda: {get: {` + proxy + `, security: [{lambda: []}]}}
          /plain: {get: {` + proxy + `, security: [{plain: []}]}}
`, `
GET /global: jwt JWT sources=$request.querystring.token issuer=i audience=a scopes=all
GET /header: open JWT sources=$request.header.Authorization issuer=i audience=a
GET /lambda: lambda REQUEST function=Check payload=2.0 sources=$request.header.A $request.header.B ttl=5s simple
GET /nobody:
GET /own: jwt JWT sources=$request.querystring.token issuer=i audience=a scopes=mine
GET /plain: plain REQUEST function=Check payload=1.0`, ""},
		"resources of REST APIs": {`
Resources:
  Check: {Type: AWS::Lambda::Function}
  F: {Type: AWS::Lambda::Function}
  Api: {Type: AWS::ApiGateway::RestApi}
  Token: {Type: AWS::ApiGateway::Authorizer, Properties: {RestApiId: !Ref Api, Name: named, Type: TOKEN, AuthorizerUri: ` + uri + `, IdentitySource: method.request.header.X-Token, IdentityValidationExpression: "^c", AuthorizerResultTtlInSeconds: "10"}}
  Request: {Type: AWS::ApiGateway::Authorizer, Properties: {RestApiId: !Ref Api, Type: REQUEST, AuthorizerUri: ` + uri + `, IdentitySource: "method.request.header.A,context.c"}}
  R: {Type: AWS::ApiGateway::Resource, Properties: {RestApiId: !Ref Api, ParentId: !GetAtt Api.RootResourceId, PathPart: r}}
  M1: {Type: AWS::ApiGateway::Method, Properties: {RestApiId: !Ref Api, ResourceId: !Ref R, HttpMethod: GET, AuthorizationType: CUSTOM, AuthorizerId: !Ref Token, Integration: {Type: AWS_PROXY, Uri: !GetAtt F.Arn}}}
  M2: {Type: AWS::ApiGateway::Method, Properties: {RestApiId: !Ref Api, ResourceId: !Ref R, HttpMethod: PUT, AuthorizationType: CUSTOM, AuthorizerId: !GetAtt Request.AuthorizerId, Integration: {Type: AWS_PROXY, Uri: !GetAtt F.Arn}}}
  M3: {Type: AWS::ApiGateway::Method, Properties: {RestApiId: !Ref Api, ResourceId: !Ref R, HttpMethod: POST, AuthorizationType: AWS_IAM, Integration: {Type: AWS_PROXY, Uri: !GetAtt F.Arn}}}
  M4: {Type: AWS::ApiGateway::Method, Properties: {RestApiId: !Ref Api, ResourceId: !Ref R, HttpMethod: PATCH, AuthorizationType: COGNITO_USER_POOLS, AuthorizerId: !ImportValue X, AuthorizationScopes: [a], Integration: {Type: AWS_PROXY, Uri: !GetAtt F.Arn}}}
  M5: {Type: AWS::ApiGateway::Method, Properties: {RestApiId: !Ref Api, ResourceId: !Ref R, HttpMethod: DELETE, AuthorizationType: NONE, Integration: {Type: AWS_PROXY, Uri: !GetAtt F.Arn}}}
`, `
DELETE /r:
GET /r: named TOKEN function=Check sources=method.request.header.X-Token validation=^c ttl=10s
PATCH /r: COGNITO_USER_POOLS COGNITO_USER_POOLS scopes=a
POST /r: AWS_IAM AWS_IAM
PUT /r: Request REQUEST function=Check sources=method.request.header.A context.c ttl=5m0s`, ""},
		"resources of HTTP APIs": {`
Resources:
  Check: {Type: AWS::Lambda::Function}
  F: {Type: AWS::Lambda::Function}
  Api: {Type: AWS::ApiGatewayV2::Api, Properties: {ProtocolType: HTTP}}
  Jwt: {Type: AWS::ApiGatewayV2::Authorizer, Properties: {ApiId: !Ref Api, Name: named, AuthorizerType: JWT, IdentitySource: [$request.header.X], JwtConfiguration: {Issuer: i, Audience: [a, b]}}}
  Lambda: {Type: AWS::ApiGatewayV2::Authorizer, Properties: {ApiId: !Ref Api, AuthorizerType: REQUEST, AuthorizerUri: ` + uri + `, AuthorizerPayloadFormatVersion: "2.0", EnableSimpleResponses: true, IdentitySource: [$request.header.A], AuthorizerResultTtlInSeconds: 300}}
  Plain: {Type: AWS::ApiGatewayV2::Authorizer, Properties: {ApiId: !Ref Api, AuthorizerType: REQUEST, AuthorizerUri: ` + uri + `, AuthorizerPayloadFormatVersion: "1.0"}}
  I: {Type: AWS::ApiGatewayV2::Integration, Properties: {ApiId: !Ref Api, IntegrationType: AWS_PROXY, IntegrationUri: !GetAtt F.Arn, PayloadFormatVersion: "2.0"}}
  R1: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref Api, RouteKey: GET /jwt, Target: !Sub "integrations/${I}", AuthorizationType: JWT, AuthorizerId: !Ref Jwt, AuthorizationScopes: [read]}}
  R2: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref Api, RouteKey: GET /lambda, Target: !Sub "integrations/${I}", AuthorizationType: CUSTOM, AuthorizerId: !Ref Lambda}}
  R3: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref Api, RouteKey: GET /plain, Target: !Sub "integrations/${I}", AuthorizationType: CUSTOM, AuthorizerId: !Ref Plain}}
  R4: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref Api, RouteKey: GET /iam, Target: !Sub "integrations/${I}", AuthorizationType: AWS_IAM}}
  R5: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref Api, RouteKey: GET /open, Target: !Sub "integrations/${I}"}}
`, `
GET /iam: AWS_IAM AWS_IAM
GET /jwt: named JWT sources=$request.header.X issuer=i audience=a b scopes=read
GET /lambda: Lambda REQUEST function=Check payload=2.0 sources=$request.header.A ttl=5m0s simple
GET /open:
GET /plain: Plain REQUEST function=Check payload=1.0`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			template := readText(t, test.text, Options{Region: "us-east-1", Account: "123456789012"})
			if got := listAuthorizers(template); got != strings.TrimSpace(test.want) {
				t.Errorf("routes\n%s\nwant%s", got, test.want)
			}
			if got := faultsOf(template); got != strings.TrimSpace(test.faults) {
				t.Errorf("faults\n%s\nwant%s", got, test.faults)
			}
		})
	}
}

// TestSharedAuthorizers has routes of two stacks whose answers may be kept in
// one place.
func TestSharedAuthorizers(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "inner.yaml", `
Parameters: {Api: {Type: String}, Root: {Type: String}, Guard: {Type: String}}
Resources:
  F: {Type: AWS::Lambda::Function}
  M: {Type: AWS::ApiGateway::Method, Properties: {RestApiId: !Ref Api, ResourceId: !Ref Root, HttpMethod: PUT, AuthorizationType: CUSTOM, AuthorizerId: !Ref Guard, Integration: {Type: AWS_PROXY, Uri: !GetAtt F.Arn}}}
`)
	template, err := Read(write(t, dir, "template.yaml", `
Resources:
  Check: {Type: AWS::Lambda::Function}
  F: {Type: AWS::Lambda::Function}
  Api: {Type: AWS::ApiGateway::RestApi}
  Stage: {Type: AWS::ApiGateway::Stage, Properties: {RestApiId: !Ref Api, StageName: live}}
  Guard: {Type: AWS::ApiGateway::Authorizer, Properties: {Type: TOKEN, AuthorizerUri: !GetAtt Check.Arn}}
  M: {Type: AWS::ApiGateway::Method, Properties: {RestApiId: !Ref Api, ResourceId: !GetAtt Api.RootResourceId, HttpMethod: GET, AuthorizationType: CUSTOM, AuthorizerId: !Ref Guard, Integration: {Type: AWS_PROXY, Uri: !GetAtt F.Arn}}}
  Inner: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: inner.yaml, Parameters: {Api: !Ref Api, Root: !GetAtt Api.RootResourceId, Guard: !Ref Guard}}}
`), Options{})
	if err != nil {
		t.Fatal(err)
	}
	routes := template.Routes()
	if len(routes) != 2 || routes[1].Function != "Inner/F" || routes[0].API != routes[1].API || routes[1].API.Stage != "live" ||
		routes[0].Authorizer == nil || routes[0].Authorizer != routes[1].Authorizer || routes[0].Authorizer.Function != "Check" {
		t.Errorf("routes %+v", routes)
	}
	if files := strings.ReplaceAll(strings.Join(template.Files(), " "), dir+string(filepath.Separator), ""); files != "inner.yaml template.yaml" {
		t.Errorf("files %s", files)
	}
}

func TestPreflights(t *testing.T) {
	for auth, guarded := range map[string]bool{
		"{DefaultAuthorizer: A, Authorizers: {A: {FunctionArn: !GetAtt F.Arn}}}":                                             true,
		"{DefaultAuthorizer: A, AddDefaultAuthorizerToCorsPreflight: false, Authorizers: {A: {FunctionArn: !GetAtt F.Arn}}}": false,
		"{Authorizers: {A: {FunctionArn: !GetAtt F.Arn}}}":                                                                   false,
	} {
		template := readText(t, `
Globals: {Api: {Cors: "'*'", Auth: `+auth+`}}
Resources: {F: {Type: AWS::Serverless::Function, Properties: {Events: {E: {Type: Api, Properties: {Path: /, Method: get}}}}}}
`, Options{})
		if routes := template.Routes(); (routes[0].API.CORS.Authorizer != nil) != guarded {
			t.Errorf("%s: guarded by %v", auth, routes[0].API.CORS.Authorizer)
		}
	}
}

func TestOperations(t *testing.T) {
	template := readText(t, `
Resources:
  F: {Type: AWS::Serverless::Function, Properties: {ReservedConcurrentExecutions: 0, Events: {
    A: {Type: Api, Properties: {Path: /a, Method: get, TimeoutInMillis: 500}},
    B: {Type: HttpApi, Properties: {Path: /b, Method: get, TimeoutInMillis: 1500}},
    C: {Type: Api, Properties: {Path: /c, Method: get, TimeoutInMillis: soon}}}}}
  Api: {Type: AWS::ApiGateway::RestApi, Properties: {Body: {paths: {
    /d: {get: {operationId: getD, x-amazon-apigateway-integration: {type: aws_proxy, uri: !GetAtt F.Arn, timeoutInMillis: 29000}}}}}}}
  R: {Type: AWS::ApiGateway::Resource, Properties: {RestApiId: !Ref Api, ParentId: !GetAtt Api.RootResourceId, PathPart: e}}
  M: {Type: AWS::ApiGateway::Method, Properties: {RestApiId: !Ref Api, ResourceId: !Ref R, HttpMethod: GET, OperationName: getE, Integration: {Type: AWS_PROXY, Uri: !GetAtt F.Arn, TimeoutInMillis: 50}}}
  Http: {Type: AWS::ApiGatewayV2::Api, Properties: {ProtocolType: HTTP}}
  I: {Type: AWS::ApiGatewayV2::Integration, Properties: {ApiId: !Ref Http, IntegrationType: AWS_PROXY, IntegrationUri: !GetAtt F.Arn, TimeoutInMillis: 100}}
  T: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref Http, RouteKey: GET /f, OperationName: getF, Target: !Sub "integrations/${I}"}}
`, Options{})
	var lines []string
	for _, r := range template.Routes() {
		lines = append(lines, strings.TrimSpace(fmt.Sprint(r.Path, " ", r.Timeout, " ", r.Operation)))
	}
	want := "/a 500ms\n/b 1.5s\n/c 0s\n/d 29s getD\n/e 50ms getE\n/f 100ms getF"
	if got := strings.Join(lines, "\n"); got != want {
		t.Errorf("routes\n%s\nwant\n%s", got, want)
	}
	if got := faultsOf(template); got != `template.yaml:6:73: "soon" is not a whole number` {
		t.Errorf("faults %s", got)
	}
}

func TestMocks(t *testing.T) {
	template := readText(t, `
Resources:
  Api:
    Type: AWS::Serverless::Api
    Properties:
      StageName: v1
      DefinitionBody:
        paths:
          /a:
            options:
              x-amazon-apigateway-integration:
                type: MOCK
                requestTemplates: {application/json: '{"statusCode": 204}'}
                responses:
                  default:
                    statusCode: "204"
                    responseParameters:
                      method.response.header.Access-Control-Allow-Origin: "'*'"
                      method.response.header.Access-Control-Allow-Methods: "'GET,PUT'"
                      method.response.header.X-Computed: integration.response.header.X
                      method.response.header.X-Later: !ImportValue X
          /b: {options: {x-amazon-apigateway-integration: {type: mock, responses: {"200": {statusCode: 201}}}}}
          /c: {options: {x-amazon-apigateway-integration: {type: mock}}}
  R: {Type: AWS::ApiGateway::Resource, Properties: {RestApiId: !Ref Api, ParentId: !GetAtt Api.RootResourceId, PathPart: d}}
  M: {Type: AWS::ApiGateway::Method, Properties: {RestApiId: !Ref Api, ResourceId: !Ref R, HttpMethod: options, AuthorizationType: NONE, Integration: {Type: mock, IntegrationResponses: [
    {StatusCode: 400, SelectionPattern: "4.."}, {StatusCode: 200, ResponseParameters: {method.response.header.Access-Control-Allow-Origin: "'https://a.example'"}}]}}}
`, Options{})
	var lines []string
	for _, r := range template.Routes() {
		lines = append(lines, fmt.Sprint(r.Method, r.Path, " ", r.Function, *r.Mock))
	}
	want := `
OPTIONS/a {204 map[Access-Control-Allow-Methods:GET,PUT Access-Control-Allow-Origin:*]}
OPTIONS/b {201 map[]}
OPTIONS/c {200 map[]}
OPTIONS/d {200 map[Access-Control-Allow-Origin:https://a.example]}`
	if got := strings.Join(lines, "\n"); got != strings.TrimSpace(want) {
		t.Errorf("mocks\n%s\nwant%s", got, want)
	}
	compareErrors(t, template, template.Warnings(), "template.yaml:21:55: Api: X-Later is not known locally: preflights are answered without that header")
}

func TestReserved(t *testing.T) {
	fns := readText(t, `
Parameters: {N: {Type: Number, Default: 7}}
Resources:
  A: {Type: AWS::Serverless::Function, Properties: {Runtime: r, Handler: h, ReservedConcurrentExecutions: 0}}
  B: {Type: AWS::Lambda::Function, Properties: {Runtime: r, Handler: h, ReservedConcurrentExecutions: !Ref N}}
  C: {Type: AWS::Serverless::Function, Properties: {Runtime: r, Handler: h}}
  D: {Type: AWS::Serverless::Function, Properties: {Runtime: r, Handler: h, ReservedConcurrentExecutions: !ImportValue X}}
  E: {Type: AWS::Serverless::Function, Properties: {Runtime: r, Handler: h, ReservedConcurrentExecutions: -3}}
`, Options{}).Functions()
	for i, want := range []int{0, 7, -1, -1, -1} {
		if fns[i].Reserved != want || (fns[i].Unrunnable != nil) != (i == 4) {
			t.Errorf("%s: reserved %d, unrunnable %v", fns[i].LogicalID, fns[i].Reserved, fns[i].Unrunnable)
		}
	}
}

// TestManyAuthorizers has a limit that reading an API for each of its routes
// would exceed.
func TestManyAuthorizers(t *testing.T) {
	var b strings.Builder
	b.WriteString("Globals: {Api: {Auth: {DefaultAuthorizer: A0, Authorizers: {")
	for i := range 500 {
		fmt.Fprintf(&b, "A%d: {FunctionArn: !GetAtt F0.Arn}, ", i)
	}
	b.WriteString("}}}}\nResources:\n")
	for i := range 2000 {
		fmt.Fprintf(&b, "  F%d: {Type: AWS::Serverless::Function, Properties: {Events: {E: {Type: Api, Properties: {Path: /%d, Method: get, Auth: {Authorizer: A%d}}}}}}\n", i, i, i%500)
	}
	template := readText(t, b.String(), Options{})
	start := time.Now()
	routes := template.Routes()
	if took := time.Since(start); len(routes) != 2000 || routes[0].Authorizer == nil || took > time.Second {
		t.Errorf("%d routes in %v", len(routes), took)
	}
}
