package process

import (
	"io"
	"os"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// capacity is the size asked for a pipe, so that a function that prints much
// seldom waits for the terminal.
const capacity = 1 << 20

// rest is how long a pipe is left alone after something was read from it. A
// function that prints a line per invocation wakes nobody up by it: the line
// is fetched when the invocation ends.
const rest = 5 * time.Millisecond

// pipe copies the output of a process to a writer.
type pipe struct {
	read, write *os.File
	raw         syscall.RawConn // of read
	closing     chan struct{}   // closed when the copying shall end
	done        chan struct{}   // closed when it has ended

	mu  sync.Mutex // held while bytes are on their way from the pipe to the writer
	to  io.Writer
	buf []byte
}

func newPipe(to io.Writer) (*pipe, error) {
	read, write, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	p := &pipe{
		read: read, write: write, to: to, buf: make([]byte, 64<<10),
		closing: make(chan struct{}), done: make(chan struct{}),
	}
	if p.raw, err = read.SyscallConn(); err != nil {
		p.abandon()
		return nil, err
	}
	_ = p.raw.Control(func(fd uintptr) {
		_, _ = unix.FcntlInt(fd, unix.F_SETPIPE_SZ, capacity) // a smaller one serves as well
	})
	return p, nil
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

// copy runs until the last writer is gone, or until close.
func (p *pipe) copy() {
	defer close(p.done)
	defer p.read.Close()
	timer := time.NewTimer(rest)
	defer timer.Stop()
	for {
		var taken int
		var ended bool
		err := p.raw.Read(func(fd uintptr) bool {
			taken, ended = p.take(int(fd))
			return taken > 0 || ended // else wait until there is something
		})
		if err != nil || ended {
			return
		}
		if taken >= len(p.buf) { // there is more where that comes from
			continue
		}
		timer.Reset(rest)
		select {
		case <-timer.C:
		case <-p.closing:
		}
	}
}

// take copies what the pipe holds, without waiting for more. It returns the
// number of bytes, and whether nothing can come any more.
func (p *pipe) take(fd int) (taken int, ended bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for {
		n, err := unix.Read(fd, p.buf)
		switch {
		case err == unix.EINTR:
			continue
		case err == unix.EAGAIN:
			return taken, false
		case n <= 0:
			return taken, true
		}
		taken += n
		_, _ = p.to.Write(p.buf[:n])
		if n < len(p.buf) { // that was all: a read takes what there is
			return taken, false
		}
	}
}

// flush returns once all that was in the pipe has been copied.
func (p *pipe) flush() {
	_ = p.raw.Control(func(fd uintptr) { p.take(int(fd)) }) // an error: copy has taken all
}

// close copies what is in the pipe and ends the copying, whoever else still
// holds the write end: a daemon that a function left must not hold us up.
func (p *pipe) close() {
	p.flush()
	close(p.closing)
	_ = p.read.SetReadDeadline(time.Unix(1, 0))
	<-p.done
}
