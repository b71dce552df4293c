package emulator_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"

	"sam/emulator"
	"sam/emulator/emulatortest"
	"sam/rapi/rapitest"
)

// scene is a function whose runtime follows a script.
type scene struct {
	runner  emulatortest.Scripted
	log     lockedBuffer
	timeout time.Duration
	format  emulator.LogFormat
	limit   time.Duration // of the init phase
}

func (s *scene) start(t *testing.T) *emulator.Environment {
	t.Helper()
	emulatortest.NoLeaks(t)
	if s.timeout == 0 {
		s.timeout = time.Minute
	}
	emu := emulator.New(emulator.Config{Runner: &s.runner, Log: &s.log, Logger: hclog.NewNullLogger()})
	if s.limit > 0 {
		emu.LimitInit(s.limit)
	}
	fn := emulator.Scripted(emulator.Function{LogicalID: "F", MemoryMB: 128, Timeout: s.timeout, Region: "us-east-1", Account: "123456789012", LogFormat: s.format})
	env, err := emu.Start(t.Context(), fn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := env.Stop(ended()); err != nil {
			t.Error(err)
		}
	})
	return env
}

func (s *scene) invoke(t *testing.T, env *emulator.Environment, event string) *emulator.Result {
	t.Helper()
	result, err := env.Invoke(t.Context(), emulator.Request{Payload: []byte(event)})
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// wantLog compares the log with a pattern of whole lines; ID and MS stand for
// a request id and a duration.
func (s *scene) wantLog(t *testing.T, pattern string) {
	t.Helper()
	pattern = regexp.QuoteMeta(strings.TrimPrefix(pattern, "\n"))
	pattern = strings.NewReplacer("ID", `[0-9a-f-]{36}`, "MS", `[0-9.]+ ms`, "TIME", `[0-9T:.-]+Z`, "NUMBER", `[0-9.]+`).Replace(pattern)
	if got := s.log.String(); !regexp.MustCompile("^" + pattern + "$").MatchString(got) {
		t.Errorf("log\n%s\nwant\n%s", got, pattern)
	}
}

func play(actions ...rapitest.Action) func(int) rapitest.Script {
	return func(int) rapitest.Script { return actions }
}

func TestColdAndWarm(t *testing.T) {
	s := &scene{runner: emulatortest.Scripted{Play: play(
		emulatortest.Print("loading\n"), rapitest.Next,
		emulatortest.Print("first"), rapitest.Echo, rapitest.Next,
		emulatortest.Print("second\n"), rapitest.Echo, rapitest.Next,
	)}}
	env := s.start(t)
	for _, event := range []string{`{"n":1}`, `{"n":2}`} {
		if got := s.invoke(t, env, event); string(got.Payload) != event || got.Failure != nil {
			t.Errorf("%s: %s %v", event, got.Payload, got.Failure)
		}
	}
	s.wantLog(t, `
loading
START RequestId: ID Version: $LATEST
first
END RequestId: ID
REPORT RequestId: ID	Duration: MS	Billed Duration: MS	Memory Size: 128 MB	Init Duration: MS	
START RequestId: ID Version: $LATEST
second
END RequestId: ID
REPORT RequestId: ID	Duration: MS	Billed Duration: MS	Memory Size: 128 MB	
`)
}

func TestJSONLog(t *testing.T) {
	s := &scene{format: emulator.LogJSON, runner: emulatortest.Scripted{Play: play(rapitest.Next, rapitest.Echo, rapitest.Next)}}
	s.invoke(t, s.start(t), "{}")
	s.wantLog(t, `
{"time":"TIME","type":"platform.start","record":{"requestId":"ID","version":"$LATEST"}}
{"time":"TIME","type":"platform.report","record":{"metrics":{"billedDurationMs":NUMBER,"durationMs":NUMBER,"initDurationMs":NUMBER,"memorySizeMB":128},"requestId":"ID","status":"success"}}
`)
}

func TestFailures(t *testing.T) {
	const start = "START RequestId: ID Version: $LATEST\n"
	for name, test := range map[string]struct {
		play    []rapitest.Action
		exit    emulator.ExitState
		timeout time.Duration
		failure error
		payload string
		log     string
	}{
		"handler error": {
			play:    []rapitest.Action{rapitest.Next, rapitest.Fail(`{"errorMessage":"boom"}`), rapitest.Next},
			failure: &emulator.FunctionError{Type: "Runtime.Unknown"},
			payload: `{"errorMessage":"boom"}`,
			log:     start + "END RequestId: ID\nREPORT RequestId: ID\tDuration: MS\tBilled Duration: MS\tMemory Size: 128 MB\tInit Duration: MS\t\n",
		},
		"init error": {
			play:    []rapitest.Action{rapitest.FailInit("Runtime.ImportModuleError", `{"errorType":"Runtime.ImportModuleError"}`)},
			exit:    emulator.ExitState{Code: 1},
			failure: &emulator.InitError{Type: "Runtime.ImportModuleError"},
			payload: `{"errorType":"Runtime.ImportModuleError"}`,
			log:     start + "END RequestId: ID\nREPORT RequestId: ID\tDuration: MS\tBilled Duration: MS\tMemory Size: 128 MB\tInit Duration: MS\tStatus: error\tError Type: Runtime.ImportModuleError\t\n",
		},
		"exit in the init": {
			exit:    emulator.ExitState{Code: 3},
			failure: &emulator.ExitError{State: emulator.ExitState{Code: 3}},
			payload: `{"errorType":"Runtime.ExitError","errorMessage":"RequestId: ID Error: Runtime exited with error: exit status 3"}`,
			log:     start + "RequestId: ID Error: Runtime exited with error: exit status 3\nRuntime.ExitError\nEND RequestId: ID\nREPORT RequestId: ID\tDuration: MS\tBilled Duration: MS\tMemory Size: 128 MB\tInit Duration: MS\tStatus: error\tError Type: Runtime.ExitError\t\n",
		},
		"exit in the handler": {
			play:    []rapitest.Action{rapitest.Next},
			failure: &emulator.ExitError{},
			payload: `{"errorType":"Runtime.ExitError","errorMessage":"RequestId: ID Error: Runtime exited without providing a reason"}`,
			log:     start + "RequestId: ID Error: Runtime exited without providing a reason\nRuntime.ExitError\nEND RequestId: ID\nREPORT RequestId: ID\tDuration: MS\tBilled Duration: MS\tMemory Size: 128 MB\tInit Duration: MS\tStatus: error\tError Type: Runtime.ExitError\t\n",
		},
		"killed": {
			play:    []rapitest.Action{rapitest.Next},
			exit:    emulator.ExitState{Signal: "killed"},
			failure: &emulator.ExitError{State: emulator.ExitState{Signal: "killed"}},
			payload: `{"errorType":"Runtime.ExitError","errorMessage":"RequestId: ID Error: Runtime exited with error: signal: killed"}`,
			log:     start + "RequestId: ID Error: Runtime exited with error: signal: killed\nRuntime.ExitError\nEND RequestId: ID\nREPORT RequestId: ID\tDuration: MS\tBilled Duration: MS\tMemory Size: 128 MB\tInit Duration: MS\tStatus: error\tError Type: Runtime.ExitError\t\n",
		},
		"response, then exit": {
			play:    []rapitest.Action{rapitest.Next, rapitest.Respond(`"kept"`)},
			exit:    emulator.ExitState{Code: 129},
			payload: `"kept"`,
			log:     start + "RequestId: ID Error: Runtime exited with error: exit status 129\nRuntime.ExitError\nEND RequestId: ID\nREPORT RequestId: ID\tDuration: MS\tBilled Duration: MS\tMemory Size: 128 MB\tInit Duration: MS\tStatus: error\tError Type: Runtime.ExitError\t\n",
		},
		"timeout": {
			play:    []rapitest.Action{rapitest.Next, emulatortest.Print("working"), rapitest.Hang},
			timeout: 100 * time.Millisecond,
			failure: &emulator.TimeoutError{Timeout: 100 * time.Millisecond},
			payload: `{"errorType":"Sandbox.Timedout","errorMessage":"RequestId: ID Error: Task timed out after 0.10 seconds"}`,
			log:     start + "working\nTIME ID Task timed out after 0.10 seconds\n\nEND RequestId: ID\nREPORT RequestId: ID\tDuration: 100.00 ms\tBilled Duration: MS\tMemory Size: 128 MB\tInit Duration: MS\tStatus: timeout\t\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := &scene{timeout: test.timeout, runner: emulatortest.Scripted{Play: play(test.play...), Exit: test.exit}}
			result := s.invoke(t, s.start(t), "{}")
			if fmt.Sprintf("%T %v", result.Failure, result.Failure) != fmt.Sprintf("%T %v", test.failure, test.failure) {
				t.Errorf("failure %#v, want %#v", result.Failure, test.failure)
			}
			if want := strings.ReplaceAll(test.payload, "ID", result.RequestID); string(result.Payload) != want {
				t.Errorf("payload %s, want %s", result.Payload, want)
			}
			s.wantLog(t, test.log)
		})
	}
}

func TestInitThatTakesTooLongRunsAgain(t *testing.T) {
	s := &scene{limit: 100 * time.Millisecond, runner: emulatortest.Scripted{Play: func(n int) rapitest.Script {
		if n == 0 {
			return rapitest.Script{rapitest.Hang}
		}
		return rapitest.Script{rapitest.Next, rapitest.Echo, rapitest.Next}
	}}}
	if got := s.invoke(t, s.start(t), `"late"`); string(got.Payload) != `"late"` || s.runner.Started() != 2 {
		t.Errorf("%s after %d starts", got.Payload, s.runner.Started())
	}
	s.wantLog(t, `
INIT_REPORT Init Duration: 100.00 ms	Phase: init	Status: timeout
START RequestId: ID Version: $LATEST
END RequestId: ID
REPORT RequestId: ID	Duration: MS	Billed Duration: MS	Memory Size: 128 MB	
`)
}

func TestInitThatNeverEnds(t *testing.T) {
	s := &scene{limit: 50 * time.Millisecond, timeout: 100 * time.Millisecond, runner: emulatortest.Scripted{Play: play(rapitest.Hang)}}
	result := s.invoke(t, s.start(t), `{}`)
	var timeout *emulator.TimeoutError
	if !errors.As(result.Failure, &timeout) || timeout.Timeout != s.timeout {
		t.Errorf("failure %v", result.Failure)
	}
}

func TestStreamedResponse(t *testing.T) {
	for name, failure := range map[string]string{"complete": "", "failing": `{"errorMessage":"late"}`} {
		t.Run(name, func(t *testing.T) {
			s := &scene{runner: emulatortest.Scripted{Play: play(rapitest.Next, rapitest.Stream(failure, "a", "b", "c"), rapitest.Next)}}
			var out bytes.Buffer
			result, err := s.start(t).Invoke(t.Context(), emulator.Request{Payload: []byte("{}"), Stream: &out})
			if err != nil {
				t.Fatal(err)
			}
			if out.String() != "abc" || string(result.Payload) != failure || (result.Failure != nil) != (failure != "") {
				t.Errorf("stream %q, payload %q, failure %v", out.String(), result.Payload, result.Failure)
			}
		})
	}
}

func TestStreamThatStalls(t *testing.T) {
	s := &scene{timeout: 200 * time.Millisecond, runner: emulatortest.Scripted{Play: play(rapitest.Next, rapitest.StreamAndHang("partial"))}}
	var out bytes.Buffer
	result, err := s.start(t).Invoke(t.Context(), emulator.Request{Payload: []byte("{}"), Stream: &out})
	if err != nil {
		t.Fatal(err)
	}
	var timeout *emulator.TimeoutError
	if !errors.As(result.Failure, &timeout) || !strings.HasPrefix(out.String(), "partial") {
		t.Errorf("failure %v, stream %q", result.Failure, out.String())
	}
}

func TestInterruptedInvocation(t *testing.T) {
	s := &scene{runner: emulatortest.Scripted{Play: play(rapitest.Next, rapitest.Hang)}}
	env := s.start(t)
	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("enough")
	stop := time.AfterFunc(50*time.Millisecond, func() { cancel(why) })
	defer stop.Stop()
	if _, err := env.Invoke(ctx, emulator.Request{Payload: []byte("{}")}); !errors.Is(err, why) {
		t.Errorf("error %v", err)
	}
}
