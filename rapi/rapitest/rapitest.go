// Package rapitest scripts a runtime: a list of actions, carried out over the
// Runtime API as a runtime's process would. It is for tests of whoever serves
// that API; it judges nothing but the statuses that a script expects.
package rapitest

import (
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// A Script is what the runtime does, in this order.
type Script []Action

// An Action is one step of a Script.
type Action func(ctx context.Context, r *Runtime) error

// A Runtime is the state that the actions of a script share.
type Runtime struct {
	// Event is what the last Next received.
	Event []byte
	// Header is what came with it.
	Header http.Header

	base   string
	client *http.Client
}

// Run carries the script out against the Runtime API at addr (host:port) and
// returns the first error. It leaves no connection open.
func (s Script) Run(ctx context.Context, addr string) error {
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	r := &Runtime{base: "http://" + addr + "/2018-06-01/runtime/", client: &http.Client{Transport: transport}}
	for i, act := range s {
		if err := act(ctx, r); err != nil {
			return fmt.Errorf("action %d: %w", i+1, err)
		}
	}
	return nil
}

// Next asks for an event.
func Next(ctx context.Context, r *Runtime) error {
	resp, body, err := r.get(ctx, "invocation/next")
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("next: status %d: %s", resp.StatusCode, body)
	}
	r.Event, r.Header = body, resp.Header
	return nil
}

// Respond answers the current event.
func Respond(payload string) Action {
	return Expect(http.StatusAccepted, "", payload)
}

// Echo answers the current event with itself.
func Echo(ctx context.Context, r *Runtime) error {
	return Respond(string(r.Event))(ctx, r)
}

// Expect answers the current event, or the one with the given id, and expects
// a status.
func Expect(status int, id, payload string) Action {
	return func(ctx context.Context, r *Runtime) error {
		return r.post(ctx, status, r.invocation(id, "response"), strings.NewReader(payload), nil, nil)
	}
}

// Fail answers the current event with an error.
func Fail(payload string) Action {
	return func(ctx context.Context, r *Runtime) error {
		return r.post(ctx, http.StatusAccepted, r.invocation("", "error"), strings.NewReader(payload), nil, nil)
	}
}

// FailInit reports that the init failed.
func FailInit(kind, payload string) Action {
	return func(ctx context.Context, r *Runtime) error {
		header := http.Header{"Lambda-Runtime-Function-Error-Type": {kind}}
		return r.post(ctx, http.StatusAccepted, "init/error", strings.NewReader(payload), header, nil)
	}
}

// Restore waits as a SnapStart runtime does between snapshot and first event.
func Restore(ctx context.Context, r *Runtime) error {
	resp, body, err := r.get(ctx, "restore/next")
	if err == nil && (resp.StatusCode != http.StatusOK || len(body) > 0) {
		err = fmt.Errorf("restore: status %d: %s", resp.StatusCode, body)
	}
	return err
}

// Stream answers the current event with a streamed response. A failure that is
// not empty is sent as the error of a function that fails at the end of it.
func Stream(failure string, chunks ...string) Action {
	return func(ctx context.Context, r *Runtime) error {
		return r.stream(ctx, failure, func(w io.Writer) error {
			for _, chunk := range chunks {
				if _, err := io.WriteString(w, chunk); err != nil {
					return err
				}
			}
			return nil
		})
	}
}

// StreamAndHang begins to stream a response and never ends it.
func StreamAndHang(begin string) Action {
	return func(ctx context.Context, r *Runtime) error {
		return r.stream(ctx, "", func(w io.Writer) error {
			if _, err := io.WriteString(w, begin); err != nil {
				return err
			}
			return Hang(ctx, r)
		})
	}
}

func (r *Runtime) stream(ctx context.Context, failure string, write func(io.Writer) error) error {
	reader, writer := io.Pipe()
	defer reader.Close()
	go func() { _ = writer.CloseWithError(write(writer)) }()
	header := http.Header{"Lambda-Runtime-Function-Response-Mode": {"streaming"}}
	trailer := http.Header{}
	if failure != "" {
		trailer.Set("Lambda-Runtime-Function-Error-Type", "Runtime.StreamError")
		trailer.Set("Lambda-Runtime-Function-Error-Body", base64.StdEncoding.EncodeToString([]byte(failure)))
	}
	return r.post(ctx, http.StatusAccepted, r.invocation("", "response"), reader, header, trailer)
}

// Repeat carries the actions out n times.
func Repeat(n int, actions ...Action) Action {
	return func(ctx context.Context, r *Runtime) error {
		for range n {
			for _, act := range actions {
				if err := act(ctx, r); err != nil {
					return err
				}
			}
		}
		return nil
	}
}

// Hang does nothing until the script is cancelled.
func Hang(ctx context.Context, _ *Runtime) error {
	<-ctx.Done()
	return ctx.Err()
}

func (r *Runtime) invocation(id, what string) string {
	if id == "" {
		id = r.Header.Get("Lambda-Runtime-Aws-Request-Id")
	}
	return "invocation/" + id + "/" + what
}

func (r *Runtime) post(ctx context.Context, status int, path string, body io.Reader, header, trailer http.Header) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, r.base+path, body)
	if err != nil {
		return err
	}
	if header != nil {
		req.Header = header
	}
	req.Trailer = trailer
	resp, reply, err := r.send(req)
	if err == nil && resp.StatusCode != status {
		err = fmt.Errorf("post %s: status %d, want %d: %s", path, resp.StatusCode, status, reply)
	}
	return err
}

func (r *Runtime) get(ctx context.Context, path string) (*http.Response, []byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.base+path, nil)
	if err != nil {
		return nil, nil, err
	}
	return r.send(req)
}

func (r *Runtime) send(req *http.Request) (*http.Response, []byte, error) {
	resp, err := r.client.Do(req)
	if err != nil {
		return nil, nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return resp, body, err
}
