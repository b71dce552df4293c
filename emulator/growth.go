package emulator

import (
	"context"
	"time"
)

// How a pool gets its environments.

// growDelay is how long an invocation waits for an environment that is
// busy before another one is started. A start takes longer than most
// invocations, and all the processor that they could use.
const growDelay = 10 * time.Millisecond

// A preparation is a function being prepared, or prepared.
type preparation struct {
	done   chan struct{}
	result *Prepared
	err    error
}

// warmUp starts an environment ahead of its invocations, if the fleet is to.
func (p *pool) warmUp() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.grow()
}

// grow starts environments for the invocations that have waited long enough,
// or have none to wait for; p.mu is held.
func (p *pool) grow() {
	wanted := 0
	for wanted < len(p.waiting) && p.waiting[wanted].late {
		wanted++
	}
	if p.count == 0 && (len(p.waiting) > 0 || p.fleet.options.Eager) {
		wanted = max(wanted, 1)
	}
	for !p.closed && p.count < p.limit && p.starting < wanted {
		p.begin()
	}
}

// begin starts an environment; p.mu is held. If nobody waits for it, it waits
// itself until few others are being started.
func (p *pool) begin() {
	p.count++
	p.starting++
	ahead := len(p.waiting) == 0
	p.fleet.work.Go(func() {
		ctx := p.fleet.running
		if ahead {
			p.fleet.starting <- struct{}{}
			defer func() { <-p.fleet.starting }()
		}
		w, err := p.start(ctx)
		if err == nil {
			w.env.ready(ctx)
		}
		p.started(w, err)
	})
}

// started takes an environment that was started.
func (p *pool) started(w *worker, err error) {
	p.mu.Lock()
	p.starting--
	var t *ticket
	switch {
	case err != nil:
		p.count--
		p.notStarted(err)
	case p.closed || p.outdated(w):
		p.discard(w)
	default:
		t = p.offer(w)
	}
	p.mu.Unlock()
	p.hand(w, t)
}

// notStarted tells whoever waits, or the Fleet's owner, that no environment
// could be started; p.mu is held.
func (p *pool) notStarted(err error) {
	if len(p.waiting) > 0 {
		p.next().serve(nil, err)
		p.grow()
	} else if failed := p.fleet.options.Failed; failed != nil && p.fleet.running.Err() == nil {
		failed(p.function.Path, err)
	}
}

// start prepares the function, unless that was done, and starts an
// environment.
func (p *pool) start(ctx context.Context) (*worker, error) {
	p.mu.Lock()
	preparing, fn, generation := p.prepared, p.function, p.generation
	mine := preparing == nil
	if mine {
		preparing = &preparation{done: make(chan struct{})}
		p.prepared = preparing
	}
	p.mu.Unlock()
	if mine {
		p.prepare(ctx, preparing, fn)
	}
	<-preparing.done
	if preparing.err != nil {
		return nil, preparing.err
	}
	if preparing.result.hasExtensions() {
		p.leaving.wait() // extensions listen on ports of their choice, which they still have
	}
	env, err := p.fleet.emulator.Start(ctx, preparing.result)
	return &worker{env: env, generation: generation}, err
}

// prepare prepares the function. A failure is not kept: its cause may be gone
// at the next invocation.
func (p *pool) prepare(ctx context.Context, preparing *preparation, fn Function) {
	preparing.result, preparing.err = p.fleet.emulator.Prepare(ctx, fn)
	if tell := p.fleet.options.Prepared; tell != nil && preparing.err == nil {
		tell(preparing.result)
	}
	if preparing.err != nil {
		p.mu.Lock()
		if p.prepared == preparing {
			p.prepared = nil
		}
		p.mu.Unlock()
	}
	close(preparing.done)
}
