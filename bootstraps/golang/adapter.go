package golang

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// An Adapter stands between the Runtime API and the process of one execution
// environment.
type Adapter struct {
	port     int
	reserved int // a socket that holds the port until Run
}

// New returns an Adapter with a port for a process that is about to start. Run
// or Close must follow.
func New() (*Adapter, error) {
	// Who binds a port and does not listen keeps it from being given to others,
	// and yet lets a server that reuses addresses, as those of Go do, listen.
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("reserve a port for the function: %w", err)
	}
	a := &Adapter{reserved: fd}
	if err := a.bind(); err != nil {
		a.Close()
		return nil, fmt.Errorf("reserve a port for the function: %w", err)
	}
	return a, nil
}

func (a *Adapter) bind() error {
	if err := unix.SetsockoptInt(a.reserved, unix.SOL_SOCKET, unix.SO_REUSEADDR, 1); err != nil {
		return err
	}
	if err := unix.Bind(a.reserved, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		return err
	}
	bound, err := unix.Getsockname(a.reserved)
	if err != nil {
		return err
	}
	a.port = bound.(*unix.SockaddrInet4).Port
	return nil
}

// Close gives the port up, if no process was started.
func (a *Adapter) Close() { _ = unix.Close(a.reserved) }

// Port is the value of _LAMBDA_SERVER_PORT.
func (a *Adapter) Port() string { return strconv.Itoa(a.port) }

// Run serves the function's process from the Runtime API at the address
// runtimeAPI. It returns when ctx is done, or when the process is of no more
// use: it has panicked, or broken the connection. It is the caller's to end it
// then. What AWS's runtime logs of a function's errors goes to log.
func (a *Adapter) Run(ctx context.Context, runtimeAPI string, log func(lines string)) {
	defer a.Close()
	conn, err := a.connect(ctx)
	if err != nil {
		return
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	api := newClient(runtimeAPI)
	defer api.close()
	function := newCaller(conn)
	for err = function.ping(); err == nil; err = serve(ctx, api, function, log) {
	}
	if refusal, ok := errors.AsType[serverError](err); ok {
		log(fmt.Sprintf("the function refused a call of net/rpc: %v\n", refusal))
	}
}

// connect waits until the process listens. Nothing tells when it does.
func (a *Adapter) connect(ctx context.Context) (net.Conn, error) {
	var dialer net.Dialer
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for {
		conn, err := dialer.DialContext(ctx, "tcp4", net.JoinHostPort("127.0.0.1", a.Port()))
		if err == nil || ctx.Err() != nil {
			return conn, err
		}
		<-tick.C
	}
}

var errPanic = errors.New("the function has panicked")

// serve runs one invocation. After an error the process can have no other.
func serve(ctx context.Context, api *client, function *caller, log func(lines string)) error {
	event, err := api.next(ctx)
	if err != nil {
		return err
	}
	answer, err := function.invoke(event)
	if err != nil {
		return err
	}
	if answer.Error == nil {
		return api.post(ctx, event.RequestId, "response", answer.Payload)
	}
	logError(log, answer.Error)
	body, err := json.Marshal(answer.Error)
	if err == nil {
		err = api.post(ctx, event.RequestId, "error", body)
	}
	if err == nil && answer.Error.ShouldExit {
		err = errPanic
	}
	return err
}

// logError writes what AWS's runtime logs: "boom: errorString", and the stack
// of a panic, or null.
func logError(log func(lines string), err *invokeError) {
	stack, _ := json.Marshal(err.StackTrace) // strings and numbers always marshal
	log(fmt.Sprintf("%s: %s\n%s\n", err.Message, err.Type, stack))
}
