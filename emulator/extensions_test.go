package emulator_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"

	"sam/emulator"
	"sam/emulator/emulatortest"
	"sam/emulator/process"
)

// extended is the function of these tests: it does what its event says.
const extended = `import os, signal, sys, time

def handler(event, context):
    print("working")
    if event.get("do") == "sleep":
        time.sleep(600)
    if event.get("do") == "exit":
        os._exit(3)
    return "done"

if os.environ.get("LEAVE") == "gently":
    def leave(*_):
        print("asked to leave")
        sys.exit()
    signal.signal(signal.SIGTERM, leave)
`

// An extendedFunction is a function with a layer of extensions.
type extendedFunction struct {
	emulator.Function
	runner emulator.Runner
	layer  string
	limit  time.Duration // of the init phase
	log    lockedBuffer
}

// onEachRunner runs a test with plain processes, and with sandboxes if there can
// be any.
func onEachRunner(t *testing.T, test func(t *testing.T, runner emulator.Runner)) {
	t.Run("plain", func(t *testing.T) { test(t, process.New()) })
	t.Run("sandboxed", func(t *testing.T) {
		runner := process.Isolate(true)
		t.Cleanup(func() { _ = runner.Close() })
		if err := runner.Probe(); err != nil {
			emulatortest.Lacks(t, "namespaces", err.Error())
		}
		test(t, runner)
	})
}

func newExtended(t *testing.T) *extendedFunction {
	t.Helper()
	emulatortest.RequireRuntime(t, "python3.11")
	code := t.TempDir()
	write(t, filepath.Join(code, "app.py"), extended, 0o644)
	f := &extendedFunction{runner: process.New(), layer: t.TempDir()}
	f.Function = emulator.Function{
		Path: "F", LogicalID: "F", Runtime: "python3.11", Handler: "app.handler", Code: code, Layers: []string{f.layer},
		MemoryMB: 128, Timeout: time.Minute, Region: "us-east-1", Account: "123456789012", Reserved: -1,
		Variables: map[string]string{},
	}
	return f
}

func write(t *testing.T, path, content string, mode os.FileMode) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), mode); err != nil {
		t.Fatal(err)
	}
}

// add puts an extension of testdata/extensions into the layer.
func (f *extendedFunction) add(t *testing.T, source, name string) {
	t.Helper()
	program, err := os.ReadFile(filepath.Join(emulatortest.Root(t), "testdata", "extensions", source))
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(f.layer, "extensions", name), string(program), 0o755)
}

func (f *extendedFunction) emulator(t *testing.T) *emulator.Emulator {
	t.Helper()
	emu := emulator.New(emulator.Config{
		Runner: f.runner, Finder: emulatortest.Finder(t), CacheDir: cacheDir(t), Log: &f.log, Logger: hclog.NewNullLogger(),
	})
	if f.limit > 0 {
		emu.LimitInit(f.limit)
	}
	return emu
}

// run invokes the function with each event in one environment, stops that, and
// returns the last result.
func (f *extendedFunction) run(t *testing.T, events ...string) (result *emulator.Result) {
	t.Helper()
	emulatortest.NoLeaks(t)
	emu := f.emulator(t)
	prepared, err := emu.Prepare(t.Context(), f.Function)
	if err != nil {
		t.Fatal(err)
	}
	env, err := emu.Start(t.Context(), prepared)
	if err != nil {
		t.Fatal(err)
	}
	for _, event := range events {
		if result, err = env.Invoke(t.Context(), emulator.Request{Payload: []byte(event)}); err != nil {
			t.Error(err)
		}
	}
	if err := env.Stop(ended()); err != nil {
		t.Error(err)
	}
	return result
}

// wantLog checks that the log has matches of the patterns, in their order.
func (f *extendedFunction) wantLog(t *testing.T, patterns ...string) {
	t.Helper()
	log := f.log.String()
	rest := log
	for _, pattern := range patterns {
		found := regexp.MustCompile("(?m)" + pattern).FindStringIndex(rest)
		if found == nil {
			t.Errorf("the log lacks %q, or has it at another place:\n%s", pattern, log)
			return
		}
		rest = rest[found[1]:]
	}
}

func TestExtensions(t *testing.T) { onEachRunner(t, extensions) }

func extensions(t *testing.T, runner emulator.Runner) {
	f := newExtended(t)
	f.runner = runner
	f.add(t, "follow", "b")
	f.add(t, "follow", "a")
	write(t, filepath.Join(f.layer, "extensions", "lib", "no-extension"), "", 0o644)
	f.Variables["LEAVE"] = "gently"
	if result := f.run(t, "{}", "{}"); string(result.Payload) != `"done"` {
		t.Errorf("%s", result.Payload)
	}
	f.wantLog(t,
		`^EXTENSION\tName: a\tState: Ready\tEvents: \[INVOKE, SHUTDOWN\]$`,
		`^EXTENSION\tName: b\tState: Ready\tEvents: \[INVOKE, SHUTDOWN\]$`,
		`^START `, `^working$`, `^END `, `^REPORT .*\tInit Duration: .*\t$`,
		`^START `, `^working$`, `^END `, `^REPORT `,
		`^asked to leave$`,
	)
	f.wantLog(t, `^a: \{"eventType":"INVOKE"`, `^a: \{"eventType":"INVOKE"`, `^asked to leave$`, `^a: \{"eventType":"SHUTDOWN","shutdownReason":"spindown"`)
	f.wantLog(t, `^b: \{"eventType":"INVOKE"`, `^b: \{"eventType":"INVOKE"`, `^asked to leave$`, `^b: \{"eventType":"SHUTDOWN","shutdownReason":"spindown"`)
}

func TestExtensionsOfSeveralLayers(t *testing.T) { onEachRunner(t, extensionsOfSeveralLayers) }

func extensionsOfSeveralLayers(t *testing.T, runner emulator.Runner) {
	f, other := newExtended(t), t.TempDir()
	f.runner = runner
	f.add(t, "follow", "a")
	f.Layers = append(f.Layers, other)
	write(t, filepath.Join(other, "extensions", "a"), "#!/bin/sh\necho of the other layer\nexit 9\n", 0o755) // the last layer wins
	f.run(t, "{}")
	f.wantLog(t, `^of the other layer$`, `Error: exit status 9 \(extension a\)$`)
}

func TestFailingExtensions(t *testing.T) { onEachRunner(t, failingExtensions) }

func failingExtensions(t *testing.T, runner emulator.Runner) {
	const errorLines = `^RequestId: [0-9a-f-]+ Error: %s$\n^%s$\n^END .*\n^REPORT .*\tStatus: error\tError Type: %[2]s\t$`
	for name, test := range map[string]struct {
		do, kind, reason string
		log              []string
	}{
		"exits at once": {do: "exit at once", kind: "Extension.Crash", reason: "exit status 7 (extension a)",
			log: []string{`^EXTENSION\tName: a\tState: Started\tEvents: \[\]$`, `^START `}},
		"fails its init": {do: "fail the init", kind: "Extension.InitError", reason: "exit status 1 (extension a)",
			log: []string{`^EXTENSION\tName: a\tState: InitError\tEvents: \[INVOKE, SHUTDOWN\]\tError Type: Extension.NoConfiguration$`, `^START `}},
		"exits in the invocation": {do: "exit in the invocation", kind: "Extension.Crash", reason: "exit code 0 (extension a)",
			log: []string{`^EXTENSION\tName: a\tState: Ready\t`, `^START `}},
	} {
		t.Run(name, func(t *testing.T) {
			f := newExtended(t)
			f.runner = runner
			f.add(t, "follow", "a")
			f.Variables["FOLLOW"] = test.do
			event := "{}"
			if test.do == "exit in the invocation" {
				event = `{"do": "sleep"}`
			}
			result := f.run(t, event)
			want := fmt.Sprintf(`{"errorType":%q,"errorMessage":"RequestId: %s Error: %s"}`, test.kind, result.RequestID, test.reason)
			if string(result.Payload) != want {
				t.Errorf("%s\nwant\n%s", result.Payload, want)
			}
			f.wantLog(t, append(test.log, fmt.Sprintf(errorLines, regexp.QuoteMeta(test.reason), test.kind))...)
		})
	}
}

func TestExtensionsThatCannotBeStarted(t *testing.T) { onEachRunner(t, extensionsThatCannotBeStarted) }

func extensionsThatCannotBeStarted(t *testing.T, runner emulator.Runner) {
	for name, test := range map[string]struct {
		content string
		mode    os.FileMode
		cause   string
		reason  string
	}{
		"not executable":    {"#!/bin/sh\n", 0o644, "PermissionDenied", `permission denied \(it is not executable: chmod \+x makes it so\)`},
		"wrong interpreter": {"#!/nowhere/python\n", 0o755, "UnknownError", `no such file or directory \(its first line names /nowhere/python, which is not here\)`},
		"lines of Windows":  {"#!/bin/sh\r\n", 0o755, "UnknownError", `no such file or directory \(its lines end as on Windows: .*\)`},
		"no program":        {"hello\n", 0o755, "UnknownError", `exec format error \(it is neither a program for Linux nor a script that begins with #!\)`},
	} {
		t.Run(name, func(t *testing.T) {
			f := newExtended(t)
			f.runner = runner
			f.add(t, "follow", "a") // which is started, and must not be left
			write(t, filepath.Join(f.layer, "extensions", "b"), test.content, test.mode)
			result := f.run(t, "{}")
			failure, ok := errors.AsType[*emulator.ExtensionError](result.Failure)
			if !ok || failure.Type != "Extension.LaunchError" || !bytes.HasPrefix(result.Payload, []byte(`{"errorType":"Extension.LaunchError","errorMessage":"RequestId: `)) {
				t.Errorf("%#v %s", result.Failure, result.Payload)
			}
			f.wantLog(t, `^EXTENSION\tName: b\tState: LaunchError\tEvents: \[\]\tError Type: `+test.cause+`$`, `Error: fork/exec .*/extensions/b: `+test.reason+`$`, `^Extension\.LaunchError$`)
		})
	}
}

func TestTooManyExtensions(t *testing.T) {
	f := newExtended(t)
	for i := range 11 {
		f.add(t, "follow", fmt.Sprintf("e%02d", i))
	}
	f.run(t, "{}")
	f.wantLog(t, `^EXTENSION\tName: e10\tState: LaunchError\tEvents: \[\]\tError Type: TooManyExtensions$`,
		`Error: Extension limit \(10\) reached: .*/extensions holds 11$`, `^Extension\.LaunchError$`)
}

func TestExtensionThatNeverRegisters(t *testing.T) { onEachRunner(t, extensionThatNeverRegisters) }

func extensionThatNeverRegisters(t *testing.T, runner emulator.Runner) {
	f := newExtended(t)
	f.runner = runner
	f.add(t, "follow", "a")
	f.Variables["FOLLOW"] = "never register"
	f.limit, f.Timeout = 100*time.Millisecond, 200*time.Millisecond
	result := f.run(t, "{}")
	if _, ok := errors.AsType[*emulator.TimeoutError](result.Failure); !ok {
		t.Errorf("%v", result.Failure)
	}
	f.wantLog(t, `^EXTENSION\tName: a\tState: Started\tEvents: \[\]$`, `^INIT_REPORT .*\tStatus: timeout$`,
		`^EXTENSION\tName: a\tState: Started\tEvents: \[\]$`, `^START `, `Task timed out after 0.20 seconds`)
}

func TestExtensionThatNeverComesBack(t *testing.T) {
	f := newExtended(t)
	f.add(t, "follow", "a")
	f.Variables["FOLLOW"] = "never come back"
	f.Timeout = 500 * time.Millisecond
	if result := f.run(t, "{}"); string(result.Payload) != `"done"` || result.Failure != nil {
		t.Errorf("the result that was there: %s %v", result.Payload, result.Failure)
	}
	f.wantLog(t, `^START `, `^working$`, `Task timed out after 0.50 seconds`, `^REPORT .*\tStatus: timeout\t$`)
}

func TestShutdownReasons(t *testing.T) { onEachRunner(t, shutdownReasons) }

func shutdownReasons(t *testing.T, runner emulator.Runner) {
	for reason, event := range map[string]string{"timeout": `{"do": "sleep"}`, "failure": `{"do": "exit"}`} {
		t.Run(reason, func(t *testing.T) {
			f := newExtended(t)
			f.runner = runner
			f.add(t, "follow", "a")
			f.Timeout = 500 * time.Millisecond
			f.run(t, event)
			f.wantLog(t, `^START `, `^a: \{"eventType":"SHUTDOWN","shutdownReason":"`+reason+`","deadlineMs":\d+\}$`, `^REPORT .*\tStatus: (timeout|error)\t`)
		})
	}
}

func TestExtensionThatNeverShutsDown(t *testing.T) {
	f := newExtended(t)
	f.add(t, "follow", "a")
	f.Variables["FOLLOW"] = "never shut down"
	began := time.Now()
	f.run(t, "{}")
	if took := time.Since(began); took < 2*time.Second || took > 10*time.Second {
		t.Errorf("the shutdown took %v, not 2 s", took)
	}
}

func TestTelemetryOverHTTP(t *testing.T) { onEachRunner(t, telemetryOverHTTP) }

func telemetryOverHTTP(t *testing.T, runner emulator.Runner) {
	f := newExtended(t)
	f.runner = runner
	f.add(t, "collect.py", "collect.py")
	f.run(t, "{}", `{"do": "exit"}`)
	f.wantLog(t,
		`^TELEMETRY\tName: collect\.py\tState: Subscribed\tTypes: \[Platform, Function\]$`,
		`^EXTENSION\tName: collect\.py\tState: Ready\tEvents: \[INVOKE, SHUTDOWN\]$`,
	)
	f.wantLog(t,
		`^collected platform\.initStart \{.*"initializationType": "on-demand", .*"phase": "init", "runtimeVersion": "python3.11"\}$`,
		`^collected platform\.telemetrySubscription \{"name": "collect\.py", "state": "Subscribed", "types": \["platform", "function"\]\}$`,
		`^collected platform\.initRuntimeDone \{.*"status": "success"\}$`,
		`^collected platform\.extension \{"events": \["INVOKE", "SHUTDOWN"\], "name": "collect\.py", "state": "Ready"\}$`,
		`^collected platform\.initReport \{.*"metrics": \{"durationMs": [0-9.]+\}, .*"status": "success"\}$`,
		`^collected platform\.start \{"requestId": "[0-9a-f-]{36}", "tracing": \{"type": "X-Amzn-Trace-Id", "value": "Root=.*"\}, "version": "\$LATEST"\}$`,
		`^collected function "working"$`,
		`^collected platform\.runtimeDone \{"metrics": \{"durationMs": [0-9.]+, "producedBytes": 6\}, .*"name": "responseLatency".*"status": "success".*\}$`,
		`^collected platform\.report \{"metrics": \{"billedDurationMs": \d+, .*"initDurationMs": .*\}, .*"name": "extensionOverhead".*"status": "success".*\}$`,
		`^collected platform\.start `,
		`^collected platform\.runtimeDone \{"errorType": "Runtime\.ExitError", .*"status": "error"`,
		`^collected platform\.report \{"errorType": "Runtime\.ExitError", .*"status": "error"`,
	)
}

func TestExtensionsInAJSONLog(t *testing.T) {
	f := newExtended(t)
	f.LogFormat = emulator.LogJSON
	f.add(t, "collect.py", "collect.py")
	write(t, filepath.Join(f.Code, "app.py"), "import logging\n\ndef handler(event, context):\n    logging.warning('hot')\n", 0o644)
	f.run(t, "{}")
	f.wantLog(t,
		`^\{"time":".*","type":"platform\.telemetrySubscription","record":\{"name":"collect\.py","state":"Subscribed","types":\["platform","function"\]\}\}$`,
		`^\{"time":".*","type":"platform\.extension","record":\{"events":\["INVOKE","SHUTDOWN"\],"name":"collect\.py","state":"Ready"\}\}$`,
		`^\{"time":".*","type":"platform\.start"`,
	)
	f.wantLog(t, `^collected function \{.*"level": "WARN(ING)?", .*"message": "hot".*\}$`)
}

func TestLogsOverTCP(t *testing.T) {
	f := newExtended(t)
	emulatortest.NoLeaks(t)
	program := filepath.Join(f.layer, "extensions", "listener")
	runTool(t, emulatortest.Root(t), "go", "build", "-o", program, "./testdata/extensions/listener")
	f.run(t, "{}")
	f.wantLog(t, `^LOGS\tName: listener\tState: Subscribed\tTypes: \[Platform, Function\]$`)
	f.wantLog(t,
		`^heard \{"time":".*","type":"platform\.logsSubscription",`,
		`^heard \{"time":".*","type":"platform\.start",`,
		`^heard \{"time":".*","type":"function","record":"working"\}$`,
		`^heard \{"time":".*","type":"platform\.end",`,
		`^leaving: SHUTDOWN spindown$`,
	)
}

// TestInternalExtensionOfGo runs AWS's own client library, which registers an
// extension in the function's process so that it gets SIGTERM.
func TestInternalExtensionOfGo(t *testing.T) {
	f := newExtended(t)
	f.Code, f.Runtime, f.Handler = t.TempDir(), "provided.al2023", "x"
	runTool(t, emulatortest.Root(t), "go", "build", "-o", filepath.Join(f.Code, "bootstrap"), "./testdata/functions/go/sigterm")
	if result := f.run(t, "{}", "{}"); result.Failure != nil {
		t.Errorf("%v %s", result.Failure, result.Payload)
	}
	f.wantLog(t, `^EXTENSION\tName: GoLangEnableSIGTERM\tState: Ready\tEvents: \[\]$`, `^START `, `^END `, `^START `, `^END `, `^asked to leave$`)
}

func TestEnvironmentOfAnExtension(t *testing.T) {
	f := newExtended(t)
	f.Variables["CHOSEN"] = "by the template"
	write(t, filepath.Join(f.layer, "extensions", "env"), "#!/bin/sh\nenv\n", 0o755)
	f.run(t, "{}")
	for _, want := range []string{"AWS_LAMBDA_FUNCTION_NAME=F", "AWS_LAMBDA_RUNTIME_API=127.0.0.1:", "CHOSEN=by the template", "TMPDIR="} {
		f.wantLog(t, "^"+want)
	}
	if found := regexp.MustCompile(`(?m)^(_HANDLER|_AWS|AWS_EXECUTION_ENV|AWS_LAMBDA_LOG_GROUP|AWS_LAMBDA_LOG_STREAM|AWS_XRAY|LAMBDA_RUNTIME_DIR|LAMBDA_TASK_ROOT).*`).FindString(f.log.String()); found != "" {
		t.Errorf("it has %s", found)
	}
}

// TestFleetWithExtensions has an extension that listens on a port of its choice:
// a new environment is started when the one before has left it.
func TestFleetWithExtensions(t *testing.T) {
	for name, cold := range map[string]bool{"warm": false, "cold": true} {
		t.Run(name, func(t *testing.T) {
			f := newExtended(t)
			emulatortest.NoLeaks(t)
			f.Variables["PORT"] = freePort(t)
			f.add(t, "follow", "a")
			write(t, filepath.Join(f.layer, "extensions", "port"), portExtension, 0o755)
			fleet := f.emulator(t).NewFleet(emulator.FleetOptions{MaxConcurrency: 1, IdleTimeout: time.Hour, Cold: cold})
			fleet.Update([]emulator.Function{f.Function})
			defer fleet.Close(t.Context())
			for i := range 4 {
				if i == 2 {
					fleet.Renew("F")
				}
				result, err := fleet.Invoke(t.Context(), "F", emulator.Request{Payload: []byte("{}")})
				if err != nil || result.Failure != nil {
					t.Fatalf("%d: %v %+v\n%s", i, err, result, f.log.String())
				}
			}
			if starts := strings.Count(f.log.String(), "bound"); starts != map[bool]int{false: 2, true: 4}[cold] {
				t.Errorf("%d environments", starts)
			}
		})
	}
}

const portExtension = `#!/usr/bin/env python3
import json, os, socket, urllib.request
API = "http://" + os.environ["AWS_LAMBDA_RUNTIME_API"] + "/2020-01-01/extension/"
listener = socket.socket()
listener.bind(("127.0.0.1", int(os.environ["PORT"])))
listener.listen()
print("bound", flush=True)
answer = urllib.request.urlopen(urllib.request.Request(API + "register", b'{"events": ["SHUTDOWN"]}', {"Lambda-Extension-Name": "port"}))
identifier = answer.headers["Lambda-Extension-Identifier"]
urllib.request.urlopen(urllib.request.Request(API + "event/next", headers={"Lambda-Extension-Identifier": identifier})).read()
`

func freePort(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// TestFleetAnswersBeforeExtensions: the caller has the result while extensions
// are still at work.
func TestFleetAnswersBeforeExtensions(t *testing.T) {
	f := newExtended(t)
	emulatortest.NoLeaks(t)
	f.add(t, "follow", "a")
	f.Variables["FOLLOW"] = "never come back"
	f.Timeout = 5 * time.Second
	fleet := f.emulator(t).NewFleet(emulator.FleetOptions{MaxConcurrency: 1, IdleTimeout: time.Hour})
	fleet.Update([]emulator.Function{f.Function})
	began := time.Now()
	result, err := fleet.Invoke(t.Context(), "F", emulator.Request{Payload: []byte("{}")})
	if err != nil || string(result.Payload) != `"done"` || time.Since(began) > 4*time.Second {
		t.Errorf("%v %v after %v", err, result, time.Since(began))
	}
	if strings.Contains(f.log.String(), "END") {
		t.Error("the invocation has ended")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	fleet.Close(ctx)
}
