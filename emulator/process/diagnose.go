package process

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"

	"sam/emulator"
)

// A Finding is what a host allows, or does not.
type Finding struct {
	// About is what was tried.
	About string
	// Err is why it cannot be had, or nil.
	Err error
	// Without is what functions lack for that.
	Without string
}

// Advice says what to change on the host, where that is known.
func (f *Finding) Advice() string {
	if hinter, ok := errors.AsType[*failure](f.Err); ok {
		return hinter.Hint()
	}
	return ""
}

// Diagnose tries what isolation is made of. The program that calls it must know
// the argument --version, and end well.
func Diagnose(ctx context.Context) []Finding {
	findings := []Finding{
		{About: "namespaces", Without: "functions see the host's files and processes; /var/task, /opt and /tmp are stand-ins", Err: trySandbox(ctx, emulator.Layout{})},
		{About: "processes of functions", Without: "daemons that a function starts outlive it; memory is neither measured nor limited", Err: tryProc()},
	}
	findings = append(findings,
		Finding{About: "control groups for processors", Without: "--cpu-limit has no effect", Err: CanLimitCPU()},
		Finding{About: "control groups for memory", Without: "functions are watched only: one that grows fast exceeds its memory for a moment", Err: CanLimitMemory()},
	)
	if findings[0].Err == nil {
		findings = append(findings, Finding{
			About: "several layers at /opt", Without: "functions with several layers are not isolated", Err: tryOverlay(ctx),
		})
	}
	return findings
}

func tryOverlay(ctx context.Context) error {
	var layers []string
	for range 2 {
		dir, err := os.MkdirTemp("", "sam-doctor-")
		if err != nil {
			return err
		}
		defer os.Remove(dir)
		layers = append(layers, dir)
	}
	return trySandbox(ctx, emulator.Layout{Mounts: []emulator.Mount{{Sources: layers, Target: "/opt"}}})
}

// trySandbox runs this program in a sandbox.
func trySandbox(ctx context.Context, layout emulator.Layout) error {
	runner := Isolate(false)
	defer func() { _ = runner.Close() }()
	program, err := os.Executable()
	if err != nil {
		return &failure{startingKeeper, errnoOf(err)}
	}
	layout.TmpMB = 1
	layout.Mounts = append(layout.Mounts, emulator.Mount{Sources: []string{program}, Target: program})
	s, err := runner.Sandbox(ctx, layout)
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }()
	instance, err := s.Start(ctx, emulator.Spec{Args: []string{program, "--version"}, Dir: "/tmp", Output: io.Discard})
	if err != nil {
		return err
	}
	<-instance.Exited()
	if exit := instance.Exit(); exit != (emulator.ExitState{}) {
		return fmt.Errorf("%s in a sandbox: %v", program, exit)
	}
	return nil
}

func tryProc() error {
	if _, found := field("/proc/self/status", "VmHWM:"); !found {
		return errors.New("/proc is not there, or does not tell")
	}
	return nil
}

// Hint says what to change on the host so that it is allowed.
func (f *failure) Hint() string {
	forbidden := f.Errno == syscall.EPERM || f.Errno == syscall.EACCES
	switch {
	case f.Doing == startingKeeper && f.Errno == syscall.ENOENT:
		return "it takes /proc, which is not mounted"
	case f.Errno == syscall.ENOSPC && f.Doing == startingKeeper || sysctl("user/max_user_namespaces") == "0":
		return "the number of user namespaces is limited: sudo sysctl user.max_user_namespaces=10000"
	case f.Doing == startingKeeper && forbidden && sysctl("kernel/unprivileged_userns_clone") == "0":
		return "users may not make namespaces: sudo sysctl kernel.unprivileged_userns_clone=1"
	case forbidden && sysctl("kernel/apparmor_restrict_unprivileged_userns") == "1":
		return "AppArmor keeps namespaces from users (Ubuntu since 23.10): sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0, or a profile for sam that has userns"
	case f.Doing == startingKeeper && forbidden:
		return "the container that sam runs in forbids it (seccomp): docker run --security-opt seccomp=unconfined --security-opt systempaths=unconfined allows it"
	case f.Doing == mountingProc && forbidden:
		return "the container that sam runs in hides parts of /proc: docker run --security-opt systempaths=unconfined shows them"
	case forbidden:
		return "AppArmor, SELinux or the container that sam runs in forbids it"
	case f.Errno == syscall.ENOSYS:
		return "the kernel is older than 5.12, or seccomp denies the call"
	}
	return ""
}

// sysctl is a setting of the kernel, or "" if it has none of the name.
func sysctl(name string) string {
	value, err := os.ReadFile("/proc/sys/" + name)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(value))
}
