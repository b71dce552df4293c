package process

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"sync"
)

// meter keeps the highest resident memory of processes and their descendants.
type meter struct {
	limit   int64 // what they cannot exceed, in bytes, or 0
	mu      sync.Mutex
	highest int64
	over    bool // whether the limit was exceeded
}

// peak is in bytes. What the processes share may have been counted several
// times, but no more than the limit is theirs.
func (m *meter) peak() int64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.limit > 0 {
		return min(m.highest, m.limit)
	}
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

// exceeded takes note that processes are killed for exceeding their limit, which
// Lambda then calls their peak.
func (m *meter) exceeded() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.highest, m.over = m.limit, true
}

// isOver tells whether the limit was exceeded.
func (m *meter) isOver() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.over
}

// sumTree adds up a figure of processes and their descendants.
func sumTree(pids []int, figure func(pid int) int64) (sum int64) {
	for _, pid := range pids {
		sum += figure(pid) + sumTree(children(pid), figure)
	}
	return sum
}

// highWater is the peak of a process in bytes, 0 if it cannot be read.
func highWater(pid int) int64 {
	kib, _ := field(fmt.Sprintf("/proc/%d/status", pid), "VmHWM:")
	return kib << 10
}

// field is a number in a file of the kernel's, which has a line for each.
func field(file, name string) (value int64, found bool) {
	content, err := os.ReadFile(file)
	if err != nil {
		return 0, false
	}
	_, rest, found := bytes.Cut(content, []byte("\n"+name))
	fields := bytes.Fields(rest)
	if !found || len(fields) == 0 {
		return 0, false
	}
	value, err = strconv.ParseInt(string(fields[0]), 10, 64)
	return value, err == nil
}

// children are those of all threads of a process.
func children(pid int) []int {
	tasks := fmt.Sprintf("/proc/%d/task", pid)
	threads, err := os.ReadDir(tasks)
	if err != nil {
		return nil
	}
	var pids []int
	for _, thread := range threads {
		list, err := os.ReadFile(tasks + "/" + thread.Name() + "/children")
		if err != nil {
			continue // the thread has ended
		}
		for _, field := range bytes.Fields(list) {
			if child, err := strconv.Atoi(string(field)); err == nil {
				pids = append(pids, child)
			}
		}
	}
	return pids
}
