package watch

import (
	"slices"
	"time"
)

// A target is a named set of paths.
type target struct {
	name string

	// Guarded by Watcher.mu.
	paths  []string // as Set wants them; the slice is never written to
	change *change  // the latest that Changed has not returned for; nil if none

	// What follows belongs to run.
	linked  []string  // the paths of sources
	sources []*source // one per path
}

// pending says whether directories of the target are still to be read.
func (t *target) pending() bool {
	return slices.ContainsFunc(t.sources, func(s *source) bool { return s.pending > 0 })
}

// A change is what happens to a target until it is quiet. A target that is not
// watched yet is in a change, too, one that is not told: Await must wait for
// both.
type change struct {
	target      *target
	told        bool // whether Changed gets to know
	first, last time.Time
	over        bool          // what happens from now on is another change
	done        chan struct{} // closed once Changed has returned
}

func newChange(t *target, now time.Time) *change {
	return &change{target: t, first: now, done: make(chan struct{})}
}

// due returns when the change is over if nothing else happens.
func (c *change) due() time.Time {
	latest := c.first.Add(longest)
	if earliest := c.last.Add(quiet); !c.target.pending() && earliest.Before(latest) {
		return earliest
	}
	return latest
}

// touch notes that something of a source has changed.
func (w *Watcher) touch(s *source) {
	now := time.Now()
	w.mu.Lock()
	for _, t := range s.users {
		if t.change == nil || t.change.over {
			t.change = newChange(t, now)
		}
		if c := t.change; !c.told {
			c.told, c.first = true, now
		}
		t.change.last = now
		w.changing[t] = t.change
	}
	w.mu.Unlock()
	w.wake(now.Add(quiet))
}

// wake has settle called at a time, or before.
func (w *Watcher) wake(at time.Time) {
	if w.awake.IsZero() || at.Before(w.awake) {
		w.awake = at
		w.timer.Reset(time.Until(at))
	}
}

// settle ends the changes that are due.
func (w *Watcher) settle() {
	now := time.Now()
	var next time.Time
	w.mu.Lock()
	for t, c := range w.changing {
		due := c.due()
		if due.After(now) {
			if next.IsZero() || due.Before(next) {
				next = due
			}
			continue
		}
		delete(w.changing, t)
		for _, s := range t.sources {
			s.late = s.late || s.pending > 0
		}
		if !c.told {
			w.finish(c)
			continue
		}
		c.over = true
		w.complete = append(w.complete, c)
	}
	if len(w.complete) > 0 {
		signal(w.settled)
	}
	w.mu.Unlock()
	w.awake = time.Time{}
	if !next.IsZero() {
		w.wake(next)
	}
}

// finish releases those who wait for the change. It needs Watcher.mu.
func (w *Watcher) finish(c *change) {
	c.over = true
	if c.target.change == c {
		c.target.change = nil
	}
	close(c.done)
}

// report calls Changed. It is a goroutine of its own, so that a slow Changed
// holds up only those who wait for its targets.
func (w *Watcher) report() {
	for {
		select {
		case <-w.stop:
			return
		case <-w.settled:
		}
		w.mu.Lock()
		changes := w.complete
		w.complete = nil
		var names []string
		for _, c := range changes {
			if w.targets[c.target.name] == c.target {
				names = append(names, c.target.name)
			}
		}
		w.mu.Unlock()
		if len(names) > 0 {
			slices.Sort(names)
			w.changed(slices.Compact(names))
		}
		w.mu.Lock()
		for _, c := range changes {
			w.finish(c)
		}
		w.mu.Unlock()
	}
}

// link tells the forest of the targets that Set wants.
func (w *Watcher) link() {
	w.mu.Lock()
	wanted := make(map[*target][]string, len(w.targets))
	for _, t := range w.targets {
		wanted[t] = t.paths
		if t.change != nil && !t.change.over {
			w.changing[t] = t.change
		}
	}
	for t := range w.linked {
		if _, ok := wanted[t]; !ok && t.change != nil && !t.change.over {
			delete(w.changing, t)
			w.finish(t.change)
		}
	}
	w.mu.Unlock()
	for t, paths := range wanted {
		w.linked[t] = struct{}{}
		w.forest.link(t, paths)
	}
	for t := range w.linked {
		if _, ok := wanted[t]; !ok {
			delete(w.linked, t)
			w.forest.link(t, nil)
		}
	}
	w.settle()
}
