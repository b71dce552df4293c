package process

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"sam/emulator"
)

// Isolated is a Runner that has sandboxes: namespaces of the kernel's, which
// take no privileges where the host allows them to users.
type Isolated struct {
	Runner
	required bool
	first    *sandbox // begun when the Runner was made
	taken    atomic.Bool
}

// Isolate returns a Runner with sandboxes. It starts to make the first one at
// once. If sandboxes are required, environments without them are not started.
func Isolate(required bool) *Isolated {
	return &Isolated{required: required, first: beginSandbox()}
}

// Probe waits for the first sandbox. The error says why there can be none.
func (r *Isolated) Probe() error { return r.first.made() }

// Sandbox implements emulator.Sandboxer.
func (r *Isolated) Sandbox(ctx context.Context, layout emulator.Layout) (emulator.Sandbox, error) {
	if err := ctx.Err(); err != nil {
		return nil, context.Cause(ctx)
	}
	s, err := r.sandbox(layout)
	switch {
	case err == nil:
		return s, nil
	case r.required:
		return nil, fmt.Errorf("isolate the function (--isolation namespaces): %w", err)
	}
	return nil, &emulator.UnsandboxedError{Err: err}
}

func (r *Isolated) sandbox(layout emulator.Layout) (*sandbox, error) {
	s := r.first
	if r.taken.Swap(true) {
		if err := r.Probe(); err != nil {
			return nil, err
		}
		s = beginSandbox()
	}
	if err := s.furnish(&layout); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Close frees what nobody has asked for. Sandboxes that somebody has are that
// one's to close.
func (r *Isolated) Close() error {
	if !r.taken.Swap(true) {
		return r.first.Close()
	}
	return nil
}
