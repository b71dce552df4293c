package docker_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"

	"sam/emulator"
	"sam/emulator/docker"
	"sam/emulator/emulatortest"
	"sam/emulator/emulatortest/containertest"
	"sam/emulator/process"
)

// doomed is the environment variable that has the test program print who it is,
// and end.
const doomed = "SAM_TEST_DOOMED"

func TestMain(m *testing.M) {
	if os.Getenv(doomed) != "" {
		_, _ = os.Stdout.WriteString(process.Owner())
		os.Exit(0)
	}
	code := m.Run()
	containertest.RemoveKeeper()
	os.Exit(code)
}

// open returns a Runner on an engine.
func open(t *testing.T, options docker.Options) *docker.Runner {
	t.Helper()
	options.Keeper = containertest.Keeper(t)
	runner, err := docker.Open(t.Context(), options)
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
	socket := containertest.Dockerd(t)
	containertest.TestImages(t, func(t *testing.T, o containertest.Options) emulator.Containers {
		o = o.Defaults(t)
		return open(t, docker.Options{Host: "unix://" + socket, Pull: o.Pull, Credentials: o.Credentials, Progress: o.Progress, Notice: o.Notice})
	}, false) // before Docker 25
}

func TestContract(t *testing.T) {
	host := "unix://" + containertest.Dockerd(t)
	runner := open(t, docker.Options{Host: host})
	image, err := runner.Image(t.Context(), tools(t), false)
	if err != nil {
		t.Fatal(err)
	}
	t.Run("kept", func(t *testing.T) {
		emulatortest.TestRunner(t, emulatortest.Sandboxed(t, separate{t, host}, image))
	})
	if left := containers(t, host); len(left) > 0 {
		t.Errorf("containers are left: %v", left)
	}
}

// separate makes each sandbox with a Runner of its own: the client of one keeps as
// many connections as it has once needed, which would pass for leaks.
type separate struct {
	t    *testing.T
	host string
}

func (s separate) Sandbox(ctx context.Context, layout emulator.Layout) (emulator.Sandbox, error) {
	runner, err := docker.Open(ctx, docker.Options{Host: s.host, Keeper: containertest.Keeper(s.t)})
	if err != nil {
		return nil, err
	}
	sandbox, err := runner.Sandbox(ctx, layout)
	if err != nil {
		return nil, errors.Join(err, runner.Close())
	}
	return closing{sandbox, runner}, nil
}

type closing struct {
	emulator.Sandbox
	runner *docker.Runner
}

func (c closing) Close() error { return errors.Join(c.Sandbox.Close(), c.runner.Close()) }

func engine(t *testing.T, host string) *client.Client {
	t.Helper()
	c, err := client.New(client.WithHost(host))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// containers are the ids of all that there are.
func containers(t *testing.T, host string) []string {
	t.Helper()
	list, err := engine(t, host).ContainerList(t.Context(), client.ContainerListOptions{All: true})
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, c := range list.Items {
		ids = append(ids, c.ID)
	}
	return ids
}

// begin starts a process that does not end.
func begin(t *testing.T, runner *docker.Runner, image *emulator.Image) (emulator.Sandbox, emulator.Instance) {
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

// TestWhatAKilledProgramLeaves has a container that was made, and not started,
// when its program was killed.
func TestWhatAKilledProgramLeaves(t *testing.T) {
	host := "unix://" + containertest.Dockerd(t)
	runner := open(t, docker.Options{Host: host})
	image, err := runner.Image(t.Context(), tools(t), false)
	if err != nil {
		t.Fatal(err)
	}
	_, instance := begin(t, runner, image)
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dead := exec.Command(program)
	dead.Env = append(os.Environ(), doomed+"=1")
	owner, err := dead.Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, labels := range []map[string]string{{"sam.owner": string(owner)}, {"sam.owner": "another machine/1/2"}, {"of": "somebody else"}} {
		if _, err := engine(t, host).ContainerCreate(t.Context(), client.ContainerCreateOptions{
			Config: &container.Config{Image: image.ID, Cmd: []string{"/usr/bin/true"}, Labels: labels},
		}); err != nil {
			t.Fatal(err)
		}
	}
	if got := containers(t, host); len(got) != 4 {
		t.Errorf("%d containers", len(got))
	}
	sweeping, err := docker.Open(t.Context(), docker.Options{Host: host})
	if err != nil {
		t.Fatal(err)
	}
	if err := sweeping.Close(); err != nil { // it has swept then
		t.Error(err)
	}
	if got := containers(t, host); len(got) != 3 {
		t.Errorf("%d containers, want those of programs that may be alive, and of others", len(got))
	}
	select {
	case <-instance.Exited():
		t.Error("the process of a program that is alive has ended")
	default:
	}
}

func TestContainerKilledFromOutside(t *testing.T) {
	host := "unix://" + containertest.Dockerd(t)
	runner := open(t, docker.Options{Host: host})
	image, err := runner.Image(t.Context(), tools(t), false)
	if err != nil {
		t.Fatal(err)
	}
	sandbox, instance := begin(t, runner, image)
	if _, err := engine(t, host).ContainerKill(t.Context(), containers(t, host)[0], client.ContainerKillOptions{Signal: "KILL"}); err != nil {
		t.Fatal(err)
	}
	<-instance.Exited()
	if state := instance.Exit(); state.Signal != "killed" {
		t.Errorf("%+v", state)
	}
	if err := sandbox.Close(); err != nil {
		t.Error(err)
	}
	if left := containers(t, host); len(left) > 0 {
		t.Errorf("containers are left: %v", left)
	}
}

// TestNetwork has a container in a network of its own, in which it reaches a
// listener of this program.
func TestNetwork(t *testing.T) {
	host := "unix://" + containertest.Dockerd(t)
	_, err := docker.Open(t.Context(), docker.Options{Host: host, Network: "nowhere"})
	if err == nil || !strings.Contains(err.Error(), "network nowhere not found") {
		t.Errorf("error %v", err)
	}
	if _, err := engine(t, host).NetworkCreate(t.Context(), "ours", client.NetworkCreateOptions{Driver: "bridge"}); err != nil {
		t.Fatal(err)
	}
	runner := open(t, docker.Options{Host: host, Network: "ours"})
	image, err := runner.Image(t.Context(), tools(t), false)
	if err != nil {
		t.Fatal(err)
	}
	sandbox, _ := begin(t, runner, image)
	networked, ok := sandbox.(emulator.Networked)
	if !ok {
		t.Fatal("it has no network of its own")
	}
	listener, err := networked.Listen()
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	_, port, _ := strings.Cut(listener.Addr().String(), ":")
	var output bytes.Buffer
	instance, err := sandbox.Start(t.Context(), emulator.Spec{
		Args: []string{"bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/" + port + "; cat <&3"}, Dir: "/", Env: []string{"PATH=/usr/bin"}, Output: &output,
	})
	if err != nil {
		t.Fatal(err)
	}
	conn, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Write([]byte("hello")); err != nil {
		t.Error(err)
	}
	_ = conn.Close()
	<-instance.Exited()
	if output.String() != "hello" {
		t.Errorf("the process has read %q", output.String())
	}
}

func TestUnavailable(t *testing.T) {
	emulatortest.NoLeaks(t)
	dir := t.TempDir()
	notASocket := filepath.Join(dir, "file")
	if err := os.WriteFile(notASocket, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for host, want := range map[string]string{
		"unix://" + dir + "/missing": "no such file or directory",
		"unix://" + notASocket:       "connection refused",
		"tcp://127.0.0.1:1":          "connect",
		"ssh://somewhere":            "ssh",
	} {
		_, err := docker.Open(t.Context(), docker.Options{Host: host})
		unavailable, ok := errors.AsType[*docker.UnavailableError](err)
		if !ok || !strings.Contains(err.Error(), want) || unavailable.Hint() == "" {
			t.Errorf("error %v, want one that has %q", err, want)
		}
	}
}
