package emulator

import (
	"context"
	"slices"
	"sync"
	"time"
)

// queueLimit is how long an invocation waits for an environment at most.
// AWS refuses at once what is over a function's concurrency; there the
// limit is a thousand, here it is what a machine can bear.
const queueLimit = 30 * time.Second

// A pool keeps the environments of one function.
type pool struct {
	fleet *Fleet

	mu         sync.Mutex
	function   Function
	generation int // of code and configuration
	prepared   *preparation
	limit      int       // environments at the same time
	count      int       // environments that are, or are being started
	starting   int       // those that are being started
	idle       []*worker // the one used last is last
	waiting    []*ticket // invocations, the first come first
	reaper     *time.Timer
	closed     bool

	leaving leavers
}

// A worker is an environment in a pool.
type worker struct {
	env        *Environment
	generation int
	lastUsed   time.Time
}

// A ticket is the place of an invocation that waits for an environment.
type ticket struct {
	generation int  // of the function when the invocation came: an older environment will not do
	late       bool // it has waited long enough for a busy environment
	req        Request
	served     chan struct{} // closed once the pool is done with it
	invocation *invocation
	err        error
}

func newPool(f *Fleet, fn Function) *pool {
	p := &pool{fleet: f}
	p.reaper = time.AfterFunc(time.Hour, p.reap)
	p.reaper.Stop()
	p.define(fn)
	return p
}

// define takes a function's definition; p.mu is held, or p is new.
func (p *pool) define(fn Function) {
	p.function = fn
	p.generation++
	p.prepared = nil
	p.limit = p.fleet.options.MaxConcurrency
	if p.debugged() {
		p.limit = 1
	}
	if fn.Reserved >= 0 {
		p.limit = min(p.limit, fn.Reserved)
	}
}

// debugged says whether the function waits for a debugger: its one environment
// is kept, and waited for, for as long as it takes.
func (p *pool) debugged() bool { return p.function.Debug != nil }

func (p *pool) definition() Function {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.function
}

// renew changes the function, or what its code is. Environments that are at
// work end that first. It tells whether there was anything to renew.
func (p *pool) renew(fn Function) bool {
	p.mu.Lock()
	used := p.prepared != nil || p.count > 0
	idle := p.idle
	p.idle = nil
	p.count -= len(idle)
	p.define(fn)
	p.mu.Unlock()
	p.stop(idle...)
	p.warmUp()
	return used
}

// close ends the pool. Environments that are at work are stopped when they are
// released.
func (p *pool) close() {
	p.mu.Lock()
	p.closed = true
	p.reaper.Stop()
	idle, waiting := p.idle, p.waiting
	p.idle, p.waiting = nil, nil
	p.count -= len(idle)
	p.mu.Unlock()
	for _, t := range waiting {
		t.serve(nil, &UnknownFunctionError{p.function.Path})
	}
	p.stop(idle...)
}

// acquire begins an invocation, once there is an environment for it.
func (p *pool) acquire(ctx context.Context, req Request) (*invocation, error) {
	p.mu.Lock()
	if w := p.takeIdle(); w != nil {
		p.mu.Unlock()
		return p.run(w, req)
	}
	if p.closed {
		p.mu.Unlock()
		return nil, &UnknownFunctionError{p.function.Path}
	}
	if p.limit == 0 {
		p.mu.Unlock()
		return nil, p.throttled()
	}
	t := &ticket{generation: p.generation, req: req, served: make(chan struct{}), late: p.fleet.options.Cold}
	p.waiting = append(p.waiting, t)
	p.grow()
	p.mu.Unlock()
	return p.await(ctx, t)
}

// await waits for a ticket to be served.
func (p *pool) await(ctx context.Context, t *ticket) (*invocation, error) {
	timer := time.NewTimer(growDelay)
	defer timer.Stop()
	for patient := true; ; patient = false {
		select {
		case <-t.served:
			return t.invocation, t.err
		case <-timer.C:
			if !patient {
				return p.leave(t, p.throttled())
			}
			p.mu.Lock()
			t.late = true
			p.grow()
			if !p.debugged() {
				timer.Reset(queueLimit)
			}
			p.mu.Unlock()
		case <-ctx.Done():
			if ctx.Err() == context.DeadlineExceeded { // whoever waits for it has lost patience sooner than we
				return p.leave(t, p.throttled())
			}
			return p.leave(t, context.Cause(ctx))
		}
	}
}

func (p *pool) throttled() *ThrottledError {
	p.mu.Lock()
	defer p.mu.Unlock()
	return &ThrottledError{p.function.Path, p.limit}
}

// leave gives a place among the waiting up, unless the invocation has begun at
// the same moment.
func (p *pool) leave(t *ticket, err error) (*invocation, error) {
	p.mu.Lock()
	i := slices.Index(p.waiting, t)
	if i >= 0 {
		p.waiting = slices.Delete(p.waiting, i, i+1)
	}
	p.mu.Unlock()
	if i < 0 {
		<-t.served
		return t.invocation, t.err
	}
	return nil, err
}

// takeIdle returns the environment that was used last, or nil; p.mu is held.
func (p *pool) takeIdle() *worker {
	for len(p.idle) > 0 {
		w := p.idle[len(p.idle)-1]
		p.idle = p.idle[:len(p.idle)-1]
		if w.env.usable() {
			return w
		}
		p.count--
		p.stop(w)
	}
	return nil
}

// run begins an invocation in an environment, which comes back by itself.
func (p *pool) run(w *worker, req Request) (*invocation, error) {
	inv, err := w.env.begin(p.fleet.running, req, func(err error) {
		p.release(w, err == nil)
		p.fleet.invocations.Done()
	})
	if err != nil {
		p.release(w, false)
	}
	return inv, err
}

// release takes an environment back after an invocation. Somebody who waits
// for one has it at once: the event is on its way before he wakes up.
func (p *pool) release(w *worker, usable bool) {
	p.mu.Lock()
	var t *ticket
	if p.closed || !usable || p.fleet.options.Cold && !p.debugged() || p.outdated(w) || !w.env.usable() {
		p.discard(w)
	} else {
		t = p.offer(w)
	}
	p.mu.Unlock()
	p.hand(w, t)
}

// hand begins the invocation of a ticket, which may be nil.
func (p *pool) hand(w *worker, t *ticket) {
	if t != nil {
		inv, err := p.run(w, t.req)
		t.serve(inv, err)
	}
}

// outdated tells whether an environment is of no use any more because the
// function has changed since. Invocations that came before the change may have
// it still: otherwise a directory that something writes to all the time would
// keep them waiting for ever; p.mu is held.
func (p *pool) outdated(w *worker) bool {
	return w.generation != p.generation && (len(p.waiting) == 0 || p.waiting[0].generation > w.generation)
}

// offer returns the invocation that has waited longest for an environment, or
// keeps that for another one; p.mu is held.
func (p *pool) offer(w *worker) *ticket {
	if len(p.waiting) > 0 {
		return p.next()
	}
	w.lastUsed = time.Now()
	p.idle = append(p.idle, w)
	if len(p.idle) == 1 && !p.debugged() {
		p.reaper.Reset(p.fleet.options.IdleTimeout)
	}
	return nil
}

// next takes the invocation that has waited longest; p.mu is held.
func (p *pool) next() *ticket {
	t := p.waiting[0]
	p.waiting = p.waiting[1:]
	return t
}

func (t *ticket) serve(inv *invocation, err error) {
	t.invocation, t.err = inv, err
	close(t.served)
}

// discard stops an environment that is of no more use, and starts another one
// if somebody waits; p.mu is held.
func (p *pool) discard(w *worker) {
	p.count--
	p.stop(w)
	p.grow()
}

// stop stops environments, without anybody having to wait for that.
func (p *pool) stop(workers ...*worker) {
	for _, w := range workers {
		p.leaving.add()
		p.fleet.work.Go(func() {
			defer p.leaving.done()
			if err := w.env.Stop(ended); err != nil {
				p.fleet.emulator.config.Logger.Warn("environment stopped badly", "function", p.function.Path, "error", err)
			}
		})
	}
}

// ended is a context that is done: Lambda ends an environment without a
// signal that it could handle, and so do we.
var ended = func() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}()

// reap stops environments that have been idle for too long.
func (p *pool) reap() {
	p.mu.Lock()
	defer p.mu.Unlock()
	timeout := p.fleet.options.IdleTimeout
	old := 0
	for old < len(p.idle) && time.Since(p.idle[old].lastUsed) >= timeout {
		old++
	}
	p.count -= old
	p.stop(p.idle[:old]...)
	p.idle = slices.Delete(p.idle, 0, old)
	if len(p.idle) > 0 {
		p.reaper.Reset(timeout - time.Since(p.idle[0].lastUsed))
	}
}

// leavers counts environments that are being stopped.
type leavers struct {
	mu   sync.Mutex
	n    int
	none chan struct{} // closed when there are none any more
}

func (l *leavers) add() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.n == 0 {
		l.none = make(chan struct{})
	}
	l.n++
}

func (l *leavers) done() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.n--; l.n == 0 {
		close(l.none)
	}
}

// wait returns when those that are leaving now are gone.
func (l *leavers) wait() {
	l.mu.Lock()
	n, none := l.n, l.none
	l.mu.Unlock()
	if n > 0 {
		<-none
	}
}
