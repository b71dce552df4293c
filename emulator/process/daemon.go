package process

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
)

// Owner names this program as the owner of what a daemon keeps for it. No other
// program of this machine has had the name since the machine was started.
func Owner() string {
	pid := os.Getpid()
	return fmt.Sprintf("%s/%d/%s", machine(), pid, startTime(pid))
}

// OwnerGone tells whether an owner was a program of this machine that has ended.
func OwnerGone(owner string) bool {
	host, rest, _ := strings.Cut(owner, "/")
	number, started, found := strings.Cut(rest, "/")
	pid, err := strconv.Atoi(number)
	return found && err == nil && host == machine() && startTime(pid) != started
}

// Reachable tries the socket of a daemon, whose client would try again and again
// what cannot become better. The error is the kernel's.
func Reachable(ctx context.Context, socket string) error {
	conn, err := new(net.Dialer).DialContext(ctx, "unix", socket)
	if cause, ok := errors.AsType[*os.SyscallError](err); ok {
		return cause.Err
	}
	if err != nil {
		return err
	}
	return conn.Close()
}

// machine tells machines apart that share a daemon. It stays the same when the
// machine is started again, which ends all programs.
func machine() string {
	id, err := os.ReadFile("/etc/machine-id")
	if name := strings.TrimSpace(string(id)); err == nil && name != "" {
		return name
	}
	name, err := os.Hostname()
	if err != nil {
		return "unknown"
	}
	return name
}

// startTime is when a process was started, and empty if there is none.
func startTime(pid int) string {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return ""
	}
	const startTimeField = 22 // see proc_pid_stat(5); the name before may hold anything
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	if len(fields) < startTimeField-2 {
		return ""
	}
	boot, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return string(fields[startTimeField-3])
	}
	return string(fields[startTimeField-3]) + "-" + string(bytes.TrimSpace(boot))
}
