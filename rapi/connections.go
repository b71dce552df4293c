package rapi

import (
	"context"
	"maps"
	"net"
	"slices"
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

func (c *connections) add(conn net.Conn) { c.change(func() { c.open[conn] = true }) }

func (c *connections) remove(conn net.Conn) { c.change(func() { delete(c.open, conn) }) }

func (c *connections) change(what func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	what()
	close(c.changed)
	c.changed = make(chan struct{})
}

// list returns those that are open.
func (c *connections) list() []net.Conn {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Collect(maps.Keys(c.open))
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

// A handedOver is the listener of the server that net/http runs: it accepts
// what our own has given up.
type handedOver struct {
	addr   net.Addr
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

// Accept implements net.Listener.
func (l *handedOver) Accept() (net.Conn, error) {
	select {
	case conn := <-l.conns:
		return conn, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

// Close implements net.Listener.
func (l *handedOver) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

// Addr implements net.Listener.
func (l *handedOver) Addr() net.Addr { return l.addr }
