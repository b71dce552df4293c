// Package process has the Runners that start execution environments as processes
// of the host: plain ones, and ones in namespaces of the kernel's, which see
// the directories that Lambda has and nothing of the user's.
//
// It owns processes and all that descends from them, the pipe of their output,
// their limits, and the figures of their memory. What runs in a process, with
// which environment variables, and what its sandbox shows is the caller's
// affair.
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
	c, err := newCage(bounds{spec.Processors, spec.MemoryLimit})
	if err != nil && spec.Processors > 0 { // for memory there is another way
		return nil, err
	}
	output, err := newPipe(spec.Output)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open pipe: %w", err), c.remove())
	}
	p := &instance{running: newRunning(spec, output), cage: c}
	startErr := make(chan error)
	go p.supervise(spec, startErr)
	if err := <-startErr; err != nil {
		_ = c.remove() // which is empty
		return nil, startError(spec.Args[0], spec.Dir, err)
	}
	limit(p.pid, false)
	if spec.MemoryLimit > 0 {
		go p.watchMemory(p.pids, func() { p.signal(syscall.SIGKILL) })
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
	attr := &syscall.SysProcAttr{Setpgid: true, Pdeathsig: deathSignal()}
	if p.cage != nil {
		if err := p.cage.enter(attr); err != nil {
			return 0, err
		}
	}
	return forkKin(spec.Args[0], spec.Args, &syscall.ProcAttr{
		Dir: spec.Dir, Env: spec.Env,
		Files: []uintptr{null.Fd(), p.output.write.Fd(), p.output.write.Fd()},
		Sys:   attr,
	})
}

// deathSignal has the kernel kill a process when this program dies, if it lets
// us ask for that: where seccomp forbids prctl, asking would keep the process
// from being started at all.
func deathSignal() syscall.Signal {
	if unix.Prctl(unix.PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != nil {
		return 0
	}
	return syscall.SIGKILL
}

// startError names what could not be started: the kernel says ENOENT for a
// missing directory and a missing interpreter alike.
func startError(program, dir string, err error) error {
	if _, statErr := os.Stat(dir); statErr != nil {
		return failed("enter working directory "+dir, errnoOf(statErr))
	}
	return failed("start "+program, errnoOf(err))
}

// What the contract leaves open, and processes of this host can do.
var (
	_ emulator.Sweeper    = (*Runner)(nil)
	_ emulator.Sandboxer  = (*Isolated)(nil)
	_ emulator.Flusher    = (*running)(nil)
	_ emulator.Identified = (*instance)(nil)
	_ emulator.Meter      = (*instance)(nil)
	_ emulator.Meter      = (*inhabitant)(nil)
)

// running is what is common to all processes that were started.
type running struct {
	output *pipe
	exited chan struct{}
	exit   emulator.ExitState // valid once exited is closed
	memory meter
}

func newRunning(spec emulator.Spec, output *pipe) running {
	return running{output: output, exited: make(chan struct{}), memory: meter{limit: spec.MemoryLimit}}
}

// Exited implements emulator.Instance.
func (p *running) Exited() <-chan struct{} { return p.exited }

// Exit implements emulator.Instance.
func (p *running) Exit() emulator.ExitState { return p.exit }

// Flush implements emulator.Flusher.
func (p *running) Flush() { p.output.flush() }

// end says that the process has ended.
func (p *running) end(status syscall.WaitStatus) {
	p.exit = exitState(status)
	p.exit.OutOfMemory = p.exit.Signal != "" && p.memory.isOver()
	close(p.exited)
}

// stop sends SIGTERM, and SIGKILL once ctx is done. With a ctx that is done
// already it kills at once.
func (p *running) stop(ctx context.Context, signal func(syscall.Signal)) {
	if ctx.Err() == nil {
		signal(syscall.SIGTERM)
		select {
		case <-p.exited:
		case <-ctx.Done():
		}
	}
	signal(syscall.SIGKILL)
	<-p.exited
}

// instance is a plain process of the host.
type instance struct {
	running
	pid int

	mu     sync.Mutex
	reaped bool  // the process id may belong to another process
	cage   *cage // nil if it has none
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
	if !p.cage.kill() {
		killStrays(spec.Mark, p.pid+1)
		buryOrphans(p.pid)
	}
	p.output.close()
	p.mu.Lock()
	p.reaped = true
	status, usage := reap(p.pid)
	p.mu.Unlock()
	disown(p.pid)
	p.memory.exited(usage.Maxrss << 10)
	if p.cage.overflowed() {
		p.memory.exceeded()
	}
	p.end(status)
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

// Stop implements emulator.Instance: it reaches the group.
func (p *instance) Stop(ctx context.Context) error {
	p.stop(ctx, p.signal)
	return p.cage.remove()
}

// Pid implements emulator.Identified.
func (p *instance) Pid() int { return p.pid }

// PeakMemory implements emulator.Meter.
func (p *instance) PeakMemory() int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.reaped {
		p.memory.measure(p.pid)
	}
	buryOrphans(0)
	return p.memory.peak()
}

// pids is the process, while that is its id.
func (p *instance) pids() []int {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.reaped {
		return nil
	}
	return []int{p.pid}
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
	for _, child := range children(pid) {
		killDescendants(child)
		_ = syscall.Kill(child, syscall.SIGKILL) // ESRCH: it is gone, which is what was wanted
	}
}
