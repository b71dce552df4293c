package rapi_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"sam/rapi"
	"sam/rapi/rapitest"
)

// open starts a Runtime API that the test closes.
func open(t *testing.T) *rapi.Runtime {
	t.Helper()
	rt, err := rapi.Listen(rapi.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = rt.Close() })
	return rt
}

// play runs a scripted runtime in the background; its error fails the test.
func play(t *testing.T, rt *rapi.Runtime, script ...rapitest.Action) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- rapitest.Script(script).Run(ctx, rt.Addr()) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil && !errors.Is(err, context.Canceled) {
			t.Errorf("runtime: %v", err)
		}
	})
}

func event(id, payload string) rapi.Invocation {
	return rapi.Invocation{RequestID: id, Payload: []byte(payload), Deadline: time.UnixMilli(1234567890123)}
}

func wait(t *testing.T, what string, ch <-chan struct{}) {
	t.Helper()
	select {
	case <-ch:
	case <-time.After(10 * time.Second):
		t.Fatalf("%s did not come", what)
	}
}

func TestInvocation(t *testing.T) {
	rt := open(t)
	headers := make(chan http.Header, 1)
	show := func(_ context.Context, r *rapitest.Runtime) error { headers <- r.Header; return nil }
	play(t, rt, rapitest.Next, show, rapitest.Echo, rapitest.Next)

	wait(t, "end of init", rt.Initialized())
	inv := event("id-1", `{"a":1}`)
	inv.FunctionARN, inv.TraceID = "arn:aws:lambda:us-east-1:123456789012:function:f", "Root=1-2-3"
	call := rt.Send(inv)
	wait(t, "response", call.Responded())
	if got := string(call.Reply().Payload); got != `{"a":1}` || call.Reply().Failure != nil {
		t.Errorf("reply %s %v", got, call.Reply().Failure)
	}
	wait(t, "end of the invocation", call.Ended())

	h := <-headers
	for name, want := range map[string]string{
		"Content-Type":                        "application/json",
		"Lambda-Runtime-Aws-Request-Id":       "id-1",
		"Lambda-Runtime-Deadline-Ms":          "1234567890123",
		"Lambda-Runtime-Invoked-Function-Arn": inv.FunctionARN,
		"Lambda-Runtime-Trace-Id":             "Root=1-2-3",
	} {
		if got := h.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	for _, name := range []string{"Lambda-Runtime-Client-Context", "Lambda-Runtime-Cognito-Identity", "Lambda-Runtime-Aws-Tenant-Id"} {
		if _, sent := h[name]; sent {
			t.Errorf("%s was sent although it is empty", name)
		}
	}
}

func TestOneAfterAnother(t *testing.T) {
	rt := open(t)
	play(t, rt, rapitest.Next, rapitest.Repeat(100, rapitest.Echo, rapitest.Next))
	for i := range 100 {
		payload := fmt.Sprint(i)
		call := rt.Send(event("id-"+payload, payload))
		wait(t, "response", call.Responded())
		if got := string(call.Reply().Payload); got != payload {
			t.Fatalf("reply %s, want %s", got, payload)
		}
		wait(t, "end", call.Ended())
	}
}

// An event that is sent in the very moment in which the runtime asks for it.
func TestSendMeetsNext(t *testing.T) {
	rt := open(t)
	c := dial(t, rt)
	const times = 20_000
	go func() {
		request := strings.ReplaceAll(next, "ADDR", c.addr)
		for i := range times {
			_, _ = io.WriteString(c.conn, request+strings.ReplaceAll(fmt.Sprintf(strings.ReplaceAll(post, "/id/", "/id-%d/"), i, "response"), "ADDR", c.addr))
		}
	}()
	go func() { _, _ = io.Copy(io.Discard, c.r) }()
	wait(t, "end of init", rt.Initialized())
	for i := range times {
		call := rt.Send(event(fmt.Sprintf("id-%d", i), "{}"))
		wait(t, "response", call.Responded())
	}
}

func TestFunctionError(t *testing.T) {
	rt := open(t)
	play(t, rt, rapitest.Next, rapitest.Fail(`{"errorMessage": "boom"}`), rapitest.Next)
	call := rt.Send(event("id", "{}"))
	wait(t, "response", call.Responded())
	reply := call.Reply()
	if reply.Failure == nil || reply.Failure.Type != "Runtime.Unknown" || string(reply.Payload) != `{"errorMessage": "boom"}` {
		t.Errorf("reply %+v %s", reply.Failure, reply.Payload)
	}
}

func TestInitError(t *testing.T) {
	rt := open(t)
	play(t, rt, rapitest.FailInit("Runtime.ImportModuleError", `{"errorType":"x"}`))
	wait(t, "end of init", rt.Initialized())
	failure, payload := rt.InitFailure()
	if failure == nil || failure.Type != "Runtime.ImportModuleError" || string(payload) != `{"errorType":"x"}` {
		t.Errorf("init failure %+v %s", failure, payload)
	}
}

func TestRestore(t *testing.T) {
	rt := open(t)
	play(t, rt, rapitest.Restore, rapitest.Next, rapitest.Echo, rapitest.Next)
	wait(t, "end of init", rt.Initialized())
	call := rt.Send(event("id", `"restored"`))
	wait(t, "response", call.Responded())
	if got := string(call.Reply().Payload); got != `"restored"` {
		t.Errorf("reply %s", got)
	}
}

func TestStreaming(t *testing.T) {
	for name, failure := range map[string]string{"complete": "", "failing at the end": `{"errorMessage":"late"}`} {
		t.Run(name, func(t *testing.T) {
			rt := open(t)
			play(t, rt, rapitest.Next, rapitest.Stream(failure, "one ", "two ", "three"), rapitest.Next)
			call := rt.Send(event("id", "{}"))
			wait(t, "response", call.Responded())
			stream := call.Reply().Stream
			body, err := io.ReadAll(stream)
			if string(body) != "one two three" || err != nil {
				t.Errorf("body %q, %v", body, err)
			}
			got, payload := stream.Failure()
			if (got != nil) != (failure != "") || string(payload) != failure {
				t.Errorf("failure %+v %s", got, payload)
			}
			wait(t, "end", call.Ended())
		})
	}
}

func TestStreamGivenUp(t *testing.T) {
	rt := open(t)
	play(t, rt, rapitest.Next, rapitest.Stream("", "a", "b"), rapitest.Next)
	call := rt.Send(event("id", "{}"))
	wait(t, "response", call.Responded())
	if err := call.Reply().Stream.Close(); err != nil {
		t.Error(err)
	}
	wait(t, "end", call.Ended())
}

// client is a runtime client that is free to send anything.
type client struct {
	t    *testing.T
	conn net.Conn
	r    *bufio.Reader
	addr string
}

func dial(t *testing.T, rt *rapi.Runtime) *client {
	t.Helper()
	conn, err := net.Dial("tcp4", rt.Addr())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
	return &client{t, conn, bufio.NewReader(conn), rt.Addr()}
}

func (c *client) write(text string) {
	c.t.Helper()
	if _, err := io.WriteString(c.conn, strings.ReplaceAll(text, "ADDR", c.addr)); err != nil {
		c.t.Fatal(err)
	}
}

func (c *client) read() (int, string) {
	c.t.Helper()
	resp, err := http.ReadResponse(c.r, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

func (c *client) ask(text string) (int, string) {
	c.t.Helper()
	c.write(text)
	return c.read()
}

func (c *client) expect(status int, body, text string) {
	c.t.Helper()
	if got, reply := c.ask(text); got != status || !strings.Contains(reply, body) {
		c.t.Errorf("%q: %d %s, want %d %s", text, got, reply, status, body)
	}
}

const (
	next = "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: ADDR\r\n\r\n"
	post = "POST /2018-06-01/runtime/invocation/id/%s HTTP/1.1\r\nHost: ADDR\r\nContent-Length: 2\r\n\r\n{}"
)

func TestStatesAndStatuses(t *testing.T) {
	rt := open(t)
	c := dial(t, rt)
	initError := "POST /2018-06-01/runtime/init/error HTTP/1.1\r\nHost: ADDR\r\nContent-Length: 2\r\n\r\n{}"
	c.expect(200, "pong", "GET /2018-06-01/ping HTTP/1.1\r\nHost: ADDR\r\n\r\n")
	c.expect(400, "InvalidRequestID", fmt.Sprintf(post, "response")) // before any next
	c.expect(404, "", "GET /nothing HTTP/1.1\r\nHost: ADDR\r\n\r\n")
	c.expect(405, "", "DELETE /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: ADDR\r\n\r\n")
	c.expect(403, "Host", "GET /2018-06-01/ping HTTP/1.1\r\nHost: example.com\r\n\r\n")

	call := rt.Send(event("id", `"event"`))
	c.expect(200, `"event"`, next)
	c.expect(200, `"event"`, next) // a lost event is rendered again
	c.expect(403, "State transition from RuntimeRunning to RuntimeInitError failed for runtime", initError)
	c.expect(400, "InvalidRequestID", strings.Replace(fmt.Sprintf(post, "response"), "/id/", "/other/", 1))
	c.expect(202, "{\"status\":\"OK\"}\n", fmt.Sprintf(post, "response"))
	c.expect(400, "InvalidRequestID", fmt.Sprintf(post, "response")) // a second answer
	c.expect(400, "InvalidRequestID", fmt.Sprintf(post, "error"))
	wait(t, "response", call.Responded())

	select {
	case <-call.Ended():
		t.Error("ended before the runtime asked for the next event")
	default:
	}
	c.write(next)
	wait(t, "end", call.Ended())
}

func TestInitErrorClosesTheDoor(t *testing.T) {
	rt := open(t)
	c := dial(t, rt)
	c.expect(202, "OK", "POST /2018-06-01/runtime/init/error HTTP/1.1\r\nHost: ADDR\r\nContent-Length: 2\r\n\r\n{}")
	c.expect(403, "InvalidStateTransition", next)
}

func TestSecondPostWhileTheFirstArrives(t *testing.T) {
	rt := open(t)
	c, other := dial(t, rt), dial(t, rt)
	call := rt.Send(event("id", "{}"))
	c.expect(200, "{}", next)
	c.write("POST /2018-06-01/runtime/invocation/id/response HTTP/1.1\r\nHost: ADDR\r\nContent-Length: 6\r\nExpect: 100-continue\r\n\r\n")
	if status, _ := c.read(); status != 100 { // the server is in the middle of the post now
		t.Fatalf("status %d, want 100", status)
	}
	other.expect(403, "from RuntimeInvocationResponse to", fmt.Sprintf(post, "response"))
	other.write(next) // waits for the body instead of failing
	c.expect(202, "OK", "\"done\"")
	wait(t, "end", call.Ended())
	if got := string(call.Reply().Payload); got != `"done"` {
		t.Errorf("reply %s", got)
	}
}

// Our own bootstraps send the request for the next event along with their
// answer to the last.
func TestPipelinedRequests(t *testing.T) {
	for name, test := range map[string]struct {
		size, status int
	}{
		"small":          {2, 202},
		"at the limit":   {rapi.MaxResponse, 202},
		"over the limit": {rapi.MaxResponse + 1, 413},
	} {
		t.Run(name, func(t *testing.T) {
			rt := open(t)
			c := dial(t, rt)
			c.write(next)
			for i := range 3 {
				payload := fmt.Sprint(i)
				call := rt.Send(event("id", payload))
				if i > 0 { // the answer to the post goes ahead of the event, which it may wait for
					if status, body := c.read(); status != test.status {
						t.Fatalf("answer %d: %d %s", i, status, body)
					}
				}
				if status, body := c.read(); status != 200 || body != payload {
					t.Fatalf("event %d: %d %s", i, status, body)
				}
				c.write(fmt.Sprintf("POST /2018-06-01/runtime/invocation/id/response HTTP/1.1\r\nHost: ADDR\r\nContent-Length: %d\r\n\r\n%s%s",
					test.size, strings.Repeat("x", test.size), next))
				wait(t, "end", call.Ended())
			}
		})
	}
}

func TestBodies(t *testing.T) {
	const head = "POST /2018-06-01/runtime/invocation/id/response HTTP/1.1\r\nHost: ADDR\r\n"
	atLimit := strings.Repeat("x", rapi.MaxResponse)
	for name, test := range map[string]struct {
		post     string
		status   int
		reply    string // of the API
		payload  string // that the caller gets
		failure  string
		hangUp   bool
		response bool
	}{
		"chunked": {
			post:   head + "Transfer-Encoding: chunked\r\n\r\n3\r\n\"ab\r\n2\r\nc\"\r\n0\r\n\r\n",
			status: 202, payload: `"abc"`,
		},
		"chunked with the trailers of a late error": {
			post: head + "Transfer-Encoding: chunked\r\nTrailer: Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body\r\n\r\n" +
				"2\r\npa\r\n0\r\nLambda-Runtime-Function-Error-Type: Function.Late\r\nLambda-Runtime-Function-Error-Body: eyJhIjoxfQ==\r\n\r\n",
			status: 202, payload: `{"a":1}`, failure: "Function.Late",
		},
		"empty":        {post: head + "Content-Length: 0\r\n\r\n", status: 202},
		"at the limit": {post: head + fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(atLimit), atLimit), status: 202, payload: atLimit},
		"over the limit": {
			post:   head + fmt.Sprintf("Content-Length: %d\r\n\r\n%s!", len(atLimit)+1, atLimit),
			status: 413, reply: "Exceeded maximum allowed payload size (6291556 bytes).",
			payload: `{"errorMessage":"Response payload size exceeded maximum allowed payload size (6291556 bytes).","errorType":"Function.ResponseSizeTooLarge"}`,
			failure: "Function.ResponseSizeTooLarge",
		},
		"chunked over the limit": {
			post:   head + fmt.Sprintf("Transfer-Encoding: chunked\r\n\r\n%x\r\n%s!\r\n0\r\n\r\n", len(atLimit)+1, atLimit),
			status: 413, reply: "RequestEntityTooLarge",
			payload: `{"errorMessage":"Response payload size exceeded maximum allowed payload size (6291556 bytes).","errorType":"Function.ResponseSizeTooLarge"}`,
			failure: "Function.ResponseSizeTooLarge",
		},
		"cut off": {
			post: head + "Content-Length: 10\r\n\r\n12345", hangUp: true,
			status: 400, reply: "TruncatedHTTPRequest",
			payload: `{"errorMessage":"The runtime's response was truncated","errorType":"Runtime.TruncatedResponse"}`,
			failure: "Runtime.TruncatedResponse",
		},
		"chunked and cut off": {
			post: head + "Transfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n", hangUp: true,
			status: 400, reply: "TruncatedHTTPRequest",
			payload: `{"errorMessage":"The runtime's response was truncated","errorType":"Runtime.TruncatedResponse"}`,
			failure: "Runtime.TruncatedResponse",
		},
		"unknown response mode": {
			post:   head + "Lambda-Runtime-Function-Response-Mode: fast\r\nContent-Length: 2\r\n\r\n{}",
			status: 400, reply: "InvalidFunctionResponseMode",
			payload: `{"errorMessage":"The runtime sent an invalid Lambda-Runtime-Function-Response-Mode header","errorType":"Runtime.InvalidResponseModeHeader"}`,
			failure: "Runtime.InvalidResponseModeHeader",
		},
		"error with its cause": {
			post: strings.Replace(head, "/response", "/error", 1) + "Content-Type: application/vnd.aws.lambda.error.cause+json\r\nLambda-Runtime-Function-Error-Type: Boom\r\nContent-Length: 64\r\n\r\n" +
				`{"errorMessage":"m","errorType":"T","errorCause":{"a":"bcdefg"}}`,
			status: 202, payload: `{"errorMessage":"m","errorType":"T"}`, failure: "Runtime.Unknown",
		},
		"error with a long header": {
			post: strings.Replace(head, "/response", "/error", 1) + "Lambda-Runtime-Function-XRay-Error-Cause: " + strings.Repeat("y", 7<<20) +
				"\r\nContent-Length: 2\r\n\r\n{}",
			status: 202, payload: `{}`, failure: "Runtime.Unknown",
		},
	} {
		t.Run(name, func(t *testing.T) {
			rt := open(t)
			c := dial(t, rt)
			call := rt.Send(event("id", "{}"))
			c.expect(200, "{}", next)
			c.write(test.post)
			if test.hangUp {
				_ = c.conn.(*net.TCPConn).CloseWrite()
			}
			if status, body := c.read(); status != test.status || !strings.Contains(body, test.reply) {
				t.Errorf("status %d %s, want %d %s", status, body, test.status, test.reply)
			}
			wait(t, "response", call.Responded())
			reply := call.Reply()
			if !bytes.Equal(reply.Payload, []byte(test.payload)) {
				t.Errorf("payload %.200s, want %.200s", reply.Payload, test.payload)
			}
			if got := reply.Failure; (got != nil) != (test.failure != "") || got != nil && got.Type != test.failure {
				t.Errorf("failure %+v, want %s", got, test.failure)
			}
		})
	}
}

func TestEventIsKeptForALivingClient(t *testing.T) {
	rt := open(t)
	dead := dial(t, rt)
	dead.write(next)
	wait(t, "end of init", rt.Initialized())
	_ = dead.conn.Close()
	rt.Drain(t.Context()) // returns once the server has seen that the client is gone
	call := rt.Send(event("id", `"kept"`))
	c := dial(t, rt)
	c.expect(200, `"kept"`, next)
	c.expect(202, "OK", fmt.Sprintf(post, "response"))
	wait(t, "response", call.Responded())
}

func TestPostBeforeExitIsNotLost(t *testing.T) {
	for range 200 {
		rt := open(t)
		c := dial(t, rt)
		call := rt.Send(event("id", "{}"))
		c.expect(200, "{}", next)
		// A connection of its own, as Ruby's client and init errors use, closed at once.
		last := dial(t, rt)
		last.write(fmt.Sprintf(post, "response"))
		_ = last.conn.Close()
		_ = c.conn.Close()
		rt.Drain(t.Context())
		select {
		case <-call.Responded():
		default:
			t.Fatal("the response that was posted before the exit is lost")
		}
	}
}

func TestDrainIsBounded(t *testing.T) {
	rt := open(t)
	dial(t, rt).write(next) // stays open, as in the hands of a grandchild
	wait(t, "end of init", rt.Initialized())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	rt.Drain(ctx)
}

func TestCloseWhileWaiting(t *testing.T) {
	rt := open(t)
	c := dial(t, rt)
	c.write(next)
	wait(t, "end of init", rt.Initialized())
	if err := rt.Close(); err != nil {
		t.Error(err)
	}
	if resp, err := http.ReadResponse(c.r, nil); err == nil {
		t.Errorf("a waiting runtime got %s", resp.Status)
	}
	if err := rt.Close(); err != nil && !errors.Is(err, http.ErrServerClosed) {
		t.Errorf("second close: %v", err)
	}
}

func FuzzRequests(f *testing.F) {
	f.Add("POST", "/2018-06-01/runtime/invocation/id/response", "Content-Length: 2", "{}")
	f.Add("GET", "/2018-06-01/runtime/invocation/next", "Host: x", "")
	f.Add("POST", "/2018-06-01/runtime/invocation//error", "Transfer-Encoding: chunked", "5\r\nabc")
	f.Fuzz(func(t *testing.T, method, path, header, body string) {
		rt, err := rapi.Listen(rapi.Config{})
		if err != nil {
			t.Fatal(err)
		}
		defer rt.Close()
		conn, err := net.Dial("tcp4", rt.Addr())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		fmt.Fprintf(conn, "%s %s HTTP/1.1\r\nHost: %s\r\n%s\r\n\r\n%s", method, path, rt.Addr(), header, body)
		_ = conn.(*net.TCPConn).CloseWrite()
		if path != "/2018-06-01/runtime/invocation/next" {
			_, _ = io.Copy(io.Discard, conn)
		}
	})
}
