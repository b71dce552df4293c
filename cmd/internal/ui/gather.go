package ui

import (
	"io"
	"sync"
	"time"
)

const (
	// gatherTime is how long output may wait for more to come.
	gatherTime = 5 * time.Millisecond
	// gatherSize is the size in bytes from which it does not.
	gatherSize = 32 << 10
)

// A gatherer gathers what several goroutines write, for a moment, and writes it
// at once. A server that serves thousands of requests in a second writes three
// times for each, and a write costs as much as the rest of what is done to log
// it.
type gatherer struct {
	to io.Writer

	mu    sync.Mutex
	held  []byte
	timer *time.Timer
}

func (g *gatherer) init() {
	g.timer = time.AfterFunc(time.Hour, g.flush)
	g.timer.Stop()
}

// Write implements io.Writer. It reports no error of the writer behind it.
func (g *gatherer) Write(p []byte) (int, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.held) == 0 {
		g.timer.Reset(gatherTime)
	}
	g.held = append(g.held, p...)
	if len(g.held) >= gatherSize {
		g.write()
	}
	return len(p), nil
}

// flush writes what is held.
func (g *gatherer) flush() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.write()
}

func (g *gatherer) write() {
	if len(g.held) == 0 {
		return
	}
	g.timer.Stop()
	_, _ = g.to.Write(g.held)
	g.held = g.held[:0]
}
