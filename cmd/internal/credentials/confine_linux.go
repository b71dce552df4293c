package credentials

import (
	"os/exec"
	"runtime"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// confine lets nothing of cmd outlive its context or this program. In a session
// of its own it has no terminal: a program that would ask there for a password
// fails at once, where in a mere process group it would be stopped for good.
//
// The caller starts cmd and calls release when it has ended, in one goroutine:
// the kernel takes the end of the thread that has started a process for the end
// of the parent, and threads that goroutines had to themselves do end.
func confine(cmd *exec.Cmd) (release func()) {
	runtime.LockOSThread()
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Pdeathsig: deathSignal()}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = time.Second // for what left the group but holds the output
	return runtime.UnlockOSThread
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
