package process

import (
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
	done        chan struct{} // closed when the copying has ended

	mu  sync.Mutex // held while bytes are on their way from the pipe to the writer
	to  io.Writer
	buf []byte
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
	return &pipe{read: read, write: write, to: to, done: make(chan struct{}), buf: make([]byte, 64<<10)}, nil
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
	raw, err := p.read.SyscallConn()
	if err != nil {
		return
	}
	for ended := false; !ended && err == nil; {
		err = raw.Read(func(fd uintptr) bool {
			taken := false
			taken, ended = p.take(int(fd))
			return taken || ended // else wait until there is something
		})
	}
}

// take copies what the pipe holds, without waiting for more. It tells whether
// there was something, and whether nothing can come any more.
func (p *pipe) take(fd int) (taken, ended bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for {
		switch n, err := unix.Read(fd, p.buf); {
		case err == unix.EINTR:
		case err == unix.EAGAIN:
			return taken, false
		case n <= 0:
			return taken, true
		default:
			taken = true
			_, _ = p.to.Write(p.buf[:n])
		}
	}
}

// flush returns once all that was in the pipe has been copied.
func (p *pipe) flush() {
	if raw, err := p.read.SyscallConn(); err == nil {
		_ = raw.Control(func(fd uintptr) { p.take(int(fd)) }) // an error: copy has taken all
	}
}

// close copies what is in the pipe and ends the copying, whoever else still
// holds the write end: a daemon that a function left must not hold us up.
func (p *pipe) close() {
	p.flush()
	_ = p.read.SetReadDeadline(time.Unix(1, 0))
	<-p.done
}
