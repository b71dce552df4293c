package apigw

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// respond turns what the function returned into a response. The error says what
// is wrong with it.
//
// https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html#api-gateway-simple-proxy-for-lambda-output-format
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html#http-api-develop-integrations-lambda.response
func (r *request) respond(payload []byte) (*response, error) {
	// A map and not a struct: encoding/json takes StatusCode for statusCode.
	var fields map[string]json.RawMessage
	err := json.Unmarshal(payload, &fields)
	if r.format2() && (err != nil || fields["statusCode"] == nil) {
		return r.inferred(payload), nil
	}
	if err != nil || fields == nil {
		return nil, fmt.Errorf("the response is %s, and must be an object", describeJSON(payload))
	}
	if r.rest() {
		if err := knownFields(fields); err != nil {
			return nil, err
		}
	}
	status, err := r.status(fields["statusCode"])
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

// knownFields says which field a REST API refuses the response for. HTTP APIs
// ignore what they do not know. The fields that AWS does not document were found
// by trying: https://github.com/aws/aws-sam-cli/pull/2941
func knownFields(fields map[string]json.RawMessage) error {
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		switch name {
		case "statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded", "base64Encoded", "cookies":
		default:
			return fmt.Errorf("the response has the field %q, and a REST API takes only statusCode, headers, multiValueHeaders, body and isBase64Encoded", name)
		}
	}
	return nil
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

func (r *request) responseBody(fields map[string]json.RawMessage) ([]byte, error) {
	raw := fields["body"]
	if isNull(raw) {
		return nil, nil
	}
	if raw[0] != '"' {
		return nil, fmt.Errorf("body is %s, and must be a string, as JSON.stringify and json.dumps make of it", describeJSON(raw))
	}
	body, _ := scalar(raw)
	encoded, err := r.isBase64(fields)
	if err != nil || !encoded {
		return []byte(body), err
	}
	decoded, err := base64.StdEncoding.DecodeString(body)
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
func (r *request) isBase64(fields map[string]json.RawMessage) (bool, error) {
	name := "isBase64Encoded"
	if r.rest() && fields[name] == nil {
		name = "base64Encoded"
	}
	switch text, _ := scalar(fields[name]); {
	case strings.EqualFold(text, "true"):
		return !r.rest() || binaryType(r.Route.API.BinaryTypes, r.Header.Get("Accept")), nil
	case strings.EqualFold(text, "false"), isNull(fields[name]):
		return false, nil
	}
	return false, fmt.Errorf("%s is %s, and must be true or false", name, abridge(fields[name]))
}

// setIDs sets the headers that identify the request.
func (r *request) setIDs(header http.Header) {
	if r.rest() {
		header.Set("x-amzn-RequestId", r.ID)
		header.Set("x-amz-apigw-id", r.shortID())
		return
	}
	header.Set("Apigw-Requestid", r.shortID())
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
	if bytes.IndexByte(raw, '\\') < 0 && utf8.Valid(raw) {
		return string(raw[1 : len(raw)-1]), true // as most are; the rest takes longer
	}
	err := json.Unmarshal(raw, &text)
	return text, err == nil
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
