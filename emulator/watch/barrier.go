package watch

import (
	"os"
	"path/filepath"
	"sync"

	"github.com/fsnotify/fsnotify"
)

// A barrier tells when every event that was in the kernel's queue has been
// dealt with: it writes to a file of its own and waits for the event of that,
// which comes out of the queue behind all others. All who wait at the same
// time share one write.
type barrier struct {
	kernel *fsnotify.Watcher
	path   string // of run alone

	mu   sync.Mutex
	file *os.File
	sent chan struct{} // closed when the write that is under way comes back; nil if none is
	next chan struct{} // the same of the write after that, if anyone waits for it
}

// newBarrier returns nil where there is no directory for temporary files.
// Await then knows only of events that have been read from the queue, which
// are, but for microseconds, all.
func newBarrier(kernel *fsnotify.Watcher) *barrier {
	b := &barrier{kernel: kernel}
	if !b.open() {
		return nil
	}
	return b
}

// open makes the file. It has no name any more when open returns, so nothing
// is left of it after a kill; the watch stays with the file itself.
func (b *barrier) open() bool {
	// A directory of its own, because an unlinked file still causes events of
	// the directory that it was in, which may be a watched one.
	dir, err := os.MkdirTemp("", "sam-watch-")
	if err != nil {
		return false
	}
	defer os.RemoveAll(dir)
	b.path = filepath.Join(dir, "barrier")
	b.file, err = os.Create(b.path)
	if err != nil {
		return false
	}
	if err := b.kernel.Add(b.path); err != nil {
		b.file.Close()
		return false
	}
	return true
}

// pass returns a channel that is closed when everything that was in the queue
// has been dealt with.
func (b *barrier) pass() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.sent == nil {
		b.sent = make(chan struct{})
		done := b.sent
		b.write()
		return done
	}
	// The write that is under way may be in the queue before what the caller
	// wants to know of.
	if b.next == nil {
		b.next = make(chan struct{})
	}
	return b.next
}

var oneByte = []byte{0}

func (b *barrier) write() {
	if _, err := b.file.WriteAt(oneByte, 0); err != nil {
		close(b.sent) // no event will come of it
		b.sent = nil
	}
}

// returned says whether an event is the barrier's own, and lets pass who has
// waited for it.
func (b *barrier) returned(e fsnotify.Event) bool {
	if e.Name != b.path {
		return false
	}
	if e.Has(fsnotify.Write) {
		b.mu.Lock()
		b.advance()
		b.mu.Unlock()
	}
	return true
}

func (b *barrier) advance() {
	if b.sent == nil {
		return
	}
	close(b.sent)
	b.sent, b.next = b.next, nil
	if b.sent != nil {
		b.write()
	}
}

// reset starts anew after the kernel has dropped events. The file is another
// one, lest an event of the old one that does come be taken for a later one.
func (b *barrier) reset() {
	b.mu.Lock()
	defer b.mu.Unlock()
	_ = b.kernel.Remove(b.path) // it goes with the file in any case
	b.file.Close()
	b.open() // if that fails, so do writes, and nobody waits
	b.advance()
}

func (b *barrier) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.file.Close()
}
