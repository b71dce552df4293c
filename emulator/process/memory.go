package process

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"
)

// meter keeps the highest resident memory of processes and their descendants.
type meter struct {
	mu      sync.Mutex
	highest int64
}

// peak is in bytes.
func (m *meter) peak() int64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.highest
}

// measure reads the high-water marks of processes and of their descendants that
// are alive. Their sum is an upper bound of the peak, as the marks need not
// have been reached at the same time; for one process it is exact.
func (m *meter) measure(pids ...int) {
	sum := sumTree(pids, highWater)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.highest = max(m.highest, sum)
}

// exited takes the figure that the kernel keeps for a process that is gone. It
// counts only if nothing was measured while the process was alive, because it
// starts out from the memory of the process that forked it: this program.
func (m *meter) exited(maxRSS int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.highest == 0 {
		m.highest = maxRSS
	}
}

// sumTree adds up a figure of processes and their descendants.
func sumTree(pids []int, figure func(pid int) int64) (sum int64) {
	for _, pid := range pids {
		sum += figure(pid) + sumTree(children(pid), figure)
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

// children are those of all threads of a process.
func children(pid int) []int {
	lists, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid)) // the pattern is good
	var pids []int
	for _, list := range lists {
		content, err := os.ReadFile(list)
		if err != nil {
			continue // the thread has ended
		}
		for _, field := range bytes.Fields(content) {
			if child, err := strconv.Atoi(string(field)); err == nil {
				pids = append(pids, child)
			}
		}
	}
	return pids
}
