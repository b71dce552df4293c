package process

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

const (
	// growth is how many bytes per second processes add to their memory at most,
	// as the kernel has to clear every page. The nearer they are to their limit
	// the sooner somebody looks again.
	growth = 2 << 30
	// Between two looks at the memory of processes.
	soonest, latest = 5 * time.Millisecond, time.Second
	// patience is how many times longer the time between looks is where nothing
	// changes: a function that idles shall cost next to nothing.
	patience = 5
	// change is what counts as none.
	change = 1 << 20
)

// watchMemory kills processes when they and their descendants use more memory
// than their limit. What counts is what the kernel could not take back: not
// files that are mapped, nor what is in /tmp.
func (p *running) watchMemory(processes func() []int, kill func()) {
	limit := p.memory.limit
	timer := time.NewTimer(soonest)
	defer timer.Stop()
	var before int64
	for {
		select {
		case <-p.exited:
			return
		case <-timer.C:
		}
		pids := processes()
		used := sumTree(pids, anonymous)
		// Processes share what they had when they were forked: only who seems to
		// use too much is worth the exact figure.
		if used > limit && sumTree(pids, proportional) > limit {
			p.memory.exceeded()
			kill()
			return
		}
		pause := time.Duration(float64(limit-used) / growth * float64(time.Second))
		if -change < used-before && used-before < change {
			pause *= patience
		}
		before = used
		timer.Reset(min(max(pause, soonest), latest))
	}
}

var pageSize = int64(unix.Getpagesize())

// anonymous is the memory of a process that is no file's, in bytes.
func anonymous(pid int) int64 {
	statm, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if err != nil {
		return 0
	}
	fields := bytes.Fields(statm)
	if len(fields) < 3 {
		return 0
	}
	resident, _ := strconv.ParseInt(string(fields[1]), 10, 64)
	shared, _ := strconv.ParseInt(string(fields[2]), 10, 64)
	return (resident - shared) * pageSize
}

// proportional is the same, but for what processes share: that is divided among
// them. Kernels before 5.14 have no such figure, or let nobody see it: then it
// is the other one.
func proportional(pid int) int64 {
	if kib, found := field(fmt.Sprintf("/proc/%d/smaps_rollup", pid), "Pss_Anon:"); found {
		return kib << 10
	}
	return anonymous(pid)
}
