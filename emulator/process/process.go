// Package process is the Runner that starts execution environments as plain
// processes of the host.
//
// It owns the process and its group, the pipe of its output, and the figures
// of its memory. What runs in the process and with which environment variables
// is the caller's affair.
package process

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"

	"sam/emulator"
)

// A Runner starts plain processes.
type Runner struct{}

// New returns a Runner on this host.
func New() *Runner { return &Runner{} }

// Start implements emulator.Runner. The process leads a group of its own and
// is killed by the kernel should this process die.
func (*Runner) Start(ctx context.Context, spec emulator.Spec) (emulator.Instance, error) {
	if err := ctx.Err(); err != nil {
		return nil, context.Cause(ctx)
	}
	output, err := newPipe(spec.Output)
	if err != nil {
		return nil, fmt.Errorf("open pipe: %w", err)
	}
	p := &instance{exited: make(chan struct{}), output: output}
	startErr := make(chan error)
	go p.supervise(spec, startErr)
	if err := <-startErr; err != nil {
		return nil, startError(spec, err)
	}
	return p, nil
}

// fork starts the process. It does without os/exec, whose first use in a
// program forks another one to learn about the kernel.
func (p *instance) fork(spec emulator.Spec) (pid int, err error) {
	null, err := os.Open(os.DevNull)
	if err != nil {
		return 0, err
	}
	defer null.Close()
	return syscall.ForkExec(spec.Args[0], spec.Args, &syscall.ProcAttr{
		Dir: spec.Dir, Env: spec.Env,
		Files: []uintptr{null.Fd(), p.output.write.Fd(), p.output.write.Fd()},
		Sys:   &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL},
	})
}

// startError names what could not be started: the kernel says ENOENT for a
// missing directory and a missing interpreter alike.
func startError(spec emulator.Spec, err error) error {
	if _, statErr := os.Stat(spec.Dir); statErr != nil {
		return fmt.Errorf("enter working directory: %w", statErr)
	}
	return fmt.Errorf("start %s: %w", spec.Args[0], err)
}

// What the contract leaves open, and a process of this host can do.
var (
	_ emulator.Flusher = (*instance)(nil)
	_ emulator.Meter   = (*instance)(nil)

	_ emulator.Identified = (*instance)(nil)
)

// instance is a process that was started.
type instance struct {
	pid    int
	output *pipe
	exited chan struct{}
	exit   emulator.ExitState // valid once exited is closed

	mu     sync.Mutex
	memory meter
	reaped bool // the process id may belong to another process
}

// supervise starts the process and stays with it until it is gone. The parent
// death signal fires when the thread that started the process ends, so that
// one is kept for as long.
func (p *instance) supervise(spec emulator.Spec, started chan<- error) {
	runtime.LockOSThread() // never unlocked: the thread ends with this goroutine
	pid, err := p.fork(spec)
	if err != nil {
		p.output.abandon()
		started <- err
		return
	}
	p.pid = pid
	p.output.started()
	started <- nil

	awaitExit(p.pid)
	// While the process is a zombie its group cannot be anybody else's. Children
	// of its own it has none any more.
	_ = syscall.Kill(-p.pid, syscall.SIGKILL) // ESRCH: nobody is left
	p.output.close()
	p.mu.Lock()
	p.reaped = true
	status, usage := reap(p.pid)
	p.memory.exited(usage)
	p.mu.Unlock()
	p.exit = exitState(status)
	close(p.exited)
}

// awaitExit returns when the process is a zombie.
func awaitExit(pid int) {
	for errors.Is(unix.Waitid(unix.P_PID, pid, nil, unix.WEXITED|unix.WNOWAIT, nil), unix.EINTR) {
		continue // interrupted, not ended
	}
}

// reap takes a zombie's status.
func reap(pid int) (status syscall.WaitStatus, usage syscall.Rusage) {
	for {
		if _, err := syscall.Wait4(pid, &status, 0, &usage); err != syscall.EINTR {
			return status, usage // no other error: it is our child, and nobody else waits for it
		}
	}
}

func exitState(status syscall.WaitStatus) emulator.ExitState {
	if status.Signaled() {
		return emulator.ExitState{Signal: status.Signal().String()}
	}
	return emulator.ExitState{Code: status.ExitStatus()}
}

// Exited implements emulator.Instance.
func (p *instance) Exited() <-chan struct{} { return p.exited }

// Exit implements emulator.Instance.
func (p *instance) Exit() emulator.ExitState { return p.exit }

// Stop implements emulator.Instance: SIGTERM to the group, and SIGKILL once
// ctx is done. With a ctx that is done already it kills at once.
func (p *instance) Stop(ctx context.Context) error {
	if ctx.Err() == nil {
		p.signal(syscall.SIGTERM)
		select {
		case <-p.exited:
		case <-ctx.Done():
		}
	}
	p.signal(syscall.SIGKILL)
	<-p.exited
	return nil
}

// Pid implements emulator.Identified.
func (p *instance) Pid() int { return p.pid }

// Flush implements emulator.Flusher.
func (p *instance) Flush() { p.output.flush() }

// PeakMemory implements emulator.Meter.
func (p *instance) PeakMemory() int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.reaped {
		p.memory.measure(p.pid)
	}
	return p.memory.peak()
}

// signal reaches every process of the group. A SIGKILL also reaches the
// processes that have groups of their own, as what runs under dlv has, as long
// as their parents are alive.
func (p *instance) signal(sig syscall.Signal) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.reaped {
		if sig == syscall.SIGKILL {
			killDescendants(p.pid)
		}
		_ = syscall.Kill(-p.pid, sig) // ESRCH: nobody is left, which is what was wanted
	}
}

// killDescendants begins with those that are deepest: once a parent is gone,
// nothing tells of its children.
func killDescendants(pid int) {
	lists, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid)) // a list for each thread; the pattern is good
	for _, list := range lists {
		for _, child := range childrenIn(list) {
			killDescendants(child)
			_ = syscall.Kill(child, syscall.SIGKILL) // ESRCH: it is gone, which is what was wanted
		}
	}
}
