package process

import (
	"errors"
	"net"
	"os"
	"path/filepath"
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
// system, unless a container has it already, starts and reaps its processes, and
// takes all of them along when it ends, which it does with its Runner's program at
// the latest.
func Keep() {
	if len(os.Args) != 1 {
		return
	}
	var control *line
	var err error
	open := openPlace
	switch os.Args[0] {
	case keeperName:
		control, err = newLine(os.NewFile(controlFD, "control"))
	case containerKeeper:
		open = func() (*place, error) { return nil, nil }
		control, err = callReception()
	default:
		return
	}
	if err != nil {
		os.Exit(1) // its Runner notices
	}
	k := &keeper{control: control, groups: make(map[int]int)}
	k.begun.L = &k.mu
	k.run(open)
	os.Exit(0)
}

type keeper struct {
	control *line

	mu     sync.Mutex
	begun  sync.Cond   // signalled when there are processes to wait for
	groups map[int]int // the processes that were asked for: id of the request, by process
}

// run serves requests until the Runner is gone.
func (k *keeper) run(open func() (*place, error)) {
	// Processes inherit the privileges of the thread that starts them.
	runtime.LockOSThread()
	place, err := open()
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
		case r.Listen:
			k.listen(r.ID)
		case r.List != "":
			names, err := list(r.List)
			_ = k.control.send(&report{ID: r.ID, Failed: failureOf(err), Names: names}, nil)
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
	pid, err := syscall.ForkExec(c.program(), c.Args, &syscall.ProcAttr{
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

// listen opens a port, for the Runner to be behind it: the network is the
// sandbox's.
func (k *keeper) listen(id int) {
	listener, err := net.ListenTCP("tcp4", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		_ = k.report(id, err)
		return
	}
	defer listener.Close()
	file, err := listener.File()
	if err != nil {
		_ = k.report(id, err)
		return
	}
	defer file.Close()
	_ = k.control.send(&report{ID: id}, file)
}

// list returns the names of the files in a directory.
func list(dir string) (names []string, err error) {
	entries, err := os.ReadDir(dir)
	for _, entry := range entries {
		if info, err := os.Stat(filepath.Join(dir, entry.Name())); err == nil && !info.IsDir() {
			names = append(names, entry.Name())
		}
	}
	return names, asFailure(err)
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
