package process

import (
	"errors"
	"os"
	"runtime"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// keeperName is what the first process of a sandbox is called. It is this
// program, started again: see Keep.
const keeperName = "sam: keeper of a sandbox"

// controlFD is where a keeper finds the socket to its Runner.
const controlFD = 3

// Keep makes this process the keeper of a sandbox, and never returns, if a
// Runner has started it as one. Programs that start sandboxes call it first.
//
// A keeper is process 1 of its process namespace. It makes the sandbox's file
// system, starts and reaps its processes, and takes all of them along when it
// ends, which it does with its Runner's program at the latest.
func Keep() {
	if len(os.Args) != 1 || os.Args[0] != keeperName {
		return
	}
	control, err := newLine(os.NewFile(controlFD, "control"))
	if err != nil {
		os.Exit(1) // its Runner notices
	}
	k := &keeper{control: control, groups: make(map[int]int)}
	k.begun.L = &k.mu
	k.run()
	os.Exit(0)
}

type keeper struct {
	control *line

	mu     sync.Mutex
	begun  sync.Cond   // signalled when there are processes to wait for
	groups map[int]int // the processes that were asked for: id of the request, by process
}

// run serves requests until the Runner is gone.
func (k *keeper) run() {
	// Processes inherit the privileges of the thread that starts them.
	runtime.LockOSThread()
	place, err := openPlace()
	if k.report(0, err) != nil || err != nil {
		return
	}
	go k.reap()
	for {
		var r request
		output, err := k.control.receive(&r)
		if err != nil {
			return
		}
		switch {
		case r.Furnish != nil:
			err = place.furnish(r.Furnish)
			if err == nil {
				err = confine()
			}
			_ = k.report(r.ID, err)
		case r.Start != nil:
			k.start(r.ID, r.Start, output)
			_ = output.Close()
		default:
			k.signal(r.ID, r.Signal)
		}
	}
}

// report answers a request. Nobody can be told that it failed.
func (k *keeper) report(id int, err error) error {
	return k.control.send(&report{ID: id, Failed: failureOf(err)}, nil)
}

func failureOf(err error) *failure {
	if err == nil {
		return nil
	}
	var f *failure
	if !errors.As(err, &f) {
		f = &failure{Doing: err.Error(), Errno: syscall.EINVAL}
	}
	return f
}

func (k *keeper) start(id int, c *command, output *os.File) {
	k.mu.Lock() // nobody reaps it before it is known
	defer k.mu.Unlock()
	pid, err := syscall.ForkExec(c.Args[0], c.Args, &syscall.ProcAttr{
		Dir: c.Dir, Env: c.Env,
		Files: []uintptr{os.Stdin.Fd(), output.Fd(), output.Fd()},
		Sys:   &syscall.SysProcAttr{Setsid: true}, // without a terminal
	})
	if err != nil {
		_ = k.report(id, startError(c.Args[0], c.Dir, err))
		return
	}
	limit(pid, true)
	k.groups[pid] = id
	_ = k.report(id, nil)
	k.begun.Signal()
}

// signal reaches the group of a process.
func (k *keeper) signal(id int, sig syscall.Signal) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for pid, known := range k.groups {
		if known == id {
			_ = syscall.Kill(-pid, sig) // ESRCH: nobody is left, which is what was wanted
		}
	}
}

// reap waits for processes, for those that lost their parents too, and tells
// the ends of those that were asked for.
func (k *keeper) reap() {
	for {
		err := unix.Waitid(unix.P_ALL, 0, nil, unix.WEXITED|unix.WNOWAIT, nil)
		k.mu.Lock()
		if errors.Is(err, unix.ECHILD) {
			for len(k.groups) == 0 {
				k.begun.Wait()
			}
		}
		k.reapOne()
		k.mu.Unlock()
	}
}

// reapOne takes the status of a process that has ended, if there is one. The
// last of those that were asked for takes along whatever else there is: daemons
// that have left its group.
func (k *keeper) reapOne() {
	var status syscall.WaitStatus
	var usage syscall.Rusage
	pid, err := syscall.Wait4(-1, &status, syscall.WNOHANG, &usage)
	id, asked := k.groups[pid]
	if err != nil || pid <= 0 || !asked {
		return
	}
	_ = syscall.Kill(-pid, syscall.SIGKILL)
	delete(k.groups, pid)
	if len(k.groups) == 0 {
		killAll()
	}
	_ = k.control.send(&report{ID: id, Ended: &ending{Status: status, MaxRSS: usage.Maxrss << 10}}, nil)
}

// killAll kills and reaps all that is left in the namespace: each round reaches
// every process that there is, and a process that is being killed cannot fork.
func killAll() {
	for {
		_ = syscall.Kill(-1, syscall.SIGKILL)
		if _, err := syscall.Wait4(-1, nil, 0, nil); err == syscall.ECHILD {
			return
		}
	}
}
