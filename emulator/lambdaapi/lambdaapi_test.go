package lambdaapi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"sam/emulator"
)

// scripted are functions that do what a test says.
type scripted struct {
	functions []emulator.Function
	invoke    func(ctx context.Context, function string, req emulator.Request) (*emulator.Result, error)
}

func (s *scripted) Functions() []emulator.Function { return s.functions }

func (s *scripted) Invoke(ctx context.Context, function string, req emulator.Request) (*emulator.Result, error) {
	return s.invoke(ctx, function, req)
}

// echo answers with what it was asked.
func echo(_ context.Context, function string, req emulator.Request) (*emulator.Result, error) {
	payload := fmt.Sprintf("%s %s %s %s %s", function, req.Payload, req.ARN, req.ClientContext, req.TraceID)
	result := &emulator.Result{RequestID: req.RequestID, Payload: []byte(payload), ContentType: "text/plain"}
	if req.WithLog {
		result.Log = []byte("START\nEND\n")
	}
	return result, nil
}

func fail(err error) func(context.Context, string, emulator.Request) (*emulator.Result, error) {
	return func(context.Context, string, emulator.Request) (*emulator.Result, error) { return nil, err }
}

const ratingsARN = "arn:aws:lambda:eu-west-1:123456789012:function:ratings"

func testFunctions() []emulator.Function {
	function := func(path, name string) emulator.Function {
		return emulator.Function{
			Path: path, LogicalID: path[strings.LastIndexByte(path, '/')+1:], FunctionName: name,
			Runtime: "python3.13", Handler: "app.handler", Code: "/src/ratings", MemoryMB: 128, Timeout: 3 * time.Second,
			LogFormat: emulator.LogText, Region: "eu-west-1", Account: "123456789012", Reserved: -1,
		}
	}
	return []emulator.Function{
		function("Ratings", "ratings"), function("Stack/Nested", ""), function("Other/Nested", ""), function("nested-name", "Nested-name"), function("Stack/Ratings", "nested-name"),
	}
}

// harness is an API over scripted functions, and what it told the developer.
type harness struct {
	*API
	mu      sync.Mutex
	notices []string
}

func newHarness(t testing.TB, invoke func(context.Context, string, emulator.Request) (*emulator.Result, error)) *harness {
	h := &harness{}
	h.API = New(Config{
		Functions: &scripted{testFunctions(), invoke},
		Hosts:     []string{"Box.example.com"},
		Notice: func(err error) {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.notices = append(h.notices, err.Error())
		},
	})
	t.Cleanup(func() {
		if err := h.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	return h
}

// ask sends a request. Headers are lines.
func (h *harness) ask(method, target, headers, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	r.Host = "127.0.0.1:3001"
	for line := range strings.Lines(headers) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		if r.Header.Set(name, value); name == "Host" {
			r.Host = value
		}
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

const invocations = "/2015-03-31/functions/Ratings/invocations"

func TestInvoke(t *testing.T) {
	const ok = "Ratings {} " + ratingsARN
	for _, tt := range []struct {
		name, target, headers, body string
		invoke                      func(context.Context, string, emulator.Request) (*emulator.Result, error)
		status                      int
		want                        string   // body
		header                      []string // lines that the response has
	}{
		{name: "an event", body: `{"a": 1}`, status: 200, want: `Ratings {"a": 1} ` + ratingsARN,
			header: []string{"Content-Type: application/json", "X-Amz-Executed-Version: $LATEST", "X-Amz-Function-Error: ", "X-Amz-Log-Result: "}},
		{name: "an empty body is an empty object", status: 200, want: ok},
		{name: "the type may be named", headers: "X-Amz-Invocation-Type: RequestResponse\nX-Amz-Log-Type: None", status: 200, want: ok},
		{name: "what curl and old SDKs call JSON", headers: "Content-Type: application/x-www-form-urlencoded", body: "1", status: 200, want: "Ratings 1 " + ratingsARN},
		{name: "the log's tail", headers: "X-Amz-Log-Type: Tail", status: 200, want: ok, header: []string{"X-Amz-Log-Result: U1RBUlQKRU5ECg=="}},
		{name: "client context", headers: "X-Amz-Client-Context: eyJhIjoxfQ==", status: 200, want: ok + ` {"a":1}`},
		{name: "trace", headers: "X-Amzn-Trace-Id: Root=1-2-3", status: 200, want: ok + "  Root=1-2-3"},
		{name: "an alias runs the code as it is", target: invocations + "?Qualifier=live", status: 200, want: ok + ":live", header: []string{"X-Amz-Executed-Version: $LATEST"}},
		{name: "a version is believed", target: invocations + "?Qualifier=3", status: 200, want: ok + ":3", header: []string{"X-Amz-Executed-Version: 3"}},
		{name: "a function that fails", status: 200, want: `{"errorType":"E"}`, header: []string{"X-Amz-Function-Error: Unhandled", "Content-Type: application/json"},
			invoke: func(context.Context, string, emulator.Request) (*emulator.Result, error) {
				return &emulator.Result{Payload: []byte(`{"errorType":"E"}`), Failure: &emulator.FunctionError{Type: "E"}}, nil
			}},
		{name: "a dry run runs nothing", headers: "X-Amz-Invocation-Type: DryRun", invoke: fail(errors.New("ran")), status: 204},
		{name: "an event is nobody's to wait for", headers: "X-Amz-Invocation-Type: Event", status: 202},
		{name: "Lambda's operation of old", target: "/2014-11-13/functions/Ratings/invoke-async/", body: "{}", status: 202, want: `{"Status":202}`},
		{name: "a slash at the end", target: invocations + "/", status: 200, want: ok},

		{name: "no JSON", body: "{a}", status: 400, header: []string{"X-Amzn-Errortype: InvalidRequestContentException"},
			want: `{"Type":"User","message":"Could not parse request body into json: invalid character 'a' looking for beginning of object key string (at byte 2)"}`},
		{name: "JSON in Latin-1", body: "\"\xe9\"", status: 400, header: []string{"X-Amzn-Errortype: InvalidRequestContentException"},
			want: `{"Type":"User","message":"Could not parse request body into json: it is not UTF-8"}`},
		{name: "client context that is not base64", headers: "X-Amz-Client-Context: {}", status: 400, header: []string{"X-Amzn-Errortype: InvalidRequestContentException"},
			want: `{"Type":"User","message":"Client context must be a valid Base64-encoded JSON object."}`},
		{name: "client context that is no object", headers: "X-Amz-Client-Context: MQ==", status: 400, header: []string{"X-Amzn-Errortype: InvalidRequestContentException"},
			want: `{"Type":"User","message":"Client context must be a valid Base64-encoded JSON object."}`},
		{name: "client context that is too long", headers: "X-Amz-Client-Context: " + strings.Repeat("A", 3584), status: 400, header: []string{"X-Amzn-Errortype: InvalidRequestContentException"},
			want: `{"Type":"User","message":"Client context must be no longer than 3583 bytes."}`},
		{name: "a type that does not exist", headers: "X-Amz-Invocation-Type: Evnt", status: 400, header: []string{"X-Amzn-Errortype: ValidationException"},
			want: `{"Type":"User","message":"1 validation error detected: Value 'Evnt' at 'invocationType' failed to satisfy constraint: Member must satisfy enum value set: [Event, RequestResponse, DryRun]"}`},
		{name: "a log that does not exist", headers: "X-Amz-Log-Type: Head", status: 400, header: []string{"X-Amzn-Errortype: ValidationException"},
			want: `{"Type":"User","message":"1 validation error detected: Value 'Head' at 'logType' failed to satisfy constraint: Member must satisfy enum value set: [None, Tail]"}`},
		{name: "a qualifier that cannot be", target: invocations + "?Qualifier=a%20b", status: 400, header: []string{"X-Amzn-Errortype: ValidationException"},
			want: `{"Type":"User","message":"1 validation error detected: Value 'a b' at 'qualifier' failed to satisfy constraint: Member must satisfy regular expression pattern: (|[a-zA-Z0-9$_-]+)"}`},
		{name: "two qualifiers", target: "/2015-03-31/functions/Ratings%3A1/invocations?Qualifier=2", status: 400, header: []string{"X-Amzn-Errortype: InvalidParameterValueException"},
			want: `{"Type":"User","message":"The derived qualifier from the function name does not match the specified qualifier."}`},
		{name: "no such function", target: "/2015-03-31/functions/x/invocations", status: 404, header: []string{"X-Amzn-Errortype: ResourceNotFoundException"},
			want: `{"Message":"Function not found: arn:aws:lambda:eu-west-1:123456789012:function:x","Type":"User"}`},
		{name: "no such function, qualified", target: "/2015-03-31/functions/x:live/invocations", status: 404, header: []string{"X-Amzn-Errortype: ResourceNotFoundException"},
			want: `{"Message":"Function not found: arn:aws:lambda:eu-west-1:123456789012:function:x:live","Type":"User"}`},
		{name: "a function that a reload has taken away", invoke: fail(&emulator.UnknownFunctionError{Function: "Ratings"}), status: 404, header: []string{"X-Amzn-Errortype: ResourceNotFoundException"},
			want: `{"Message":"Function not found: arn:aws:lambda:eu-west-1:123456789012:function:Ratings","Type":"User"}`},
		{name: "too busy", invoke: fail(&emulator.ThrottledError{Function: "Ratings", Limit: 2}), status: 429,
			header: []string{"X-Amzn-Errortype: TooManyRequestsException", "Retry-After: 1"},
			want:   `{"Reason":"ConcurrentInvocationLimitExceeded","Type":"User","message":"Rate Exceeded. Ratings is throttled: all of the 2 environments that it may have are busy"}`},
		{name: "a function that cannot be started", invoke: fail(hinted{}), status: 409, header: []string{"X-Amzn-Errortype: ResourceConflictException"},
			want: `{"Type":"User","message":"no Python found; install one"}`},
		{name: "while functions are being stopped", invoke: fail(emulator.ErrFleetClosed), status: 500, header: []string{"X-Amzn-Errortype: ServiceException"},
			want: `{"Message":"functions are being stopped","Type":"Service"}`},
		{name: "a name that cannot be decoded", target: "/2015-03-31/functions/%25zz/invocations", status: 400, header: []string{"X-Amzn-Errortype: ValidationException"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.target == "" {
				tt.target = invocations
			}
			if tt.invoke == nil {
				tt.invoke = echo
			}
			w := newHarness(t, tt.invoke).ask("POST", tt.target, tt.headers, tt.body)
			if got := strings.TrimSpace(w.Body.String()); w.Code != tt.status || tt.want != "" && got != tt.want {
				t.Errorf("%d %s\nwant %d %s", w.Code, got, tt.status, tt.want)
			}
			for _, line := range append(tt.header, "X-Amzn-Requestid: "+w.Header().Get("X-Amzn-Requestid")) {
				if name, value, _ := strings.Cut(line, ": "); w.Header().Get(name) != value {
					t.Errorf("%s is %q, want %q", name, w.Header().Get(name), value)
				}
			}
		})
	}
}

// hinted is an error that knows what to do next.
type hinted struct{}

func (hinted) Error() string { return "no Python found" }
func (hinted) Hint() string  { return "install one" }

func TestReservedConcurrencyIsTheReason(t *testing.T) {
	h := newHarness(t, fail(&emulator.ThrottledError{Function: "Ratings"}))
	h.config.Functions.(*scripted).functions[0].Reserved = 0
	if w := h.ask("POST", invocations, "", ""); !strings.Contains(w.Body.String(), `"Reason":"ReservedFunctionConcurrentInvocationLimitExceeded"`) {
		t.Error(w.Body)
	}
}

func TestRequestIDIsThatOfTheInvocation(t *testing.T) {
	var id string
	h := newHarness(t, func(_ context.Context, _ string, req emulator.Request) (*emulator.Result, error) {
		id = req.RequestID
		return &emulator.Result{}, nil
	})
	if w := h.ask("POST", invocations, "", ""); id == "" || w.Header().Get("X-Amzn-Requestid") != id {
		t.Errorf("the response has %q, the invocation %q", w.Header().Get("X-Amzn-Requestid"), id)
	}
}

func TestLimits(t *testing.T) {
	// text is JSON of that many bytes.
	text := func(size int) string { return `"` + strings.Repeat("a", size-2) + `"` }
	for _, tt := range []struct {
		name, target, kind string
		size, status       int
		message            string
	}{
		{name: "the largest payload", size: 6291456, status: 200},
		{name: "one byte more", size: 6291457, status: 413, message: "Request must be smaller than 6291456 bytes for the InvokeFunction operation"},
		{name: "the largest event", kind: event, size: 1048576, status: 202},
		{name: "one byte more for an event", kind: event, size: 1048577, status: 413, message: "1048577 byte payload is too large for the Event invocation type (limit 1048576 bytes)"},
		{name: "the largest of InvokeAsync", target: "/2014-11-13/functions/Ratings/invoke-async", size: 262144, status: 202},
		{name: "one byte more for InvokeAsync", target: "/2014-11-13/functions/Ratings/invoke-async", size: 262145, status: 413, message: "262145 byte payload is too large for the Event invocation type (limit 262144 bytes)"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.target == "" {
				tt.target = invocations
			}
			h := newHarness(t, func(_ context.Context, _ string, req emulator.Request) (*emulator.Result, error) {
				if len(req.Payload) != tt.size {
					t.Errorf("the function got %d bytes", len(req.Payload))
				}
				return &emulator.Result{}, nil
			})
			w := h.ask("POST", tt.target, "X-Amz-Invocation-Type: "+tt.kind, text(tt.size))
			if w.Code != tt.status || !strings.Contains(w.Body.String(), tt.message) {
				t.Errorf("%d %s", w.Code, w.Body)
			}
			if tt.status == 413 && w.Header().Get("X-Amzn-Errortype") != "RequestEntityTooLargeException" {
				t.Error(w.Header())
			}
		})
	}
}

// A client that is still sending must get to read why it was refused.
func TestRefusalReachesAClientThatSendsMuch(t *testing.T) {
	server := httptest.NewServer(newHarness(t, echo))
	defer server.Close()
	for _, target := range []string{invocations, "/2015-03-31/functions/x/invocations", "/elsewhere"} {
		body := io.LimitReader(zeros{}, 20<<20) // of no known length
		response, err := server.Client().Post(server.URL+target, "application/json", body)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != 413 && response.StatusCode != 404 {
			t.Errorf("%s: %s", target, response.Status)
		}
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

func TestPathsThatAreNotServed(t *testing.T) {
	h := newHarness(t, echo)
	for _, tt := range []struct {
		method, target string
		status         int
		code, message  string
	}{
		{"GET", invocations, 405, "MethodNotAllowedLocally", "GET is not served locally for /2015-03-31/functions/Ratings/invocations, only POST is: "},
		{"POST", "/2015-03-31/functions", 405, "MethodNotAllowedLocally", "POST is not served locally for /2015-03-31/functions, only GET is: "},
		{"DELETE", "/2015-03-31/functions/Ratings", 405, "MethodNotAllowedLocally", "only GET is: "},
		{"OPTIONS", invocations, 405, "MethodNotAllowedLocally", "only POST is: "},
		{"GET", "/2015-03-31/functions/Ratings/aliases", 404, "PathNotFoundLocally", "GET /2015-03-31/functions/Ratings/aliases is not served locally: "},
		{"PUT", "/2015-03-31/functions/Ratings/code", 404, "PathNotFoundLocally", "call AWS for all else"},
		{"POST", "/2015-03-31/functions//invocations", 404, "PathNotFoundLocally", ""},
		{"GET", "/", 404, "PathNotFoundLocally", ""},
	} {
		w := h.ask(tt.method, tt.target, "", "")
		if w.Code != tt.status || w.Header().Get("X-Amzn-Errortype") != tt.code || !strings.Contains(w.Body.String(), tt.message) {
			t.Errorf("%s %s: %d %s %s", tt.method, tt.target, w.Code, w.Header(), w.Body)
		}
		if !strings.Contains(w.Body.String(), `"Type":"LocalService"`) || w.Code == 405 && w.Header().Get("Allow") == "" {
			t.Errorf("%s %s: %s %s", tt.method, tt.target, w.Header(), w.Body)
		}
	}
}

func TestTheDeveloperIsToldWhatClientsMayHide(t *testing.T) {
	for _, tt := range []struct {
		name, target string
		err          error
		want         []string
	}{
		{"a function that cannot be started", invocations, hinted{}, []string{"no Python found"}},
		{"a function that is not there", "/2015-03-31/functions/x/invocations", nil, []string{"Function not found: arn:aws:lambda:eu-west-1:123456789012:function:x"}},
		{"throttling is the client's to see", invocations, &emulator.ThrottledError{}, nil},
		{"the end is no news", invocations, emulator.ErrFleetClosed, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := newHarness(t, fail(tt.err))
			h.ask("POST", tt.target, "", "")
			if fmt.Sprint(h.notices) != fmt.Sprint(tt.want) {
				t.Errorf("told: %q, want %q", h.notices, tt.want)
			}
		})
	}
}

// A server that is stopped ends its requests' contexts: no client may take that
// for a response of the function.
func TestAbandonedCallIsNoSuccess(t *testing.T) {
	h := newHarness(t, func(ctx context.Context, _ string, _ emulator.Request) (*emulator.Result, error) {
		return nil, context.Cause(ctx)
	})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	w := httptest.NewRecorder()
	r := httptest.NewRequestWithContext(ctx, "POST", invocations, http.NoBody)
	r.Host = "localhost"
	h.ServeHTTP(w, r)
	if w.Code != 500 || len(h.notices) > 0 {
		t.Errorf("%d %s %q", w.Code, w.Body, h.notices)
	}
}
