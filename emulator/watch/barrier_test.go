package watch

import (
	"testing"
	"time"

	"github.com/fsnotify/fsnotify"
)

// Who comes while a write is under way must wait for one of its own: what it
// asks for may be in the queue behind that write.
func TestBarrierIsNotSharedWithTheNext(t *testing.T) {
	kernel, err := fsnotify.NewWatcher()
	if err != nil {
		t.Fatal(err)
	}
	defer kernel.Close()
	b := newBarrier(kernel)
	defer b.close()
	first, second, third := b.pass(), b.pass(), b.pass()
	if second != third {
		t.Error("two who wait for the same write do not share it")
	}
	comeBack(t, b)
	if !closed(first) || closed(second) {
		t.Errorf("after the first write: passed %v, %v; want the first alone", closed(first), closed(second))
	}
	b.reset()
	if !closed(second) {
		t.Error("whoever waits when events are lost waits for ever")
	}
	after := b.pass()
	comeBack(t, b)
	if !closed(after) {
		t.Error("nobody passes after events were lost")
	}
}

// comeBack deals with events until one is a write of the barrier's.
func comeBack(t *testing.T, b *barrier) {
	t.Helper()
	for {
		select {
		case e := <-b.kernel.Events:
			if b.returned(e) && e.Has(fsnotify.Write) {
				return
			}
		case <-time.After(20 * time.Second):
			t.Fatal("no event")
		}
	}
}

func closed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}
