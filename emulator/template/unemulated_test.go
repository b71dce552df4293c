package template

import "testing"

func TestUnemulated(t *testing.T) {
	const (
		function = "{Type: AWS::Lambda::Function}"
		proxy    = "type: aws_proxy, uri: !GetAtt F.Arn"
	)
	for name, test := range map[string]struct{ text, want string }{
		"nothing": {`
Resources:
  Api: {Type: AWS::Serverless::Api, Properties: {StageName: v1, CacheClusterEnabled: false, DisableExecuteApiEndpoint: !Ref AWS::NoValue, Auth: {ApiKeyRequired: false}}}
  F: {Type: AWS::Serverless::Function, Properties: {Events: {E: {Type: Api, Properties: {Path: /, Method: get, RestApiId: !Ref Api, Auth: {ApiKeyRequired: false}}}}}}
`, ""},
		"APIs of SAM": {`
Globals: {HttpApi: {Domain: {DomainName: a.example, MutualTlsAuthentication: {TruststoreUri: "s3://a/b"}}, DefaultRouteSettings: {ThrottlingRateLimit: 1, ThrottlingBurstLimit: 2}}}
Resources:
  Api:
    Type: AWS::Serverless::Api
    Properties:
      StageName: v1
      CacheClusterEnabled: true
      DisableExecuteApiEndpoint: true
      GatewayResponses: {DEFAULT_4XX: {StatusCode: 499}}
      Auth:
        ApiKeyRequired: true
        UsagePlan: {CreateUsagePlan: PER_API}
        ResourcePolicy: {IpRangeBlacklist: [10.0.0.0/8]}
  Socket: {Type: AWS::Serverless::WebSocketApi}
  Machine: {Type: AWS::Serverless::StateMachine, Properties: {Events: {E: {Type: Api, Properties: {Path: /start, Method: post}}}}}
  F:
    Type: AWS::Serverless::Function
    Properties:
      Events:
        A: {Type: Api, Properties: {Path: /a, Method: get, RestApiId: !Ref Api, Auth: {ApiKeyRequired: true}, RequestModel: {Model: M, ValidateBody: true, ValidateParameters: true}}}
        B: {Type: Api, Properties: {Path: /b, Method: get, ResponseTransferMode: STREAM}}
        C: {Type: HttpApi}
`, `
template.yaml:12:25: Api: API keys are not checked
template.yaml:13:20: Api: usage plans are not enforced
template.yaml:14:25: Api: the resource policy is not enforced
template.yaml:10:25: Api: gateway responses are not used: errors have AWS's default bodies
template.yaml:9:34: Api: the default endpoint is served although it is disabled
template.yaml:8:28: Api: responses are not cached
template.yaml:15:3: Socket: WebSocket APIs are not emulated
template.yaml:16:72: ServerlessRestApi: POST /start is not served: it starts the state machine Machine
template.yaml:21:150: Api: requests are not validated
template.yaml:22:60: ServerlessRestApi: responses are not streamed
template.yaml:2:29: ServerlessHttpApi: the custom domain is not served
template.yaml:2:78: ServerlessHttpApi: mutual TLS is not emulated
template.yaml:2:152: ServerlessHttpApi: requests are not throttled`},
		"definitions": {`
Resources:
  F: ` + function + `
  Api:
    Type: AWS::ApiGateway::RestApi
    Properties:
      Policy: {Version: "2012-10-17"}
      Body:
        x-amazon-apigateway-policy: {Version: "2012-10-17"}
        x-amazon-apigateway-gateway-responses: {DEFAULT_4XX: {statusCode: 499}}
        x-amazon-apigateway-request-validators: {all: {validateRequestBody: true}}
        x-amazon-apigateway-request-validator: all
        securityDefinitions: {key: {type: apiKey, name: x-api-key, in: header}}
        paths:
          /a:
            get: {security: [{key: []}], x-amazon-apigateway-integration: {` + proxy + `, responseTransferMode: STREAM}}
            put: {x-amazon-apigateway-integration: {type: http_proxy, uri: "https://a.example"}}
            post: {x-amazon-apigateway-integration: {type: aws, uri: !GetAtt F.Arn}}
            patch: {x-amazon-apigateway-integration: {type: mock}}
            delete: {responses: {}}
  Http:
    Type: AWS::ApiGatewayV2::Api
    Properties:
      Body:
        x-amazon-apigateway-endpoint-configuration: {disableExecuteApiEndpoint: true}
        paths:
          /b: {get: {x-amazon-apigateway-integration: {` + proxy + `, requestParameters: {"append:header.a": "b"}}}}
          /c: {get: {x-amazon-apigateway-integration: {type: aws_proxy, integrationSubtype: SQS-SendMessage}}}
          /d: {options: {x-amazon-apigateway-integration: {type: mock}}}
`, `
template.yaml:7:15: Api: the resource policy is not enforced
template.yaml:10:48: Api: gateway responses are not used: errors have AWS's default bodies
template.yaml:12:48: Api: requests are not validated
template.yaml:16:31: Api: API keys are not checked
template.yaml:16:135: Api: responses are not streamed
template.yaml:17:13: Api: PUT /a is not served: integrations of the type HTTP_PROXY are not emulated
template.yaml:18:13: Api: POST /a is not served: integrations of the type AWS are not emulated
template.yaml:19:13: Api: PATCH /a is not served: integrations of the type MOCK are not emulated
template.yaml:25:81: Http: the default endpoint is served although it is disabled
template.yaml:27:112: Http: parameters are not mapped
template.yaml:28:16: Http: GET /c is not served: integrations of the type AWS_PROXY SQS-SendMessage are not emulated
template.yaml:29:16: Http: OPTIONS /d is not served: integrations of the type MOCK are not emulated`},
		"resources": {`
Resources:
  F: ` + function + `
  Api: {Type: AWS::ApiGateway::RestApi}
  Domain: {Type: AWS::ApiGateway::DomainName}
  Plan: {Type: AWS::ApiGateway::UsagePlan}
  Response: {Type: AWS::ApiGateway::GatewayResponse}
  R: {Type: AWS::ApiGateway::Resource, Properties: {RestApiId: !Ref Api, ParentId: !GetAtt Api.RootResourceId, PathPart: r}}
  M1: {Type: AWS::ApiGateway::Method, Properties: {RestApiId: !Ref Api, ResourceId: !Ref R, HttpMethod: GET, ApiKeyRequired: true, RequestValidatorId: v, Integration: {Type: AWS_PROXY, Uri: !GetAtt F.Arn}}}
  M2: {Type: AWS::ApiGateway::Method, Properties: {RestApiId: !Ref Api, ResourceId: !Ref R, HttpMethod: PUT, Integration: {Type: HTTP, Uri: "https://a.example"}}}
  Http: {Type: AWS::ApiGatewayV2::Api, Properties: {ProtocolType: HTTP, Target: https://a.example}}
  Socket: {Type: AWS::ApiGatewayV2::Api, Properties: {ProtocolType: WEBSOCKET}}
  I1: {Type: AWS::ApiGatewayV2::Integration, Properties: {ApiId: !Ref Http, IntegrationType: HTTP_PROXY, IntegrationUri: https://a.example}}
  I2: {Type: AWS::ApiGatewayV2::Integration, Properties: {ApiId: !Ref Http, IntegrationType: AWS_PROXY, IntegrationUri: !GetAtt F.Arn, RequestParameters: {"append:header.a": b}}}
  T1: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref Http, RouteKey: GET /t1, Target: !Sub "integrations/${I1}"}}
  T2: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref Http, RouteKey: GET /t2, Target: !Sub "integrations/${I2}"}}
`, `
template.yaml:5:3: Domain: custom domains are not served
template.yaml:6:3: Plan: usage plans are not enforced
template.yaml:7:3: Response: gateway responses are not used: errors have AWS's default bodies
template.yaml:9:126: Api: API keys are not checked
template.yaml:9:152: Api: requests are not validated
template.yaml:10:3: Api: PUT /r is not served: integrations of the type HTTP are not emulated
template.yaml:11:3: Http: ANY $default is not served: its target is not a function
template.yaml:12:3: Socket: WebSocket APIs are not emulated
template.yaml:15:3: Http: GET /t1 is not served: integrations of the type HTTP_PROXY are not emulated
template.yaml:14:155: Http: parameters are not mapped`},
	} {
		t.Run(name, func(t *testing.T) {
			template := readText(t, test.text, Options{})
			template.Routes()
			compareErrors(t, template, template.Unemulated(), test.want)
			if faults := faultsOf(template); faults != "" {
				t.Errorf("faults %s", faults)
			}
		})
	}
}
