package rapi

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"time"
)

// ErrClosed says that the Runtime was closed while somebody waited for it.
var ErrClosed = errors.New("runtime API is closed")

// A Config is what a Runtime knows about the function that it serves, and who
// is told about its init phase. The zero Config is that of a function without
// extensions that nobody observes.
type Config struct {
	// Function is what extensions are told about it.
	Function Function
	// Extensions are the names of the external extensions. The runtime's process
	// is to be started when all have registered.
	Extensions []string
	// Listener is where the Runtime is served, and closed with it; nil is a free
	// port of this host's loopback interface.
	Listener net.Listener
	// OnSubscribe takes a subscription to telemetry. It must neither wait nor
	// call the Runtime. Without it there is no Telemetry API.
	OnSubscribe func(Subscription)
	// OnRuntimeReady, if set, is called when the runtime's part of the init phase
	// is over, and OnInit before Initialized is closed. Neither must wait for the
	// runtime or for an extension.
	OnRuntimeReady, OnInit func(*Runtime)
}

// A Function is what extensions are told when they register.
type Function struct {
	Name    string `json:"functionName"`
	Version string `json:"functionVersion"`
	Handler string `json:"handler"`
	Account string `json:"accountId,omitempty"` // only if they ask for it
}

// A Runtime is the Runtime API of one execution environment. It listens on an
// address of its own, since runtime clients accept nothing but host:port.
//
// It serves one invocation at a time: Send may be called again only after the
// previous Call has Ended. All methods may be called from any goroutine.
type Runtime struct {
	config   Config
	addr     string
	opened   time.Time
	listener net.Listener
	server   *http.Server // of the connections that conn does not serve
	others   *handedOver
	conns    connections
	events   chan *Call // holds at most the one event that is due

	registered  chan struct{} // closed when all external extensions have registered
	initialized chan struct{} // closed at the end of the init phase
	restored    chan struct{} // closed to let a SnapStart runtime out of restore/next
	closed      chan struct{}
	serving     sync.WaitGroup // of connections, and the handlers

	mu          sync.Mutex
	state       state
	initTook    time.Duration
	current     *Call         // the call whose id is valid
	queue       []*conn       // those that wait for an event, the last one is the best
	bodyArrived chan struct{} // closed when the state leaves responding
	initFailure *Failure
	initPayload []byte

	runtimeReady     bool // the runtime's part of the init phase is over
	initEnded        bool // all of it is
	extensions       []*extension
	unregistered     int   // external extensions that have not registered
	unready          int   // extensions that have, and have not asked for an event
	owing            int   // extensions that have not come back from an INVOKE event
	ending           *Call // the call that only waits for them
	extensionFailure string
}

// Listen opens the Runtime API on a free port of the loopback interface and
// serves it until Close. It must be open before any process is started: AWS's
// clients give up connecting after a second.
func Listen(config Config) (*Runtime, error) {
	listener := config.Listener
	if listener == nil {
		var err error
		if listener, err = listen(); err != nil {
			return nil, err
		}
	}
	rt := &Runtime{
		config:      config,
		addr:        listener.Addr().String(),
		opened:      time.Now(),
		listener:    listener,
		events:      make(chan *Call, 1),
		registered:  make(chan struct{}),
		initialized: make(chan struct{}),
		restored:    make(chan struct{}),
		closed:      make(chan struct{}),
	}
	rt.expect(config.Extensions)
	rt.conns.init()
	rt.others = &handedOver{addr: listener.Addr(), conns: make(chan net.Conn), closed: make(chan struct{})}
	rt.server = &http.Server{
		Handler:                      rt.handler(),
		MaxHeaderBytes:               maxHeader,
		DisableGeneralOptionsHandler: true,
		ErrorLog:                     log.New(io.Discard, "", 0), // a runtime's broken connections are its own affair
	}
	rt.serving.Go(func() { _ = rt.server.Serve(rt.others) })
	rt.serving.Go(rt.accept)
	return rt, nil
}

func listen() (net.Listener, error) {
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("open runtime API: %w", err)
	}
	if loopbackDown() {
		_ = listener.Close()
		return nil, ErrLoopbackDown
	}
	return listener, nil
}

// accept takes connections until the Runtime is closed.
func (rt *Runtime) accept() {
	for {
		accepted, err := rt.listener.Accept()
		if err != nil {
			return
		}
		c := &conn{Conn: accepted, rt: rt, reader: bufio.NewReaderSize(accepted, headRoom)}
		rt.conns.add(c)
		rt.serving.Go(c.serve)
	}
}

// Addr is the value of AWS_LAMBDA_RUNTIME_API: host:port.
func (rt *Runtime) Addr() string { return rt.addr }

// Close stops serving, breaks every connection and waits until no goroutine
// of the Runtime is left. Closing it again is harmless.
func (rt *Runtime) Close() error {
	err := rt.listener.Close()
	_ = rt.server.Close() // first, so that no handler that is woken can answer any more
	rt.mu.Lock()
	select {
	case <-rt.closed:
		err = nil // it was closed before
	default:
		close(rt.closed)
	}
	rt.mu.Unlock()
	for _, conn := range rt.conns.list() {
		_ = conn.Close()
	}
	rt.serving.Wait()
	return err
}

// Initialized is closed when the init phase is over: the runtime asked for an
// event, or asked to be restored, and all extensions that registered have asked
// for an event, or the runtime reported that its init failed.
func (rt *Runtime) Initialized() <-chan struct{} { return rt.initialized }

// InitDuration is the time from Listen to the end of the init phase. It is
// valid once Initialized is closed.
func (rt *Runtime) InitDuration() time.Duration {
	rt.mu.Lock()
	defer rt.mu.Unlock()
	return rt.initTook
}

// InitFailure tells whether the init failed, with the error as the runtime
// posted it. It is valid once Initialized is closed.
func (rt *Runtime) InitFailure() (*Failure, []byte) {
	rt.mu.Lock()
	defer rt.mu.Unlock()
	return rt.initFailure, rt.initPayload
}

// Send hands an event to the runtime: at once if it waits for one, else as
// soon as it does.
func (rt *Runtime) Send(inv Invocation) *Call {
	call := &Call{Invocation: inv, responded: make(chan struct{}), ended: make(chan struct{})}
	rt.mu.Lock()
	if rt.state == restoreReady {
		rt.state = restoring
		close(rt.restored)
	}
	if len(rt.extensions) > 0 {
		rt.notify(&call.Invocation)
	}
	rt.mu.Unlock()
	rt.give(call)
	return call
}

// Drain returns once everything that the runtime's process sent before it
// ended has been read and answered. Call it when the process is gone: a
// response that it had posted must win over its exit. If another process keeps
// one of its connections open, Drain ends with ctx.
func (rt *Runtime) Drain(ctx context.Context) {
	rt.conns.drain(ctx, rt.addr)
}

// enter starts a handler, unless the Runtime is closed.
func (rt *Runtime) enter() error {
	rt.mu.Lock()
	defer rt.mu.Unlock()
	select {
	case <-rt.closed:
		return ErrClosed
	default:
		rt.serving.Add(1)
		return nil
	}
}

// endInit ends the runtime's part of the init phase in the state that it ended
// in; rt.mu is held, and given up for a moment.
func (rt *Runtime) endInit(to state) {
	first := rt.state == started
	rt.state = to
	if first {
		rt.tell(rt.config.OnRuntimeReady)
		rt.runtimeReady = true
		rt.completeInit()
	}
}

// completeInit ends the init phase if there is nobody left to wait for; rt.mu
// is held, and given up for a moment.
func (rt *Runtime) completeInit() {
	if rt.initEnded || !rt.runtimeReady || rt.unready > 0 && rt.initFailure == nil {
		return
	}
	rt.initEnded = true
	rt.initTook = time.Since(rt.opened)
	rt.tell(rt.config.OnInit)
	close(rt.initialized)
}

// tell calls whoever wants to know; rt.mu is held, and given up for as long.
func (rt *Runtime) tell(who func(*Runtime)) {
	if who != nil {
		rt.mu.Unlock()
		who(rt)
		rt.mu.Lock()
	}
}

// askNext takes a runtime that asks for an event to the state in which it may
// have one. It returns the call to render again if the runtime has an event
// already, and a channel to wait on if the body of its answer still arrives:
// streaming clients ask for the next event without waiting for the answer to
// their post.
func (rt *Runtime) askNext() (again *Call, arriving <-chan struct{}, err error) {
	rt.mu.Lock()
	switch rt.state {
	case started, restoring:
		rt.endInit(ready)
	case ready:
	case running:
		again = rt.current
	case responding:
		arriving = rt.bodyArrived
	case responded:
		call := rt.current
		rt.state, rt.current = ready, nil
		alone := rt.owing == 0 && call.OnRuntimeDone == nil
		rt.mu.Unlock()
		if alone {
			call.end()
		} else {
			rt.runtimeDone(call)
		}
		return nil, nil, nil
	default:
		err = transitionError(rt.state, ready)
	}
	rt.mu.Unlock()
	return again, arriving, err
}

// deliver marks a call as handed over.
func (rt *Runtime) deliver(call *Call) {
	rt.mu.Lock()
	defer rt.mu.Unlock()
	rt.state, rt.current = running, call
}

// beginReply admits the answer to the invocation with the given id. The id is
// checked before the state, as AWS does.
func (rt *Runtime) beginReply(id string) (*Call, error) {
	rt.mu.Lock()
	defer rt.mu.Unlock()
	if rt.current == nil || rt.current.RequestID != id || rt.state == responded {
		return nil, errInvalidRequestID
	}
	if rt.state != running {
		return nil, transitionError(rt.state, responding)
	}
	rt.state = responding
	rt.bodyArrived = make(chan struct{})
	return rt.current, nil
}

// reply gives the answer to whoever waits for the call.
func (rt *Runtime) reply(call *Call, reply Reply) {
	call.reply = reply
	if call.OnRuntimeDone != nil {
		call.replied = time.Now()
	}
	close(call.responded)
}

// endReply says that the body of the answer has arrived.
func (rt *Runtime) endReply() {
	rt.mu.Lock()
	defer rt.mu.Unlock()
	rt.state = responded
	close(rt.bodyArrived)
}

// failInit records that the init, or the restore of a SnapStart runtime, has
// failed.
func (rt *Runtime) failInit(kind string, payload []byte) error {
	rt.mu.Lock()
	defer rt.mu.Unlock()
	to := initFailed
	switch rt.state {
	case started:
	case restoring:
		to = restoreFailed
	default:
		return transitionError(rt.state, initFailed)
	}
	rt.initFailure, rt.initPayload = &Failure{Type: cleanErrorType(kind)}, payload
	rt.endInit(to)
	return nil
}

// awaitRestore takes the runtime to the snapshot point.
func (rt *Runtime) awaitRestore() error {
	rt.mu.Lock()
	defer rt.mu.Unlock()
	switch rt.state {
	case started:
		rt.endInit(restoreReady)
	case restoreReady:
	default:
		return transitionError(rt.state, restoreReady)
	}
	return nil
}
