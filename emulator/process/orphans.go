package process

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// Daemons lose their parents, and become children of this program: it asks the
// kernel for that, so that they can be found. Whose they were nothing tells any
// more, unless they have the mark of an environment (see killStrays) or are in its
// control group. The others end with the last plain process.

// kin are the children that the Runners have started.
var kin = struct {
	sync.Mutex
	pids map[int]bool // whether the process is a plain one
}{pids: make(map[int]bool)}

var adopt = sync.OnceFunc(func() {
	_ = unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) // seccomp may forbid it
})

// forkKin starts a process that is no orphan.
func forkKin(program string, args []string, attr *syscall.ProcAttr) (pid int, err error) {
	plain := attr.Sys.Cloneflags == 0
	if plain && !attr.Sys.UseCgroupFD {
		adopt()
	}
	kin.Lock()
	defer kin.Unlock()
	if pid, err = syscall.ForkExec(program, args, attr); err == nil {
		kin.pids[pid] = plain
	}
	return pid, err
}

// disown forgets a process that is gone.
func disown(pid int) {
	kin.Lock()
	defer kin.Unlock()
	delete(kin.pids, pid)
}

// buryOrphans takes the statuses of orphans that have ended. If last is the only
// plain process there is, it ends all orphans.
func buryOrphans(last int) {
	kin.Lock()
	defer kin.Unlock()
	only := kin.pids[last]
	for pid, plain := range kin.pids {
		only = only && (pid == last || !plain)
	}
	if only {
		for endOrphans(true) {
			continue // they leave their children to us
		}
	} else if someHaveEnded() {
		endOrphans(false)
	}
}

// endOrphans takes the statuses of orphans, by force or as far as they have ended.
// It returns whether there were any.
func endOrphans(force bool) (found bool) {
	options := syscall.WNOHANG
	if force {
		options = 0
	}
	for _, pid := range children(os.Getpid()) {
		if _, known := kin.pids[pid]; known || !hasOwnSession(pid) {
			continue
		}
		if found = true; force {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
		_, _ = syscall.Wait4(pid, nil, options, nil) // it is our child
	}
	return found
}

// someHaveEnded tells whether there is a child whose status nobody has taken.
func someHaveEnded() bool {
	var info unix.Siginfo
	return unix.Waitid(unix.P_ALL, 0, &info, unix.WEXITED|unix.WNOWAIT|unix.WNOHANG, nil) == nil && info.Signo != 0
}

// hasOwnSession tells orphans from other children of this program, which stay in
// its session: what left its session has also left its group, and is not
// reached otherwise.
func hasOwnSession(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return false
	}
	// The name is in parentheses, and may have some; state, parent, group, session.
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	if len(fields) < 4 {
		return false
	}
	own, _ := unix.Getsid(0)
	session, err := strconv.Atoi(string(fields[3]))
	return err == nil && session != own
}
