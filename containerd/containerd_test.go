package containerd_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	client "github.com/containerd/containerd/v2/client"

	"sam/containerd"
	"sam/emulator"
	"sam/emulator/emulatortest"
	"sam/emulator/emulatortest/containertest"
	"sam/emulator/process"
)

// doomed is the environment variable that has the test program start a container
// and wait to be killed: the address of containerd, an archive and a keeper.
const doomed = "SAM_TEST_DOOMED"

func TestMain(m *testing.M) {
	process.Keep()
	if args := strings.Fields(os.Getenv(doomed)); len(args) == 3 {
		perish(args[0], args[1], args[2])
	}
	code := m.Run()
	containertest.RemoveKeeper()
	os.Exit(code)
}

// perish starts a container, says so, and waits to be killed.
func perish(address, archive, keeper string) {
	ctx := context.Background()
	runner, err := containerd.Open(ctx, containerd.Options{Address: address, Keeper: keeper})
	check(err)
	image, err := runner.Image(ctx, archive, false)
	check(err)
	sandbox, err := runner.Sandbox(ctx, emulator.Layout{Image: image, TmpMB: 1})
	check(err)
	_, err = sandbox.Start(ctx, emulator.Spec{Args: []string{"/bin/sh", "-c", "echo started; exec tail -f /dev/null"}, Dir: "/", Output: os.Stdout})
	check(err)
	select {}
}

func check(err error) {
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

// open returns a Runner on a containerd.
func open(t *testing.T, options containerd.Options) *containerd.Runner {
	t.Helper()
	options.Keeper = containertest.Keeper(t)
	runner, err := containerd.Open(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := runner.Close(); err != nil {
			t.Error(err)
		}
	})
	return runner
}

// tools is an archive of an image without anything special.
func tools(t *testing.T) (archive string) {
	t.Helper()
	return containertest.Archive(t, "tools:1", containertest.Image{}.Build(t))
}

func TestImages(t *testing.T) {
	address := containertest.Containerd(t)
	containertest.TestImages(t, func(t *testing.T, o containertest.Options) emulator.Containers {
		o = o.Defaults(t)
		return open(t, containerd.Options{Address: address, Pull: o.Pull, Credentials: o.Credentials, Progress: o.Progress, Notice: o.Notice})
	}, true)
}

func TestContract(t *testing.T) {
	address := containertest.Containerd(t)
	runner := open(t, containerd.Options{Address: address})
	image, err := runner.Image(t.Context(), tools(t), false)
	if err != nil {
		t.Fatal(err)
	}
	t.Run("kept", func(t *testing.T) {
		emulatortest.TestRunner(t, emulatortest.Sandboxed(t, runner, image))
	})
	if left := containers(t, address); len(left) > 0 {
		t.Errorf("containers are left: %v", left)
	}
}

// containers are the names of all that there are.
func containers(t *testing.T, address string) []string {
	t.Helper()
	c, err := client.New(address, client.WithDefaultNamespace("sam"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	list, err := c.Containers(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, container := range list {
		ids = append(ids, container.ID())
	}
	return ids
}

// TestWhatAKilledProgramLeaves has programs killed that have a container each.
func TestWhatAKilledProgramLeaves(t *testing.T) {
	address := containertest.Containerd(t)
	archive := tools(t)
	alive := open(t, containerd.Options{Address: address})
	image, err := alive.Image(t.Context(), archive, false)
	if err != nil {
		t.Fatal(err)
	}
	sandbox, instance := begin(t, alive, image)
	for range 2 {
		killDoomed(t, address, archive)
	}
	if left := containers(t, address); len(left) < 2 {
		t.Fatalf("containers %v: those of killed programs are gone already", left)
	}
	sweeping, err := containerd.Open(t.Context(), containerd.Options{Address: address})
	if err != nil {
		t.Fatal(err)
	}
	if err := sweeping.Close(); err != nil { // it has swept then
		t.Error(err)
	}
	if left := containers(t, address); len(left) != 1 {
		t.Errorf("containers %v, want the one of the program that is alive", left)
	}
	select {
	case <-instance.Exited():
		t.Error("the process of another program has ended")
	default:
	}
	if err := sandbox.Close(); err != nil {
		t.Error(err)
	}
}

// begin starts a process that does not end.
func begin(t *testing.T, runner *containerd.Runner, image *emulator.Image) (emulator.Sandbox, emulator.Instance) {
	t.Helper()
	sandbox, err := runner.Sandbox(t.Context(), emulator.Layout{Image: image, TmpMB: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sandbox.Close() })
	instance, err := sandbox.Start(t.Context(), emulator.Spec{Args: []string{"/usr/bin/tail", "-f", "/dev/null"}, Dir: "/", Output: new(bytes.Buffer)})
	if err != nil {
		t.Fatal(err)
	}
	return sandbox, instance
}

// killDoomed starts this program again, and kills it once it has a container.
func killDoomed(t *testing.T, address, archive string) {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program)
	cmd.Env = append(os.Environ(), doomed+"="+address+" "+archive+" "+containertest.Keeper(t))
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	said := make([]byte, 100)
	n, _ := out.Read(said)
	if got := string(said[:n]); got != "started\n" {
		t.Errorf("it says %q", got)
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
}

func TestContainerKilledFromOutside(t *testing.T) {
	address := containertest.Containerd(t)
	emulatortest.NoLeaks(t)
	runner := open(t, containerd.Options{Address: address})
	image, err := runner.Image(t.Context(), tools(t), false)
	if err != nil {
		t.Fatal(err)
	}
	sandbox, instance := begin(t, runner, image)
	kill := exec.Command("ctr", "--address", address, "--namespace", "sam", "task", "kill", "--signal", "SIGKILL", containers(t, address)[0])
	if out, err := kill.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	<-instance.Exited()
	if state := instance.Exit(); state.Signal != "killed" {
		t.Errorf("%+v", state)
	}
	if err := sandbox.Close(); err != nil {
		t.Error(err)
	}
	if left := containers(t, address); len(left) > 0 {
		t.Errorf("containers are left: %v", left)
	}
}

// TestDaemonThatStops has containerd end under a process, which goes on.
func TestDaemonThatStops(t *testing.T) {
	address, stop := containertest.StartContainerd(t)
	emulatortest.NoLeaks(t)
	runner := open(t, containerd.Options{Address: address})
	image, err := runner.Image(t.Context(), tools(t), false)
	if err != nil {
		t.Fatal(err)
	}
	sandbox, instance := begin(t, runner, image)
	stop()
	select {
	case <-instance.Exited():
		t.Error("the process has ended with containerd")
	default:
	}
	if err := instance.Stop(ended()); err != nil {
		t.Error(err)
	}
	if err := sandbox.Close(); err == nil || !strings.Contains(err.Error(), "which the next start of sam will try again") {
		t.Errorf("error %v", err)
	}
	if _, err := runner.Image(t.Context(), "tools:1", false); err == nil {
		t.Error("there is an image without containerd")
	}
}

// TestUnpacked tries images without a daemon.
func TestUnpacked(t *testing.T) {
	dir := t.TempDir()
	open := func(t *testing.T, o containertest.Options) emulator.Containers {
		o = o.Defaults(t)
		runner := containerd.NewUnpacked(dir, containerd.Options{Pull: o.Pull, Credentials: o.Credentials, Progress: o.Progress, Notice: o.Notice})
		if err := runner.Probe(); err != nil {
			emulatortest.Lacks(t, "namespaces", err.Error())
		}
		t.Cleanup(func() {
			if err := runner.Close(); err != nil {
				t.Error(err)
			}
		})
		return runner
	}
	t.Run("images", func(t *testing.T) { containertest.TestImages(t, open, true) })
	t.Run("contract", func(t *testing.T) {
		runner := open(t, containertest.Options{})
		image, err := runner.Image(t.Context(), tools(t), false)
		if err != nil {
			t.Fatal(err)
		}
		first, err := runner.Sandbox(t.Context(), emulator.Layout{Image: image, TmpMB: 1}) // which would be taken for a leak
		if err != nil {
			t.Fatal(err)
		}
		if err := first.Close(); err != nil {
			t.Error(err)
		}
		emulatortest.TestRunner(t, emulatortest.Sandboxed(t, runner, image))
	})
}

func TestFullDisk(t *testing.T) {
	address := containertest.SmallContainerd(t, 3)
	name := containertest.NewRegistry(t, "", "").Push("tools:1", containertest.Image{}.Build(t))
	o := containertest.Options{}.Defaults(t)
	runner := open(t, containerd.Options{Address: address, Credentials: o.Credentials, Progress: o.Progress})
	_, err := runner.Image(t.Context(), name, false)
	full, ok := errors.AsType[*emulator.ImageError](err)
	if !ok || !strings.Contains(err.Error(), "no space left on device") || !strings.Contains(full.Hint(), "ctr -n sam images rm") {
		t.Errorf("error %v", err)
	}
}

func ended() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}

func TestUnavailable(t *testing.T) {
	emulatortest.NoLeaks(t)
	dir := t.TempDir()
	notASocket := filepath.Join(dir, "file")
	if err := os.WriteFile(notASocket, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for address, want := range map[string]string{
		filepath.Join(dir, "missing"): "no such file or directory",
		notASocket:                    "connection refused",
	} {
		_, err := containerd.Open(t.Context(), containerd.Options{Address: address})
		unavailable, ok := errors.AsType[*containerd.UnavailableError](err)
		if !ok || !strings.Contains(err.Error(), want) || unavailable.Hint() == "" {
			t.Errorf("error %v, want one that has %q", err, want)
		}
	}
}
