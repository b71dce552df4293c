package process

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

const (
	cgroups    = "/sys/fs/cgroup"
	cagePrefix = "sam-"
	// cpuPeriod is in microseconds: what the kernel proposes.
	cpuPeriod = 100000
)

// A cage is a control group that bounds how much of the processors the
// processes of one environment get. Moving a process into one takes up to
// 12 ms, so it is made only for who asks for it.
type cage struct {
	dir   string
	quota quota
}

var cages atomic.Int64 // that were made, for their names

// newCage makes a control group that gets so many processors.
func newCage(processors float64) (*cage, error) {
	parent, quota, err := cpuGroup()
	if err != nil {
		return nil, err
	}
	c := &cage{filepath.Join(parent, fmt.Sprintf("%s%d-%d", cagePrefix, os.Getpid(), cages.Add(1))), quota}
	if err := os.Mkdir(c.dir, 0o755); err != nil {
		return nil, fmt.Errorf("make a control group: %w", err)
	}
	if err := os.WriteFile(filepath.Join(c.dir, quota.file), quota.value(processors), 0o644); err != nil {
		return nil, errors.Join(fmt.Errorf("limit a control group: %w", err), c.remove())
	}
	return c, nil
}

// enter has the process that this thread is about to start begin in the group.
// In the first version the thread has to go there itself, and stays; in the
// second the group is to be closed when the process has been started.
func (c *cage) enter(attr *syscall.SysProcAttr) (close func() error, err error) {
	if c.quota.threads != "" {
		return func() error { return nil }, os.WriteFile(filepath.Join(c.dir, c.quota.threads), []byte("0"), 0o644)
	}
	group, err := os.Open(c.dir)
	if err != nil {
		return nil, err
	}
	attr.UseCgroupFD, attr.CgroupFD = true, int(group.Fd())
	return group.Close, nil
}

// admit moves a process into the group, and what it starts from then on.
func (c *cage) admit(pid int) error {
	if err := os.WriteFile(filepath.Join(c.dir, "cgroup.procs"), []byte(strconv.Itoa(pid)), 0o644); err != nil {
		return fmt.Errorf("move a process into a control group: %w", err)
	}
	return nil
}

// remove removes the group, whose processes are gone: the kernel may need a
// moment to see that.
func (c *cage) remove() error {
	var err error
	for range 100 {
		if err = os.Remove(c.dir); err == nil || errors.Is(err, os.ErrNotExist) {
			return nil
		}
		time.Sleep(time.Millisecond)
	}
	return fmt.Errorf("remove a control group: %w", err)
}

// A quota is the file that bounds the use of the processors.
type quota struct {
	file    string
	format  string // of microseconds per period
	threads string // the file by which threads enter the group, if they can
}

func (q quota) value(processors float64) []byte {
	return fmt.Appendf(nil, q.format, max(1000, int64(processors*cpuPeriod))) // the kernel takes no less
}

// CanLimitCPU says why the use of the processors cannot be limited, if it
// cannot.
func CanLimitCPU() error {
	c, err := newCage(1)
	if err != nil {
		return err
	}
	return c.remove()
}

// cpuGroup is a control group in which this program can make others.
func cpuGroup() (dir string, q quota, err error) {
	content, err := os.ReadFile("/proc/self/cgroup")
	if err != nil {
		return "", q, fmt.Errorf("find the control group of this program: %w", err)
	}
	for line := range bytes.Lines(content) {
		hierarchy, rest, _ := strings.Cut(strings.TrimSpace(string(line)), ":")
		controllers, path, _ := strings.Cut(rest, ":")
		for controller := range strings.SplitSeq(controllers, ",") {
			if controller == "cpu" { // the first version has a hierarchy for it
				return filepath.Join(cgroups, controllers, path), quota{"cpu.cfs_quota_us", "%d", "tasks"}, nil
			}
		}
		if hierarchy == "0" {
			// A group of the second version has processes or groups below it: ours
			// go beside that of this program.
			dir = filepath.Dir(filepath.Join(cgroups, path))
		}
	}
	enabled, err := os.ReadFile(filepath.Join(dir, "cgroup.subtree_control"))
	if dir == "" || err != nil || !strings.Contains(" "+strings.TrimSpace(string(enabled))+" ", " cpu ") {
		return "", q, errors.New("there is no control group in which this program could limit others (systemd-run --user --scope -p Delegate=yes starts it in one)")
	}
	return dir, quota{"cpu.max", "%d " + strconv.Itoa(cpuPeriod), ""}, nil
}

// sweepCages removes groups of programs that were killed: those in use cannot
// be removed.
func sweepCages() {
	parent, _, err := cpuGroup()
	if err != nil {
		return
	}
	left, _ := filepath.Glob(filepath.Join(parent, cagePrefix+"*-*")) // the pattern is good
	for _, dir := range left {
		_ = os.Remove(dir)
	}
}
