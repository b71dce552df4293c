package process

import (
	"os"

	"golang.org/x/sys/unix"
)

// confine takes away from this thread, and from what it starts, what processes
// of a sandbox need not have: privileges, and means to regain them.
func confine() error {
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return failed("give up new privileges", err)
	}
	if err := disinherit(); err != nil {
		return failed("give up capabilities", err)
	}
	for capability := uintptr(0); ; capability++ {
		if capability == unix.CAP_DAC_READ_SEARCH && os.Getuid() == 0 {
			continue // it can read the code of other users, as outside
		}
		err := unix.Prctl(unix.PR_CAPBSET_DROP, capability, 0, 0, 0)
		if err == unix.EINVAL {
			break // the kernel knows no more of them
		}
		if err != nil {
			return failed("give up capabilities", err)
		}
	}
	return nil
}

// disinherit keeps the capabilities of this thread from the programs that it
// starts. That clears the ambient ones as well.
func disinherit() error {
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var sets [2]unix.CapUserData // 32 capabilities each
	if err := unix.Capget(&header, &sets[0]); err != nil {
		return err
	}
	for i := range sets {
		sets[i].Inheritable = 0
	}
	return unix.Capset(&header, &sets[0])
}

// limit gives a process Lambda's limits, as far as it has not lower ones
// already. That of processes counts threads and all processes of the user's in
// the user namespace; root is exempt.
func limit(pid int, sandboxed bool) {
	limits := map[int]uint64{
		unix.RLIMIT_NOFILE: 1024,
		unix.RLIMIT_CORE:   0, // Lambda would keep what nobody can get at
	}
	if sandboxed {
		limits[unix.RLIMIT_NPROC] = 1024
	}
	for resource, most := range limits {
		var now unix.Rlimit
		if unix.Prlimit(pid, resource, nil, &now) == nil && now.Max > most {
			_ = unix.Prlimit(pid, resource, &unix.Rlimit{Cur: most, Max: most}, nil) // the process may have ended
		}
	}
}
