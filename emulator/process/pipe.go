package process

import (
	"errors"
	"io"
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// capacity is the size asked for a pipe, so that a function that prints much
// seldom waits for the terminal.
const capacity = 1 << 20

// pipe copies one stream of a process's output to a writer.
type pipe struct {
	read, write *os.File
	to          io.Writer
	done        chan struct{} // closed when the copying has ended

	mu      sync.Mutex
	waiting []chan struct{} // callers of flush
	closing bool
}

func newPipe(to io.Writer) (*pipe, error) {
	read, write, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	if raw, err := read.SyscallConn(); err == nil {
		_ = raw.Control(func(fd uintptr) {
			_, _ = unix.FcntlInt(fd, unix.F_SETPIPE_SZ, capacity) // a smaller one serves as well
		})
	}
	return &pipe{read: read, write: write, to: to, done: make(chan struct{})}, nil
}

// started closes this process's copy of the write end and begins to copy.
func (p *pipe) started() {
	_ = p.write.Close()
	go p.copy()
}

// abandon frees a pipe whose process never came to be.
func (p *pipe) abandon() {
	_ = p.write.Close()
	_ = p.read.Close()
}

// copy runs until the last writer is gone, or until close. A wake-up (see
// wake) makes it take what is in the pipe at that moment.
func (p *pipe) copy() {
	defer close(p.done)
	defer p.read.Close()
	buf := make([]byte, 64<<10)
	for {
		n, err := p.read.Read(buf)
		_, _ = p.to.Write(buf[:n])
		switch {
		case errors.Is(err, os.ErrDeadlineExceeded):
			if p.woken(buf) {
				return
			}
		case err != nil:
			return
		}
	}
}

// woken serves the callers of flush and close.
func (p *pipe) woken(buf []byte) (closing bool) {
	_ = p.read.SetReadDeadline(time.Time{})
	p.mu.Lock()
	waiting, closing := p.waiting, p.closing
	p.waiting = nil
	p.mu.Unlock()
	p.takeAvailable(buf)
	for _, ch := range waiting {
		close(ch)
	}
	return closing
}

// takeAvailable copies what the pipe holds, without waiting for more.
func (p *pipe) takeAvailable(buf []byte) {
	raw, err := p.read.SyscallConn()
	if err != nil {
		return
	}
	_ = raw.Read(func(fd uintptr) bool {
		for {
			n, err := unix.Read(int(fd), buf)
			if err == unix.EINTR {
				continue
			}
			if n <= 0 {
				return true
			}
			_, _ = p.to.Write(buf[:n])
		}
	})
}

// wake interrupts the read that copy is waiting in.
func (p *pipe) wake() {
	_ = p.read.SetReadDeadline(time.Unix(1, 0))
}

// flush returns once all that was in the pipe has been copied.
func (p *pipe) flush() {
	ch := make(chan struct{})
	p.mu.Lock()
	p.waiting = append(p.waiting, ch)
	p.mu.Unlock()
	p.wake()
	select {
	case <-ch:
	case <-p.done:
	}
}

// close copies what is in the pipe and ends the copying, whoever else still
// holds the write end: a daemon that a function left must not hold us up.
func (p *pipe) close() {
	p.mu.Lock()
	p.closing = true
	p.mu.Unlock()
	p.wake()
	<-p.done
}
