package golang

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
)

// A client is one of the Runtime API.
type client struct {
	base      string
	transport http.Transport // of its own: it ends with the environment
}

func newClient(address string) *client {
	return &client{base: "http://" + address + "/2018-06-01/runtime/invocation/"}
}

func (c *client) close() { c.transport.CloseIdleConnections() }

// next waits for an event.
func (c *client) next(ctx context.Context) (*invokeRequest, error) {
	header, payload, err := c.do(ctx, http.MethodGet, "next", nil, http.StatusOK)
	if err != nil {
		return nil, err
	}
	deadline, err := strconv.ParseInt(header.Get("Lambda-Runtime-Deadline-Ms"), 10, 64)
	if err != nil {
		return nil, err
	}
	var identity struct{ CognitoIdentityID, CognitoIdentityPoolID string }
	if text := header.Get("Lambda-Runtime-Cognito-Identity"); text != "" {
		if err := json.Unmarshal([]byte(text), &identity); err != nil {
			return nil, err
		}
	}
	return &invokeRequest{
		Payload:               payload,
		RequestId:             header.Get("Lambda-Runtime-Aws-Request-Id"),
		XAmznTraceId:          header.Get("Lambda-Runtime-Trace-Id"),
		Deadline:              timestamp{Seconds: deadline / 1000, Nanos: deadline % 1000 * 1e6},
		InvokedFunctionArn:    header.Get("Lambda-Runtime-Invoked-Function-Arn"),
		CognitoIdentityId:     identity.CognitoIdentityID,
		CognitoIdentityPoolId: identity.CognitoIdentityPoolID,
		ClientContext:         []byte(header.Get("Lambda-Runtime-Client-Context")),
	}, nil
}

// post posts a result to the invocation with an id. The caller of the function
// is told by the Runtime API if it is too large.
func (c *client) post(ctx context.Context, id, kind string, body []byte) error {
	_, _, err := c.do(ctx, http.MethodPost, id+"/"+kind, body, http.StatusAccepted, http.StatusRequestEntityTooLarge)
	return err
}

func (c *client) do(ctx context.Context, method, path string, body []byte, accepted ...int) (http.Header, []byte, error) {
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, bytes.NewReader(body))
	if err != nil {
		return nil, nil, err
	}
	resp, err := c.transport.RoundTrip(req)
	if err != nil {
		return nil, nil, err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, nil, err
	}
	if !slices.Contains(accepted, resp.StatusCode) {
		return nil, nil, fmt.Errorf("%s %s: %s", method, path, resp.Status)
	}
	return resp.Header, answer, nil
}
