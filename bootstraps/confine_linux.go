package bootstraps

import (
	"os/exec"
	"syscall"
	"time"
)

// confine lets nothing of cmd outlive its context or this program. It gets a
// process group of its own, since an interpreter may be a script that waits
// for the real one.
func confine(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = time.Second // for what left the group but holds the output
}
