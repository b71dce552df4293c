package process

import (
	"context"
	"syscall"
)

// An inhabitant is a process in a sandbox.
type inhabitant struct {
	running
	sandbox *sandbox
	id      int
}

// Stop implements emulator.Instance.
func (p *inhabitant) Stop(ctx context.Context) error {
	p.stop(ctx, p.signal)
	return nil
}

// signal reaches the group of the process.
func (p *inhabitant) signal(sig syscall.Signal) {
	_ = p.sandbox.control.send(&request{ID: p.id, Signal: sig}, nil) // nobody there: that is what was wanted
}

// PeakMemory implements emulator.Meter. It counts all that is in the sandbox.
func (p *inhabitant) PeakMemory() int64 {
	p.memory.measure(p.sandbox.children()...)
	return p.memory.peak()
}
