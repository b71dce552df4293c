package lambdaapi

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws/protocol/eventstream"

	"sam/emulator"
)

const streaming = "/2021-11-15/functions/Ratings/response-streaming-invocations"

// next decodes a message: its type and its payload.
func next(t *testing.T, r io.Reader) string {
	t.Helper()
	message, err := eventstream.NewDecoder().Decode(r, nil)
	if errors.Is(err, io.EOF) {
		return "end"
	}
	if err != nil {
		t.Fatal(err)
	}
	if kind := message.Headers.Get(":message-type").String(); kind != "event" {
		t.Errorf("message type %s", kind)
	}
	return message.Headers.Get(":event-type").String() + " " + message.Headers.Get(":content-type").String() + " " + string(message.Payload)
}

func TestStream(t *testing.T) {
	const chunk, complete = "PayloadChunk application/octet-stream ", "InvokeComplete application/json "
	failure := &emulator.FunctionError{Type: "Error"}
	for _, tt := range []struct {
		name, target, headers string
		stream                []string
		result                *emulator.Result
		err                   error
		want                  []string
	}{
		{name: "chunks", stream: []string{"a", "b"}, result: &emulator.Result{}, want: []string{chunk + "a", chunk + "b", complete + "{}"}},
		{name: "nothing", result: &emulator.Result{}, want: []string{complete + "{}"}},
		{name: "a function that does not stream", result: &emulator.Result{Payload: []byte("42")}, want: []string{chunk + "42", complete + "{}"}},
		{name: "the log's tail", headers: "X-Amz-Log-Type: Tail", result: &emulator.Result{Payload: []byte("42"), Log: []byte("log")}, want: []string{chunk + "42", complete + `{"LogResult":"bG9n"}`}},
		{name: "failure in the middle", stream: []string{"a"}, result: &emulator.Result{Payload: []byte(`{"errorType":"E"}`), Failure: failure},
			want: []string{chunk + "a", complete + `{"ErrorCode":"Unhandled","ErrorDetails":"{\"errorType\":\"E\"}"}`}},
		{name: "failure before all", result: &emulator.Result{Payload: []byte(`{"errorType":"E"}`), Failure: failure},
			want: []string{complete + `{"ErrorCode":"Unhandled","ErrorDetails":"{\"errorType\":\"E\"}"}`}},
		{name: "the emulator's own failure in the middle", stream: []string{"a"}, err: errors.New("disk is full"),
			want: []string{chunk + "a", complete + `{"ErrorCode":"ResourceConflictException","ErrorDetails":"disk is full"}`}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := newHarness(t, func(_ context.Context, _ string, req emulator.Request) (*emulator.Result, error) {
				for _, chunk := range tt.stream {
					if _, err := io.WriteString(req.Stream, chunk); err != nil {
						t.Error(err)
					}
				}
				return tt.result, tt.err
			})
			w := h.ask("POST", streaming+"?Qualifier=7", tt.headers, "{}")
			if w.Code != 200 || w.Header().Get("Content-Type") != "application/vnd.amazon.eventstream" || w.Header().Get("X-Amz-Executed-Version") != "7" {
				t.Errorf("%d %s", w.Code, w.Header())
			}
			body := bytes.NewReader(w.Body.Bytes())
			for _, want := range append(tt.want, "end") {
				if got := next(t, body); got != want {
					t.Fatalf("got  %s\nwant %s", got, want)
				}
			}
		})
	}
}

func TestStreamThatDoesNotBegin(t *testing.T) {
	for _, tt := range []struct {
		name, target, headers string
		err                   error
		status                int
		code                  string
	}{
		{name: "dry run", headers: "X-Amz-Invocation-Type: DryRun", status: 204},
		{name: "events do not stream", headers: "X-Amz-Invocation-Type: Event", status: 400, code: "ValidationException"},
		{name: "no such function", target: strings.Replace(streaming, "Ratings", "x", 1), status: 404, code: "ResourceNotFoundException"},
		{name: "too busy", err: &emulator.ThrottledError{}, status: 429, code: "TooManyRequestsException"},
		{name: "bad client context", headers: "X-Amz-Client-Context: -", status: 400, code: "InvalidRequestContentException"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.target == "" {
				tt.target = streaming
			}
			w := newHarness(t, fail(tt.err)).ask("POST", tt.target, tt.headers, "")
			if w.Code != tt.status || w.Header().Get("X-Amzn-Errortype") != tt.code {
				t.Errorf("%d %s %s", w.Code, w.Header(), w.Body)
			}
		})
	}
}

func TestChunksArriveAtOnce(t *testing.T) {
	seen := make(chan struct{})
	server := httptest.NewServer(newHarness(t, func(ctx context.Context, _ string, req emulator.Request) (*emulator.Result, error) {
		_, _ = io.WriteString(req.Stream, "first")
		select {
		case <-seen: // else this never returns
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
		return &emulator.Result{}, nil
	}))
	defer server.Close()
	response, err := server.Client().Post(server.URL+streaming, "application/json", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if got := next(t, response.Body); !strings.HasSuffix(got, " first") {
		t.Error(got)
	}
	close(seen)
	if got := next(t, response.Body); !strings.HasPrefix(got, "InvokeComplete ") {
		t.Error(got)
	}
}
