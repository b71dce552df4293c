// Package watch tells which named sets of paths have changed, and holds up
// whoever is about to use one until the change is complete.
//
// It owns how directories are watched, what counts as a change, and when a
// change is over. What a target is, and what is done about its changes, is the
// caller's affair.
package watch

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/fsnotify/fsnotify"
)

const (
	// quiet is how long nothing more may happen to a target before its change
	// counts as complete: editors and build tools write a file in several
	// steps, and many files one after the other.
	quiet = 25 * time.Millisecond

	// longest bounds how long a change goes on. Something that is written to
	// all the time must not hold up requests for ever.
	longest = 500 * time.Millisecond
)

// Options say what a Watcher does.
type Options struct {
	// Changed is called, by one goroutine, with the sorted names of targets
	// whose changes are complete, before Await returns for any of them. It may
	// call Set, but neither Await nor Close.
	Changed func(names []string)
	// Warn is called at most once, with a sentence for the user, when the
	// kernel refuses to watch and files are looked at once a second instead. It
	// may be nil and must not call the Watcher.
	Warn func(sentence string)
	// Exclude are absolute paths whose changes do not count: what the caller
	// itself writes.
	Exclude []string
	// Poll has files looked at once a second from the start. It is for file
	// systems that report no changes, which a program cannot find out.
	Poll bool
}

// A Watcher watches targets. All methods may be called from any goroutine.
type Watcher struct {
	changed func([]string)
	kernel  *fsnotify.Watcher // nil if there is none: everything is polled
	barrier *barrier          // nil if there is none

	stop    chan struct{}
	closing sync.Once
	running sync.WaitGroup // run and report
	drained chan struct{}  // closed when the kernel's errors have ended
	wanted  chan struct{}  // Set was called
	lost    chan struct{}  // the kernel has dropped events
	settled chan struct{}  // complete has grown

	mu       sync.RWMutex
	targets  map[string]*target
	complete []*change // those that report has to tell

	// What follows belongs to run.
	forest   *forest
	linked   map[*target]struct{} // those that the forest knows
	changing map[*target]*change  // changes that are not over
	timer    *time.Timer          // fires when a change may be over
	awake    time.Time            // when timer fires; zero if it need not
}

// New returns a Watcher without targets. It cannot fail: where the kernel does
// not watch, files are polled. The caller must Close it.
func New(o Options) *Watcher {
	w := prepare(o)
	w.start()
	return w
}

func prepare(o Options) *Watcher {
	w := &Watcher{
		changed:  o.Changed,
		stop:     make(chan struct{}),
		drained:  make(chan struct{}),
		wanted:   make(chan struct{}, 1),
		lost:     make(chan struct{}, 1),
		settled:  make(chan struct{}, 1),
		linked:   map[*target]struct{}{},
		changing: map[*target]*change{},
		timer:    time.NewTimer(longest),
	}
	w.forest = newForest(o, w.touch)
	if o.Poll {
		return w
	}
	kernel, err := fsnotify.NewWatcher()
	if err != nil {
		w.forest.add = func(string) error { return fmt.Errorf("%w: %w", errNoWatcher, err) }
		return w
	}
	w.kernel = kernel
	w.forest.add, w.forest.remove = kernel.Add, kernel.Remove
	w.barrier = newBarrier(kernel)
	return w
}

func (w *Watcher) start() {
	w.running.Go(w.run)
	w.running.Go(w.report)
	go w.drain()
}

// Set replaces the targets: names with absolute paths of files and of
// directories, which are watched with all that is below them. Nothing has to
// exist. Set returns at once; Await waits until a target is being watched, so
// that what is read after Await is never older than a change that is missed.
func (w *Watcher) Set(targets map[string][]string) {
	now := time.Now()
	w.mu.Lock()
	defer w.mu.Unlock()
	next := make(map[string]*target, len(targets))
	for name, paths := range targets {
		t := w.targets[name]
		if t == nil {
			t = &target{name: name}
		}
		if clean := cleaned(paths); t.paths == nil || !slices.Equal(t.paths, clean) {
			t.paths = clean
			if t.change == nil || t.change.over {
				t.change = newChange(t, now)
			}
		}
		next[name] = t
	}
	w.targets = next
	signal(w.wanted)
}

// cleaned returns the paths, sorted and once each; never nil.
func cleaned(paths []string) []string {
	clean := make([]string, len(paths))
	for i, path := range paths {
		clean[i] = filepath.Clean(path)
	}
	slices.Sort(clean)
	return slices.Compact(clean)
}

// Await returns once the named targets are complete: every change that was
// made before Await was called is over, and Changed has returned for it. A
// change is over when 25 ms have passed without another one of that target, or
// 500 ms since it began. Names that are no targets are ignored.
//
// The kernel queues an event before the system call that causes it returns, so
// whoever saves and then sends a request cannot be overtaken: Await lets all
// events that are queued be dealt with first. That costs a few microseconds.
// It does not hold for what is polled, whose changes are found within a second
// or so, nor for what causes no events: writes by way of a memory mapping, of a
// hard link elsewhere, or of another machine.
//
// The error is the cause of ctx's end. Once the Watcher is closed there is
// nothing to wait for.
func (w *Watcher) Await(ctx context.Context, names ...string) error {
	if w.barrier != nil {
		if err := w.wait(ctx, w.barrier.pass()); err != nil {
			return err
		}
	}
	return w.AwaitKnown(ctx, names...)
}

// AwaitKnown is Await for who has called that a moment ago, for other names:
// it spares the queue.
func (w *Watcher) AwaitKnown(ctx context.Context, names ...string) error {
	for _, name := range names {
		if c := w.changeOf(name); c != nil {
			if err := w.wait(ctx, c.done); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *Watcher) changeOf(name string) *change {
	w.mu.RLock()
	defer w.mu.RUnlock()
	if t := w.targets[name]; t != nil {
		return t.change
	}
	return nil
}

func (w *Watcher) wait(ctx context.Context, done <-chan struct{}) error {
	select {
	case <-done:
		return nil
	case <-w.stop:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Close ends the watching. It returns when nothing of it runs any more, a call
// of Changed included.
func (w *Watcher) Close() {
	w.closing.Do(func() {
		close(w.stop)
		// First those who use the kernel's descriptor: its number may be
		// another file's as soon as it is closed.
		w.running.Wait()
		if w.kernel != nil {
			_ = w.kernel.Close() // nothing can be done about it, and nothing depends on it
		}
		<-w.drained
		if w.barrier != nil {
			w.barrier.close()
		}
	})
}

// run owns the forest and decides when changes are over.
func (w *Watcher) run() {
	var events <-chan fsnotify.Event
	if w.kernel != nil {
		events = w.kernel.Events
	}
	always := make(chan struct{})
	close(always)
	for {
		// A tree is read directory by directory between the events, so that
		// ten thousand files hold up nobody.
		var work <-chan struct{}
		if w.forest.busy() {
			work = always
		}
		select {
		case <-w.stop:
			return
		case e := <-events:
			if w.barrier == nil || !w.barrier.returned(e) {
				w.forest.event(e)
			}
		case <-w.lost:
			w.forest.restartAll()
			if w.barrier != nil {
				w.barrier.reset()
			}
		case <-w.wanted:
			w.link()
		case <-w.timer.C:
			w.settle()
		case now := <-w.forest.ticks:
			w.forest.poll(now)
		case <-work:
			if w.forest.step() {
				w.settle()
			}
		}
	}
}

// drain receives the kernel's errors. It is a goroutine of its own because
// fsnotify may send them while it holds the lock that adding a watch takes.
// Only the loss of events matters: other errors are about watches whose
// directories are gone, which events tell as well.
func (w *Watcher) drain() {
	defer close(w.drained)
	if w.kernel == nil {
		return
	}
	for err := range w.kernel.Errors {
		if errors.Is(err, fsnotify.ErrEventOverflow) {
			signal(w.lost)
		}
	}
}

// signal wakes the receiver of a channel with room for one; a signal that is
// still waiting serves for this one, too.
func signal(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
