package golang

import (
	"context"
	"errors"
	"net"
	"net/rpc"
	"testing"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
)

func TestReservedPortIsForTheProcess(t *testing.T) {
	a, err := New()
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	b, err := New()
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if a.Port() == b.Port() {
		t.Errorf("both have port %s", a.Port())
	}
	listener, err := net.Listen("tcp", "localhost:"+a.Port())
	if err != nil {
		t.Fatal(err)
	}
	listener.Close()
}

// AWS's library still has the server of net/rpc.
func TestCallsAreThoseOfNetRPC(t *testing.T) {
	ours, theirs := net.Pipe()
	server := rpc.NewServer()
	//lint:ignore SA1019 deprecated, because nothing but the runtime of go1.x, as which we test, has use for it
	function := lambda.NewFunction(lambda.NewHandler(func(ctx context.Context, event string) (string, error) {
		if event == "" {
			return "", errors.New("boom")
		}
		return event + " " + lambdaContext(ctx), nil
	}))
	if err := server.Register(function); err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		server.ServeConn(theirs)
		close(done)
	}()
	c := newCaller(ours)
	if err := c.ping(); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		answer, err := c.invoke(&invokeRequest{
			Payload: []byte(`"event"`), RequestId: "id", Deadline: timestamp{Seconds: 4102444800},
			ClientContext: []byte(`{"custom": {"k": "v"}}`), CognitoIdentityId: "somebody",
		})
		if err != nil || string(answer.Payload) != `"event id somebody v"` || answer.Error != nil {
			t.Errorf("answer %+v, %v", answer, err)
		}
	}
	answer, err := c.invoke(&invokeRequest{Payload: []byte(`""`), Deadline: timestamp{Seconds: 4102444800}})
	if err != nil || answer.Error == nil || answer.Error.Message != "boom" || answer.Error.Type != "errorString" || answer.Error.ShouldExit {
		t.Errorf("answer %+v, %v", answer, err)
	}
	if err := c.call("Function.Nothing", struct{}{}, &struct{}{}); err != serverError("rpc: can't find method Function.Nothing") {
		t.Errorf("error is %v", err)
	}
	ours.Close()
	<-done
}

func lambdaContext(ctx context.Context) string {
	lc, _ := lambdacontext.FromContext(ctx)
	return lc.AwsRequestID + " " + lc.Identity.CognitoIdentityID + " " + lc.ClientContext.Custom["k"]
}

func TestAdapterEndsWithItsContext(t *testing.T) {
	a, err := New()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	a.Run(ctx, "127.0.0.1:1", func(string) {}) // nobody listens on the port
	if _, err := net.Dial("tcp4", "127.0.0.1:"+a.Port()); err == nil {
		t.Error("somebody does")
	}
}
