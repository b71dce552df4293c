package apigw

import "strings"

// writeEvent2 writes what all events of payload format 2.0 share.
//
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html#http-api-develop-integrations-lambda.proxy-format
func (r *request) writeEvent2(o *object) error {
	headers := r.headers()
	var cookies []string
	kept := headers[:0]
	for _, h := range headers {
		if h.name == "Cookie" {
			cookies = append(cookies, strings.Split(h.value, "; ")...)
			continue
		}
		kept = append(kept, h)
	}
	kept.lowerNames()
	path := r.stagePath(r.decodedPath()) // raw though its name is: https://github.com/hotsock/voker/pull/8
	routeKey := r.routeKey()

	o.text("version", "2.0")
	o.text("routeKey", routeKey)
	o.text("rawPath", path)
	o.text("rawQueryString", r.RawQuery)
	if cookies != nil {
		o.texts("cookies", cookies)
	}
	o.joined("headers", kept)
	o.joined("queryStringParameters", r.query())
	o.joined("pathParameters", r.pathParameters())
	o.joined("stageVariables", sorted(r.Route.API.Variables))
	return r.writeContext2(o, path, routeKey)
}

// writeContext2 writes the request context of format 2.0.
func (r *request) writeContext2(o *object, path, routeKey string) error {
	o.open("requestContext")
	o.text("accountId", accountID)
	o.text("apiId", apiID)
	if r.Authorizer != nil {
		if err := o.value("authorizer", r.Authorizer); err != nil {
			return err
		}
	}
	o.text("domainName", r.Host)
	o.text("domainPrefix", r.domainPrefix())
	o.open("http")
	o.text("method", r.Method)
	o.text("path", path)
	o.text("protocol", r.Protocol)
	o.text("sourceIp", r.SourceIP)
	o.text("userAgent", r.Header.Get("User-Agent"))
	o.close()
	o.text("requestId", r.shortID())
	o.text("routeKey", routeKey)
	o.text("stage", r.Route.API.Stage)
	r.writeTime(o, "time", "timeEpoch")
	o.close()
	return nil
}
