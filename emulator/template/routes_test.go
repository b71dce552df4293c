package template

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// listRoutes writes routes one a line: kind, API, method, path, function, version
// of the payload.
func listRoutes(template *Template) string {
	var lines []string
	for _, r := range template.Routes() {
		lines = append(lines, strings.TrimSpace(strings.Join([]string{r.API.Kind, r.API.ID, r.Method, r.Path, "->", r.Function, r.Payload}, " ")))
	}
	return strings.Join(lines, "\n")
}

// faultsOf are the faults without the template's directory.
func faultsOf(template *Template) string {
	var lines []string
	for _, fault := range template.Faults() {
		lines = append(lines, strings.ReplaceAll(fault.Error(), filepath.Dir(template.File)+"/", ""))
	}
	return strings.Join(lines, "\n")
}

func TestRoutes(t *testing.T) {
	const function = "{Type: AWS::Serverless::Function, Properties: {FunctionName: named, AutoPublishAlias: live}}"
	for name, test := range map[string]struct{ text, want, faults string }{
		"events of REST APIs": {`
Parameters: {Base: {Type: String, Default: /v1}, Open: {Type: String}}
Conditions: {Never: !Equals [a, b]}
Resources:
  Api: {Type: AWS::Serverless::Api}
  Off: {Type: AWS::Serverless::Api, Condition: Never}
  Gone:
    Type: AWS::Serverless::Function
    Condition: Never
    Properties: {Events: {A: {Type: Api, Properties: {Path: /gone, Method: get}}}}
  F:
    Type: AWS::Serverless::Function
    Properties:
      Events:
        A: {Type: Api, Properties: {Path: "/items/{id}", Method: get}}
        B: {Type: Api, Properties: {Path: no/slash, Method: Post, RestApiId: !Ref Api}}
        C: {Type: Api, Properties: {Path: !Sub "${Base}/{proxy+}", Method: "*", RestApiId: Api}}
        D: {Type: Api, Properties: {Path: /any, Method: ANY, RestApiId: !Ref ServerlessRestApi}}
        E: {Type: Api, Properties: {Path: !Ref Open, Method: get}}
        F: {Type: Api, Properties: {Path: /open, Method: get, RestApiId: !ImportValue Shared}}
        G: {Type: Api, Properties: {Path: /off, Method: get, RestApiId: !Ref Off}}
        H: !If [Never, {Type: Api, Properties: {Path: /if, Method: get}}, {Type: Api, Properties: {Path: /else, Method: x-amazon-apigateway-any-method}}]
        I: {Type: Api, Properties: {Path: /typo, Method: get, RestApiId: Ap}}
        J: {Type: Api, Properties: {Path: /half}}
        K: {Type: SQS, Properties: {Queue: arn}}
        L: {Type: Api, Properties: {Path: /none, Method: get, RestApiId: !Ref AWS::NoValue}}
`, `
REST ServerlessRestApi ANY /any -> F
REST ServerlessRestApi ANY /else -> F
REST ServerlessRestApi GET /items/{id} -> F
REST Api POST /no/slash -> F
REST ServerlessRestApi GET /none -> F
REST Api ANY /v1/{proxy+} -> F`, `
template.yaml:23:74: RestApiId is "Ap", and there is no such resource in the template`},
		"events of HTTP APIs": {`
Resources:
  Api: {Type: AWS::Serverless::HttpApi}
  F:
    Type: AWS::Serverless::Function
    Properties:
      Events:
        A: {Type: HttpApi}
        B: {Type: HttpApi, Properties: {ApiId: !Ref Api}}
        C: {Type: HttpApi, Properties: {Path: /one, Method: get, PayloadFormatVersion: 1.0}}
        D: {Type: HttpApi, Properties: {Path: /two, Method: GET, ApiId: Api, PayloadFormatVersion: "2.0"}}
        E: {Type: HttpApi, Properties: {Path: $default, Method: any}}
        F: {Type: HttpApi, Properties: {Path: /three, Method: get, PayloadFormatVersion: 3.0}}
`, `
HTTP ServerlessHttpApi ANY $default -> F 2.0
HTTP ServerlessHttpApi GET /one -> F 1.0
HTTP ServerlessHttpApi GET /three -> F 2.0
HTTP Api GET /two -> F 2.0`, `
template.yaml:13:90: the payload format version is 1.0 or 2.0, and not 3.0`},
		"events in a loop": {`
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      Events:
        Fn::ForEach::Paths: [P, [a, b], {"E${P}": {Type: Api, Properties: {Path: !Sub "/${P}", Method: get}}}]
`, `
REST ServerlessRestApi GET /a -> F
REST ServerlessRestApi GET /b -> F`, ""},
		"functions of integrations": {`
Resources:
  F: ` + function + `
  Mine: {Type: AWS::Lambda::Alias, Properties: {FunctionName: !Ref F, Name: mine}}
  First: {Type: AWS::Lambda::Version, Properties: {FunctionName: !GetAtt F.Arn}}
  Api:
    Type: AWS::Serverless::Api
    Properties:
      DefinitionBody:
        swagger: "2.0"
        paths:
          /sub: {get: {x-amazon-apigateway-integration: {type: aws_proxy, credentials: !GetAtt FRole.Arn, uri: !Sub "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${F.Arn}/invocations"}}}
          /variable: {get: {x-amazon-apigateway-integration: {type: AWS_PROXY, uri: !Sub ["arn:aws:apigateway:x:lambda:path/2015-03-31/functions/${F}/invocations", {F: !GetAtt F.Arn}]}}}
          /join: {get: {x-amazon-apigateway-integration: {type: Aws_Proxy, uri: !Join ["", ["x/functions/", !GetAtt F.Arn, /invocations]]}}}
          /arn: {get: {x-amazon-apigateway-integration: {type: aws_proxy, uri: !GetAtt F.Arn}}}
          /name: {get: {x-amazon-apigateway-integration: {type: aws_proxy, uri: "x/functions/arn:aws:lambda:us-east-1:123456789012:function:named:live/invocations"}}}
          /id: {get: {x-amazon-apigateway-integration: {type: aws_proxy, uri: !Sub "x/functions/arn:aws:lambda:us-east-1:${AWS::AccountId}:function:${F}/invocations"}}}
          /alias: {get: {x-amazon-apigateway-integration: {type: aws_proxy, uri: !Sub "x/functions/${Mine}/invocations"}}}
          /version: {get: {x-amazon-apigateway-integration: {type: aws_proxy, uri: !Sub "x/functions/${First}/invocations"}}}
          /published: {get: {x-amazon-apigateway-integration: {type: aws_proxy, uri: !Sub "x/functions/${FAliaslive}/invocations"}}}
          /attribute: {get: {x-amazon-apigateway-integration: {type: aws_proxy, uri: {Fn::Sub: "x/functions/${F.Alias}/invocations"}}}}
          /other: {get: {x-amazon-apigateway-integration: {type: aws_proxy, uri: "x/functions/arn:aws:lambda:us-east-1:123456789012:function:elsewhere/invocations"}}}
          /stage: {get: {x-amazon-apigateway-integration: {type: aws_proxy, uri: !Sub "x/functions/arn:aws:lambda:us-east-1:123456789012:function:${!stageVariables.name}/invocations"}}}
          /open: {get: {x-amazon-apigateway-integration: {type: aws_proxy, uri: !ImportValue Elsewhere}}}
          /any: {X-Amazon-ApiGateway-Any-Method: {x-amazon-apigateway-integration: {type: aws_proxy, uri: !GetAtt F.Arn}}}
          /skipped:
            parameters: [{name: id, in: query}]
            get: {x-amazon-apigateway-integration: {type: http_proxy, uri: "https://example.com"}}
            put: {x-amazon-apigateway-integration: {type: mock}}
            post: {x-amazon-apigateway-integration: {type: aws, uri: !GetAtt F.Arn}}
            patch: {summary: nothing}
            delete: text
`, `
REST Api GET /alias -> F
REST Api ANY /any -> F
REST Api GET /arn -> F
REST Api GET /attribute -> F
REST Api GET /id -> F
REST Api GET /join -> F
REST Api GET /name -> F
REST Api GET /open ->
REST Api GET /other ->
REST Api GET /published -> F
REST Api GET /stage ->
REST Api GET /sub -> F
REST Api GET /variable -> F
REST Api GET /version -> F`, ""},
		"OpenAPI 3": {`
Resources:
  F: ` + function + `
  Api:
    Type: AWS::Serverless::HttpApi
    Properties:
      DefinitionBody:
        openapi: 3.0.1
        paths:
          /one: {get: {x-amazon-apigateway-integration: {type: aws_proxy, uri: !GetAtt F.Arn, payloadFormatVersion: "1.0"}}}
          /two: {get: {x-amazon-apigateway-integration: {$ref: "#/components/x-amazon-apigateway-integrations/shared"}}}
          /queue: {get: {x-amazon-apigateway-integration: {type: aws_proxy, integrationSubtype: SQS-SendMessage}}}
          /none: {get: {x-amazon-apigateway-integration: {$ref: "#/components/x-amazon-apigateway-integrations/none"}}}
          /$default: {x-amazon-apigateway-any-method: {x-amazon-apigateway-integration: {type: aws_proxy, uri: !GetAtt F.Arn, payloadFormatVersion: 2.0}}}
        components: {x-amazon-apigateway-integrations: {shared: {type: AWS_PROXY, uri: !GetAtt F.Arn}}}
  Plain:
    Type: AWS::ApiGatewayV2::Api
    Properties: {Body: {paths: {/plain: {get: {x-amazon-apigateway-integration: {type: aws_proxy, uri: !GetAtt F.Arn}}}}}}
  Rest:
    Type: AWS::ApiGateway::RestApi
    Properties: {Body: {paths: {/rest: {get: {x-amazon-apigateway-integration: {type: aws_proxy, uri: !GetAtt F.Arn}}}}}}
`, `
HTTP Api ANY $default -> F 2.0
HTTP Api GET /one -> F 1.0
HTTP Plain GET /plain -> F 2.0
REST Rest GET /rest -> F
HTTP Api GET /two -> F 2.0`, `
template.yaml:13:65: there is no #/components/x-amazon-apigateway-integrations/none in the definition of Api`},
		"resources of REST APIs": {`
Parameters: {Root: {Type: String, Default: a1b2c3}}
Resources:
  F: {Type: AWS::Lambda::Function}
  Api: {Type: AWS::ApiGateway::RestApi}
  Deep: {Type: AWS::ApiGateway::Resource, Properties: {RestApiId: !Ref Api, ParentId: !GetAtt Items.ResourceId, PathPart: "{id}"}}
  Items: {Type: AWS::ApiGateway::Resource, Properties: {RestApiId: !Ref Api, ParentId: !GetAtt Api.RootResourceId, PathPart: items}}
  Given: {Type: AWS::ApiGateway::Resource, Properties: {RestApiId: !Ref Api, ParentId: !Ref Root, PathPart: given}}
  Loop: {Type: AWS::ApiGateway::Resource, Properties: {RestApiId: !Ref Api, ParentId: !Ref Loop, PathPart: loop}}
  M1: {Type: AWS::ApiGateway::Method, Properties: {RestApiId: !Ref Api, ResourceId: !Ref Deep, HttpMethod: GET, Integration: {Type: AWS_PROXY, Uri: !Sub "x/functions/${F.Arn}/invocations"}}}
  M2: {Type: AWS::ApiGateway::Method, Properties: {RestApiId: !Ref Api, ResourceId: !Ref Items, HttpMethod: any, Integration: {Type: AWS_PROXY, Uri: !Join ["", ["x/functions/", !GetAtt F.Arn, /invocations]]}}}
  M3: {Type: AWS::ApiGateway::Method, Properties: {RestApiId: !Ref Api, ResourceId: !GetAtt Api.RootResourceId, HttpMethod: GET, Integration: {Type: AWS_PROXY, Uri: !GetAtt F.Arn}}}
  M4: {Type: AWS::ApiGateway::Method, Properties: {RestApiId: !Ref Api, ResourceId: !Ref Given, HttpMethod: GET, Integration: {Type: AWS_PROXY, Uri: !GetAtt F.Arn}}}
  M5: {Type: AWS::ApiGateway::Method, Properties: {RestApiId: !Ref Api, ResourceId: !Ref Items, HttpMethod: OPTIONS, Integration: {Type: MOCK}}}
  M6: {Type: AWS::ApiGateway::Method, Properties: {RestApiId: !Ref Api, ResourceId: !Ref Loop, HttpMethod: GET, Integration: {Type: AWS_PROXY, Uri: !GetAtt F.Arn}}}
  M7: {Type: AWS::ApiGateway::Method, Properties: {RestApiId: !Ref Api, ResourceId: !ImportValue X, HttpMethod: GET, Integration: {Type: AWS_PROXY, Uri: !GetAtt F.Arn}}}
`, `
REST Api GET / -> F
REST Api GET /given -> F
REST Api ANY /items -> F
REST Api OPTIONS /items ->
REST Api GET /items/{id} -> F`, `
template.yaml:9:9: the resource Loop is its own parent`},
		"resources of HTTP APIs": {`
Resources:
  F: {Type: AWS::Lambda::Function}
  Quick: {Type: AWS::ApiGatewayV2::Api, Properties: {ProtocolType: HTTP, Target: !GetAtt F.Arn}}
  Keyed: {Type: AWS::ApiGatewayV2::Api, Properties: {ProtocolType: HTTP, RouteKey: GET /quick, Target: !Sub "x/functions/${F.Arn}/invocations"}}
  Proxy: {Type: AWS::ApiGatewayV2::Api, Properties: {ProtocolType: HTTP, Target: https://example.com}}
  Api: {Type: AWS::ApiGatewayV2::Api, Properties: {ProtocolType: HTTP}}
  Socket: {Type: AWS::ApiGatewayV2::Api, Properties: {ProtocolType: WEBSOCKET}}
  One: {Type: AWS::ApiGatewayV2::Integration, Properties: {ApiId: !Ref Api, IntegrationType: AWS_PROXY, IntegrationUri: !GetAtt F.Arn, PayloadFormatVersion: "1.0"}}
  Two: {Type: AWS::ApiGatewayV2::Integration, Properties: {ApiId: !Ref Api, IntegrationType: AWS_PROXY, IntegrationUri: !Sub "x/functions/${F.Arn}/invocations"}}
  Queue: {Type: AWS::ApiGatewayV2::Integration, Properties: {ApiId: !Ref Api, IntegrationType: AWS_PROXY, IntegrationSubtype: SQS-SendMessage}}
  R1: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref Api, RouteKey: GET /one, Target: !Sub "integrations/${One}"}}
  R2: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref Api, RouteKey: "ANY /two/{proxy+}", Target: !Join [/, [integrations, !Ref Two]]}}
  R3: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref Api, RouteKey: GET /queue, Target: !Sub "integrations/${Queue}"}}
  R4: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref Socket, RouteKey: $default, Target: !Sub "integrations/${One}"}}
  R5: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref Api, RouteKey: GET /nowhere}}
`, `
HTTP Quick ANY $default -> F 2.0
HTTP Api GET /one -> F 1.0
HTTP Keyed GET /quick -> F 2.0
HTTP Api ANY /two/{proxy+} -> F 2.0`, ""},
		"precedence": {`
Resources:
  Api:
    Type: AWS::Serverless::Api
    Properties:
      DefinitionBody:
        paths:
          /implicit: {get: {x-amazon-apigateway-integration: {type: aws_proxy, uri: !GetAtt F.Arn}}}
          /defined: {get: {x-amazon-apigateway-integration: {type: aws_proxy, uri: !GetAtt G.Arn}}}
  F:
    Type: AWS::Serverless::Function
    Properties:
      Events:
        A: {Type: Api, Properties: {Path: /defined, Method: get, RestApiId: !Ref Api}}
        B: {Type: HttpApi, Properties: {Path: /defined, Method: get}}
        C: {Type: Api, Properties: {Path: /defined, Method: any}}
  G:
    Type: AWS::Serverless::Function
    Properties:
      Events:
        A: {Type: Api, Properties: {Path: /implicit, Method: get}}
`, `
REST ServerlessRestApi ANY /defined -> F
HTTP ServerlessHttpApi GET /defined -> F 2.0
REST ServerlessRestApi GET /implicit -> G`, ""},
		"a name that is the id of another function": {`
Resources:
  A: {Type: AWS::Serverless::Function, Properties: {FunctionName: B}}
  B: {Type: AWS::Serverless::Function, Properties: {FunctionName: !ImportValue X}}
  Api:
    Type: AWS::Serverless::Api
    Properties:
      DefinitionBody:
        paths:
          /a: {get: {x-amazon-apigateway-integration: {type: aws_proxy, uri: !GetAtt A.Arn}}}
          /b: {get: {x-amazon-apigateway-integration: {type: aws_proxy, uri: !GetAtt B.Arn}}}
`, `
REST Api GET /a -> A
REST Api GET /b -> B`, ""},
		"odd shapes": {`
Resources:
  A: {Type: AWS::Serverless::Api, Properties: {DefinitionBody: [a]}}
  B: {Type: AWS::Serverless::Api, Properties: {DefinitionBody: {paths: {/x: text, /y: {get: {x-amazon-apigateway-integration: []}}}}}}
  C: {Type: AWS::Serverless::Function, Properties: {Events: [a]}}
  D: {Type: AWS::Serverless::Function, Properties: {Events: {A: text, B: {Type: Api, Properties: [a]}}}}
  E: {Type: AWS::ApiGateway::Method}
  F: {Type: AWS::ApiGatewayV2::Route, Properties: {RouteKey: [a]}}
  G: {Type: AWS::Serverless::Api, Properties: text}
  H: {Type: AWS::Serverless::Function, Properties: {Events: {A: {Type: Api, Properties: {Path: /x, Method: ""}}}}}
  I: {Type: AWS::Serverless::Api, Properties: {DefinitionBody: {paths: {/x: {"": {x-amazon-apigateway-integration: {type: aws_proxy}}}}}}}
`, "", ``},
	} {
		t.Run(name, func(t *testing.T) {
			template := readText(t, test.text, Options{Region: "us-east-1", Account: "123456789012"})
			if got := listRoutes(template); got != strings.TrimSpace(test.want) {
				t.Errorf("routes\n%s\nwant%s", got, test.want)
			}
			if got := faultsOf(template); got != strings.TrimSpace(test.faults) {
				t.Errorf("faults\n%s\nwant%s", got, test.faults)
			}
		})
	}
}

func TestRoutesOfDefinitionFiles(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "api/swagger.yaml", `
paths:
  /yaml: {get: {x-amazon-apigateway-integration: {type: aws_proxy, uri: {Fn::Sub: "x/functions/${F.Alias}/invocations"}}}}
`)
	write(t, dir, "api/openapi.json", `{"paths": {"/json": {"get": {"x-amazon-apigateway-integration":
		{"type": "aws_proxy", "uri": "x/functions/arn:aws:lambda:us-east-1:1:function:F/invocations", "payloadFormatVersion": "1.0"}}}}}`)
	write(t, dir, "api/paths.yaml", `
/included: {get: {x-amazon-apigateway-integration: {type: aws_proxy, uri: !GetAtt F.Arn}}}
`)
	write(t, dir, "api/whole.yaml", `
paths:
  /whole: {get: {x-amazon-apigateway-integration: {type: aws_proxy, uri: {Fn::Sub: "x/functions/${F.Alias}/invocations"}}}}
`)
	write(t, dir, "api/cdk.json", `{"paths": {"/cdk": {"get": {"x-amazon-apigateway-integration":
		{"type": "aws_proxy", "uri": {"Fn::Join": ["", ["x/functions/", {"Fn::GetAtt": ["F", "Arn"]}, "/invocations"]]}}}}}}`)
	write(t, dir, "api/broken.yaml", "a: [")
	template, err := Read(write(t, dir, "template.yaml", `
Globals: {HttpApi: {DefinitionUri: api/openapi.json}}
Resources:
  F: {Type: AWS::Serverless::Function}
  Yaml: {Type: AWS::Serverless::Api, Properties: {DefinitionUri: ./api/swagger.yaml}}
  Json: {Type: AWS::Serverless::HttpApi}
  Included: {Type: AWS::Serverless::Api, Properties: {DefinitionBody: {Fn::Transform: {Name: AWS::Include, Parameters: {Location: api/whole.yaml}}}}}
  Paths: {Type: AWS::Serverless::Api, Properties: {DefinitionBody: {paths: {Fn::Transform: {Name: AWS::Include, Parameters: {Location: api/paths.yaml}}}}}}
  Cdk: {Type: AWS::ApiGateway::RestApi, Properties: {BodyS3Location: {Bucket: b, Key: k}}, Metadata: {aws:asset:path: api/cdk.json, aws:asset:property: BodyS3Location}}
  Missing: {Type: AWS::Serverless::Api, Properties: {DefinitionUri: api/none.yaml}}
  Broken: {Type: AWS::Serverless::Api, Properties: {DefinitionUri: api/broken.yaml}}
  S3: {Type: AWS::Serverless::Api, Properties: {DefinitionUri: "s3://bucket/key"}}
  Bucket: {Type: AWS::Serverless::Api, Properties: {DefinitionUri: {Bucket: b, Key: k}}}
`), Options{Region: "us-east-1"})
	if err != nil {
		t.Fatal(err)
	}
	want := `
REST Cdk GET /cdk -> F
REST Paths GET /included -> F
HTTP Json GET /json -> F 1.0
REST Included GET /whole -> F
REST Yaml GET /yaml -> F`
	if got := listRoutes(template); got != strings.TrimSpace(want) {
		t.Errorf("routes\n%s\nwant%s", got, want)
	}
	faults := faultsOf(template)
	for _, want := range []string{
		"template.yaml:10:69: DefinitionUri of Missing: there is no file ",
		"template.yaml:11:68: DefinitionUri of Broken: api/broken.yaml:2: the template is not valid YAML",
	} {
		if !strings.Contains(faults, want) {
			t.Errorf("faults\n%s\nlack %s", faults, want)
		}
	}
	if strings.Count(faults, "\n") != 1 || len(template.Warnings()) != 2 {
		t.Errorf("faults\n%s\nwarnings %v", faults, template.Warnings())
	}
	wantFiles := "api/broken.yaml api/cdk.json api/none.yaml api/openapi.json api/paths.yaml api/swagger.yaml api/whole.yaml template.yaml"
	if got := strings.ReplaceAll(strings.Join(template.Files(), " "), dir+"/", ""); got != wantFiles {
		t.Errorf("files %s, want %s", got, wantFiles)
	}
}

func TestRoutesOfNestedStacks(t *testing.T) {
	dir := t.TempDir()
	event := "{Type: Api, Properties: {Path: /PATH, Method: get}}"
	write(t, dir, "inner.yaml", `
Parameters: {Api: {Type: String}, Root: {Type: String}}
Resources:
  Fn: {Type: AWS::Serverless::Function, Properties: {Events: {A: `+strings.Replace(event, "PATH", "both", 1)+`, B: `+strings.Replace(event, "PATH", "inner", 1)+`}}}
  Method: {Type: AWS::ApiGateway::Method, Properties: {RestApiId: !Ref Api, ResourceId: !Ref Root, HttpMethod: PUT, Integration: {Type: AWS_PROXY, Uri: !GetAtt Fn.Arn}}}
`)
	template, err := Read(write(t, dir, "template.yaml", `
Resources:
  Inner: {Type: AWS::Serverless::Application, Properties: {Location: inner.yaml, Parameters: {Api: !Ref Api, Root: !GetAtt Api.RootResourceId}}}
  Api:
    Type: AWS::ApiGateway::RestApi
    Properties: {Body: {paths: {/both: {get: {x-amazon-apigateway-integration: {type: aws_proxy, uri: !GetAtt Fn.Arn}}}}}}
  Fn: {Type: AWS::Serverless::Function}
`), Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := `
REST Api PUT / -> Inner/Fn
REST Api GET /both -> Fn
REST ServerlessRestApi GET /inner -> Inner/Fn`
	if got := listRoutes(template); got != strings.TrimSpace(want) {
		t.Errorf("routes\n%s\nwant%s", got, want)
	}
	if faults := template.Faults(); len(faults) != 0 {
		t.Errorf("faults %v", faults)
	}
}

func TestRoutesOfOnePort(t *testing.T) {
	const proxy = "x-amazon-apigateway-integration: {type: aws_proxy, uri: !GetAtt F.Arn}"
	template := readText(t, `
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      Events:
        A: {Type: HttpApi, Properties: {Path: "/items/{name}", Method: get}}
        B: {Type: HttpApi, Properties: {Path: "/items/{id}", Method: post}}
        C: {Type: HttpApi}
        D: {Type: Api, Properties: {Path: /same, Method: get, RestApiId: !Ref Api}}
        E: {Type: Api, Properties: {Path: "/all/{proxy+}", Method: any}}
  G: {Type: AWS::Serverless::Function, Properties: {Events: {A: {Type: Api, Properties: {Path: /same, Method: get, RestApiId: !Ref Api}}}}}
  Api: {Type: AWS::Serverless::Api, Properties: {StageName: v1, DefinitionBody: {paths: {
    "/items/{id}": {get: {`+proxy+`}},
    /same: {get: {`+proxy+`}},
    "/all/{rest+}": {x-amazon-apigateway-any-method: {`+proxy+`}, get: {`+proxy+`}}}}}}
  Quick: {Type: AWS::ApiGatewayV2::Api, Properties: {ProtocolType: HTTP, Target: !GetAtt F.Arn}}
`, Options{})
	want := `
HTTP ServerlessHttpApi ANY $default -> F 2.0
REST ServerlessRestApi ANY /all/{proxy+} -> F
REST Api GET /all/{rest+} -> F
HTTP ServerlessHttpApi POST /items/{id} -> F 2.0
HTTP ServerlessHttpApi GET /items/{name} -> F 2.0
REST Api GET /same -> F`
	if got := listRoutes(template); got != strings.TrimSpace(want) {
		t.Errorf("routes\n%s\nwant%s", got, want)
	}
	compareErrors(t, template, template.Warnings(), `
template.yaml:14:21: Api: GET /items/{id} to F is not served: all APIs share one port, and GET /items/{name} to F of ServerlessHttpApi (template.yaml:7:9) comes first
template.yaml:16:22: Api: ANY /all/{rest+} to F is not served: all APIs share one port, and ANY /all/{proxy+} to F of ServerlessRestApi (template.yaml:11:9) comes first
template.yaml:12:62: Api: GET /same to G is not served: all APIs share one port, and GET /same to F of Api (template.yaml:15:13) comes first
template.yaml:17:3: Quick: ANY $default to F is not served: all APIs share one port, and ANY $default to F of ServerlessHttpApi (template.yaml:9:9) comes first`)
}

// compareErrors compares errors, one a line, without the template's directory.
func compareErrors(t *testing.T, template *Template, errs []error, want string) {
	t.Helper()
	var lines []string
	for _, err := range errs {
		lines = append(lines, strings.ReplaceAll(err.Error(), filepath.Dir(template.File)+"/", ""))
	}
	if got := strings.Join(lines, "\n"); got != strings.TrimSpace(want) {
		t.Errorf("errors\n%s\nwant%s", got, want)
	}
}

// TestManyRoutes has limits that only a search through all resources for each
// of them would exceed.
func TestManyRoutes(t *testing.T) {
	const count = 5000
	for name, form := range map[string]string{
		"events":      "  FN: {Type: AWS::Serverless::Function, Properties: {Events: {E: {Type: Api, Properties: {Path: /N, Method: get, RestApiId: !Ref Api}}}}}\n",
		"resources":   "  FN: {Type: AWS::Lambda::Function}\n  RN: {Type: AWS::ApiGateway::Resource, Properties: {ParentId: !GetAtt Api.RootResourceId, PathPart: N}}\n  MN: {Type: AWS::ApiGateway::Method, Properties: {RestApiId: !Ref Api, ResourceId: !Ref RN, HttpMethod: GET, Integration: {Type: AWS_PROXY, Uri: !GetAtt FN.Arn}}}\n",
		"definitions": "  FN: {Type: AWS::Serverless::Function}\n  AN: {Type: AWS::Serverless::Api, Properties: {DefinitionBody: {paths: {/N: {get: {x-amazon-apigateway-integration: {type: aws_proxy, uri: !Sub \"x/functions/${FN.Arn}/invocations\"}}}}}}}\n",
	} {
		t.Run(name, func(t *testing.T) {
			var b strings.Builder
			b.WriteString("Resources:\n  Api: {Type: AWS::Serverless::Api}\n")
			for i := range count {
				b.WriteString(strings.NewReplacer("FN", fmt.Sprint("F", i), "RN", fmt.Sprint("R", i), "MN", fmt.Sprint("M", i), "AN", fmt.Sprint("A", i), "/N", fmt.Sprint("/", i), ": N", fmt.Sprint(": ", i)).Replace(form))
			}
			template := readText(t, b.String(), Options{})
			start := time.Now()
			routes := template.Routes()
			took := time.Since(start)
			if len(routes) != count || routes[0].Function != "F0" || took > time.Second {
				t.Errorf("%d routes in %v", len(routes), took)
			}
			t.Logf("%d routes in %v", len(routes), took)
		})
	}
}

func FuzzRoutes(f *testing.F) {
	f.Add(sample)
	f.Add("Resources: {F: {Type: AWS::Serverless::Function, Properties: {Events: {A: {Type: HttpApi}}}}, A: {Type: AWS::Serverless::Api, Properties: {DefinitionBody: {paths: {/a: {get: {x-amazon-apigateway-integration: {type: aws_proxy, uri: !Sub '${F.Arn}${'}}}}}}}}")
	f.Add("Resources: {R: {Type: AWS::ApiGateway::Resource, Properties: {ParentId: !Ref R, PathPart: a}}, M: {Type: AWS::ApiGateway::Method, Properties: {RestApiId: a, HttpMethod: get, ResourceId: !GetAtt R.ResourceId, Integration: {Type: AWS_PROXY}}}}")
	f.Add("Resources: {I: {Type: AWS::ApiGatewayV2::Integration, Properties: {IntegrationType: AWS_PROXY}}, R: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: a, RouteKey: GET /, Target: !Sub ['integrations/${I}', {}]}}, V: {Type: AWS::Lambda::Alias, Properties: {FunctionName: !Ref V}}}")
	f.Add("Resources: {A: {Type: AWS::Serverless::Api, Properties: {StageName: a, Cors: {AllowOrigin: \"'*'\"}, Auth: {DefaultAuthorizer: B, Authorizers: {B: {FunctionArn: a, Identity: {ReauthorizeEvery: -1}}}}, DefinitionBody: {securityDefinitions: {C: {x-amazon-apigateway-authorizer: {type: token}}}, paths: {/: {options: {security: [{C: []}], x-amazon-apigateway-integration: {type: mock, responses: {default: {responseParameters: {method.response.header.A: \"'b'\"}}}}}}}}}}}")
	f.Add("Globals: {HttpApi: {CorsConfiguration: true, Auth: {DefaultAuthorizer: A, Authorizers: {A: {JwtConfiguration: {issuer: i}}}}}}\nResources: {F: {Type: AWS::Serverless::Function, Properties: {Events: {E: {Type: HttpApi, Properties: {Auth: {Authorizer: NONE}}}}}}, Z: {Type: AWS::ApiGatewayV2::Authorizer, Properties: {AuthorizerType: JWT}}, R: {Type: AWS::ApiGatewayV2::Route, Properties: {AuthorizerId: !Ref Z, AuthorizationType: JWT}}}")
	f.Fuzz(func(t *testing.T, text string) {
		template, err := Read(write(t, t.TempDir(), "template.yaml", text), Options{})
		if err != nil {
			return
		}
		for _, r := range template.Routes() {
			if r.Method == "" || r.Path == "" || r.API.ID == "" {
				t.Errorf("route %+v", r)
			}
		}
	})
}
