package apigw

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"sam/emulator"
	"sam/emulator/template"
)

// A script is an Invoker that answers as the test says, and keeps the events.
type script struct {
	answer func(ctx context.Context, function string) (*emulator.Result, error)

	mu     sync.Mutex
	events []map[string]any
	traces []string
}

func (s *script) Invoke(ctx context.Context, function string, req emulator.Request) (*emulator.Result, error) {
	var event map[string]any
	if err := json.Unmarshal(req.Payload, &event); err != nil {
		return nil, err
	}
	s.mu.Lock()
	s.events = append(s.events, event)
	s.traces = append(s.traces, req.TraceID)
	s.mu.Unlock()
	if s.answer == nil {
		return says(fmt.Sprintf(`{"statusCode":200,"headers":{"X-Function":%q},"body":"hello"}`, function)), nil
	}
	return s.answer(ctx, function)
}

func (s *script) received() []map[string]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.events)
}

func says(payload string) *emulator.Result { return &emulator.Result{Payload: []byte(payload)} }

// A lines is a log that may be read while it is written to.
type lines struct {
	mu   sync.Mutex
	text []string
}

func (l *lines) Write(p []byte) (int, error) {
	l.add(string(p))
	return len(p), nil
}

func (l *lines) printf(format string, args ...any) { l.add(fmt.Sprintf(format, args...)) }

func (l *lines) add(line string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text = append(l.text, line)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(l.text, "\n")
}

// serve starts a server with the routes. What config lacks is filled in.
func serve(t *testing.T, config Config, routes []template.Route) (url string, s *script, notices *lines) {
	t.Helper()
	s, notices = &script{}, &lines{}
	if config.Invoker == nil {
		config.Invoker = s
	}
	config.Notice = notices.printf
	gateway := New(config)
	gateway.Serve(routes)
	server := httptest.NewServer(gateway)
	t.Cleanup(server.Close)
	return server.URL, s, notices
}

// send sends a request and returns the response with its body.
func send(t *testing.T, method, url string, header map[string]string, body io.Reader) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, body)
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range header {
		r.Header.Set(name, value)
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	defer client.CloseIdleConnections()
	res, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	got, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(got)
}

func TestGatewayAnswers(t *testing.T) {
	result := func(r *emulator.Result, err error) func(context.Context, string) (*emulator.Result, error) {
		return func(context.Context, string) (*emulator.Result, error) { return r, err }
	}
	waits := func(ctx context.Context, _ string) (*emulator.Result, error) {
		<-ctx.Done()
		return nil, context.Cause(ctx)
	}
	failed := &emulator.Result{Payload: []byte(`{"errorType":"Error"}`), Failure: &emulator.FunctionError{Type: "Unhandled"}}
	const invalid = "Function returned an invalid response (must include one of: body, headers or statusCode in the response object). Response received: "

	tests := []struct {
		name   string
		api    *template.API
		route  template.Route // what differs from a route to the function F
		answer func(context.Context, string) (*emulator.Result, error)
		status int
		body   string
		notice string
	}{
		{"a response", testREST, template.Route{}, result(says(`{"statusCode":201,"body":"made"}`), nil), 201, "made", ""},
		{"a response", testHTTP, template.Route{}, result(says(`{"statusCode":201,"body":"made"}`), nil), 201, "made", ""},
		{"the function fails", testREST, template.Route{}, result(failed, nil), 502, `{"message": "Internal server error"}`, ""},
		{"the function fails", testHTTP, template.Route{}, result(failed, nil), 500, `{"message":"Internal Server Error"}`, ""},
		{"no object", testREST, template.Route{}, result(says(`5`), nil), 502, `{"message": "Internal server error"}`, invalid + "5"},
		{"a bad status", testHTTP, template.Route{}, result(says(`{"statusCode":"x"}`), nil), 502, `{"message": "Internal server error"}`, invalid + `{"statusCode":"x"}`},
		{"throttled", testREST, template.Route{}, result(nil, &emulator.ThrottledError{Function: "F", Limit: 1}), 500, `{"message": "Internal server error"}`, "F is throttled"},
		{"throttled", testHTTP, template.Route{}, result(nil, &emulator.ThrottledError{Function: "F", Limit: 1}), 503, `{"message":"Service Unavailable"}`, "F is throttled"},
		{"not to be started", testREST, template.Route{}, result(nil, errors.New("there is no interpreter")), 502, `{"message": "Internal server error"}`, "GET /x: there is no interpreter"},
		{"not to be started", testHTTP, template.Route{}, result(nil, errors.New("there is no interpreter")), 500, `{"message":"Internal Server Error"}`, "GET /x: there is no interpreter"},
		{"too slow", testREST, template.Route{Timeout: time.Millisecond}, waits, 504, `{"message": "Endpoint request timed out"}`, "F took longer than the 1ms that its API waits"},
		{"too slow", testHTTP, template.Route{Timeout: time.Millisecond}, waits, 503, `{"message":"Service Unavailable"}`, "F took longer than the 1ms that its API waits"},
		{"no function", testREST, template.Route{Function: "none"}, nil, 502, `{"message":"No function defined for resource method"}`, ""},
		{"a mock", testREST, template.Route{Mock: &template.Mock{Status: 202, Headers: map[string]string{"X-Mock": "yes"}}}, nil, 202, "", ""},
		{"a mock without a status", testREST, template.Route{Mock: &template.Mock{}}, nil, 500, `{"message": "Internal server error"}`, ""},
	}
	for _, test := range tests {
		t.Run(test.name+"/"+test.api.Kind, func(t *testing.T) {
			route := routesOf(test.api, "GET /x")[0]
			route.Timeout, route.Mock, route.Function = test.route.Timeout, test.route.Mock, "F"
			if test.route.Function == "none" {
				route.Function = ""
			}
			url, _, notices := serve(t, Config{Invoker: &script{answer: test.answer}}, []template.Route{route})
			res, body := send(t, "GET", url+"/x", nil, nil)
			if res.StatusCode != test.status || body != test.body {
				t.Errorf("got %d %s, want %d %s", res.StatusCode, body, test.status, test.body)
			}
			if !strings.Contains(notices.String(), test.notice) || test.notice == "" && notices.String() != "" {
				t.Errorf("notices %q, want %q", notices, test.notice)
			}
			if test.route.Mock == nil && res.Header.Get("Content-Type") != "application/json" {
				t.Errorf("the content type is %q", res.Header.Get("Content-Type"))
			}
		})
	}
}

func TestGatewayWithoutRoute(t *testing.T) {
	const rest, http = `403 {"message":"Missing Authentication Token"}`, `404 {"message":"Not Found"}`
	tests := map[string]struct {
		routes []template.Route
		want   string
	}{
		"REST": {routesOf(testREST, "GET /a"), rest},
		"HTTP": {routesOf(testHTTP, "GET /a"), http},
		"both": {slices.Concat(routesOf(testHTTP, "GET /a"), routesOf(testREST, "GET /b")), rest},
		"none": {nil, http},
	}
	for name, test := range tests {
		url, s, _ := serve(t, Config{}, test.routes)
		for _, line := range []string{"GET /x", "POST /a", "HEAD /b/c", "GET /a%2Fb"} {
			method, path, _ := strings.Cut(line, " ")
			res, body := send(t, method, url+path, nil, nil)
			want := test.want
			if method == "HEAD" {
				want = want[:4]
			}
			if got := fmt.Sprint(res.StatusCode, " ", body); got != want {
				t.Errorf("%s: %s: got %s, want %s", name, line, got, want)
			}
		}
		if len(s.received()) > 0 {
			t.Errorf("%s: a function ran", name)
		}
	}
}

func TestGatewayHandsOnTheRequest(t *testing.T) {
	url, s, _ := serve(t, Config{Port: 3000}, routesOf(testREST, "POST /items/{id}"))
	res, body := send(t, "POST", url+"/items/7?a=b", nil, io.MultiReader(strings.NewReader("chunked "), strings.NewReader("body")))
	if res.StatusCode != 200 || body != "hello" || res.Header.Get("X-Function") != "POST /items/{id}" {
		t.Fatalf("got %d %q %v", res.StatusCode, body, res.Header)
	}
	event := s.received()[0]
	if event["httpMethod"] != "POST" || event["path"] != "/items/7" || event["body"] != "chunked body" || event["resource"] != "/items/{id}" {
		t.Errorf("the event is %v", event)
	}
	if params, _ := event["pathParameters"].(map[string]any); params["id"] != "7" {
		t.Errorf("the parameters are %v", params)
	}
}

func TestGatewaySaysHowTheRequestCame(t *testing.T) {
	s := &script{}
	gateway := New(Config{Invoker: s, Port: 3443})
	gateway.Serve(routesOf(testREST, "GET /x"))
	server := httptest.NewTLSServer(gateway)
	defer server.Close()
	res, err := server.Client().Get(server.URL + "/x")
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	event := s.received()[0]
	header, _ := event["headers"].(map[string]any)
	requestContext, _ := event["requestContext"].(map[string]any)
	identity, _ := requestContext["identity"].(map[string]any)
	if header["X-Forwarded-Proto"] != "https" || header["X-Forwarded-Port"] != "3443" || identity["sourceIp"] != "127.0.0.1" {
		t.Errorf("got %v and %v", header, identity)
	}
	if id, err := uuid.Parse(fmt.Sprint(requestContext["requestId"])); err != nil {
		t.Errorf("the request id is %v: %v", id, err)
	}
}

func TestGatewayServesHEADByGET(t *testing.T) {
	s := &script{}
	url, _, _ := serve(t, Config{Invoker: s}, routesOf(testREST, "GET /a", "HEAD /own"))
	res, body := send(t, "HEAD", url+"/a", nil, nil)
	if res.StatusCode != 200 || body != "" || res.ContentLength != int64(len("hello")) || res.Header.Get("X-Function") != "GET /a" {
		t.Errorf("got %d %q, %d bytes, %v", res.StatusCode, body, res.ContentLength, res.Header)
	}
	if method := s.received()[0]["httpMethod"]; method != "HEAD" {
		t.Errorf("the function sees %v", method)
	}
}

func TestGatewayLimitsRequests(t *testing.T) {
	routes := slices.Concat(routesOf(testREST, "POST /rest"), routesOf(testHTTP, "POST /http"))
	zeros := func(n int64) io.Reader { return io.LimitReader(zero{}, n) }
	tests := []struct {
		name, path string
		header     map[string]string
		body       io.Reader
		want       string
		notice     string
	}{
		{"a body of a declared length", "/rest", nil, bytes.NewReader(make([]byte, maxBody+1)), `413 {"message": "Request Too Long"}`, "more than 10485760 bytes"},
		{"a body in chunks", "/rest", nil, zeros(maxBody + 1), `413 {"message": "Request Too Long"}`, "more than 10485760 bytes"},
		{"a body in chunks", "/http", nil, zeros(maxBody + 1), `413 {"message":"Request Entity Too Large"}`, "more than 10485760 bytes"},
		{"an event", "/rest", nil, zeros(maxEvent), `413 {"message": "Request Too Long"}`, "Lambda takes no more than 6291456"},
		{"an event", "/http", nil, zeros(maxEvent), `413 {"message":"Request Entity Too Large"}`, "Lambda takes no more than 6291456"},
		{"headers", "/rest", map[string]string{"X-Bomb": strings.Repeat("x", maxHeaders)}, nil, `431 {"message": "Request Header Fields Too Large"}`, "no more than 10240"},
		{"headers with the request line", "/http?" + strings.Repeat("q", maxHeaders), nil, nil, `431 {"message":"Request Header Fields Too Large"}`, "no more than 10240"},
		{"a long request line", "/rest?" + strings.Repeat("q", maxHeaders), nil, nil, `200 hello`, ""},
	}
	for _, test := range tests {
		t.Run(test.name+test.path[:5], func(t *testing.T) {
			url, s, notices := serve(t, Config{}, routes)
			res, body := send(t, "POST", url+test.path, test.header, test.body)
			if got := fmt.Sprint(res.StatusCode, " ", body); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
			if !strings.Contains(notices.String(), test.notice) {
				t.Errorf("notices %q, want %q", notices, test.notice)
			}
			if test.notice != "" && len(s.received()) > 0 {
				t.Error("a function ran")
			}
		})
	}
}

type zero struct{}

func (zero) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = '0'
	}
	return len(p), nil
}

func TestGatewayTimeouts(t *testing.T) {
	tests := []struct {
		route     template.Route
		unlimited bool
		want      time.Duration
	}{
		{template.Route{API: testREST}, false, 29 * time.Second},
		{template.Route{API: testHTTP}, false, 30 * time.Second},
		{template.Route{API: testREST, Timeout: 5 * time.Second}, false, 5 * time.Second},
		{template.Route{API: testREST, Timeout: 5 * time.Second}, true, 0},
	}
	for _, test := range tests {
		s := &script{answer: func(ctx context.Context, _ string) (*emulator.Result, error) {
			deadline, limited := ctx.Deadline()
			if left := time.Until(deadline); limited != (test.want > 0) || limited && (left > test.want || left < test.want-2*time.Second) {
				t.Errorf("%v: limited %v, for %v", test.want, limited, left)
			}
			return says(`{}`), nil
		}}
		test.route.Method, test.route.Path, test.route.Function, test.route.Payload = "GET", "/", "F", ""
		if test.route.API.Kind == "HTTP" {
			test.route.Payload = "2.0"
		}
		url, _, _ := serve(t, Config{Invoker: s, Unlimited: test.unlimited}, []template.Route{test.route})
		if res, _ := send(t, "GET", url, nil, nil); res.StatusCode != 200 {
			t.Errorf("%v: got %d", test.want, res.StatusCode)
		}
	}
}

func TestGatewayWhenTheClientGoesAway(t *testing.T) {
	started, log := make(chan struct{}), &lines{}
	s := &script{answer: func(ctx context.Context, _ string) (*emulator.Result, error) {
		close(started)
		<-ctx.Done()
		return nil, context.Cause(ctx)
	}}
	gateway := New(Config{Invoker: s, AccessLog: log, Notice: func(string, ...any) { t.Error("a notice") }})
	gateway.Serve(routesOf(testREST, "GET /x"))
	server := httptest.NewServer(gateway)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-started
		cancel()
	}()
	r, _ := http.NewRequestWithContext(ctx, "GET", server.URL+"/x", nil)
	if _, err := http.DefaultClient.Do(r); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	server.Close() // waits for the handler
	if !strings.Contains(log.String(), `"GET /x HTTP/1.1" 499 -`) {
		t.Errorf("the log is %q", log)
	}
}

// Requests are answered by one table or the other, never by a mixture, while
// tables are exchanged.
func TestGatewayServesOtherRoutes(t *testing.T) {
	gateway := New(Config{Invoker: &script{}})
	first, second := routesOf(testREST, "GET /{first}"), routesOf(testREST, "GET /{second}")
	gateway.Serve(first)
	server := httptest.NewServer(gateway)
	defer server.Close()

	done := make(chan struct{})
	var swapping sync.WaitGroup
	swapping.Go(func() {
		for {
			select {
			case <-done:
				return
			default:
				gateway.Serve(second)
				gateway.Serve(first)
			}
		}
	})
	var clients sync.WaitGroup
	for range 4 {
		clients.Go(func() {
			for range 50 {
				res, _ := send(t, "GET", server.URL+"/x", nil, nil)
				if got := res.Header.Get("X-Function"); res.StatusCode != 200 || got != "GET /{first}" && got != "GET /{second}" {
					t.Errorf("got %d from %q", res.StatusCode, got)
				}
			}
		})
	}
	clients.Wait()
	close(done)
	swapping.Wait()
}

func TestGatewayKeepsRoutesOfRequestsInFlight(t *testing.T) {
	started, resume := make(chan struct{}), make(chan struct{})
	s := &script{answer: func(_ context.Context, function string) (*emulator.Result, error) {
		close(started)
		<-resume
		return says(fmt.Sprintf(`{"body":%q}`, function)), nil
	}}
	gateway := New(Config{Invoker: s})
	gateway.Serve(routesOf(testREST, "GET /old"))
	server := httptest.NewServer(gateway)
	defer server.Close()
	go func() {
		<-started
		gateway.Serve(routesOf(testREST, "GET /new"))
		close(resume)
	}()
	if res, body := send(t, "GET", server.URL+"/old", nil, nil); res.StatusCode != 200 || body != "GET /old" {
		t.Errorf("got %d %s", res.StatusCode, body)
	}
	if res, _ := send(t, "GET", server.URL+"/old", nil, nil); res.StatusCode != 403 {
		t.Errorf("the old route is still served: %d", res.StatusCode)
	}
}

type fixed struct{}

func (fixed) Invoke(context.Context, string, emulator.Request) (*emulator.Result, error) {
	return says(`{"statusCode":200,"headers":{"Content-Type":"application/json","Cache-Control":"no-store"},"body":"{\"message\":\"hello world\"}"}`), nil
}

// A sink is a ResponseWriter that costs nothing, so that the gateway is measured
// and not the server.
type sink struct{ header http.Header }

func (s *sink) Header() http.Header         { return s.header }
func (s *sink) WriteHeader(int)             {}
func (s *sink) Write(p []byte) (int, error) { return len(p), nil }

func BenchmarkGateway(b *testing.B) {
	for _, api := range []*template.API{testREST, testHTTP} {
		b.Run(api.Kind, func(b *testing.B) {
			gateway := New(Config{Invoker: fixed{}})
			gateway.Serve(routesOf(api, "GET /hello/{name}"))
			ctx, cancel := context.WithCancel(b.Context()) // as a server's requests have
			defer cancel()
			r := httptest.NewRequestWithContext(ctx, "GET", "/hello/you?a=b", nil)
			r.Header = http.Header{
				"Accept": {"*/*"}, "Accept-Encoding": {"gzip, deflate, br"}, "Accept-Language": {"en-US,en;q=0.5"},
				"User-Agent": {"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"},
				"Connection": {"keep-alive"}, "Cookie": {"session=abc; theme=dark"},
			}
			w := &sink{}
			b.ReportAllocs()
			for b.Loop() {
				w.header = make(http.Header)
				gateway.ServeHTTP(w, r)
			}
		})
	}
}

func TestGatewayAsksAuthorizers(t *testing.T) {
	const allow = `{"principalId":"me","policyDocument":{"Version":"2012-10-17","Statement":[{"Action":"execute-api:Invoke","Effect":"Allow","Resource":"*"}]}}`
	authorizer := &template.Authorizer{
		Name: "Auth", Kind: template.AuthorizerToken, Function: "Auth", TTL: time.Hour,
		Sources: []string{"method.request.header.Authorization"},
	}
	routes := routesOf(testREST, "ANY /x")
	routes[0].Authorizer = authorizer
	var asked atomic.Int32
	s := &script{answer: func(_ context.Context, function string) (*emulator.Result, error) {
		if function == "Auth" {
			asked.Add(1)
			return says(allow), nil
		}
		return says(`{"body":"in"}`), nil
	}}
	token := map[string]string{"Authorization": "token"}

	t.Run("which refuse and allow", func(t *testing.T) {
		url, _, _ := serve(t, Config{Invoker: s}, routes)
		if res, _ := send(t, "GET", url+"/x", nil, nil); res.StatusCode != 401 || asked.Load() != 0 {
			t.Errorf("without a token: %d, %d invocations", res.StatusCode, asked.Load())
		}
		for range 2 { // the second time from what was kept
			if res, body := send(t, "GET", url+"/x", token, nil); res.StatusCode != 200 || body != "in" || asked.Load() != 1 {
				t.Errorf("with a token: %d %s, %d invocations", res.StatusCode, body, asked.Load())
			}
		}
	})
	t.Run("of the routes that are served now", func(t *testing.T) {
		asked.Store(0)
		gateway := New(Config{Invoker: s})
		server := httptest.NewServer(gateway)
		defer server.Close()
		for range 2 {
			gateway.Serve(routes)
			send(t, "GET", server.URL+"/x", token, nil)
		}
		if asked.Load() != 2 {
			t.Errorf("%d invocations: what an authorizer said counts for the next template", asked.Load())
		}
	})
	t.Run("unless they are switched off", func(t *testing.T) {
		url, _, _ := serve(t, Config{Invoker: s, DisableAuthorizer: true}, routes)
		if res, _ := send(t, "GET", url+"/x", nil, nil); res.StatusCode != 200 {
			t.Errorf("got %d", res.StatusCode)
		}
	})
	t.Run("and explains a refused preflight", func(t *testing.T) {
		url, _, notices := serve(t, Config{Invoker: s}, routes)
		res, _ := send(t, "OPTIONS", url+"/x", map[string]string{"Origin": "https://a.example", "Access-Control-Request-Method": "GET"}, nil)
		if res.StatusCode != 401 || !strings.Contains(notices.String(), "OPTIONS /x: the authorizer of ANY /x of Rest has refused a preflight") {
			t.Errorf("got %d, notices %q", res.StatusCode, notices)
		}
	})
}

func TestGatewayKnowsWhatItDoesNotEnforce(t *testing.T) {
	source := []string{"$request.header.Authorization"}
	token := &template.Authorizer{Name: "token", Kind: template.AuthorizerToken, Function: "Auth", Sources: source}
	jwt := &template.Authorizer{Name: "jwt", Kind: template.AuthorizerJWT, Sources: source}
	pools := &template.Authorizer{Name: "pools", Kind: "COGNITO_USER_POOLS"}
	routes := routesOf(testHTTP, "GET /a", "GET /b", "GET /c", "GET /d", "GET /e")
	routes[0].Authorizer, routes[1].Authorizer, routes[2].Authorizer, routes[3].Authorizer = pools, jwt, token, pools
	for jwks, want := range map[string][]*template.Authorizer{"": {pools, jwt}, "keys.json": {pools}} {
		gateway := New(Config{JWKS: jwks})
		gateway.Serve(routes)
		if got := gateway.Unenforced(); !slices.Equal(got, want) {
			t.Errorf("%q: got %v, want %v", jwks, got, want)
		}
	}
}

func TestInvocationIsInTheTraceOfItsEvent(t *testing.T) {
	url, s, _ := serve(t, Config{}, []template.Route{{Method: "GET", Path: "/a", Function: "F", API: &template.API{ID: "Api", Kind: kindREST}}})
	const sent = "Root=1-67891233-abcdef012345678912345678;Sampled=1"
	send(t, "GET", url+"/a", nil, nil)
	send(t, "GET", url+"/a", map[string]string{"X-Amzn-Trace-Id": sent}, nil)

	first, _ := s.received()[0]["headers"].(map[string]any)["X-Amzn-Trace-Id"].(string)
	root, rest, _ := strings.Cut(s.traces[0], ";")
	if !strings.HasPrefix(root, "Root=1-") || root != first || !strings.HasPrefix(rest, "Parent=") || !strings.HasSuffix(rest, ";Sampled=0") {
		t.Errorf("the event has the trace %q, the invocation %q", first, s.traces[0])
	}
	if s.traces[1] != sent {
		t.Errorf("the invocation has the trace %q, the client sent %q", s.traces[1], sent)
	}
}
