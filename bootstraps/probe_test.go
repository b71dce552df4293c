package bootstraps

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Whoever is started must be gone when Find returns, and so must be what it
// has started itself. Both hold the pipe until they end.
func TestInterruptedProbeLeavesNothingBehind(t *testing.T) {
	h := newHost(t)
	pipe := h.path("pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	h.script("bin/node", "exec 3>'"+pipe+"'\n/bin/sleep 1000 &\necho started >&3\nwait")
	reader, err := os.OpenFile(pipe, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	if err := reader.SetReadDeadline(time.Now().Add(time.Minute)); err != nil { // a failure, not a test that hangs
		t.Fatal(err)
	}
	writer, err := os.OpenFile(pipe, os.O_WRONLY, 0) // lest the reader see the end before the beginning
	if err != nil {
		t.Fatal(err)
	}

	reason := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	ended := make(chan error, 1)
	rt, f := parse(t, "nodejs20.x"), h.finder()
	go func() {
		_, err := f.Find(ctx, rt)
		ended <- err
	}()
	lines := bufio.NewReader(reader)
	if line, err := lines.ReadString('\n'); line != "started\n" {
		t.Fatalf("read %q, %v", line, err)
	}
	writer.Close()
	cancel(reason)
	if err := <-ended; !errors.Is(err, reason) {
		t.Errorf("error is %v", err)
	}
	if _, err := lines.ReadByte(); err != io.EOF {
		t.Errorf("the pipe is still open: %v", err)
	}
}

func TestProbeGetsACleanEnvironment(t *testing.T) {
	h := newHost(t)
	t.Setenv("NODE_OPTIONS", "--no-such-option")
	h.script("bin/node", "export -p >'"+h.path("env")+"'\npwd >>'"+h.path("env")+"'\nexit 1")
	missing(t, h.finder(), "nodejs20.x")
	env, err := os.ReadFile(h.path("env"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(env)) {
		name, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimSpace(line), "export "), "=")
		switch name {
		case "PATH", "PWD", "OLDPWD", "SHLVL", "_", "/": // those of the shell's own, and the directory
		default:
			t.Errorf("the interpreter was given %s", line)
		}
	}
}

func TestJavaVersions(t *testing.T) {
	for text, want := range map[string]string{
		"1.8.0_392": "8.0.392", "1.8.0": "8.0.0", "9-internal": "9.0.0", "11.0.20.1": "11.0.20",
		"17.0.15": "17.0.15", "25": "25.0.0", "24-ea": "24.0.0", "": "", "unknown": "", "1.x": "",
	} {
		if got := parseJavaVersion(text).String(); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

// The dotnet of .NET Core 2.0 cannot list its runtimes.
func TestFirstDotNet(t *testing.T) {
	h := newHost(t)
	path := h.script("bin/dotnet", `[ "$1" = --info ] || exit 145
printf '\nMicrosoft .NET Core Shared Framework Host\n\n  Version  : 2.0.0\n  Build    : e8b8861\n\n'`)
	if in := find(t, h.finder(), "dotnetcore2.0"); in.Path != path || in.Version != "2.0.0" || !in.Exact {
		t.Errorf("found %+v", in)
	}
}

func TestTail(t *testing.T) {
	var end tail
	for range 1000 {
		if n, err := io.WriteString(&end, "0123456789\n\n"); n != 12 || err != nil {
			t.Fatal(n, err)
		}
	}
	if len(end.String()) != tailSize {
		t.Errorf("kept %d bytes", len(end.String()))
	}
	_, _ = io.WriteString(&end, strings.Repeat("x", 2*tailSize)+"\n  last but one \n\nlast")
	if got := strings.Join(end.lastLines(2), "|"); got != "last but one|last" {
		t.Errorf("the last lines are %q", got)
	}
	if got := (&tail{}).lastLines(3); len(got) != 0 {
		t.Errorf("the last lines of nothing are %q", got)
	}
}
