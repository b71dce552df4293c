package apigw

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/textproto"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"
)

// FuzzEvent builds an event of any request, and decodes it again.
func FuzzEvent(f *testing.F) {
	f.Add(uint8(0), "GET", "/items/1", "a=1&a=2", "X-Custom", "value", "", []byte(nil))
	f.Add(uint8(1), "POST", "/a%2Fb%", "%zz=%&;=+&&", "Cookie", "a=b; c", "application/json", []byte("{}"))
	f.Add(uint8(2), "\x00", "//\xff\u2028", "\xff=\"\\", "X-Forwarded-For", "\xff", "image/png", []byte("\xff\x00"))
	f.Add(uint8(3), "", "", "", "", "", ";,*/", []byte("\xed\xa0\x80"))
	f.Fuzz(func(t *testing.T, format uint8, method, path, query, name, value, contentType string, body []byte) {
		r := newRequest(formats[int(format)%len(formats)].kind, formats[int(format)%len(formats)].payload)
		r.Method, r.Path, r.RawQuery, r.Body = method, path, query, body
		r.Header = http.Header{textproto.CanonicalMIMEHeaderKey(name): {value, value}, "Content-Type": {contentType}}
		r.Route.API.BinaryTypes = []string{contentType, "image/*"}
		r.Params = map[string]string{name: path}
		r.Authorizer = map[string]any{"lambda": map[string]any{name: value}}

		event := mustEvent(t, r)
		text, encoded := decodeEvent(t, r, event)
		got, want := text, strings.ToValidUTF8(string(body), "\ufffd")
		if encoded {
			decoded, err := base64.StdEncoding.DecodeString(text)
			if err != nil {
				t.Fatalf("%v in %s", err, event)
			}
			got, want = string(decoded), string(body)
		} else {
			// strings.ToValidUTF8 makes one of all that follow each other.
			got, want = strings.ReplaceAll(got, "\ufffd", ""), strings.ReplaceAll(want, "\ufffd", "")
		}
		if got != want {
			t.Errorf("the body is %q, want %q", got, want)
		}
	})
}

// decodeEvent returns the body of an event, and whether it is base64.
func decodeEvent(t *testing.T, r *request, event []byte) (body string, encoded bool) {
	t.Helper()
	var v1 events.APIGatewayProxyRequest
	var v2 events.APIGatewayV2HTTPRequest
	var decoded any = &v1
	if r.format2() {
		decoded = &v2
	}
	if err := json.Unmarshal(event, decoded); err != nil {
		t.Fatalf("%v in %s", err, event)
	}
	if r.format2() {
		return v2.Body, v2.IsBase64Encoded
	}
	return v1.Body, v1.IsBase64Encoded
}

// FuzzResponse maps anything that a function may return.
func FuzzResponse(f *testing.F) {
	for _, payload := range []string{
		``, `null`, `"text"`, `[]`, `42`, `{}`, `{"statusCode":200,"body":"ok"}`, `{"statusCode":"999"}`, `{"statusCode":1e2}`,
		`{"statusCode":200,"headers":{"A":"b\r\nC: d","\u0000":1,"Content-Length":5}}`, `{"statusCode":200,"headers":{"A":{}}}`,
		`{"statusCode":200,"multiValueHeaders":{"A":["b",1,true,null]},"cookies":["a=b"]}`,
		`{"statusCode":200,"body":"!","isBase64Encoded":true}`, `{"statusCode":200,"isBase64Encoded":"TRUE","body":"aGk="}`,
	} {
		for format := range formats {
			f.Add(uint8(format), "*/*", []byte(payload))
		}
	}
	f.Fuzz(func(t *testing.T, format uint8, accept string, payload []byte) {
		r := newRequest(formats[int(format)%len(formats)].kind, formats[int(format)%len(formats)].payload)
		r.Header.Set("Accept", accept)
		r.Route.API.BinaryTypes = []string{"image/*", "application/pdf"}
		got, err := r.respond(payload)
		if (got == nil) == (err == nil) {
			t.Fatalf("got %v and %v", got, err)
		}
		if err != nil {
			if strings.ContainsAny(err.Error(), "\n\r\x1b") {
				t.Errorf("%q does not fit into a line", err)
			}
			return
		}
		if got.Status < 200 || got.Status > 599 {
			t.Errorf("status %d", got.Status)
		}
		for name, values := range got.Header {
			if !validHeaderName(name) || name != http.CanonicalHeaderKey(name) || len(values) == 0 {
				t.Errorf("header %q has values %q", name, values)
			}
			for _, value := range values {
				if strings.ContainsAny(value, "\r\n\x00") {
					t.Errorf("header %s is %q", name, value)
				}
			}
		}
		for _, name := range []string{"Content-Type", r.idHeader()} {
			if got.Header.Get(name) == "" && len(got.Header[name]) == 0 {
				t.Errorf("no %s in %v", name, got.Header)
			}
		}
	})
}

// FuzzMembers takes objects apart, and holds the pieces against those of
// encoding/json.
func FuzzMembers(f *testing.F) {
	for _, object := range []string{
		`{}`, ` { } `, `{"a":1}`, "{\n\t\"a\" : -1.5e3 ,\r\n \"b\":null\n}", `{"b":true,"a":false,"b":[]}`, `{"":""}`,
		`{"a":{"b":[{"c":"}]"},[1,2]]},"d":"\\"}`, `{"\u0061\n\"":"\ud83d\ude00\ud83d","b":"\b\f\n\r\t\/\\\""}`, "{\"\xff\":\"\xfe\\n\"}",
	} {
		f.Add([]byte(object))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var want map[string]json.RawMessage
		object := skipSpace(text)
		if len(object) == 0 || object[0] != '{' || json.Unmarshal(object, &want) != nil {
			return
		}
		got := sortedMembers(object)
		for i, m := range got {
			if string(m.value) != string(want[m.name]) || i > 0 && got[i-1].name >= m.name {
				t.Errorf("%q is %s, want %s", m.name, m.value, want[m.name])
			}
			var text string
			if m.value[0] == '"' && (json.Unmarshal(m.value, &text) != nil || string(unquoted(m.value)) != text) {
				t.Errorf("%s is %q, want %q", m.value, unquoted(m.value), text)
			}
		}
		if len(got) != len(want) {
			t.Errorf("%d members, want %d", len(got), len(want))
		}
	})
}

func (r *request) idHeader() string {
	if r.rest() {
		return "X-Amzn-Requestid"
	}
	return "Apigw-Requestid"
}
