package credentials

import (
	"os/exec"
	"runtime"
	"syscall"
	"time"
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
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Pdeathsig: syscall.SIGKILL}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = time.Second // for what left the group but holds the output
	return runtime.UnlockOSThread
}
