package emulator_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"

	"sam/emulator"
	"sam/emulator/emulatortest"
	"sam/emulator/process"
)

// handlers is a function for every test. Its result is {"pid": ..., "code": ...};
// with "stage", an address, it says there that it runs and waits to be let go.
const handlers = `import json, os, socket, time

CODE = %q

def handler(event, context):
    if "stage" in event:
        host, port = event["stage"].split(":")
        stage = socket.create_connection((host, int(port)))
        stage.sendall(b"here\n")
        stage.recv(1)
        stage.close()
    if "exit" in event:
        os._exit(event["exit"])
    if "print" in event:
        print(event["print"])
    return {"pid": os.getpid(), "code": CODE, "greeting": os.environ.get("GREETING"), "name": event.get("name")}
`

// troupe is a Fleet of one or more such functions.
type troupe struct {
	*emulator.Fleet
	dir string
	log lockedBuffer
}

func newTroupe(t *testing.T, options emulator.FleetOptions, functions ...emulator.Function) *troupe {
	t.Helper()
	emulatortest.RequireRuntime(t, "python3.11")
	emulatortest.NoLeaks(t)
	f := &troupe{dir: t.TempDir()}
	f.write(t, "first")
	emu := emulator.New(emulator.Config{
		Runner: process.New(), Finder: emulatortest.Finder(t), CacheDir: cacheDir(t),
		Log: &f.log, Logger: hclog.NewNullLogger(),
	})
	if options.MaxConcurrency == 0 {
		options.MaxConcurrency = 10
	}
	if options.IdleTimeout == 0 {
		options.IdleTimeout = time.Hour
	}
	f.Fleet = emu.NewFleet(options)
	if len(functions) == 0 {
		functions = []emulator.Function{f.function("F")}
	}
	for i := range functions {
		functions[i].Code = f.dir
	}
	f.Update(functions)
	t.Cleanup(func() { f.Close(ended()) })
	return f
}

func (f *troupe) function(path string) emulator.Function {
	return emulator.Function{
		Path: path, LogicalID: path, Runtime: "python3.11", Handler: "app.handler", Code: f.dir,
		MemoryMB: 128, Timeout: time.Minute, Region: "us-east-1", Account: "123456789012", Reserved: -1,
	}
}

func (f *troupe) write(t *testing.T, code string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(f.dir, "app.py"), fmt.Appendf(nil, handlers, code), 0o600); err != nil {
		t.Fatal(err)
	}
}

type answer struct {
	PID      int
	Code     string
	Greeting string
	Name     string
}

// ask invokes a function and returns what it says.
func (f *troupe) ask(t *testing.T, function, event string) answer {
	t.Helper()
	a, err := f.try(t.Context(), function, event)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func (f *troupe) try(ctx context.Context, function, event string) (a answer, err error) {
	result, err := f.Invoke(ctx, function, emulator.Request{Payload: []byte(event)})
	if err != nil {
		return a, err
	}
	if result.Failure != nil {
		return a, result.Failure
	}
	return a, json.Unmarshal(result.Payload, &a)
}

// A stage is where invocations wait until they are let go.
type stage struct {
	net.Listener
}

func newStage(t *testing.T) stage {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	return stage{listener}
}

func (s stage) event() string { return fmt.Sprintf(`{"stage": %q}`, s.Addr()) }

// enter returns when an invocation has come; closing lets it go.
func (s stage) enter(t *testing.T) io.Closer {
	t.Helper()
	conn, err := s.Accept()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Read(make([]byte, 8)); err != nil {
		t.Fatal(err)
	}
	return conn
}

// background invokes a function that will take a while.
func (f *troupe) background(t *testing.T, function, event string) <-chan outcome {
	done := make(chan outcome, 1)
	go func() {
		a, err := f.try(t.Context(), function, event)
		done <- outcome{a, err}
	}()
	return done
}

type outcome struct {
	answer
	err error
}

func gone(t *testing.T, pid int) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); syscall.Kill(pid, 0) == nil; {
		if time.Now().After(deadline) {
			t.Fatalf("process %d is alive", pid)
		}
	}
}

func TestFleetKeepsEnvironmentsWarm(t *testing.T) {
	f := newTroupe(t, emulator.FleetOptions{})
	first := f.ask(t, "F", "{}")
	if second := f.ask(t, "F", "{}"); second.PID != first.PID {
		t.Errorf("the second invocation ran in another process: %d, %d", first.PID, second.PID)
	}
	if log := f.log.String(); strings.Count(log, "Init Duration") != 1 {
		t.Errorf("log\n%s", log)
	}
}

func TestFleetRunsInvocationsAtTheSameTime(t *testing.T) {
	f := newTroupe(t, emulator.FleetOptions{MaxConcurrency: 2})
	s := newStage(t)
	one, two, three := f.background(t, "F", s.event()), f.background(t, "F", s.event()), f.background(t, "F", s.event())
	a, b := s.enter(t), s.enter(t) // two at the same time, and the third has to wait
	a.Close()
	c := s.enter(t)
	b.Close()
	c.Close()
	pids := make(map[int]bool)
	for _, done := range []<-chan outcome{one, two, three} {
		o := <-done
		if o.err != nil {
			t.Fatal(o.err)
		}
		pids[o.PID] = true
	}
	if len(pids) != 2 {
		t.Errorf("%d processes served three invocations, want the two that there may be", len(pids))
	}
}

func TestFleetUsesTheLastUsedFirst(t *testing.T) {
	f := newTroupe(t, emulator.FleetOptions{})
	s := newStage(t)
	one, two := f.background(t, "F", s.event()), f.background(t, "F", s.event())
	a, b := s.enter(t), s.enter(t)
	a.Close()
	b.Close()
	<-one
	<-two
	f.settle(2)
	last := f.ask(t, "F", "{}")
	for i := range 4 {
		f.settle(2)
		if again := f.ask(t, "F", "{}"); again.PID != last.PID {
			t.Errorf("invocation %d ran in process %d, want the one used last, %d", i, again.PID, last.PID)
		}
	}
}

// settle waits until a number of environments are idle: results come before
// that.
func (f *troupe) settle(idle int) {
	for f.Idle("F") < idle {
		runtime.Gosched()
	}
}

func TestFleetRefusesWhatIsReservedForNobody(t *testing.T) {
	none := (&troupe{}).function("F")
	none.Reserved = 0
	f := newTroupe(t, emulator.FleetOptions{}, none)
	_, err := f.try(t.Context(), "F", "{}")
	var throttled *emulator.ThrottledError
	if !errors.As(err, &throttled) || throttled.Limit != 0 {
		t.Errorf("%v", err)
	}
}

func TestFleetReservedConcurrencyIsTheLimit(t *testing.T) {
	single := (&troupe{}).function("F")
	single.Reserved = 1
	f := newTroupe(t, emulator.FleetOptions{MaxConcurrency: 5}, single)
	s := newStage(t)
	one := f.background(t, "F", s.event())
	held := s.enter(t)
	ctx, cancel := context.WithCancel(t.Context())
	waiting := make(chan error, 1)
	go func() {
		_, err := f.try(ctx, "F", "{}")
		waiting <- err
	}()
	cancel() // a client that goes away leaves the queue
	if err := <-waiting; !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	held.Close()
	if o := <-one; o.err != nil {
		t.Error(o.err)
	}
}

func TestFleetStopsIdleEnvironments(t *testing.T) {
	f := newTroupe(t, emulator.FleetOptions{IdleTimeout: 20 * time.Millisecond})
	gone(t, f.ask(t, "F", "{}").PID)
	f.ask(t, "F", "{}") // and starts another when there is work again
}

func TestFleetCold(t *testing.T) {
	f := newTroupe(t, emulator.FleetOptions{Cold: true})
	first := f.ask(t, "F", "{}")
	if second := f.ask(t, "F", "{}"); second.PID == first.PID {
		t.Error("both invocations ran in the same process")
	}
	gone(t, first.PID)
}

func TestFleetEager(t *testing.T) {
	prepared := make(chan string, 2)
	f := newTroupe(t, emulator.FleetOptions{Eager: true, Prepared: func(fn *emulator.Prepared) { prepared <- fn.Path }})
	<-prepared // nobody has asked for it
	f.write(t, "second")
	f.Renew("F")
	<-prepared // and again after a change
	if a := f.ask(t, "F", "{}"); a.Code != "second" {
		t.Errorf("%+v", a)
	}
}

func TestFleetSurvivesACrash(t *testing.T) {
	f := newTroupe(t, emulator.FleetOptions{})
	before := f.ask(t, "F", "{}")
	var exit *emulator.ExitError
	if _, err := f.try(t.Context(), "F", `{"exit": 7}`); !errors.As(err, &exit) || exit.State.Code != 7 {
		t.Errorf("%v", err)
	}
	if after := f.ask(t, "F", "{}"); after.PID == before.PID {
		t.Error("a process that is gone has answered")
	}
	// One that dies while it is idle costs nobody an invocation, unless that
	// was on its way already.
	idle := f.ask(t, "F", "{}")
	if err := syscall.Kill(idle.PID, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if _, err := f.try(t.Context(), "F", "{}"); err != nil && !errors.As(err, &exit) {
		t.Error(err)
	}
	f.ask(t, "F", "{}")
}

func TestFleetFinishesOnTheOldCode(t *testing.T) {
	f := newTroupe(t, emulator.FleetOptions{})
	s := newStage(t)
	old := f.background(t, "F", s.event())
	held := s.enter(t)
	f.write(t, "second")
	f.Renew("F")
	next := f.ask(t, "F", "{}")
	if next.Code != "second" {
		t.Errorf("the invocation after the change ran %q", next.Code)
	}
	held.Close()
	o := <-old
	if o.err != nil || o.Code != "first" {
		t.Errorf("the invocation before the change ran %q: %v", o.Code, o.err)
	}
	gone(t, o.PID)
	if again := f.ask(t, "F", "{}"); again.PID != next.PID {
		t.Error("the new environment was not kept")
	}
}

// TestFleetServesWhileCodeKeepsChanging has the code change more often than an
// environment can start.
func TestFleetServesWhileCodeKeepsChanging(t *testing.T) {
	f := newTroupe(t, emulator.FleetOptions{})
	slow := fmt.Sprintf(handlers, "slow") + "\ntime.sleep(0.2)\n"
	if err := os.WriteFile(filepath.Join(f.dir, "app.py"), []byte(slow), 0o600); err != nil {
		t.Fatal(err)
	}
	done := f.background(t, "F", "{}")
	changes := time.NewTicker(20 * time.Millisecond)
	defer changes.Stop()
	limit := time.After(20 * time.Second)
	for {
		select {
		case <-changes.C:
			f.Renew("F")
		case o := <-done:
			if o.err != nil || o.Code != "slow" {
				t.Errorf("%+v", o)
			}
			return
		case <-limit:
			t.Fatal("the invocation is still waiting")
		}
	}
}

func TestFleetUpdateTouchesOnlyWhatChanged(t *testing.T) {
	base := &troupe{}
	f := newTroupe(t, emulator.FleetOptions{}, base.function("Same"), base.function("Other"), base.function("Gone"))
	same, other, goner := f.ask(t, "Same", "{}"), f.ask(t, "Other", "{}"), f.ask(t, "Gone", "{}")
	changed := f.function("Other")
	changed.Variables = map[string]string{"GREETING": "hello"}
	f.Update([]emulator.Function{f.function("Same"), changed, f.function("New")})
	if again := f.ask(t, "Same", "{}"); again.PID != same.PID {
		t.Error("a function that did not change was started again")
	}
	if again := f.ask(t, "Other", "{}"); again.PID == other.PID || again.Greeting != "hello" {
		t.Errorf("%+v", again)
	}
	f.ask(t, "New", "{}")
	gone(t, goner.PID)
	var unknown *emulator.UnknownFunctionError
	if _, err := f.try(t.Context(), "Gone", "{}"); !errors.As(err, &unknown) {
		t.Errorf("%v", err)
	}
	var paths []string
	for _, fn := range f.Functions() {
		paths = append(paths, fn.Path)
	}
	if got := strings.Join(paths, " "); got != "Same Other New" {
		t.Error(got)
	}
}

func TestFleetTriesAgainWhatCouldNotBePrepared(t *testing.T) {
	f := newTroupe(t, emulator.FleetOptions{})
	missing := f.function("F")
	missing.Code = filepath.Join(f.dir, "later")
	f.Update([]emulator.Function{missing})
	if _, err := f.try(t.Context(), "F", "{}"); err == nil || !strings.Contains(err.Error(), "later") {
		t.Fatalf("%v", err)
	}
	if err := os.Symlink(f.dir, missing.Code); err != nil {
		t.Fatal(err)
	}
	f.ask(t, "F", "{}")
}

func TestFleetRunsOnWhenTheCallerIsGone(t *testing.T) {
	f := newTroupe(t, emulator.FleetOptions{})
	s := newStage(t)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		_, err := f.try(ctx, "F", s.event())
		done <- err
	}()
	held := s.enter(t)
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	held.Close() // lets the function end, which the next invocation shows: it is the same process
	pid := f.ask(t, "F", "{}").PID
	if again := f.ask(t, "F", "{}"); again.PID != pid {
		t.Error("the environment was not kept")
	}
}

func TestFleetCloseWaitsAndThenDoesNot(t *testing.T) {
	f := newTroupe(t, emulator.FleetOptions{})
	s := newStage(t)
	ends, hangs := f.background(t, "F", s.event()), f.background(t, "F", s.event())
	first, second := s.enter(t), s.enter(t)
	defer second.Close()
	ctx, cancel := context.WithCancel(t.Context())
	closed := make(chan struct{})
	go func() {
		defer close(closed)
		f.Close(ctx)
	}()
	first.Close()
	var good outcome
	select {
	case good = <-ends:
	case good = <-hangs:
		ends, hangs = hangs, ends
	}
	if good.err != nil {
		t.Errorf("an invocation that could end in time: %v", good.err)
	}
	cancel()
	if bad := <-hangs; !errors.Is(bad.err, emulator.ErrFleetClosed) {
		t.Errorf("an invocation that hangs: %v", bad.err)
	}
	<-closed
	if _, err := f.try(t.Context(), "F", "{}"); !errors.Is(err, emulator.ErrFleetClosed) {
		t.Errorf("%v", err)
	}
}

func TestFleetReturnsTheLog(t *testing.T) {
	f := newTroupe(t, emulator.FleetOptions{})
	result, err := f.Invoke(t.Context(), "F", emulator.Request{Payload: []byte(`{"print": "looking"}`), WithLog: true, RequestID: "7b5ee2f8-3b57-4a83-9c4a-1d3ffb0ed9f4"})
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"START RequestId: 7b5ee2f8", "looking\n", "END RequestId: 7b5ee2f8", "REPORT RequestId: 7b5ee2f8"} {
		if !bytes.Contains(result.Log, []byte(part)) {
			t.Errorf("the log lacks %q:\n%s", part, result.Log)
		}
	}
	long := strconv.Quote(strings.Repeat("x", 10_000))
	result, err = f.Invoke(t.Context(), "F", emulator.Request{Payload: []byte(`{"print": ` + long + `}`), WithLog: true})
	if err != nil || len(result.Log) != 4096 || !bytes.Contains(result.Log, []byte("REPORT")) {
		t.Errorf("%d bytes of log, %v", len(result.Log), err)
	}
}

// TestFleetUnderLoad mixes invocations that crash among many that do not: none
// gets another's answer, and nothing is left behind.
func TestFleetUnderLoad(t *testing.T) {
	f := newTroupe(t, emulator.FleetOptions{MaxConcurrency: 3})
	const callers, each = 16, 40
	var all sync.WaitGroup
	for caller := range callers {
		all.Go(func() {
			for i := range each {
				name := fmt.Sprintf("%d-%d", caller, i)
				if (caller*each+i)%100 == 99 {
					var exit *emulator.ExitError
					if _, err := f.try(t.Context(), "F", `{"exit": 1}`); !errors.As(err, &exit) {
						t.Errorf("%s: %v", name, err)
					}
					continue
				}
				if a, err := f.try(t.Context(), "F", fmt.Sprintf(`{"name": %q}`, name)); err != nil || a.Name != name {
					t.Errorf("%s: %+v, %v", name, a, err)
				}
			}
		})
	}
	all.Wait()
}
