package process

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
)

// Sweep implements emulator.Sweeper.
func (*Runner) Sweep(mark string) {
	killStrays(mark, 0)
	sweepCages()
}

// killStrays kills the processes of this host that have the variable mark
// (NAME=value) in their environment: those that have left the group of the
// process that was started with it, and those that outlived the program that
// did. Processes with ids below from are not looked at, and what has changed its
// environment is not found.
func killStrays(mark string, from int) {
	if mark == "" {
		return
	}
	killed := make(map[int]bool)
	for found := true; found; { // what was found may have forked meanwhile
		found = false
		entries, err := os.ReadDir("/proc")
		if err != nil {
			return // nothing can be known here
		}
		for _, entry := range entries {
			pid, err := strconv.Atoi(entry.Name())
			if err != nil || pid < from || killed[pid] || pid == os.Getpid() || !hasVariable(pid, mark) {
				continue
			}
			_ = syscall.Kill(pid, syscall.SIGKILL) // ESRCH: it is gone
			found, killed[pid] = true, true
		}
	}
}

// hasVariable tells whether a process has a variable in the environment that it
// was started with. One that has ended has none.
func hasVariable(pid int, variable string) bool {
	environment, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "environ"))
	if err != nil {
		return false // it is gone, or another user's
	}
	return bytes.Contains(append([]byte{0}, environment...), []byte("\x00"+variable+"\x00"))
}
