package apigw

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// respond turns what the function returned into a response. The error says what
// is wrong with it.
//
// https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html#api-gateway-simple-proxy-for-lambda-output-format
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html#http-api-develop-integrations-lambda.response
func (r *request) respond(payload []byte) (*response, error) {
	fields := readReply(payload)
	switch {
	case r.format2() && (fields == nil || fields.statusCode == nil):
		return r.inferred(payload), nil
	case fields == nil:
		return nil, fmt.Errorf("the response is %s, and must be an object", describeJSON(payload))
	case r.rest() && len(fields.unknown) > 0:
		return nil, fmt.Errorf("the response has the field %q, and a REST API takes only statusCode, headers, multiValueHeaders, body and isBase64Encoded", slices.Min(fields.unknown))
	}
	status, err := r.status(fields.statusCode)
	if err != nil {
		return nil, err
	}
	header, err := r.responseHeader(fields)
	if err != nil {
		return nil, err
	}
	body, err := r.responseBody(fields)
	if err != nil {
		return nil, err
	}
	return &response{Status: status, Header: header, Body: body}, nil
}

// A reply has the fields of the object that a function returned, as they were
// written; one that is not there is nil.
//
// A REST API refuses an object with a field that it does not know. HTTP APIs
// ignore these. The fields that AWS does not document were found by trying:
// https://github.com/aws/aws-sam-cli/pull/2941
type reply struct {
	statusCode, headers, multiValueHeaders, body, isBase64Encoded, base64Encoded, cookies json.RawMessage

	unknown []string
}

// readReply is nil if the payload is no object. Unlike encoding/json with a
// struct, it does not take StatusCode for statusCode.
func readReply(payload []byte) *reply {
	object := skipSpace(payload)
	if len(object) == 0 || object[0] != '{' || !json.Valid(object) {
		return nil
	}
	fields := &reply{}
	for name, value := range members(object) {
		switch string(name) {
		case "statusCode":
			fields.statusCode = value
		case "headers":
			fields.headers = value
		case "multiValueHeaders":
			fields.multiValueHeaders = value
		case "body":
			fields.body = value
		case "isBase64Encoded":
			fields.isBase64Encoded = value
		case "base64Encoded":
			fields.base64Encoded = value
		case "cookies":
			fields.cookies = value
		default:
			fields.unknown = append(fields.unknown, string(name))
		}
	}
	return fields
}

// inferred is the response of a function that returned just a body. A text is
// the body itself; anything else is so as it is, and AWS does not ask whether it
// is JSON:
// https://github.com/aws/aws-lambda-dotnet/blob/master/Tools/LambdaTestTool-v2/tests/Amazon.Lambda.TestTool.IntegrationTests/InvokeResponseExtensionsIntegrationTests.cs
func (r *request) inferred(payload []byte) *response {
	var text string
	if bytes.HasPrefix(bytes.TrimSpace(payload), []byte{'"'}) && json.Unmarshal(payload, &text) == nil {
		payload = []byte(text)
	}
	header := http.Header{"Content-Type": {"application/json"}}
	r.setIDs(header)
	return &response{Status: http.StatusOK, Header: header, Body: payload}
}

// status reads the status code. A REST API does without:
// https://github.com/localstack/localstack/pull/11856 (an empty object, on AWS)
//
// Codes below 200 are not the status of a response that ends a request.
func (r *request) status(raw json.RawMessage) (int, error) {
	switch {
	case r.rest() && isNull(raw):
		return http.StatusOK, nil
	case raw == nil:
		return 0, errors.New("the response has no statusCode, which an HTTP API with payload format 1.0 needs")
	}
	digits, _ := scalar(raw)
	code, err := strconv.Atoi(digits)
	if err != nil || code < 200 || code > 599 {
		return 0, fmt.Errorf("statusCode is %s, and must be a number from 200 to 599", abridge(raw))
	}
	return code, nil
}

// responseBody may share the payload's memory.
func (r *request) responseBody(fields *reply) ([]byte, error) {
	raw := fields.body
	if isNull(raw) {
		return nil, nil
	}
	if raw[0] != '"' {
		return nil, fmt.Errorf("body is %s, and must be a string, as JSON.stringify and json.dumps make of it", describeJSON(raw))
	}
	body := unquoted(raw)
	encoded, err := r.isBase64(fields)
	if err != nil || !encoded {
		return body, err
	}
	decoded, err := base64.StdEncoding.AppendDecode(nil, body)
	if err != nil {
		return nil, errors.New("isBase64Encoded is true, and body is not base64")
	}
	return decoded, nil
}

// isBase64 tells whether the body is to be decoded: by an HTTP API if the
// function says that it is base64, by a REST API if the client's Accept header
// begins with a binary media type as well. The response's Content-Type has no
// say in it: https://github.com/localstack/localstack/pull/12199
//
// https://docs.aws.amazon.com/apigateway/latest/developerguide/lambda-proxy-binary-media.html
func (r *request) isBase64(fields *reply) (bool, error) {
	name, raw := "isBase64Encoded", fields.isBase64Encoded
	if r.rest() && raw == nil {
		name, raw = "base64Encoded", fields.base64Encoded
	}
	switch text, _ := scalar(raw); {
	case strings.EqualFold(text, "true"):
		return !r.rest() || binaryType(r.Route.API.BinaryTypes, r.Header.Get("Accept")), nil
	case strings.EqualFold(text, "false"), isNull(raw):
		return false, nil
	}
	return false, fmt.Errorf("%s is %s, and must be true or false", name, abridge(raw))
}

// setIDs sets the headers that identify the request. Their names are in the
// form that net/http gives to names.
func (r *request) setIDs(header http.Header) {
	if r.rest() {
		header["X-Amzn-Requestid"] = []string{r.ID}
		header["X-Amz-Apigw-Id"] = []string{r.shortID()}
		return
	}
	header["Apigw-Requestid"] = []string{r.shortID()}
}

// isNull tells whether a field is null or not there.
func isNull(raw json.RawMessage) bool { return len(raw) == 0 || raw[0] == 'n' }

// scalar is a string, number or boolean as text. That ok is false means that raw
// is something else.
func scalar(raw json.RawMessage) (text string, ok bool) {
	if isNull(raw) || raw[0] == '{' || raw[0] == '[' {
		return "", false
	}
	if raw[0] != '"' {
		return string(raw), true
	}
	return string(unquoted(raw)), true
}

// describeJSON says what kind of value JSON is.
func describeJSON(text []byte) string {
	if !json.Valid(text) {
		return "not JSON"
	}
	switch bytes.TrimSpace(text)[0] {
	case '{':
		return "an object"
	case '[':
		return "a list"
	case '"':
		return "a string"
	case 't', 'f':
		return "a boolean"
	case 'n':
		return "null"
	}
	return "a number"
}

// abridge is JSON for an error message, on one line and not too long.
func abridge(raw json.RawMessage) string {
	const limit = 60
	switch {
	case raw[0] == '{', raw[0] == '[':
		return describeJSON(raw)
	case len(raw) > limit:
		return strings.ToValidUTF8(string(raw[:limit]), "") + "..."
	}
	return string(raw)
}
