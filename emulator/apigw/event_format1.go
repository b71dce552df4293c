package apigw

// writeEvent1 writes what all events of payload format 1.0 share. Those of REST
// APIs are the same, but for a few values.
//
// https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html#api-gateway-simple-proxy-for-lambda-input-format
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html#http-api-develop-integrations-lambda.proxy-format
//
// Where paths are decoded, and where the ids of HTTP APIs come from, is from what
// AWS sent:
// https://github.com/localstack/localstack/blob/master/tests/aws/services/apigateway/test_apigateway_lambda.snapshot.json
// https://github.com/aws/aws-lambda-dotnet/tree/master/Tools/LambdaTestTool-v2/tests/Amazon.Lambda.TestTool.IntegrationTests/Snapshots
func (r *request) writeEvent1(o *object) error {
	headers, query := r.headers(), r.query()
	path := r.Path // as it was sent, for APIs of both kinds
	if !r.rest() {
		path = r.stagePath(path)
	}
	o.text("resource", r.Route.Path)
	o.text("path", path)
	o.text("httpMethod", r.Method)
	o.last("headers", headers)
	o.lists("multiValueHeaders", headers)
	o.last("queryStringParameters", query)
	o.lists("multiValueQueryStringParameters", query)
	o.last("pathParameters", r.pathParameters())
	o.last("stageVariables", sorted(r.Route.API.Variables))
	return r.writeContext1(o)
}

// writeContext1 writes the request context of format 1.0.
func (r *request) writeContext1(o *object) error {
	o.open("requestContext")
	if r.rest() {
		o.text("resourceId", resourceID)
		o.text("path", r.stagePath(r.Path))
		o.text("requestId", r.ID)
	} else {
		o.text("resourceId", r.routeKey())
		o.text("path", r.stagePath(r.decodedPath()))
		o.text("requestId", r.shortID())
	}
	o.text("extendedRequestId", r.shortID())
	o.text("resourcePath", r.Route.Path)
	o.text("httpMethod", r.Method)
	if r.rest() && r.Route.Operation != "" {
		o.text("operationName", r.Route.Operation)
	}
	r.writeTime(o, "requestTime", "requestTimeEpoch")
	o.text("accountId", accountID)
	o.text("apiId", apiID)
	o.text("protocol", r.Protocol)
	o.text("stage", r.Route.API.Stage)
	o.text("domainName", r.Host)
	o.text("domainPrefix", r.domainPrefix())
	if r.Authorizer != nil {
		if err := o.value("authorizer", r.Authorizer); err != nil {
			return err
		}
	}
	r.writeIdentity(o)
	o.close()
	return nil
}

// writeIdentity writes what is known of the client. The rest is for callers that
// IAM or Cognito know.
func (r *request) writeIdentity(o *object) {
	o.open("identity")
	o.null("accessKey", "accountId", "caller")
	if !r.rest() {
		o.null("cognitoAmr")
	}
	o.null("cognitoAuthenticationProvider", "cognitoAuthenticationType", "cognitoIdentityId",
		"cognitoIdentityPoolId", "principalOrgId")
	o.text("sourceIp", r.SourceIP)
	o.null("user")
	o.text("userAgent", r.Header.Get("User-Agent"))
	o.null("userArn")
	o.close()
}
