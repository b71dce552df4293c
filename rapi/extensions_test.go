package rapi_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"sam/rapi"
	"sam/rapi/rapitest"
)

// stage opens the APIs of a function with external extensions.
func stage(t *testing.T, names ...string) *rapi.Runtime {
	t.Helper()
	return stageWith(t, rapi.Config{Extensions: names, OnSubscribe: func(rapi.Subscription) {}})
}

func stageWith(t *testing.T, config rapi.Config) *rapi.Runtime {
	t.Helper()
	config.Function = rapi.Function{Name: "Hello", Version: "$LATEST", Handler: "app.handler", Account: "123456789012"}
	rt, err := rapi.Listen(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = rt.Close() })
	return rt
}

// An extension is one that a test plays.
type extension struct {
	rt *rapi.Runtime
	id string
}

// call sends a request and returns the answer's status and body.
func (x *extension) call(ctx context.Context, method, path, body string, header ...string) (*http.Response, string, error) {
	req, err := http.NewRequestWithContext(ctx, method, "http://"+x.rt.Addr()+path, strings.NewReader(body))
	if err != nil {
		return nil, "", err
	}
	if x.id != "" {
		req.Header.Set("Lambda-Extension-Identifier", x.id)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	res, err := client.Do(req)
	if err != nil {
		return nil, "", err
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	return res, string(answer), err
}

// expect fails the test unless the answer has the status and contains a text.
func (x *extension) expect(t *testing.T, status int, text, method, path, body string, header ...string) *http.Response {
	t.Helper()
	res, answer, err := x.call(t.Context(), method, path, body, header...)
	if err != nil {
		t.Fatal(err)
	}
	if res.StatusCode != status || !strings.Contains(answer, text) {
		t.Errorf("%s %s: %d %s, want %d %s", method, path, res.StatusCode, answer, status, text)
	}
	return res
}

const (
	registerPath = "/2020-01-01/extension/register"
	nextPath     = "/2020-01-01/extension/event/next"
	initErrPath  = "/2020-01-01/extension/init/error"
	exitErrPath  = "/2020-01-01/extension/exit/error"
)

func registered(t *testing.T, rt *rapi.Runtime, name, body string) *extension {
	t.Helper()
	x := &extension{rt: rt}
	res := x.expect(t, 200, `{"functionName":"Hello","functionVersion":"$LATEST","handler":"app.handler"}`,
		"POST", registerPath, body, "Lambda-Extension-Name", name)
	x.id = res.Header.Get("Lambda-Extension-Identifier")
	return x
}

// next asks for an event in the background.
func (x *extension) next(t *testing.T) <-chan string {
	t.Helper()
	events := make(chan string, 1)
	go func() {
		res, body, err := x.call(t.Context(), "GET", nextPath, "")
		if err == nil && (res.StatusCode != 200 || res.Header.Get("Lambda-Extension-Event-Identifier") == "") {
			err = fmt.Errorf("%s %v", res.Status, res.Header)
		}
		if err != nil {
			body += err.Error()
		}
		events <- body
	}()
	return events
}

func receive(t *testing.T, events <-chan string) string {
	t.Helper()
	select {
	case event := <-events:
		return event
	case <-time.After(10 * time.Second):
		t.Fatal("no event came")
		return ""
	}
}

func notYet(t *testing.T, what string, ch <-chan struct{}) {
	t.Helper()
	select {
	case <-ch:
		t.Errorf("%s came too early", what)
	default:
	}
}

func TestExtensionFollowsTheEnvironment(t *testing.T) {
	ready := make(chan struct{})
	rt := stageWith(t, rapi.Config{Extensions: []string{"a", "b"}, OnRuntimeReady: func(*rapi.Runtime) { close(ready) }})
	notYet(t, "registration of all", rt.ExtensionsRegistered())
	a := registered(t, rt, "a", `{"events":["INVOKE","SHUTDOWN"]}`)
	notYet(t, "registration of all", rt.ExtensionsRegistered())
	b := registered(t, rt, "b", `{"events":["SHUTDOWN"]}`)
	wait(t, "registration of all", rt.ExtensionsRegistered())

	runtime := dial(t, rt)
	toA := a.next(t)
	runtime.write(next)
	wait(t, "the runtime", ready)
	notYet(t, "end of init", rt.Initialized())
	toB := b.next(t)
	wait(t, "end of init", rt.Initialized())

	inv := event("id-1", `"event"`)
	inv.FunctionARN, inv.TraceID = "arn:f", "Root=1-2-3"
	runtimeDone := make(chan struct{})
	inv.OnRuntimeDone = func(*rapi.Call) { close(runtimeDone) }
	call := rt.Send(inv)
	want := `{"eventType":"INVOKE","deadlineMs":1234567890123,"requestId":"id-1","invokedFunctionArn":"arn:f","tracing":{"type":"X-Amzn-Trace-Id","value":"Root=1-2-3"}}`
	if got := receive(t, toA); got != want {
		t.Errorf("event %s, want %s", got, want)
	}
	runtime.expect(200, `"event"`, "")
	runtime.expect(202, "OK", strings.Replace(fmt.Sprintf(post, "response"), "/id/", "/id-1/", 1))
	wait(t, "response", call.Responded())
	runtime.write(next)
	wait(t, "the runtime's end", runtimeDone)
	notYet(t, "end of the invocation", call.Ended())
	toA = a.next(t)
	wait(t, "end of the invocation", call.Ended())

	rt.Shutdown("spindown", time.UnixMilli(99))
	for _, events := range []<-chan string{toA, toB} {
		if got := receive(t, events); got != `{"eventType":"SHUTDOWN","shutdownReason":"spindown","deadlineMs":99}` {
			t.Errorf("event %s", got)
		}
	}
	if got := rt.Extensions(); !reflect.DeepEqual(got, []rapi.Extension{
		{Name: "a", State: "Running", Events: []string{"INVOKE", "SHUTDOWN"}},
		{Name: "b", State: "Running", Events: []string{"SHUTDOWN"}},
	}) {
		t.Errorf("%+v", got)
	}
}

func TestEndOfInvocationWithExtensionFirst(t *testing.T) {
	rt := stage(t, "a")
	a := registered(t, rt, "a", `{"events":["INVOKE"]}`)
	events := a.next(t)
	play(t, rt, rapitest.Next, rapitest.Echo, rapitest.Next)
	wait(t, "end of init", rt.Initialized())
	told := make(chan struct{})
	inv := event("id", "{}")
	inv.OnRuntimeDone = func(call *rapi.Call) {
		notYet(t, "end of the invocation", call.Ended())
		if call.Replied().IsZero() {
			t.Error("there is no time of the reply")
		}
		close(told)
	}
	call := rt.Send(inv)
	receive(t, events)
	a.next(t) // may come before or behind the runtime's
	wait(t, "end of the invocation", call.Ended())
	wait(t, "the runtime's end before it", told)
}

func TestLostConnectionOfAnExtension(t *testing.T) {
	rt := stage(t, "a")
	a := registered(t, rt, "a", `{"events":["INVOKE"]}`)
	ctx, cancel := context.WithCancel(t.Context())
	gone := make(chan error, 1)
	go func() {
		_, _, err := a.call(ctx, "GET", nextPath, "")
		gone <- err
	}()
	for deadline := time.Now().Add(10 * time.Second); rt.Extensions()[0].State != "Ready"; {
		if time.Now().After(deadline) {
			t.Fatal("the request did not arrive")
		}
	}
	cancel()
	if err := <-gone; err == nil {
		t.Fatal("the request was answered")
	}
	rt.Drain(t.Context()) // returns once the server has seen that the client is gone
	play(t, rt, rapitest.Next, rapitest.Echo, rapitest.Next)
	wait(t, "end of init", rt.Initialized())
	call := rt.Send(event("id-kept", "{}"))
	wait(t, "response", call.Responded())
	if got := receive(t, a.next(t)); !strings.Contains(got, "id-kept") {
		t.Errorf("event %s", got)
	}
	notYet(t, "end of the invocation", call.Ended())
	a.next(t)
	wait(t, "end of the invocation", call.Ended())
}

func TestInternalExtension(t *testing.T) {
	ready := make(chan struct{})
	rt := stageWith(t, rapi.Config{OnRuntimeReady: func(*rapi.Runtime) { close(ready) }})
	wait(t, "registration of none", rt.ExtensionsRegistered())
	// As aws-lambda-go does for WithEnableSIGTERM.
	x := registered(t, rt, "GoLangEnableSIGTERM", `{"events":null}`)
	x.expect(t, 403, "Extension with this name already registered", "POST", registerPath, "{}", "Lambda-Extension-Name", "GoLangEnableSIGTERM")
	play(t, rt, rapitest.Next, rapitest.Echo, rapitest.Next)
	wait(t, "the runtime", ready)
	x.expect(t, 403, "Extension.RegistrationClosed", "POST", registerPath, "{}", "Lambda-Extension-Name", "late")
	notYet(t, "end of init", rt.Initialized())
	x.next(t)
	wait(t, "end of init", rt.Initialized())
	call := rt.Send(event("id", "{}"))
	wait(t, "end of the invocation", call.Ended())
}

func TestFailingExtensions(t *testing.T) {
	rt := stage(t, "a", "b")
	a, b := registered(t, rt, "a", `{"events":["INVOKE"]}`), registered(t, rt, "b", `{"events":["INVOKE"]}`)
	const header = "Lambda-Extension-Function-Error-Type"
	a.expect(t, 403, "Extension.MissingHeader", "POST", initErrPath, "{}")
	a.expect(t, 202, `{"status":"OK"}`, "POST", initErrPath, "{}", header, "Extension.NoConfiguration")
	a.expect(t, 202, `{"status":"OK"}`, "POST", initErrPath, "{}", header, "Extension.Again")
	a.expect(t, 403, "State transition from InitError to Ready failed for extension a", "GET", nextPath, "")
	a.expect(t, 403, "State transition from InitError to ExitError", "POST", exitErrPath, "{}", header, "x")
	b.expect(t, 202, `{"status":"OK"}`, "POST", exitErrPath, "{}", header, "Extension.Late")
	if got := rt.ExtensionFailure(); got != "Extension.InitError" {
		t.Errorf("failure %s", got)
	}
	if got := rt.Extensions()[0]; got.State != "InitError" || got.ErrorType != "Extension.NoConfiguration" {
		t.Errorf("%+v", got)
	}
}

func TestRefusedExtensionRequests(t *testing.T) {
	rt := stage(t, "a")
	a := registered(t, rt, "a", "{}")
	unknown := "7b5ee2f8-3b57-4a83-9c4a-1d3ffb0ed9f4"
	for _, test := range []struct {
		id, path, name, body, want string
	}{
		{"", registerPath, "", "{}", "Extension.InvalidExtensionName"},
		{"", registerPath, "x", "{", "InvalidRequestFormat"},
		{"", registerPath, "x", `{"events":["RESTART"]}`, "Extension.InvalidEventType"},
		{"", registerPath, "x", `{"events":["SHUTDOWN"]}`, "Extension.InvalidEventType"},
		{"", registerPath, "a", "{}", "State transition from Registered to Registered failed"},
		{"", nextPath, "", "", "Extension.MissingExtensionIdentifier"},
		{"me", nextPath, "", "", "Extension.InvalidExtensionIdentifier"},
		{unknown, nextPath, "", "", "Extension.UnknownExtensionIdentifier"},
		{unknown, exitErrPath, "", "", "Extension.UnknownExtensionIdentifier"},
		{unknown, "/2022-07-01/telemetry", "", "{}", "Extension.UnknownExtensionIdentifier"},
	} {
		method := map[string]string{nextPath: "GET", "/2022-07-01/telemetry": "PUT"}[test.path]
		if method == "" {
			method = "POST"
		}
		header := []string{}
		if test.name != "" {
			header = append(header, "Lambda-Extension-Name", test.name)
		}
		(&extension{rt: rt, id: test.id}).expect(t, 403, test.want, method, test.path, test.body, header...)
	}
	a.expect(t, 200, `"accountId":"123456789012"`, "POST", registerPath, "{}",
		"Lambda-Extension-Name", "internal", "Lambda-Extension-Accept-Feature", "accountId")
	for i := range 8 {
		registered(t, rt, fmt.Sprintf("internal-%d", i), "{}")
	}
	a.expect(t, 403, "Extension limit (10) reached", "POST", registerPath, "{}", "Lambda-Extension-Name", "one-more")
}

func TestSubscription(t *testing.T) {
	var got []rapi.Subscription
	rt := stageWith(t, rapi.Config{OnSubscribe: func(sub rapi.Subscription) { got = append(got, sub) }})
	x, y := registered(t, rt, "x", "{}"), registered(t, rt, "y", "{}")
	const telemetry, logs = "/2022-07-01/telemetry", "/2020-08-15/logs"
	for _, test := range []struct{ path, body, want string }{
		{telemetry, `{`, "ValidationError"},
		{telemetry, `{}`, "types should not be empty; destination protocol should be HTTP or TCP"},
		{telemetry, `{"types":["metrics"],"destination":{"protocol":"HTTP","URI":"http://sandbox.localdomain/"}}`, "types should not contain metrics; URI port is not provided"},
		{telemetry, `{"types":["function"],"destination":{"protocol":"HTTP","URI":"http://example.com:80/"}}`, "URI host should be sandbox.localdomain"},
		{telemetry, `{"types":["function"],"destination":{"protocol":"HTTP","URI":"https://sandbox:80/"}}`, "URI should begin with http://"},
		{telemetry, `{"types":["function"],"destination":{"protocol":"TCP"}}`, "destination port is not provided"},
		{telemetry, `{"schemaVersion":"1","types":["function"],"buffering":{"maxItems":1,"maxBytes":1,"timeoutMs":1},"destination":{"protocol":"TCP","port":1}}`,
			"maxItems should be between 1000 and 10000; maxBytes should be between 262144 and 1048576; timeoutMs should be between 25 and 30000; schemaVersion 1 is not supported"},
		{logs, `{"schemaVersion":"2022-12-13","types":["function"],"destination":{"protocol":"TCP","port":1}}`, "Logs.ValidationError"},
	} {
		x.expect(t, 400, test.want, "PUT", test.path, test.body)
	}
	const good = `{"types":["platform","function"],"buffering":{"timeoutMs":25},"destination":{"protocol":"HTTP","URI":"http://sandbox.localdomain:8080/in"}}`
	x.expect(t, 200, `"OK"`, "PUT", telemetry, good)
	x.expect(t, 200, `"OK"`, "PUT", telemetry+"/", good) // again
	x.expect(t, 400, "the extension has subscribed by the Telemetry API", "PUT", logs, good)
	y.expect(t, 200, `"OK"`, "PUT", logs, `{"schemaVersion":"2021-03-18","types":["extension"],"destination":{"protocol":"TCP","port":9}}`)
	want := []rapi.Subscription{{
		Extension: "x", SchemaVersion: "2022-12-13", Types: []string{"platform", "function"},
		MaxItems: 10000, MaxBytes: 262144, Timeout: 25 * time.Millisecond,
		Network: "http", Address: "127.0.0.1:8080", Method: "POST", URL: "http://sandbox.localdomain:8080/in",
	}, {
		Extension: "y", Logs: true, SchemaVersion: "2021-03-18", Types: []string{"extension"},
		MaxItems: 10000, MaxBytes: 262144, Timeout: time.Second, Network: "tcp", Address: "127.0.0.1:9",
	}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("subscriptions\n%+v\nwant\n%+v", got, want)
	}
	x.next(t)
	y.next(t)
	play(t, rt, rapitest.Next)
	wait(t, "end of init", rt.Initialized())
	var refusal struct{ ErrorType, ErrorMessage string }
	res, body, err := x.call(t.Context(), "PUT", telemetry, good)
	if err == nil {
		err = json.Unmarshal([]byte(body), &refusal)
	}
	if err != nil || res.StatusCode != 403 || refusal.ErrorType != "Telemetry.SubscriptionClosed" {
		t.Errorf("%v %s", err, body)
	}
}

func TestInitIsObserved(t *testing.T) {
	var order []string
	note := func(what string) func(*rapi.Runtime) {
		return func(rt *rapi.Runtime) {
			notYet(t, "end of init", rt.Initialized())
			failure, _ := rt.InitFailure()
			order = append(order, fmt.Sprint(what, " ", failure != nil))
		}
	}
	rt := stageWith(t, rapi.Config{OnRuntimeReady: note("runtime"), OnInit: note("init")})
	registered(t, rt, "x", "{}") // which never asks for an event: a failure need not wait for it
	play(t, rt, rapitest.FailInit("Runtime.X", "{}"))
	wait(t, "end of init", rt.Initialized())
	if want := []string{"runtime true", "init true"}; !reflect.DeepEqual(order, want) {
		t.Errorf("%v, want %v", order, want)
	}
}
