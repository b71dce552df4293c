package rapi

import (
	"context"
	"net"
	"net/http"
	"sync"
)

// connections knows which connections are open.
type connections struct {
	mu      sync.Mutex
	open    map[net.Conn]bool
	changed chan struct{} // closed and replaced whenever open changes
}

func (c *connections) init() {
	c.open = make(map[net.Conn]bool)
	c.changed = make(chan struct{})
}

// track is the server's ConnState hook.
func (c *connections) track(conn net.Conn, state http.ConnState) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch state {
	case http.StateNew:
		c.open[conn] = true
	case http.StateClosed, http.StateHijacked:
		delete(c.open, conn)
	default:
		return
	}
	close(c.changed)
	c.changed = make(chan struct{})
}

// drain waits until every connection of a process that is gone has been
// served and closed. The kernel may still hold one that it made and that
// nobody has accepted: connections are accepted in order, so once one of our
// own is, no such is left.
func (c *connections) drain(ctx context.Context, addr string) {
	probe, err := new(net.Dialer).DialContext(ctx, "tcp4", addr)
	if err != nil {
		return // closed: nothing will be read any more
	}
	defer probe.Close()
	seen := false
	for {
		c.mu.Lock()
		others := len(c.open)
		for conn := range c.open {
			if conn.RemoteAddr().String() == probe.LocalAddr().String() {
				seen = true
				others--
			}
		}
		changed := c.changed
		c.mu.Unlock()
		if seen && others == 0 {
			return
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return
		}
	}
}
