package process

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

const (
	cagePrefix = "sam-"
	// cpuPeriod is in microseconds: what the kernel proposes.
	cpuPeriod = 100000
	// headroom is what a control group counts besides the memory that is a
	// function's own: the kernel's for it, and the keeper of its sandbox.
	headroom = 32 << 20
)

// bounds are what a cage limits; 0 is no limit.
type bounds struct {
	processors float64
	memory     int64 // bytes
}

// A cage is a control group for the processes of one environment: it bounds
// what they use, and ends them all at once, wherever they have gone. In the
// second version of control groups processes are born in theirs. In the first,
// which can only bound the use of the processors, one has to be moved there,
// which takes up to 12 ms: that one is made only for who asks for it.
type cage struct {
	dir  string
	v1   bool
	lock *os.File // the directory; locked while this program lives
}

var cages atomic.Int64 // that were made, for their names

// newCage makes a control group, or returns nil if there can be none and none is
// needed. A sweep of another program may take it for litter until it is locked;
// then there is another one.
func newCage(b bounds) (c *cage, err error) {
	for range 3 {
		if c, err = tryCage(b); err == nil || c == nil {
			return c, err
		}
	}
	return nil, err
}

func tryCage(b bounds) (*cage, error) {
	place := cagePlace()
	c := &cage{v1: b.processors > 0 && !place.has("cpu")}
	parent := place.dir
	if c.v1 {
		parent = place.cpu
	}
	switch {
	case parent != "":
	case b.processors > 0:
		return nil, errNoGroup
	default:
		return nil, nil
	}
	c.dir = filepath.Join(parent, fmt.Sprintf("%s%d-%d", cagePrefix, os.Getpid(), cages.Add(1)))
	if err := os.Mkdir(c.dir, 0o755); err != nil {
		return nil, fmt.Errorf("make a control group: %w", err)
	}
	err := c.hold()
	if err == nil {
		err = c.bound(b)
	}
	if err != nil {
		return c, errors.Join(err, c.remove())
	}
	return c, nil
}

var errNoGroup = errors.New("there is no control group in which this program could limit others (systemd-run --user --scope -p Delegate=yes starts it in one)")

// hold locks the group.
func (c *cage) hold() (err error) {
	if c.lock, err = os.Open(c.dir); err == nil {
		err = unix.Flock(int(c.lock.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	}
	if err != nil {
		return fmt.Errorf("lock a control group: %w", err)
	}
	return nil
}

// bound sets the limits.
func (c *cage) bound(b bounds) error {
	quota := max(1000, int64(b.processors*cpuPeriod)) // the kernel takes no less
	var settings [][2]string
	switch {
	case b.processors > 0 && c.v1:
		settings = append(settings, [2]string{"cpu.cfs_quota_us", strconv.FormatInt(quota, 10)})
	case b.processors > 0:
		settings = append(settings, [2]string{"cpu.max", fmt.Sprintf("%d %d", quota, cpuPeriod)})
	}
	if b.memory > 0 && !c.v1 && cagePlace().has("memory") {
		settings = append(settings, [2]string{"memory.max", strconv.FormatInt(b.memory+headroom, 10)}, [2]string{"memory.oom.group", "1"})
		if _, err := os.Stat(filepath.Join(c.dir, "memory.swap.max")); err == nil { // the kernel may know no swap
			settings = append(settings, [2]string{"memory.swap.max", "0"})
		}
	}
	for _, setting := range settings {
		if err := c.write(setting[0], setting[1]); err != nil {
			return fmt.Errorf("limit a control group: %w", err)
		}
	}
	return nil
}

func (c *cage) write(file, value string) error {
	return os.WriteFile(filepath.Join(c.dir, file), []byte(value), 0o644)
}

// enter has the process that this thread is about to start begin in the group.
// In the first version the thread has to go there itself, and stays.
func (c *cage) enter(attr *syscall.SysProcAttr) error {
	if c.v1 {
		return c.write("tasks", "0")
	}
	c.bear(attr)
	return nil
}

// bear has a process be born in the group, which is of the second version.
func (c *cage) bear(attr *syscall.SysProcAttr) {
	attr.UseCgroupFD, attr.CgroupFD = true, int(c.lock.Fd())
}

// admit moves a process into the group, and what it starts from then on.
func (c *cage) admit(pid int) error {
	if err := c.write("cgroup.procs", strconv.Itoa(pid)); err != nil {
		return fmt.Errorf("move a process into a control group: %w", err)
	}
	return nil
}

// kill kills all processes of the group, if there is one and the kernel (5.14)
// can.
func (c *cage) kill() bool {
	return c != nil && !c.v1 && c.write("cgroup.kill", "1") == nil
}

// overflowed tells whether the kernel has killed for want of memory.
func (c *cage) overflowed() bool {
	if c == nil {
		return false
	}
	count, found := field(filepath.Join(c.dir, "memory.events"), "oom_kill ")
	return found && count > 0
}

// remove removes the group, whose processes are gone: the kernel may need a
// moment to see that.
func (c *cage) remove() error {
	if c == nil {
		return nil
	}
	if c.lock != nil {
		defer c.lock.Close()
	}
	var err error
	for range 100 {
		if err = os.Remove(c.dir); err == nil || errors.Is(err, os.ErrNotExist) {
			return nil
		}
		time.Sleep(time.Millisecond)
	}
	return fmt.Errorf("remove a control group: %w", err)
}

// CanLimitCPU says why the use of the processors cannot be limited, if it
// cannot.
func CanLimitCPU() error {
	c, err := newCage(bounds{processors: 1})
	return errors.Join(err, c.remove())
}

// CanLimitMemory says why control groups cannot limit memory, if they cannot.
func CanLimitMemory() error {
	if !cagePlace().has("memory") {
		return errNoGroup
	}
	c, err := newCage(bounds{memory: 1 << 30})
	return errors.Join(err, c.remove())
}

// groups are where this program can make control groups.
type groups struct {
	dir         string   // of the second version; empty: nowhere
	controllers []string // that those in dir can have
	cpu         string   // of the first version, for the use of the processors
}

func (g *groups) has(controller string) bool { return slices.Contains(g.controllers, controller) }

var cagePlace = sync.OnceValue(findGroups)

// findGroups looks where this program is. Groups of the second version have
// processes or groups below them: ours go beside that of this program.
func findGroups() *groups {
	g := new(groups)
	content, _ := os.ReadFile("/proc/self/cgroup") // without one there are none
	for line := range bytes.Lines(content) {
		hierarchy, rest, _ := strings.Cut(strings.TrimSpace(string(line)), ":")
		controllers, path, _ := strings.Cut(rest, ":")
		if strings.Contains(","+controllers+",", ",cpu,") {
			g.cpu = writableDir(filepath.Join("/sys/fs/cgroup", controllers, path))
		}
		if hierarchy != "0" {
			continue
		}
		root := "/sys/fs/cgroup"
		if isDir(root + "/unified") { // beside the first version
			root += "/unified"
		}
		if g.dir = writableDir(filepath.Join(root, filepath.Dir(path))); g.dir != "" {
			enabled, _ := os.ReadFile(filepath.Join(g.dir, "cgroup.subtree_control"))
			g.controllers = strings.Fields(string(enabled))
		}
	}
	return g
}

// writableDir is a directory of control groups in which others can be made, or "".
func writableDir(dir string) string {
	if unix.Access(filepath.Join(dir, "cgroup.procs"), unix.W_OK) != nil || unix.Access(dir, unix.W_OK) != nil {
		return ""
	}
	return dir
}

// sweepCages ends and removes groups of programs that were killed.
func sweepCages() {
	place := cagePlace()
	for _, parent := range []string{place.dir, place.cpu} {
		if parent == "" {
			continue
		}
		left, _ := filepath.Glob(filepath.Join(parent, cagePrefix+"*-*")) // the pattern is good
		for _, dir := range left {
			c := &cage{dir: dir, v1: parent == place.cpu}
			if c.hold() == nil {
				c.kill()
				_ = c.remove()
			} else if c.lock != nil { // somebody lives there
				_ = c.lock.Close()
			}
		}
	}
}
