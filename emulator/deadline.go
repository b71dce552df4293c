package emulator

import (
	"sync"
	"time"
)

// A deadline ends an environment when an invocation takes too long. One timer
// serves all its invocations: it is left running, and whether somebody is late
// shows when it rings. A context for each invocation would cost more than all
// else that is done for a short one.
type deadline struct {
	missed chan struct{} // closed when an invocation was late: the environment is of no more use

	mu    sync.Mutex
	at    time.Time // of the invocation that is running, or zero
	timer *time.Timer
	armed bool
}

func newDeadline() *deadline { return &deadline{missed: make(chan struct{})} }

// set begins to watch an invocation. Those of an environment all have the same
// time, so that no deadline is before the one that the timer is set to.
func (d *deadline) set(at time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.at = at
	switch {
	case d.armed:
		return
	case d.timer == nil:
		d.timer = time.AfterFunc(time.Until(at), d.ring)
	default:
		d.timer.Reset(time.Until(at))
	}
	d.armed = true
}

// clear says that the invocation has ended.
func (d *deadline) clear() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.at = time.Time{}
}

func (d *deadline) ring() {
	d.mu.Lock()
	defer d.mu.Unlock()
	left := time.Until(d.at)
	switch {
	case d.at.IsZero():
		d.armed = false
	case left > 0:
		d.timer.Reset(left)
	default:
		close(d.missed)
	}
}

// stop ends the watch for good.
func (d *deadline) stop() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.timer != nil {
		d.timer.Stop()
	}
}
