package golang

import (
	"bufio"
	"encoding/gob"
	"io"
)

// A caller calls a function as net/rpc's client does. That package is left
// out: it brings along html/template, which makes every start of the program
// slower.
type caller struct {
	out *bufio.Writer
	enc *gob.Encoder
	dec *gob.Decoder
	seq uint64
}

func newCaller(conn io.ReadWriter) *caller {
	out := bufio.NewWriter(conn)
	return &caller{out: out, enc: gob.NewEncoder(out), dec: gob.NewDecoder(bufio.NewReader(conn))}
}

// The headers of net/rpc's messages.
type (
	requestHeader struct {
		ServiceMethod string
		Seq           uint64
	}
	responseHeader struct {
		ServiceMethod string
		Seq           uint64
		Error         string
	}
)

// The messages of github.com/aws/aws-lambda-go/lambda/messages, whose fields
// go by these names.
type (
	invokeRequest struct {
		Payload               []byte
		RequestId             string
		XAmznTraceId          string
		Deadline              timestamp
		InvokedFunctionArn    string
		CognitoIdentityId     string
		CognitoIdentityPoolId string
		ClientContext         []byte
	}
	timestamp struct {
		Seconds int64
		Nanos   int64
	}
	invokeResponse struct {
		Payload []byte
		Error   *invokeError
	}
	invokeError struct {
		Message    string       `json:"errorMessage"`
		Type       string       `json:"errorType"`
		StackTrace []stackFrame `json:"stackTrace,omitempty"`
		ShouldExit bool         `json:"-"`
	}
	stackFrame struct {
		Path  string `json:"path"`
		Line  int32  `json:"line"`
		Label string `json:"label"`
	}
)

// A serverError is the server's refusal of a call.
type serverError string

func (e serverError) Error() string { return string(e) }

func (c *caller) ping() error { return c.call("Function.Ping", struct{}{}, &struct{}{}) }

func (c *caller) invoke(event *invokeRequest) (*invokeResponse, error) {
	var answer invokeResponse
	return &answer, c.call("Function.Invoke", event, &answer)
}

// call waits for the answer: an environment runs one invocation at a time.
func (c *caller) call(method string, args, reply any) error {
	c.seq++
	err := c.enc.Encode(requestHeader{method, c.seq})
	if err == nil {
		err = c.enc.Encode(args)
	}
	if err == nil {
		err = c.out.Flush()
	}
	if err != nil {
		return err
	}
	var header responseHeader
	if err := c.dec.Decode(&header); err != nil {
		return err
	}
	if header.Error != "" {
		return serverError(header.Error)
	}
	return c.dec.Decode(reply)
}
