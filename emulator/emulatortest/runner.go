package emulatortest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"sam/emulator"
)

// limit is how long a test waits for what must happen.
const limit = 30 * time.Second

// TestRunner checks that a Runner keeps the contract of emulator.Runner.
// Processes that it starts can run `/bin/sh`.
func TestRunner(t *testing.T, runner emulator.Runner) {
	for name, test := range map[string]func(*testing.T, emulator.Runner){
		"tells the exit status":                        exitStatus,
		"tells the signal":                             exitSignal,
		"delivers all output":                          allOutput,
		"delivers an unterminated line":                lastLine,
		"keeps the order of stdout and stderr":         bothStreams,
		"flushes what was written":                     flushed,
		"gives the process the environment it is told": environment,
		"starts in the directory it is told":           directory,
		"refuses what cannot be started":               startFailures,
		"does not start when the context has ended":    endedContext,
		"lets a process end that is asked to":          stopGently,
		"kills a process that does not":                stopByForce,
		"stops at any time, and twice":                 stopTwice,
		"takes the process group along":                stopGroup,
		"takes along what left the group":              stopSession,
		"takes daemons along, which hold its pipe":     daemons,
		"takes along daemons that nothing tells of":    anonymousDaemons,
		"measures memory":                              memory,
		"kills what exceeds its memory":                memoryLimit,
		"lets processes share memory":                  sharedMemory,
	} {
		t.Run(name, func(t *testing.T) {
			NoLeaks(t)
			test(t, runner)
		})
	}
}

// run is a process under test.
type run struct {
	emulator.Instance
	t      *testing.T
	output *buffer
}

func start(t *testing.T, runner emulator.Runner, script string) *run {
	t.Helper()
	return startSpec(t, runner, shell(t, script))
}

func startSpec(t *testing.T, runner emulator.Runner, spec emulator.Spec) *run {
	t.Helper()
	r := &run{t: t, output: newBuffer()}
	spec.Output = r.output
	if spec.Env == nil {
		spec.Env = []string{"PATH=/usr/bin:/bin"}
	}
	instance, err := runner.Start(t.Context(), spec)
	if err != nil {
		t.Fatal(err)
	}
	r.Instance = instance
	t.Cleanup(func() { r.kill() })
	return r
}

func (r *run) kill() {
	if err := r.Stop(ended()); err != nil {
		r.t.Errorf("stop: %v", err)
	}
}

func (r *run) wait() emulator.ExitState {
	r.t.Helper()
	select {
	case <-r.Exited():
	case <-time.After(limit):
		r.t.Fatal("the process did not end")
	}
	return r.Exit()
}

func ended() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}

func exitStatus(t *testing.T, runner emulator.Runner) {
	for _, want := range []int{0, 1, 3, 129, 255} {
		if got := start(t, runner, fmt.Sprintf("exit %d", want)).wait(); got != (emulator.ExitState{Code: want}) {
			t.Errorf("%+v, want status %d", got, want)
		}
	}
}

func exitSignal(t *testing.T, runner emulator.Runner) {
	if got := start(t, runner, "kill -SEGV $$").wait(); got.Signal != "segmentation fault" {
		t.Errorf("%+v, want a segmentation fault", got)
	}
	if got := start(t, runner, "kill -KILL $$").wait(); got.String() != "Runtime exited with error: signal: killed" {
		t.Errorf("%s", got)
	}
}

func allOutput(t *testing.T, runner emulator.Runner) {
	const size = 8 << 20
	r := start(t, runner, fmt.Sprintf("head -c %d /dev/zero; head -c %d /dev/zero >&2", size, size))
	r.wait()
	if got := len(r.output.String()); got != 2*size {
		t.Errorf("%d bytes arrived, want %d", got, 2*size)
	}
}

func lastLine(t *testing.T, runner emulator.Runner) {
	r := start(t, runner, "printf 'one\ntwo'; printf three >&2")
	r.wait()
	if got := r.output.String(); got != "one\ntwothree" {
		t.Errorf("%q", got)
	}
}

func bothStreams(t *testing.T, runner emulator.Runner) {
	var want strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&want, "out %d\nerr %d\n", i, i)
	}
	r := start(t, runner, "i=0; while [ $i -lt 1000 ]; do echo out $i; echo err $i >&2; i=$((i+1)); done")
	r.wait()
	if got := r.output.String(); got != want.String() {
		t.Errorf("%q", got)
	}
}

func flushed(t *testing.T, runner emulator.Runner) {
	for range 20 {
		dir := t.TempDir()
		ready := filepath.Join(dir, "ready")
		if err := syscall.Mkfifo(ready, 0o600); err != nil {
			t.Fatal(err)
		}
		r := start(t, runner, "echo out; echo err >&2; echo > "+ready+"; exec tail -f /dev/null")
		flusher, ok := r.Instance.(emulator.Flusher)
		if !ok {
			t.Skip("it has no Flush")
		}
		if _, err := os.ReadFile(ready); err != nil { // blocks until the process has written all the rest
			t.Fatal(err)
		}
		flusher.Flush()
		if got := r.output.String(); got != "out\nerr\n" {
			t.Fatalf("after Flush there was %q", got)
		}
		r.kill()
		flusher.Flush() // harmless
	}
}

func environment(t *testing.T, runner emulator.Runner) {
	t.Setenv("SAM_TEST_SECRET", "of the host")
	r := startSpec(t, runner, emulator.Spec{Args: []string{"/usr/bin/env"}, Dir: t.TempDir(), Env: []string{"A=1", "B=two words"}})
	r.wait()
	if got := r.output.String(); got != "A=1\nB=two words\n" {
		t.Errorf("environment %q", got)
	}
}

func directory(t *testing.T, runner emulator.Runner) {
	dir := t.TempDir()
	r := startSpec(t, runner, emulator.Spec{Args: []string{"/bin/sh", "-c", "pwd -P"}, Dir: dir})
	r.wait()
	if got := r.output.String(); got != dir+"\n" {
		t.Errorf("%q, want %q", got, dir)
	}
}

func startFailures(t *testing.T, runner emulator.Runner) {
	dir := t.TempDir()
	for _, spec := range []emulator.Spec{
		{Args: []string{filepath.Join(dir, "missing")}, Dir: dir},
		{Args: []string{"/bin/sh"}, Dir: filepath.Join(dir, "missing")},
		{Args: []string{dir}, Dir: dir},
	} {
		spec.Output = io.Discard
		_, err := runner.Start(t.Context(), spec)
		if err == nil || !strings.Contains(err.Error(), dir) {
			t.Errorf("%v in %s: error %v does not name what is wrong", spec.Args, spec.Dir, err)
		}
	}
}

func endedContext(t *testing.T, runner emulator.Runner) {
	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("changed my mind")
	cancel(why)
	_, err := runner.Start(ctx, emulator.Spec{Args: []string{"/bin/true"}, Dir: "/", Output: io.Discard})
	if !errors.Is(err, why) {
		t.Errorf("error %v, want %v", err, why)
	}
}

func stopGently(t *testing.T, runner emulator.Runner) {
	r := start(t, runner, "trap 'echo bye; exit 7' TERM; echo ready; while :; do read x < /dev/null; done")
	r.output.await(t, "ready")
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	if err := r.Stop(ctx); err != nil {
		t.Error(err)
	}
	if got := r.wait(); got.Code != 7 || !strings.Contains(r.output.String(), "bye") {
		t.Errorf("%+v %q", got, r.output.String())
	}
}

func stopByForce(t *testing.T, runner emulator.Runner) {
	r := start(t, runner, "trap '' TERM; echo ready; while :; do read x < /dev/null; done")
	r.output.await(t, "ready")
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := r.Stop(ctx); err != nil {
		t.Error(err)
	}
	if got := r.wait(); got.Signal != "killed" {
		t.Errorf("%+v", got)
	}
}

func stopTwice(t *testing.T, runner emulator.Runner) {
	r := start(t, runner, "exec tail -f /dev/null")
	var all sync.WaitGroup
	for range 4 {
		all.Go(r.kill)
	}
	all.Wait()
	r.kill()
	if got := r.wait(); got.Signal != "killed" {
		t.Errorf("%+v", got)
	}
}

func stopGroup(t *testing.T, runner emulator.Runner) {
	stopsChild(t, runner, "tail -f /dev/null & echo started; wait")
}

func stopSession(t *testing.T, runner emulator.Runner) {
	stopsChild(t, runner, "setsid tail -f /dev/null & echo started; wait")
}

// stopsChild has a script start a process, which must not outlive the script.
func stopsChild(t *testing.T, runner emulator.Runner, script string) {
	r, gone := startHolding(t, runner, script)
	r.output.await(t, "started")
	r.kill()
	gone()
}

func daemons(t *testing.T, runner emulator.Runner) {
	r, gone := startHolding(t, runner, "mkfifo ready; setsid sh -c 'echo > ready; exec tail -f /dev/null' & read x < ready; echo done")
	r.wait()
	if got := r.output.String(); got != "done\n" {
		t.Errorf("output %q", got)
	}
	gone()
}

func anonymousDaemons(t *testing.T, runner emulator.Runner) {
	r, gone := startHolding(t, runner, "mkfifo ready; env -i setsid sh -c 'echo > ready; exec tail -f /dev/null >/dev/null 2>&1' & read x < ready; echo done")
	r.wait()
	gone()
}

// startHolding starts a script which holds a pipe open, and so do all that
// descend from it: gone returns when the last of them is.
func startHolding(t *testing.T, runner emulator.Runner, script string) (r *run, gone func()) {
	t.Helper()
	dir := t.TempDir()
	held := filepath.Join(dir, "held")
	if err := syscall.Mkfifo(held, 0o600); err != nil {
		t.Fatal(err)
	}
	r = startSpec(t, runner, emulator.Spec{
		Args: []string{"/bin/sh", "-c", "exec 9> held; " + script}, Dir: dir,
		Env: []string{"PATH=/usr/bin:/bin", "TMPDIR=" + dir}, Mark: "TMPDIR=" + dir,
	})
	file, err := os.Open(held) // when the script has opened it as well
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() })
	return r, func() {
		t.Helper()
		if err := file.SetReadDeadline(time.Now().Add(limit)); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadAll(file); err != nil {
			t.Errorf("what the process has left is still alive: %v", err)
		}
	}
}

func memory(t *testing.T, runner emulator.Runner) {
	r := start(t, runner, "tail -f /dev/null & echo ready; wait")
	meter, ok := r.Instance.(emulator.Meter)
	if !ok {
		t.Skip("it does not measure memory")
	}
	r.output.await(t, "ready")
	alive := meter.PeakMemory()
	r.kill()
	if gone := meter.PeakMemory(); alive == 0 || alive > 64<<20 || gone < alive {
		t.Errorf("a shell uses %d bytes, and %d after its end", alive, gone)
	}
}

func memoryLimit(t *testing.T, runner emulator.Runner) {
	// tail keeps the last line, which does not end, until its input does.
	spec := shell(t, "{ head -c 100000000 /dev/zero; sleep 60; } | tail | tail; echo survived")
	spec.MemoryLimit = 32 << 20
	r := startSpec(t, runner, spec)
	if got := r.wait(); got != (emulator.ExitState{Signal: "killed", OutOfMemory: true}) {
		t.Errorf("%+v %q", got, r.output.String())
	}
	if meter, ok := r.Instance.(emulator.Meter); ok && meter.PeakMemory() != spec.MemoryLimit {
		t.Errorf("its peak is %d", meter.PeakMemory())
	}
}

func sharedMemory(t *testing.T, runner emulator.Runner) {
	// Each of the subshells has the variable that the shell has filled, without
	// a copy of it.
	spec := shell(t, `x=$(head -c 10000000 /dev/zero | tr '\0' x); for i in 1 2 3 4 5 6 7 8 9 10; do (sleep 0.3; true) & done; wait; echo survived`)
	spec.MemoryLimit = 96 << 20
	r := startSpec(t, runner, spec)
	if got := r.wait(); got.Signal != "" || r.output.String() != "survived\n" {
		t.Errorf("%+v %q", got, r.output.String())
	}
}

func shell(t *testing.T, script string) emulator.Spec {
	return emulator.Spec{Args: []string{"/bin/sh", "-c", script}, Dir: t.TempDir()}
}

// buffer collects output and lets a test wait for it.
type buffer struct {
	mu      sync.Mutex
	data    bytes.Buffer
	changed chan struct{}
}

func newBuffer() *buffer { return &buffer{changed: make(chan struct{})} }

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	close(b.changed)
	b.changed = make(chan struct{})
	return b.data.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.data.String()
}

// await returns the output once it holds text.
func (b *buffer) await(t *testing.T, text string) string {
	t.Helper()
	timeout := time.After(limit)
	for {
		b.mu.Lock()
		got, changed := b.data.String(), b.changed
		b.mu.Unlock()
		if strings.Contains(got, text) {
			return got
		}
		select {
		case <-changed:
		case <-timeout:
			t.Fatalf("%q did not come; the output is %q", text, got)
		}
	}
}
