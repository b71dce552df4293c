package bootstraps

import (
	"os/exec"
	"runtime"
	"syscall"
	"time"
)

// confine lets nothing of cmd outlive its context or this program. It gets a
// process group of its own, since an interpreter may be a script that waits
// for the real one.
//
// The caller starts cmd and calls release when it has ended, in one goroutine:
// the kernel takes the end of the thread that has started a process for the end
// of the parent, and threads that goroutines had to themselves do end.
func confine(cmd *exec.Cmd) (release func()) {
	runtime.LockOSThread()
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = time.Second // for what left the group but holds the output
	return runtime.UnlockOSThread
}
