package emulator

import (
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"
	"runtime"
	"sync"
	"time"
)

// FleetOptions say how a Fleet keeps environments.
type FleetOptions struct {
	// MaxConcurrency bounds the environments of a function that has no bound
	// of its own.
	MaxConcurrency int
	// IdleTimeout is how long an environment is kept without work.
	IdleTimeout time.Duration
	// Cold gives every invocation an environment of its own.
	Cold bool
	// Eager starts an environment of every function ahead of its invocations,
	// and again when the function has changed.
	Eager bool
	// Prepared, if set, is told of each function that is about to be run for
	// the first time, or anew.
	Prepared func(*Prepared)
	// Failed, if set, is told of environments that could not be started ahead
	// of an invocation.
	Failed func(function string, err error)
}

// A Fleet runs the functions of a template in environments that it keeps warm:
// each serves one invocation at a time, the one used last is used first, and
// there are as many as invocations at the same time need. Its methods may be
// called from any goroutine.
type Fleet struct {
	emulator *Emulator
	options  FleetOptions
	starting chan struct{} // holds a token for each start that nobody waits for

	running context.Context // of the invocations
	abort   context.CancelCauseFunc
	work    sync.WaitGroup // goroutines

	mu          sync.RWMutex
	closed      bool
	order       []string
	pools       map[string]*pool
	invocations sync.WaitGroup // added to under mu, while not closed
}

// ErrFleetClosed says that a Fleet takes no invocations any more.
var ErrFleetClosed = errors.New("functions are being stopped")

// An UnknownFunctionError says that a Fleet has no such function.
type UnknownFunctionError struct {
	Function string // its path
}

func (e *UnknownFunctionError) Error() string { return "there is no function " + e.Function }

// A ThrottledError says that an invocation was refused because all
// environments that its function may have were busy for too long.
type ThrottledError struct {
	Function string // its path
	Limit    int    // environments that it may have
}

func (e *ThrottledError) Error() string {
	switch e.Limit {
	case 0:
		return e.Function + " is throttled: it reserves a concurrency of 0"
	case 1:
		return e.Function + " is throttled: the one environment that it may have is busy"
	}
	return fmt.Sprintf("%s is throttled: all of the %d environments that it may have are busy", e.Function, e.Limit)
}

// NewFleet returns a Fleet without functions. It must be closed. What a Fleet
// left behind whose program was killed is removed.
func (e *Emulator) NewFleet(options FleetOptions) *Fleet {
	running, abort := context.WithCancelCause(context.Background())
	f := &Fleet{
		emulator: e, options: options, starting: make(chan struct{}, runtime.NumCPU()),
		running: running, abort: abort, pools: make(map[string]*pool),
	}
	f.work.Go(e.Sweep)
	return f
}

// Update makes these the functions of the Fleet. Environments of functions
// that have changed or are gone are stopped once they have ended what they are
// at; those of the others are kept.
func (f *Fleet) Update(functions []Function) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return
	}
	pools := make(map[string]*pool, len(functions))
	f.order = f.order[:0]
	for _, fn := range functions {
		p := f.pools[fn.Path]
		switch {
		case p == nil:
			p = newPool(f, fn)
			p.warmUp()
		case !reflect.DeepEqual(p.definition(), fn):
			p.renew(fn)
		}
		pools[fn.Path] = p
		f.order = append(f.order, fn.Path)
	}
	for path, p := range f.pools {
		if pools[path] == nil {
			p.close()
		}
	}
	f.pools = pools
}

// Renew says that the code of functions has changed: they are prepared anew,
// as if Update had changed them. It returns those that had been used since the
// last time: for the others nothing changes.
func (f *Fleet) Renew(functions ...string) (renewed []string) {
	f.mu.RLock()
	defer f.mu.RUnlock()
	if f.closed {
		return nil
	}
	for _, path := range functions {
		if p := f.pools[path]; p != nil && p.renew(p.definition()) {
			renewed = append(renewed, path)
		}
	}
	return renewed
}

// Functions are the functions of the Fleet, in the order of Update.
func (f *Fleet) Functions() []Function {
	f.mu.RLock()
	defer f.mu.RUnlock()
	functions := make([]Function, len(f.order))
	for i, path := range f.order {
		functions[i] = f.pools[path].definition()
	}
	return functions
}

// Invoke runs an invocation of the function with the given path. It returns as
// soon as the result is known; what ends an invocation behind that is the
// Fleet's affair. If ctx ends the function runs on, as it does on AWS when its
// caller goes away, but writes no more to the request's Stream.
//
// The error is *UnknownFunctionError, *ThrottledError (also if ctx's deadline
// comes before an environment), ErrFleetClosed, one of Prepare and Start, or the
// cause of ctx's end.
func (f *Fleet) Invoke(ctx context.Context, function string, req Request) (*Result, error) {
	p, err := f.begin(function)
	if err != nil {
		return nil, err
	}
	inv, err := p.acquire(ctx, req)
	if err != nil {
		f.invocations.Done()
		return nil, err
	}
	if req.Stream != nil || req.WithLog || !inv.answered(ctx) {
		return f.attend(ctx, inv)
	}
	// What nearly all invocations are: no goroutine but the caller's has to
	// wake up before the result is there.
	if err := inv.answer(); err != nil {
		return nil, err
	}
	select {
	case <-inv.call.Ended():
	default:
		f.work.Go(inv.watch) // the result stands, however the invocation ends
	}
	return inv.result, nil
}

// attend waits for the result of an invocation whose caller may go away before
// that.
func (f *Fleet) attend(ctx context.Context, inv *invocation) (*Result, error) {
	if inv.req.Stream != nil {
		stream := &abandonable{to: inv.req.Stream}
		defer stream.abandon()
		inv.req.Stream = stream
	}
	done := make(chan error, 1)
	f.work.Go(func() {
		err := inv.answer()
		if !inv.req.WithLog {
			done <- err
		}
		inv.watch()
		if inv.req.WithLog {
			inv.result.Log = inv.log
			done <- err
		}
	})
	select {
	case err := <-done:
		if err != nil {
			return nil, err
		}
		return inv.result, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// begin finds the pool of a function and counts an invocation.
func (f *Fleet) begin(function string) (*pool, error) {
	f.mu.RLock()
	defer f.mu.RUnlock()
	if f.closed {
		return nil, ErrFleetClosed
	}
	p := f.pools[function]
	if p == nil {
		return nil, &UnknownFunctionError{function}
	}
	f.invocations.Add(1)
	return p, nil
}

// Close takes no more invocations, lets those that are running end until ctx
// does, and stops all environments. It returns when none is left.
func (f *Fleet) Close(ctx context.Context) {
	f.mu.Lock()
	f.closed = true
	f.mu.Unlock()
	ended := make(chan struct{})
	go func() {
		f.invocations.Wait()
		close(ended)
	}()
	select {
	case <-ended:
	case <-ctx.Done():
	}
	f.abort(ErrFleetClosed)
	<-ended
	for _, p := range f.pools { // nobody changes them any more
		p.close()
	}
	f.work.Wait()
}

// abandonable is a Stream whose receiver may go away.
type abandonable struct {
	mu   sync.Mutex
	to   io.Writer
	gone bool
}

var errAbandoned = errors.New("the receiver of the response is gone")

func (s *abandonable) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.gone {
		return 0, errAbandoned
	}
	return s.to.Write(p)
}

func (s *abandonable) abandon() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gone = true
}
