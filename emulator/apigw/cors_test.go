package apigw

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"sam/emulator"
	"sam/emulator/template"
)

// corsOf is what a response says about other origins, a line per header.
func corsOf(h http.Header) string {
	var text []string
	for _, name := range slices.Sorted(maps.Keys(h)) {
		if short, found := strings.CutPrefix(name, "Access-Control-"); found {
			text = append(text, short+": "+strings.Join(h[name], " | "))
		}
	}
	return strings.Join(text, "\n")
}

func TestCORSOfREST(t *testing.T) {
	api := &template.API{ID: "Rest", Kind: "REST", CORS: &template.CORS{
		Origins: []string{"https://a.example"}, Headers: []string{"X-A", "X-B"}, MaxAge: "600", Credentials: true,
	}}
	closed := &template.API{ID: "Closed", Kind: "REST"}
	routes := slices.Concat(routesOf(api, "POST /a", "GET /a", "ANY /any", "GET /own", "OPTIONS /own"), routesOf(closed, "GET /closed"))
	methods := func(list string) string {
		return "Allow-Credentials: true\nAllow-Headers: X-A,X-B\nAllow-Methods: " + list + "\nAllow-Origin: https://a.example\nMax-Age: 600"
	}
	preflight := map[string]string{"Origin": "https://b.example", "Access-Control-Request-Method": "GET"}
	for _, test := range []struct {
		name, line, want string
		headers          map[string]string
	}{
		{"the methods of the path", "OPTIONS /a", "200 " + methods("GET,OPTIONS,POST"), preflight},
		{"whatever the request says", "OPTIONS /a", "200 " + methods("GET,OPTIONS,POST"), nil},
		{"OPTIONS beats ANY", "OPTIONS /any", "200 " + methods("DELETE,GET,HEAD,OPTIONS,PATCH,POST,PUT"), preflight},
		{"the path's own OPTIONS", "OPTIONS /own", "200 Allow-Origin: function", preflight},
		{"nothing is added to responses", "GET /a", "200 Allow-Origin: function", preflight},
		{"an API without CORS", "OPTIONS /closed", "403 ", preflight},
		{"a path without a route", "OPTIONS /none", "403 ", preflight},
	} {
		s := &script{answer: func(context.Context, string) (*emulator.Result, error) {
			return says(`{"headers":{"Access-Control-Allow-Origin":"function"}}`), nil
		}}
		url, _, _ := serve(t, Config{Invoker: s}, routes)
		method, path, _ := strings.Cut(test.line, " ")
		res, _ := send(t, method, url+path, test.headers, nil)
		if got := fmt.Sprint(res.StatusCode, " ", corsOf(res.Header)); got != test.want {
			t.Errorf("%s: got %s\nwant %s", test.name, got, test.want)
		}
	}
}

func TestCORSOfRESTTakesTheMethodsThatAreGiven(t *testing.T) {
	api := &template.API{Kind: "REST", CORS: &template.CORS{Origins: []string{"*"}, Methods: []string{"GET", "PUT"}}}
	url, _, _ := serve(t, Config{}, routesOf(api, "GET /a"))
	res, _ := send(t, "OPTIONS", url+"/a", nil, nil)
	if got, want := corsOf(res.Header), "Allow-Methods: GET,PUT\nAllow-Origin: *"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestCORSOfRESTBehindTheDefaultAuthorizer(t *testing.T) {
	api := &template.API{ID: "Rest", Kind: "REST", CORS: &template.CORS{Origins: []string{"*"}}}
	api.CORS.Authorizer = &template.Authorizer{Kind: template.AuthorizerToken, Function: "Auth", Sources: []string{"method.request.header.Authorization"}}
	url, _, notices := serve(t, Config{}, routesOf(api, "GET /a"))
	res, _ := send(t, "OPTIONS", url+"/a", map[string]string{"Origin": "https://a.example", "Access-Control-Request-Method": "GET"}, nil)
	if res.StatusCode != 401 || !strings.Contains(notices.String(), "set Auth.AddDefaultAuthorizerToCorsPreflight of Rest to false") {
		t.Errorf("got %d, notices %q", res.StatusCode, notices)
	}
}

func TestCORSOfHTTP(t *testing.T) {
	api := &template.API{ID: "Http", Kind: "HTTP", CORS: &template.CORS{
		Origins: []string{"https://a.example", "http://*"}, Methods: []string{"GET", "POST"}, Headers: []string{"x-a"},
		Expose: []string{"x-b", "x-c"}, MaxAge: "600", Credentials: true,
	}}
	closed := &template.API{ID: "Closed", Kind: "HTTP"}
	routes := slices.Concat(routesOf(api, "GET /a", "ANY /any"), routesOf(closed, "GET /closed"))
	const asked = "Allow-Credentials: true\nAllow-Headers: x-a\nAllow-Methods: GET,POST\nAllow-Origin: https://a.example\nMax-Age: 600"
	const added = "Allow-Credentials: true\nAllow-Origin: https://a.example\nExpose-Headers: x-b,x-c"
	from := func(origin string) map[string]string { return map[string]string{"Origin": origin} }
	preflight := func(origin string) map[string]string {
		return map[string]string{"Origin": origin, "Access-Control-Request-Method": "GET"}
	}
	for _, test := range []struct {
		name, line string
		headers    map[string]string
		want       string
		invoked    int
	}{
		{"a preflight", "OPTIONS /a", preflight("https://a.example"), "204 " + asked, 0},
		{"a preflight of another origin", "OPTIONS /a", preflight("https://b.example"), "204 ", 0},
		{"a preflight for a path without a route", "OPTIONS /none", preflight("https://a.example"), "204 " + asked, 0},
		{"a preflight that ANY takes", "OPTIONS /any", preflight("https://a.example"), "200 " + asked, 1},
		{"a preflight of another API", "OPTIONS /closed", preflight("https://a.example"), "404 ", 0},
		{"OPTIONS without an origin", "OPTIONS /a", nil, "404 ", 0},
		{"OPTIONS without a method", "OPTIONS /a", from("https://a.example"), "404 ", 0},
		{"a request", "GET /a", from("https://a.example"), "200 " + added, 1},
		{"a request by scheme", "GET /a", from("http://localhost:5173"), "200 " + strings.Replace(added, "https://a.example", "http://localhost:5173", 1), 1},
		{"a request of another origin", "GET /a", from("https://a.example.evil"), "200 ", 1},
		{"a request of no origin", "GET /a", nil, "200 ", 1},
		{"a request to another API", "GET /closed", from("https://a.example"), "200 Allow-Origin: function", 1},
	} {
		s := &script{answer: func(context.Context, string) (*emulator.Result, error) {
			return says(`{"statusCode":200,"headers":{"access-control-allow-origin":"function"}}`), nil
		}}
		url, _, _ := serve(t, Config{Invoker: s}, routes)
		method, path, _ := strings.Cut(test.line, " ")
		res, _ := send(t, method, url+path, test.headers, nil)
		if got := fmt.Sprint(res.StatusCode, " ", corsOf(res.Header)); got != test.want {
			t.Errorf("%s: got %s\nwant %s", test.name, got, test.want)
		}
		if got := len(s.received()); got != test.invoked {
			t.Errorf("%s: %d invocations, want %d", test.name, got, test.invoked)
		}
	}
}

// A page is to see why a request has failed.
func TestCORSOfHTTPOnErrors(t *testing.T) {
	api := &template.API{Kind: "HTTP", CORS: &template.CORS{Origins: []string{"*"}}}
	s := &script{answer: func(context.Context, string) (*emulator.Result, error) {
		return nil, &emulator.ThrottledError{}
	}}
	url, _, _ := serve(t, Config{Invoker: s}, routesOf(api, "GET /a"))
	res, _ := send(t, "GET", url+"/a", map[string]string{"Origin": "https://a.example"}, nil)
	if got, want := fmt.Sprint(res.StatusCode, " ", corsOf(res.Header)), "503 Allow-Origin: *"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
