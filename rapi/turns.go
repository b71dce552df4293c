package rapi

import "slices"

// give hands an event to the connection that is first in line. Without one the
// event is due to whoever asks next, which nobody can do in between.
func (rt *Runtime) give(call *Call) {
	rt.mu.Lock()
	first := rt.leader()
	if first == nil {
		rt.events <- call // does not block: there is one at most
	} else {
		rt.state, rt.current = running, call
	}
	rt.mu.Unlock()
	if first != nil {
		first.pushed = first.event(first.pushed, call)
		rt.endTurn(first)
	}
}

// leader takes the connection that gets the next event out of the queue, or
// returns nil; rt.mu is held.
func (rt *Runtime) leader() *conn {
	n := len(rt.queue)
	if n == 0 || rt.state != ready {
		return nil
	}
	c := rt.queue[n-1]
	rt.queue = rt.queue[:n-1]
	return c
}

// endTurn says that a connection has got its event.
func (rt *Runtime) endTurn(c *conn) {
	rt.mu.Lock()
	defer rt.mu.Unlock()
	c.waiting = false
	if c.turn != nil {
		close(c.turn)
		c.turn = nil
	}
}

// takeEvent returns the event that is due, or has a connection that asked for
// it wait in line.
func (rt *Runtime) takeEvent(c *conn) *Call {
	rt.mu.Lock()
	defer rt.mu.Unlock()
	select {
	case call := <-rt.events:
		rt.state, rt.current = running, call
		return call
	default:
	}
	// An answer is still due if the next request came with the one before. Who
	// does not wait for it need not be woken for it: it goes with the event.
	c.pushed, c.out = append(c.pushed, c.out...), c.out[:0]
	rt.queue = append(rt.queue, c)
	c.waiting = true
	return nil
}

// leaveQueue takes a connection that is gone out of the line.
func (rt *Runtime) leaveQueue(c *conn) {
	rt.mu.Lock()
	defer rt.mu.Unlock()
	rt.queue = slices.DeleteFunc(rt.queue, func(other *conn) bool { return other == c })
}

// awaitTurn holds up a request that was sent behind one for an event until
// there was one.
func (rt *Runtime) awaitTurn(c *conn) {
	rt.mu.Lock()
	if !c.waiting {
		rt.mu.Unlock()
		return
	}
	c.turn = make(chan struct{})
	turn := c.turn
	rt.mu.Unlock()
	select {
	case <-turn:
	case <-rt.closed:
	}
}
