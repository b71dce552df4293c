package process

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"syscall"
)

// meter keeps the highest resident memory of a process and its descendants.
type meter struct {
	highest int64
}

// peak is in bytes.
func (m *meter) peak() int64 { return m.highest }

// measure reads the high-water marks of the process and of its descendants
// that are alive. Their sum is an upper bound of the peak, as the marks need
// not have been reached at the same time; for one process it is exact.
func (m *meter) measure(pid int) {
	m.highest = max(m.highest, treeMemory(pid))
}

// exited takes the figure that the kernel keeps for a process that is gone. It
// counts only if nothing was measured while the process was alive, because it
// starts out from the memory of the process that forked it: this one.
func (m *meter) exited(usage syscall.Rusage) {
	if m.highest == 0 {
		m.highest = usage.Maxrss << 10
	}
}

func treeMemory(pid int) int64 {
	sum := highWater(pid)
	for _, child := range children(pid) {
		sum += treeMemory(child)
	}
	return sum
}

// highWater is VmHWM of /proc/PID/status in bytes, 0 if it cannot be read.
func highWater(pid int) int64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	_, rest, found := bytes.Cut(status, []byte("\nVmHWM:"))
	if !found {
		return 0
	}
	fields := bytes.Fields(rest)
	if len(fields) == 0 {
		return 0
	}
	kib, err := strconv.ParseInt(string(fields[0]), 10, 64)
	if err != nil {
		return 0
	}
	return kib << 10
}

// children are the processes that a program's first thread has started, and
// with most programs all.
func children(pid int) []int {
	return childrenIn(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
}

func childrenIn(file string) []int {
	list, err := os.ReadFile(file)
	if err != nil {
		return nil
	}
	var pids []int
	for _, field := range bytes.Fields(list) {
		if child, err := strconv.Atoi(string(field)); err == nil {
			pids = append(pids, child)
		}
	}
	return pids
}
