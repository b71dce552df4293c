package template

import (
	"encoding/json"
	"strings"
	"testing"
)

// listAPIs writes what is known of the APIs of the routes, one a line.
func listAPIs(t *testing.T, template *Template) string {
	t.Helper()
	seen := make(map[*API]bool)
	var lines []string
	for _, r := range template.Routes() {
		if seen[r.API] {
			continue
		}
		seen[r.API] = true
		line := r.API.ID + " " + r.API.Stage
		for _, part := range []struct {
			name  string
			has   bool
			value any
		}{
			{"variables", r.API.Variables != nil, r.API.Variables},
			{"binary", r.API.BinaryTypes != nil, r.API.BinaryTypes},
			{"cors", r.API.CORS != nil, r.API.CORS},
		} {
			if part.has {
				text, err := json.Marshal(part.value)
				if err != nil {
					t.Fatal(err)
				}
				line += " " + part.name + "=" + string(text)
			}
		}
		lines = append(lines, line)
	}
	return strings.ReplaceAll(strings.Join(lines, "\n"), `,"Authorizer":null`, "")
}

func TestAPIs(t *testing.T) {
	const (
		rest  = "x-amazon-apigateway-integration: {type: aws_proxy, uri: !GetAtt F.Arn}"
		event = "Type: AWS::Serverless::Function, Properties: {Events: {E:"
	)
	for name, test := range map[string]struct{ text, want, warnings string }{
		"implicit APIs have what Globals say": {`
Parameters: {Origin: {Type: String, Default: "https://a.example"}}
Globals:
  Api: {Variables: {TABLE: t, SIZE: 3}, BinaryMediaTypes: [image~1png, "*/*"], Cors: !Sub "'${Origin}'"}
  HttpApi: {StageVariables: {A: b}, CorsConfiguration: true}
Resources:
  F: {` + event + ` {Type: Api, Properties: {Path: /, Method: get}}}}}
  G: {` + event + ` {Type: HttpApi}}}}
`, `
ServerlessHttpApi $default variables={"A":"b"} cors={"Origins":["*"],"Methods":null,"Headers":null,"Expose":null,"Credentials":false,"MaxAge":""}
ServerlessRestApi Prod variables={"SIZE":"3","TABLE":"t"} binary=["image/png","*/*"] cors={"Origins":["https://a.example"],"Methods":null,"Headers":null,"Expose":null,"Credentials":false,"MaxAge":""}`, ""},
		"implicit APIs without Globals": {`
Resources:
  F: {` + event + ` {Type: Api, Properties: {Path: /, Method: get}}}}}
  G: {` + event + ` {Type: HttpApi}}}}
`, `
ServerlessHttpApi $default
ServerlessRestApi Prod`, ""},
		"APIs of SAM": {`
Parameters: {Stage: {Type: String, Default: dev}}
Globals:
  Api: {BinaryMediaTypes: [image~1png], Variables: {A: global, B: global}}
  HttpApi: {CorsConfiguration: {AllowOrigins: [https://global.example]}}
Resources:
  F: {` + event + ` {Type: Api, Properties: {Path: /f, Method: get, RestApiId: !Ref Rest}}}}}
  G: {` + event + ` {Type: HttpApi, Properties: {Path: /g, Method: get, ApiId: !Ref Http}}}}}
  H: {` + event + ` {Type: HttpApi, Properties: {Path: /h, Method: get, ApiId: !Ref Off}}}}}
  Rest:
    Type: AWS::Serverless::Api
    Properties:
      StageName: !Ref Stage
      Variables: {B: own}
      BinaryMediaTypes: [a/b]
      Cors: {AllowMethods: "'GET, PUT'", AllowHeaders: "'X-A,X-B'", AllowOrigin: "'https://b.example'", MaxAge: "'600'", AllowCredentials: true}
  Http:
    Type: AWS::Serverless::HttpApi
    Properties:
      StageName: live
      CorsConfiguration: {AllowMethods: [GET, PUT], AllowHeaders: ["*"], AllowOrigins: [https://c.example], ExposeHeaders: [X-C], MaxAge: 600, AllowCredentials: true}
  Off: {Type: AWS::Serverless::HttpApi, Properties: {CorsConfiguration: false}}
`, `
Rest dev variables={"A":"global","B":"own"} binary=["image/png","a/b"] cors={"Origins":["https://b.example"],"Methods":["GET, PUT"],"Headers":["X-A,X-B"],"Expose":null,"Credentials":true,"MaxAge":"600"}
Http live cors={"Origins":["https://global.example","https://c.example"],"Methods":["GET","PUT"],"Headers":["*"],"Expose":["X-C"],"Credentials":true,"MaxAge":"600"}
Off $default`, ""},
		"definitions": {`
Resources:
  F: {Type: AWS::Serverless::Function}
  Rest:
    Type: AWS::Serverless::Api
    Properties:
      StageName: v1
      Cors: {AllowHeaders: "'X-A'"}
      BinaryMediaTypes: [a/b]
      DefinitionBody: {x-amazon-apigateway-binary-media-types: [image/png], paths: {/rest: {get: {` + rest + `}}}}
  Binary: {Type: AWS::ApiGateway::RestApi, Properties: {Body: {x-amazon-apigateway-binary-media-types: ["*~1*"], paths: {/binary: {get: {` + rest + `}}}}}}
  Http:
    Type: AWS::Serverless::HttpApi
    Properties:
      CorsConfiguration: {AllowMethods: [PUT]}
      DefinitionBody: {x-amazon-apigateway-cors: {allowOrigins: ["*"], allowMethods: [GET], maxAge: 0}, paths: {/http: {get: {` + rest + `}}}}
`, `
Binary Prod binary=["*/*"]
Http $default cors={"Origins":["*"],"Methods":["PUT"],"Headers":null,"Expose":null,"Credentials":false,"MaxAge":"0"}
Rest v1 binary=["a/b"] cors={"Origins":["*"],"Methods":null,"Headers":["X-A"],"Expose":null,"Credentials":false,"MaxAge":""}`, ""},
		"stages of their own": {`
Resources:
  F: {Type: AWS::Lambda::Function}
  Deployment: {Type: AWS::ApiGateway::Deployment, Properties: {RestApiId: !Ref Staged, StageName: first}}
  Stage: {Type: AWS::ApiGateway::Stage, Properties: {RestApiId: !Ref Staged, StageName: live, Variables: {A: b}}}
  Later: {Type: AWS::ApiGateway::Stage, Properties: {RestApiId: !Ref Staged, StageName: later}}
  Alone: {Type: AWS::ApiGateway::Deployment, Properties: {RestApiId: !GetAtt Deployed.RestApiId, StageName: test, StageDescription: {Variables: {C: d}}}}
  Unnamed: {Type: AWS::ApiGateway::Deployment, Properties: {RestApiId: !Ref Plain}}
  Two: {Type: AWS::ApiGatewayV2::Stage, Properties: {ApiId: !Ref Http, StageName: two, StageVariables: {E: f}}}
  Staged: {Type: AWS::ApiGateway::RestApi, Properties: {BinaryMediaTypes: [a/b], Body: {paths: {/staged: {get: {` + rest + `}}}}}}
  Deployed: {Type: AWS::ApiGateway::RestApi, Properties: {Body: {paths: {/deployed: {get: {` + rest + `}}}}}}
  Plain: {Type: AWS::ApiGateway::RestApi, Properties: {Body: {paths: {/plain: {get: {` + rest + `}}}}}}
  Http: {Type: AWS::ApiGatewayV2::Api, Properties: {ProtocolType: HTTP, RouteKey: GET /http, Target: !GetAtt F.Arn, CorsConfiguration: {AllowOrigins: ["*"]}}}
`, `
Deployed test variables={"C":"d"}
Http two variables={"E":"f"} cors={"Origins":["*"],"Methods":null,"Headers":null,"Expose":null,"Credentials":false,"MaxAge":""}
Plain Prod
Staged live variables={"A":"b"} binary=["a/b"]`, ""},
		"what is not known locally": {`
Resources:
  F: {` + event + ` {Type: Api, Properties: {Path: /f, Method: get, RestApiId: !Ref Rest}}}}}
  G: {` + event + ` {Type: HttpApi, Properties: {Path: /g, Method: get, ApiId: !Ref Http}}}}}
  Rest: {Type: AWS::Serverless::Api, Properties: {StageName: !ImportValue A, Cors: {AllowOrigin: !ImportValue B}, Variables: {C: !ImportValue D}}}
  Http: {Type: AWS::Serverless::HttpApi, Properties: {CorsConfiguration: {AllowOrigins: [!ImportValue E]}}}
`, `
Rest Prod variables={"C":""} cors={"Origins":null,"Methods":null,"Headers":null,"Expose":null,"Credentials":false,"MaxAge":""}
Http $default cors={"Origins":null,"Methods":null,"Headers":null,"Expose":null,"Credentials":false,"MaxAge":""}`, `
template.yaml:5:62: Rest: the name of its stage is not known locally, and taken for Prod
template.yaml:5:130: Rest: the stage variable C is not known locally, and empty
template.yaml:5:98: Rest: AllowOrigin is not a string that is known locally: preflights are answered without that header
template.yaml:6:89: Http: AllowOrigins is not known locally: nothing is allowed by it`},
	} {
		t.Run(name, func(t *testing.T) {
			template := readText(t, test.text, Options{})
			if got := listAPIs(t, template); got != strings.TrimSpace(test.want) {
				t.Errorf("APIs\n%s\nwant%s", got, test.want)
			}
			compareErrors(t, template, template.Warnings(), test.warnings)
			if faults := faultsOf(template); faults != "" {
				t.Errorf("faults %s", faults)
			}
		})
	}
}

func TestFunctionsOfStageVariables(t *testing.T) {
	template := readText(t, `
Resources:
  F: {Type: AWS::Serverless::Function}
  Api:
    Type: AWS::Serverless::Api
    Properties:
      StageName: v1
      Variables: {name: F}
      DefinitionBody: {paths: {/: {get: {x-amazon-apigateway-integration: {type: aws_proxy,
        uri: "x/functions/arn:aws:lambda:us-east-1:123456789012:function:${stageVariables.name}/invocations"}}}}}
`, Options{})
	if got := listRoutes(template); got != "REST Api GET / -> F" {
		t.Errorf("routes %s", got)
	}
}
