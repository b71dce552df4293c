package process

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"

	"sam/emulator"
)

// A sandbox is the other end of a keeper.
type sandbox struct {
	pid     int // of the keeper
	control *line
	begun   chan struct{} // closed when the keeper runs, or cannot be started
	failure error         // why it cannot; valid once begun is closed
	made    func() error  // waits for the sandbox to be there
	gone    chan struct{} // closed when the keeper is, and with it all its processes

	mu        sync.Mutex
	last      int                 // ID of a request
	answers   map[int]chan error  // to requests
	processes map[int]*inhabitant // that have not ended
	reaped    bool                // the keeper's process id may belong to another process
	cage      *cage               // nil if it has none
	bounded   bool                // whether the cage's limits are set, if there are any
	tmpSize   int64               // bytes
	// hangUp has a keeper end that is not a child of this process, or is nil.
	hangUp func() error
	opened chan *os.File // sockets that it was asked for
	named  chan []string // files that it was asked for
}

// What a failure may have been doing that has a Hint.
const (
	startingKeeper = "start a process in namespaces of its own"
	mountingProc   = "mount /proc"
)

func newSandbox() *sandbox {
	return &sandbox{
		begun: make(chan struct{}), gone: make(chan struct{}),
		answers: make(map[int]chan error), processes: make(map[int]*inhabitant), opened: make(chan *os.File, 1), named: make(chan []string, 1),
	}
}

// beginSandbox starts a keeper, which makes a sandbox.
func beginSandbox() *sandbox {
	s := newSandbox()
	made := s.expect(0)
	s.made = sync.OnceValue(func() error {
		if <-s.begun; s.failure != nil {
			return s.failure
		}
		return <-made
	})
	go s.supervise()
	return s
}

// furnish completes the sandbox. The keeper need not be asked for one step after
// the other.
func (s *sandbox) furnish(layout *emulator.Layout) error {
	if <-s.begun; s.failure != nil {
		return s.failure
	}
	s.tmpSize = int64(layout.TmpMB) << 20
	furnished := s.submit(&request{ID: s.newID(), Furnish: layout}, nil)
	if err := s.made(); err != nil {
		return err
	}
	return furnished()
}

func errnoOf(err error) syscall.Errno {
	if errno, ok := errors.AsType[syscall.Errno](err); ok {
		return errno
	}
	return syscall.EINVAL
}

// supervise starts the keeper and stays until it is gone: see
// (*instance).supervise for the reason.
func (s *sandbox) supervise() {
	runtime.LockOSThread()
	if err := s.fork(); err != nil {
		s.failure = &failure{startingKeeper, errnoOf(err)}
		s.reaped = true
		close(s.begun)
		close(s.gone)
		return
	}
	close(s.begun)
	listening := make(chan struct{})
	go func() {
		defer close(listening)
		s.listen()
	}()
	awaitExit(s.pid)
	s.mu.Lock()
	s.reaped = true
	reap(s.pid)
	s.mu.Unlock()
	disown(s.pid)
	<-listening
	_ = s.control.conn.Close()
	close(s.gone)
}

// fork starts this program as a keeper: process 1 of new namespaces, in which
// it has all privileges until it gives them up, and dead when this program is.
func (s *sandbox) fork() error {
	program, err := os.Executable()
	if err != nil {
		return err
	}
	sockets, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	theirs := os.NewFile(uintptr(sockets[1]), "control")
	defer theirs.Close()
	if s.control, err = newLine(os.NewFile(uintptr(sockets[0]), "control")); err != nil {
		return err
	}
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer null.Close()
	attr := &syscall.SysProcAttr{
		Setsid: true, Pdeathsig: syscall.SIGKILL,
		Cloneflags: unix.CLONE_NEWUSER | unix.CLONE_NEWNS | unix.CLONE_NEWPID | unix.CLONE_NEWIPC | unix.CLONE_NEWUTS,
		// What mounting takes, and giving up privileges for good.
		AmbientCaps: []uintptr{unix.CAP_SYS_ADMIN, unix.CAP_SETPCAP},
	}
	if place := cagePlace(); place.has("memory") || place.has("cpu") {
		if s.cage, _ = newCage(bounds{}); s.cage != nil { // else it does without
			s.cage.bear(attr)
		}
	}
	if attr.UidMappings, attr.GidMappings, err = sameIDs(); err == nil {
		s.pid, err = forkKin(program, []string{keeperName}, &syscall.ProcAttr{
			Dir:   "/",
			Env:   KeeperEnvironment,
			Files: []uintptr{null.Fd(), null.Fd(), null.Fd(), theirs.Fd()},
			Sys:   attr,
		})
	}
	if err != nil {
		_ = s.control.conn.Close()
		_ = s.cage.remove() // which is empty
	}
	return err
}

// listen takes the keeper's reports until it is gone. What waits for one then
// has to know.
func (s *sandbox) listen() {
	for {
		var r report
		file, err := s.control.receive(&r)
		if err != nil {
			break
		}
		if file != nil {
			s.opened <- file // by Listen, which waits
		}
		if r.Names != nil {
			s.named <- r.Names // by List, which waits
		}
		if r.Ended != nil {
			s.ended(r.ID, r.Ended)
			continue
		}
		if r.Failed != nil {
			s.answer(r.ID, r.Failed)
		} else {
			s.answer(r.ID, nil)
		}
	}
	for _, id := range s.open() {
		s.answer(id, errKeeperGone)
		s.ended(id, &ending{Status: syscall.WaitStatus(syscall.SIGKILL)})
	}
}

var errKeeperGone = errors.New("the keeper of the sandbox has ended")

func (s *sandbox) newID() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last++
	return s.last
}

// expect returns what the answer to a request comes through.
func (s *sandbox) expect(id int) <-chan error {
	s.mu.Lock()
	defer s.mu.Unlock()
	answer := make(chan error, 1)
	s.answers[id] = answer
	return answer
}

func (s *sandbox) answer(id int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if answer := s.answers[id]; answer != nil {
		answer <- err
		delete(s.answers, id)
	}
}

// submit sends a request, and returns what waits for its answer.
func (s *sandbox) submit(r *request, file *os.File) func() error {
	answer := s.expect(r.ID)
	if err := s.control.send(r, file); err != nil {
		return func() error { return errKeeperGone }
	}
	return func() error {
		select {
		case err := <-answer:
			return err
		case <-s.gone:
			return errKeeperGone
		}
	}
}

// open are the IDs of all that somebody waits for.
func (s *sandbox) open() []int {
	s.mu.Lock()
	defer s.mu.Unlock()
	var ids []int
	for id := range s.answers {
		ids = append(ids, id)
	}
	for id := range s.processes {
		ids = append(ids, id)
	}
	return ids
}

// ended takes note of the end of a process.
func (s *sandbox) ended(id int, how *ending) {
	s.mu.Lock()
	p := s.processes[id]
	delete(s.processes, id)
	cage := s.cage
	s.mu.Unlock()
	if p != nil {
		p.output.close()
		p.memory.exited(how.MaxRSS)
		if cage.overflowed() {
			p.memory.exceeded()
		}
		p.end(how.Status)
	}
}

// Start implements emulator.Runner.
func (s *sandbox) Start(ctx context.Context, spec emulator.Spec) (emulator.Instance, error) {
	if err := ctx.Err(); err != nil {
		return nil, context.Cause(ctx)
	}
	if err := s.bound(&spec); err != nil {
		return nil, err
	}
	output, err := newPipe(spec.Output)
	if err != nil {
		return nil, fmt.Errorf("open pipe: %w", err)
	}
	p := &inhabitant{sandbox: s, id: s.newID(), running: newRunning(spec, output)}
	s.mu.Lock()
	s.processes[p.id] = p
	s.mu.Unlock()
	err = s.submit(&request{ID: p.id, Start: &command{Args: spec.Args, Env: spec.Env, Dir: spec.Dir}}, output.write)()
	if err != nil {
		s.mu.Lock()
		delete(s.processes, p.id)
		s.mu.Unlock()
		output.abandon()
		return nil, err
	}
	output.started()
	if spec.MemoryLimit > 0 {
		go p.watchMemory(s.children, func() { p.signal(syscall.SIGKILL) })
	}
	return p, nil
}

// children are the processes of the sandbox that have no parent there but the
// keeper.
func (s *sandbox) children() []int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.reaped || s.pid == 0 {
		return nil
	}
	return children(s.pid)
}

// Close implements emulator.Sandbox.
func (s *sandbox) Close() error {
	<-s.begun
	s.mu.Lock()
	switch {
	case s.hangUp != nil:
		_ = s.hangUp() // it has gone by itself
	case !s.reaped:
		_ = syscall.Kill(s.pid, syscall.SIGKILL)
	}
	cage := s.cage
	s.mu.Unlock()
	<-s.gone
	return cage.remove()
}

// bound limits what the sandbox uses, which the first process decides.
func (s *sandbox) bound(spec *emulator.Spec) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.bounded || s.reaped {
		return nil
	}
	s.bounded = true
	b := bounds{processors: spec.Processors}
	if spec.MemoryLimit > 0 {
		b.memory = spec.MemoryLimit + s.tmpSize // what is in /tmp is in memory, but not the function's
	}
	if s.cage != nil && (b.processors == 0 || cagePlace().has("cpu")) {
		return s.cage.bound(b)
	}
	if b.processors == 0 {
		return nil
	}
	if s.cage != nil {
		return errNoGroup // for processors; it has one for memory
	}
	c, err := newCage(b)
	if err != nil {
		return err
	}
	if err := c.admit(s.pid); err != nil {
		return errors.Join(err, c.remove())
	}
	s.cage = c
	return nil
}
