package watch

import (
	"fmt"
	"sync/atomic"
	"syscall"
	"time"
)

// NewLimited returns a Watcher that the kernel allows no more than limit
// watches.
func NewLimited(o Options, limit int64) *Watcher {
	w := prepare(o)
	var used atomic.Int64
	add, remove := w.forest.add, w.forest.remove
	w.forest.add = func(path string) error {
		if used.Load() == limit {
			return fmt.Errorf("pretended: %w", syscall.ENOSPC)
		}
		err := add(path)
		if err == nil {
			used.Add(1)
		}
		return err
	}
	w.forest.remove = func(path string) error {
		used.Add(-1)
		return remove(path)
	}
	w.start()
	return w
}

// NewPolling returns a Watcher that does not wait a second.
func NewPolling(o Options) *Watcher {
	o.Poll = true
	w := prepare(o)
	w.forest.ticks = time.Tick(10 * time.Millisecond)
	w.start()
	return w
}

// NewWithoutKernel is NewPolling for want of instances of the kernel's.
func NewWithoutKernel(o Options) *Watcher {
	o.Poll = true
	w := prepare(o)
	w.forest.add = func(string) error { return fmt.Errorf("pretended: %w", syscall.EMFILE) }
	w.forest.ticks = time.Tick(10 * time.Millisecond)
	w.start()
	return w
}

// Watches are the directories that the kernel watches.
func (w *Watcher) Watches() []string { return w.kernel.WatchList() }

// LoseEvents has the Watcher believe that the kernel's queue has overflowed.
func (w *Watcher) LoseEvents() { signal(w.lost) }
