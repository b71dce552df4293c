package apigw

import (
	"bytes"
	"encoding/json"
	"flag"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"sam/emulator/template"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// newRequest is a request with something of everything; the API is of the kind
// and payload format given.
func newRequest(kind, payload string) *request {
	stage := "Prod"
	if kind == "HTTP" {
		stage = defaultStage
	}
	return &request{
		ID:       "0b6c8d1e-5f3a-4c7b-9e2d-1a2b3c4d5e6f",
		Time:     time.Date(2026, 3, 4, 19, 15, 17, 135e6, time.FixedZone("CET", 3600)),
		Method:   "GET",
		Path:     "/items/a%20b%2Fc",
		RawQuery: "tag=one&tag=two&q=a+b%2Bc&empty=",
		Protocol: "HTTP/1.1",
		Scheme:   "http",
		Host:     "localhost:3000",
		Port:     "3000",
		SourceIP: "127.0.0.1",
		Header: http.Header{
			"Accept":           {"text/html", "*/*"},
			"Connection":       {"keep-alive"},
			"Cookie":           {"session=abc; theme=dark", "lang=en"},
			"User-Agent":       {"curl/8.7.1"},
			"X-Forwarded-For":  {"203.0.113.7"},
			"X-Forwarded-Port": {"1"},
		},
		Route: &template.Route{
			Method: "GET", Path: "/items/{id}", Function: "Items", Payload: payload, Operation: "getItem",
			API: &template.API{ID: "Api", Kind: kind, Stage: stage},
		},
		Params: map[string]string{"id": "a%20b%2Fc"},
	}
}

// formats are the kinds of APIs and their payload formats.
var formats = []struct{ name, kind, payload string }{
	{"rest", "REST", ""},
	{"http1", "HTTP", "1.0"},
	{"http2", "HTTP", "2.0"},
}

func TestEvents(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(*request)
	}{
		{"get", func(r *request) {}},
		{"bare", func(r *request) {
			r.ID, r.Path, r.RawQuery, r.Params, r.Header = "short", "/", "", nil, http.Header{}
			r.Host = "[::1]:3000"
			r.Route.Path, r.Route.Operation = "/", ""
			if r.Route.API.Kind == "HTTP" {
				r.Route.Path = "$default"
			}
		}},
		{"post", func(r *request) {
			r.Method, r.Path, r.RawQuery = "POST", "/a%2Fb/c/d", "a=1&&b;c=2&%zz=%zz&=v"
			r.Route.Method, r.Route.Path = "ANY", "/{proxy+}"
			r.Params = map[string]string{"proxy": "a%2Fb/c/d"}
			r.Host = "api.example.com"
			r.Header.Set("Content-Type", "application/json; charset=utf-8")
			r.Header.Set("X-Amzn-Trace-Id", "Root=1-67891233-abcdef012345678912345678")
			r.Body = []byte("{\"a\": \"\u00e4\u2028\\n<&>\"}\r\n\t\x01\x7f")
			r.Route.API.Stage = "dev"
			r.Route.API.Variables = map[string]string{"table": "items", "alias": "blue"}
			r.Authorizer = map[string]any{"principalId": "me", "n": 1}
			if r.Route.Payload == "2.0" {
				r.Authorizer = map[string]any{"lambda": map[string]any{"user": "me"}}
			}
		}},
		{"binary", func(r *request) {
			r.Method = "PUT"
			r.Header = http.Header{"Content-Type": {"image/png"}}
			r.Route.API.BinaryTypes = []string{"image/*"}
			r.Body = []byte{0x89, 'P', 'N', 'G', 0xff}
		}},
		{"invalid-utf8", func(r *request) {
			r.Path, r.RawQuery = "/items/%ff\xfe", "q=%ff&\xff=1"
			r.Params = map[string]string{"id": "%ff\xfe"}
			r.Header = http.Header{"X-A": {"caf\xe9"}, "Content-Type": {"text/plain"}}
			r.Body = []byte("caf\xe9\xe2\x82")
		}},
	} {
		for _, format := range formats {
			name := test.name + "-" + format.name
			t.Run(name, func(t *testing.T) {
				r := newRequest(format.kind, format.payload)
				test.change(r)
				event := mustEvent(t, r)
				golden(t, name, event)
				checkDecodes(t, r, event)
			})
		}
	}
}

func mustEvent(t *testing.T, r *request) []byte {
	t.Helper()
	event, err := r.event()
	if err != nil {
		t.Fatal(err)
	}
	return event
}

// golden compares JSON with a file, in which it is indented.
func golden(t *testing.T, name string, text []byte) {
	t.Helper()
	var got bytes.Buffer
	if err := json.Indent(&got, text, "", "  "); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	got.WriteByte('\n')
	path := filepath.Join("testdata", "events", name+".json")
	if *update {
		if err := os.WriteFile(path, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), want) {
		t.Errorf("got %s, want %s", got.Bytes(), want)
	}
}

// checkDecodes decodes an event into its type in aws-lambda-go, and holds the
// fields that it has again when it is encoded against those of the event.
func checkDecodes(t *testing.T, r *request, event []byte) {
	t.Helper()
	// The types lack what API Gateway has added since.
	unknown := []string{"version", "requestContext.identity.cognitoAmr", "requestContext.identity.principalOrgId"}
	var decoded any = &events.APIGatewayProxyRequest{}
	if r.format2() {
		unknown = nil
		decoded = &events.APIGatewayV2HTTPRequest{}
	}
	want := flatten(t, event)
	maps.DeleteFunc(want, func(path string, _ any) bool { return slices.Contains(unknown, path) })

	if err := json.Unmarshal(event, decoded); err != nil {
		t.Fatal(err)
	}
	encoded, err := json.Marshal(decoded)
	if err != nil {
		t.Fatal(err)
	}
	got := flatten(t, encoded)
	for path, value := range want {
		// Omitted, null and empty are the same to these types.
		if value == nil || value == "" || value == false {
			continue
		}
		if !reflect.DeepEqual(got[path], value) {
			t.Errorf("%s is %v after decoding and encoding, want %v", path, got[path], value)
		}
	}
}

// flatten turns JSON into its scalars by path.
func flatten(t *testing.T, text []byte) map[string]any {
	t.Helper()
	var root any
	if err := json.Unmarshal(text, &root); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	all := make(map[string]any)
	var add func(path string, value any)
	add = func(path string, value any) {
		switch value := value.(type) {
		case map[string]any:
			for name, member := range value {
				add(strings.TrimPrefix(path+"."+name, "."), member)
			}
		default:
			all[path] = value
		}
	}
	add("", root)
	return all
}

func TestBinaryBody(t *testing.T) {
	for _, test := range []struct {
		format, contentType, binaryTypes, body string
		want                                   bool
	}{
		{"rest", "image/png", "", "x", false},
		{"rest", "image/png", "image/png", "x", true},
		{"rest", "IMAGE/PNG; q=1", "image/png", "x", true},
		{"rest", "image/png", "image/*", "x", true},
		{"rest", "imagery/png", "image/*", "x", false},
		{"rest", "image/png", "*/*", "x", true},
		{"rest", "", "*/*", "x", true},
		{"rest", "", "image/*", "x", false},
		{"rest", "", "image/png", "x", false},
		{"rest", "application/json", "image/png application/json", "x", true},
		{"rest", "text/plain, image/png", "image/png", "x", false},
		{"http2", "text/csv; charset=utf-8", "", "x", false},
		{"http2", "Application/JSON", "", "x", false},
		{"http2", "application/xml", "", "x", false},
		{"http2", "application/javascript", "", "x", false},
		{"http2", "application/vnd.api+json", "", "x", true},
		{"http2", "application/x-www-form-urlencoded", "", "x", true},
		{"http2", "multipart/form-data; boundary=x", "", "x", true},
		{"http2", "", "", "x", true},
		{"http2", "", "", "", false},
		{"http1", "application/octet-stream", "", "x", true},
		{"http1", "application/octet-stream", "", "", false},
	} {
		kind, payload := "HTTP", "2.0"
		switch test.format {
		case "rest":
			kind, payload = "REST", ""
		case "http1":
			payload = "1.0"
		}
		r := newRequest(kind, payload)
		r.Header.Set("Content-Type", test.contentType)
		r.Body = []byte(test.body)
		r.Route.API.BinaryTypes = strings.Fields(test.binaryTypes)
		if got := r.binaryBody(); got != test.want {
			t.Errorf("%s: %q with %q is binary: %v, want %v", test.format, test.contentType, test.binaryTypes, got, test.want)
		}
	}
}

func TestAuthorizerThatIsNoJSON(t *testing.T) {
	for _, format := range formats {
		r := newRequest(format.kind, format.payload)
		r.Authorizer = map[string]any{"f": func() {}}
		if _, err := r.event(); err == nil {
			t.Errorf("%s: no error", format.name)
		}
	}
}

func TestAppendTextIsWhatEncodingJSONReads(t *testing.T) {
	for c := range 0x180 {
		text := "a" + string(rune(c)) + "b"
		if c >= 0x100 {
			text = "a" + string([]byte{byte(c)}) + "b" // not UTF-8, for the most part
		}
		var got string
		if err := json.Unmarshal(appendText(nil, text), &got); err != nil || got != strings.ToValidUTF8(text, "\ufffd") {
			t.Errorf("%q became %q: %v", text, got, err)
		}
	}
}

func BenchmarkEvent(b *testing.B) {
	for _, format := range formats {
		b.Run(format.name, func(b *testing.B) {
			r := newRequest(format.kind, format.payload)
			r.Header = http.Header{
				"Accept": {"*/*"}, "Accept-Encoding": {"gzip, deflate, br"}, "Accept-Language": {"en-US,en;q=0.5"},
				"User-Agent": {"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"},
				"Connection": {"keep-alive"}, "Cookie": {"session=abc; theme=dark"}, "X-Api-Key": {"abcdef"},
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := r.event(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
