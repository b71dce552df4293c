// Package containertest is what tests of containers share: daemons of their own,
// a registry, and images made of this machine's programs, since no public
// registry need be within reach.
package containertest

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
	"testing"
	"time"

	"sam/emulator/emulatortest"
)

// startLimit is how long a daemon may take to answer.
const startLimit = 30 * time.Second

// Containerd starts a containerd and returns the path of its socket. Where there
// can be none the test skips, or fails if containerd is required.
func Containerd(t testing.TB) (address string) {
	t.Helper()
	address, _ = StartContainerd(t)
	return address
}

// SmallContainerd is Containerd on a disk of so many megabytes.
func SmallContainerd(t testing.TB, megabytes int) (address string) {
	t.Helper()
	address, _ = startContainerd(t, func(root string) error {
		if err := os.Mkdir(root, 0o700); err != nil {
			return err
		}
		return syscall.Mount("tmpfs", root, "tmpfs", 0, fmt.Sprintf("size=%dm", megabytes))
	})
	return address
}

// StartContainerd is Containerd, and returns a function that ends the daemon
// before the test does.
func StartContainerd(t testing.TB) (address string, stop func()) {
	t.Helper()
	return startContainerd(t, func(string) error { return nil })
}

func startContainerd(t testing.TB, prepare func(root string) error) (address string, stop func()) {
	t.Helper()
	needs(t, "containerd", "containerd", "runc")
	dir := shortDir(t)
	if err := prepare(filepath.Join(dir, "root")); err != nil {
		t.Fatal(err)
	}
	address = filepath.Join(dir, "containerd.sock")
	config := fmt.Sprintf(`version = 2
root = %q
state = %q
disabled_plugins = ["io.containerd.grpc.v1.cri"]
[grpc]
  address = %q
`, filepath.Join(dir, "root"), filepath.Join(dir, "state"), address)
	file := filepath.Join(dir, "containerd.toml")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	stop = daemon(t, address, "containerd", "--config", file)
	return address, stop
}

// Dockerd starts a Docker Engine and returns the path of its socket. Where there
// can be none the test skips, or fails if docker is required.
func Dockerd(t testing.TB) (socket string) {
	t.Helper()
	needs(t, "docker", "dockerd", "containerd", "runc")
	containerd := Containerd(t)
	dir := shortDir(t)
	socket = filepath.Join(dir, "docker.sock")
	daemon(t, socket, "dockerd",
		"--containerd", containerd, "--host", "unix://"+socket, "--pidfile", filepath.Join(dir, "pid"),
		"--data-root", filepath.Join(dir, "data"), "--exec-root", filepath.Join(dir, "exec"),
		// The machine's own network stays as it is.
		"--bridge", "none", "--iptables=false", "--ip6tables=false")
	return socket
}

// needs skips a test, or fails it, if it lacks one of the programs or the right
// to start them.
func needs(t testing.TB, part string, programs ...string) {
	t.Helper()
	for _, program := range programs {
		if _, err := exec.LookPath(program); err != nil {
			emulatortest.Lacks(t, part, err.Error())
		}
	}
	if os.Getuid() != 0 {
		emulatortest.Lacks(t, part, "only root can start "+programs[0])
	}
}

// shortDir is a directory whose name is short enough for sockets in it. It is
// removed once the daemons, which are started later, have ended.
func shortDir(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "sam-test-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		endShims(dir)
		unmount(dir)
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// endShims ends the processes that a containerd in dir has left, which was stopped
// before its containers.
func endShims(dir string) {
	commands, _ := filepath.Glob("/proc/[0-9]*/cmdline") // the pattern is good
	for _, file := range commands {
		command, err := os.ReadFile(file)
		if err == nil && bytes.Contains(command, []byte("containerd-shim")) && bytes.Contains(command, []byte("\x00"+dir+"/")) {
			if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(file))); err == nil {
				_ = syscall.Kill(pid, syscall.SIGKILL)
			}
		}
	}
}

// unmount takes away what a daemon that was killed has left below dir: the
// innermost first.
func unmount(dir string) {
	mounts, err := os.ReadFile("/proc/self/mounts")
	if err != nil {
		return
	}
	var points []string
	for line := range bytes.Lines(mounts) {
		fields := bytes.Fields(line)
		if point := string(fields[1]); len(point) > len(dir) && point[:len(dir)+1] == dir+"/" {
			points = append(points, point)
		}
	}
	for i := len(points) - 1; i >= 0; i-- {
		_ = syscall.Unmount(points[i], syscall.MNT_DETACH)
	}
}

// daemon starts a program that listens on a socket, for as long as the test
// takes.
func daemon(t testing.TB, socket, program string, args ...string) (stop func()) {
	t.Helper()
	var log bytes.Buffer
	cmd := exec.Command(program, args...)
	cmd.Stdout, cmd.Stderr = &log, &log
	// A test that panics takes it along. The signal is sent when the thread ends
	// that has started it.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
	started, ended := make(chan error), make(chan struct{})
	go func() {
		runtime.LockOSThread()
		started <- cmd.Start()
		_ = cmd.Wait()
		close(ended)
	}()
	if err := <-started; err != nil {
		t.Fatal(err)
	}
	stop = func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		select {
		case <-ended:
		case <-time.After(startLimit):
			t.Errorf("%s (process %s) does not end", program, strconv.Itoa(cmd.Process.Pid))
			_ = cmd.Process.Kill()
			<-ended
		}
	}
	t.Cleanup(stop)
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	for deadline := time.Now().Add(startLimit); ; {
		if _, err := os.Stat(socket); err == nil {
			return stop
		}
		select {
		case <-ended:
			emulatortest.Lacks(t, part(program), program+" does not start here: "+lastLine(log.Bytes()))
		case <-ticker.C:
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s does not answer", program)
		}
	}
}

// part is what Requirements call a daemon.
func part(program string) string {
	if program == "dockerd" {
		return "docker"
	}
	return program
}

func lastLine(log []byte) string {
	lines := bytes.Split(bytes.TrimSpace(log), []byte("\n"))
	return string(lines[len(lines)-1])
}
