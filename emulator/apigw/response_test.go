package apigw

import (
	"net/http"
	"reflect"
	"strings"
	"testing"
)

func TestResponses(t *testing.T) {
	type header = http.Header
	json := header{"Content-Type": {"application/json"}}
	for _, test := range []struct {
		name    string
		formats string // all if empty
		payload string
		types   string // binary media types of the API
		accept  string
		status  int
		header  header
		body    string
	}{
		{name: "all that is common", payload: `{"statusCode":201,"headers":{"Content-Type":"text/html"},"body":"<p>ä\n"}`,
			status: 201, header: header{"Content-Type": {"text/html"}}, body: "<p>ä\n"},
		{name: "a status is a numeric string", payload: `{"statusCode":"404"}`, status: 404, header: json},
		{name: "null is what is absent", payload: `{"statusCode":200,"headers":null,"multiValueHeaders":null,"body":null,"isBase64Encoded":null,"cookies":null}`,
			status: 200, header: json},
		{name: "an empty object is an empty response", formats: "rest", payload: ` {} `, status: 200, header: json},
		{name: "a null status is 200", formats: "rest", payload: `{"statusCode":null,"body":"x"}`, status: 200, header: json, body: "x"},
		{name: "an unknown field is ignored by HTTP APIs", formats: "http1 http2", payload: `{"statusCode":200,"extra":1}`, status: 200, header: json},
		{name: "scalars are header values", payload: `{"statusCode":200,"headers":{"a":true,"b":5,"c":1.50,"d":null,"e":""}}`,
			status: 200, header: header{"Content-Type": {"application/json"}, "A": {"true"}, "B": {"5"}, "C": {"1.50"}, "E": {""}}},
		{name: "multiValueHeaders come after headers, without what is in both", formats: "rest http1",
			payload: `{"statusCode":200,"headers":{"X-A":"1","x-b":"2"},"multiValueHeaders":{"x-a":["2","2"],"X-B":["1","2"],"set-cookie":["a=1","b=2"]}}`,
			status:  200, header: header{"Content-Type": {"application/json"}, "X-A": {"1", "2", "2"}, "X-B": {"1", "2"}, "Set-Cookie": {"a=1", "b=2"}}},
		{name: "the content type is multi-valued", formats: "rest http1", payload: `{"statusCode":200,"multiValueHeaders":{"content-type":["text/css"]}}`,
			status: 200, header: header{"Content-Type": {"text/css"}}},
		{name: "format 2.0 has no multiValueHeaders", formats: "http2", payload: `{"statusCode":200,"multiValueHeaders":{"x":["1"]}}`, status: 200, header: json},
		{name: "cookies follow the header", formats: "http2", payload: `{"statusCode":200,"headers":{"set-cookie":"a=1"},"cookies":["b=2; Secure","c=3"]}`,
			status: 200, header: header{"Content-Type": {"application/json"}, "Set-Cookie": {"a=1", "b=2; Secure", "c=3"}}},
		{name: "cookies are of format 2.0", formats: "rest http1", payload: `{"statusCode":200,"cookies":["b=2"]}`, status: 200, header: json},
		{name: "a location stays as it is", payload: `{"statusCode":302,"headers":{"Location":"/a b"}}`,
			status: 302, header: header{"Content-Type": {"application/json"}, "Location": {"/a b"}}},
		{name: "REST APIs rename headers", formats: "rest",
			payload: `{"headers":{"connection":"close","content-length":"1","date":"d","server":"s","www-authenticate":"Basic","transfer-encoding":"chunked"}}`,
			status:  200, header: header{"Content-Type": {"application/json"}, "X-Amzn-Remapped-Connection": {"close"}, "X-Amzn-Remapped-Content-Length": {"1"},
				"X-Amzn-Remapped-Date": {"d"}, "X-Amzn-Remapped-Server": {"s"}, "X-Amzn-Remapped-Www-Authenticate": {"Basic"}}},
		{name: "HTTP APIs drop headers of the connection", formats: "http1 http2",
			payload: `{"statusCode":401,"headers":{"connection":"close","content-length":"1","keep-alive":"1","transfer-encoding":"chunked","www-authenticate":"Basic"}}`,
			status:  401, header: header{"Content-Type": {"application/json"}, "Www-Authenticate": {"Basic"}}},

		{name: "HTTP APIs decode base64", formats: "http1 http2", payload: `{"statusCode":200,"body":"iVBO/w==","isBase64Encoded":true}`, status: 200, header: json, body: "\x89PN\xff"},
		{name: "REST APIs do not by themselves", formats: "rest", payload: `{"body":"aGk=","isBase64Encoded":true}`, accept: "image/png", status: 200, header: json, body: "aGk="},
		{name: "REST APIs do for a client that accepts a binary type", formats: "rest", payload: `{"body":"aGk=","isBase64Encoded":true}`,
			types: "image/*", accept: "image/png;q=0.9, */*", status: 200, header: json, body: "hi"},
		{name: "the first accepted type counts", formats: "rest", payload: `{"body":"aGk=","isBase64Encoded":true}`,
			types: "image/png", accept: "text/html, image/png", status: 200, header: json, body: "aGk="},
		{name: "a client that accepts anything is given text", formats: "rest", payload: `{"body":"aGk=","isBase64Encoded":true}`,
			types: "image/png", accept: "*/*", status: 200, header: json, body: "aGk="},
		{name: "any type may be binary", formats: "rest", payload: `{"body":"aGk=","isBase64Encoded":true}`, types: "*/*", status: 200, header: json, body: "hi"},
		{name: "text of a binary type", formats: "rest", payload: `{"body":"aGk=","isBase64Encoded":false}`, types: "*/*", status: 200, header: json, body: "aGk="},
		{name: "base64Encoded is isBase64Encoded", formats: "rest", payload: `{"body":"aGk=","base64Encoded":"True"}`, types: "*/*", status: 200, header: json, body: "hi"},
		{name: "what is not decoded need not be base64", formats: "rest", payload: `{"body":"!","isBase64Encoded":true}`, status: 200, header: json, body: "!"},

		{name: "an object without a status is the body", formats: "http2", payload: ` {"body": "x", "headers": {"a": 1}} `, status: 200, header: json, body: ` {"body": "x", "headers": {"a": 1}} `},
		{name: "a string is the body", formats: "http2", payload: `"Hello \"you\""`, status: 200, header: json, body: `Hello "you"`},
		{name: "so is a list", formats: "http2", payload: `[1, 2]`, status: 200, header: json, body: `[1, 2]`},
		{name: "and a number", formats: "http2", payload: `42`, status: 200, header: json, body: `42`},
		{name: "and null", formats: "http2", payload: `null`, status: 200, header: json, body: `null`},
		{name: "and what is no JSON", formats: "http2", payload: `{"name": "John`, status: 200, header: json, body: `{"name": "John`},
		{name: "and half a string", formats: "http2", payload: `"x`, status: 200, header: json, body: `"x`},
		{name: "and nothing", formats: "http2", payload: ``, status: 200, header: json, body: ``},
		{name: "names are case-sensitive", formats: "http2", payload: `{"StatusCode":404}`, status: 200, header: json, body: `{"StatusCode":404}`},
	} {
		for _, format := range formats {
			if !strings.Contains(test.formats, format.name) && test.formats != "" {
				continue
			}
			t.Run(test.name+"/"+format.name, func(t *testing.T) {
				r := newRequest(format.kind, format.payload)
				r.Route.API.BinaryTypes = strings.Fields(test.types)
				r.Header.Set("Accept", test.accept)
				got, err := r.respond([]byte(test.payload))
				if err != nil {
					t.Fatal(err)
				}
				header := test.header.Clone()
				r.setIDs(header)
				if got.Status != test.status || string(got.Body) != test.body || !reflect.DeepEqual(got.Header, header) {
					t.Errorf("got %d %v %q, want %d %v %q", got.Status, got.Header, got.Body, test.status, header, test.body)
				}
			})
		}
	}
}

func TestMalformedResponses(t *testing.T) {
	for _, test := range []struct{ formats, payload, want string }{
		{"rest http1", `42`, `the response is a number, and must be an object`},
		{"rest http1", ` "x"`, `the response is a string, and must be an object`},
		{"rest http1", `null`, `the response is null, and must be an object`},
		{"rest http1", `true`, `the response is a boolean, and must be an object`},
		{"rest http1", `[]`, `the response is a list, and must be an object`},
		{"rest http1", `{"statusCode":200`, `the response is not JSON, and must be an object`},
		{"rest http1", ``, `the response is not JSON, and must be an object`},
		{"rest", `{"statusCode":200,"message":"x","b":1}`, `the response has the field "b", and a REST API takes only statusCode, headers, multiValueHeaders, body and isBase64Encoded`},
		{"rest", `{"StatusCode":200}`, `the response has the field "StatusCode", and a REST API takes only statusCode, headers, multiValueHeaders, body and isBase64Encoded`},
		{"http1", `{"body":"x"}`, `the response has no statusCode, which an HTTP API with payload format 1.0 needs`},
		{"http1 http2", `{"statusCode":null}`, `statusCode is null, and must be a number from 200 to 599`},
		{"", `{"statusCode":"abc"}`, `statusCode is "abc", and must be a number from 200 to 599`},
		{"", `{"statusCode":""}`, `statusCode is "", and must be a number from 200 to 599`},
		{"", `{"statusCode":99}`, `statusCode is 99, and must be a number from 200 to 599`},
		{"", `{"statusCode":101}`, `statusCode is 101, and must be a number from 200 to 599`},
		{"", `{"statusCode":1000}`, `statusCode is 1000, and must be a number from 200 to 599`},
		{"", `{"statusCode":0}`, `statusCode is 0, and must be a number from 200 to 599`},
		{"", `{"statusCode":-200}`, `statusCode is -200, and must be a number from 200 to 599`},
		{"", `{"statusCode":200.5}`, `statusCode is 200.5, and must be a number from 200 to 599`},
		{"", `{"statusCode":true}`, `statusCode is true, and must be a number from 200 to 599`},
		{"", `{"statusCode":[200]}`, `statusCode is a list, and must be a number from 200 to 599`},
		{"", `{"statusCode":"` + strings.Repeat("ä", 100) + `"}`, `statusCode is "` + strings.Repeat("ä", 29) + `..., and must be a number from 200 to 599`},
		{"", `{"statusCode":200,"body":{"a":1}}`, `body is an object, and must be a string, as JSON.stringify and json.dumps make of it`},
		{"", `{"statusCode":200,"body":5}`, `body is a number, and must be a string, as JSON.stringify and json.dumps make of it`},
		{"", `{"statusCode":200,"body":"x","isBase64Encoded":"maybe"}`, `isBase64Encoded is "maybe", and must be true or false`},
		{"http1 http2", `{"statusCode":200,"body":"aGk","isBase64Encoded":true}`, `isBase64Encoded is true, and body is not base64`},
		{"", `{"statusCode":200,"headers":"x"}`, `headers is a string, and must be an object`},
		{"", `{"statusCode":200,"headers":["x"]}`, `headers is a list, and must be an object`},
		{"", `{"statusCode":200,"headers":{"X":["1"]}}`, `"X" of headers is a list, and must be a string`},
		{"", `{"statusCode":200,"headers":{"X":"1\r\nY: 2"}}`, `"X" of headers has a line break or another control character: "1\r\nY: 2"`},
		{"", `{"statusCode":200,"headers":{"X\n":"1"}}`, `"X\n" of headers is no name that a header may have`},
		{"", `{"statusCode":200,"headers":{"":"1"}}`, `"" of headers is no name that a header may have`},
		{"", `{"statusCode":200,"headers":{"X Y":"1"}}`, `"X Y" of headers is no name that a header may have`},
		{"rest http1", `{"statusCode":200,"multiValueHeaders":[]}`, `multiValueHeaders is a list, and must be an object`},
		{"rest http1", `{"statusCode":200,"multiValueHeaders":{"X":"1"}}`, `"X" of multiValueHeaders is a string, and must be a list`},
		{"rest http1", `{"statusCode":200,"multiValueHeaders":{"X":[null]}}`, `"X" of multiValueHeaders is null, and must be a string`},
		{"http2", `{"statusCode":200,"cookies":"a=1"}`, `cookies must be a list of strings`},
		{"http2", `{"statusCode":200,"cookies":["a\u0000"]}`, `a cookie has a line break or another control character: "a\u0000"`},
	} {
		for _, format := range formats {
			if !strings.Contains(test.formats, format.name) && test.formats != "" {
				continue
			}
			r := newRequest(format.kind, format.payload)
			if got, err := r.respond([]byte(test.payload)); err == nil || err.Error() != test.want {
				t.Errorf("%s: %s gave %v, %v, want %s", format.name, test.payload, got, err, test.want)
			}
		}
	}
}

func BenchmarkRespond(b *testing.B) {
	payload := []byte(`{"statusCode":200,"headers":{"Content-Type":"application/json","Cache-Control":"no-store"},"body":"{\"message\":\"hello world\"}"}`)
	for _, format := range formats {
		b.Run(format.name, func(b *testing.B) {
			r := newRequest(format.kind, format.payload)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := r.respond(payload); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
