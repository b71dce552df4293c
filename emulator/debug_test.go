package emulator_test

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"

	"sam/bootstraps"
	"sam/emulator"
	"sam/emulator/emulatortest"
	"sam/emulator/process"
)

// debugLimit is how long a session with a debugger may take.
const debugLimit = time.Minute

// A debugSession is what a client of a debugger does: it stops in the handler,
// reads a variable, and goes on.
type debugSession struct {
	function, handler string
	file, line        string // below testdata/functions, and what the line to stop at has
	expression        string // that is "Ada" there
	client            emulatortest.DebugClient
	part              string // that the client or the debugger is, if it may be missing
	path              string // of --debugger-path, below the parts
}

// debugSessionOf is the session for functions of a language. That of .NET has
// none, for want of a free debugger.
func debugSessionOf(language bootstraps.Language, id string) debugSession {
	switch language {
	case bootstraps.NodeJS:
		if slices.Contains([]string{"nodejs4.3", "nodejs6.10"}, id) {
			return debugSession{"hello-callback", "index.handler", "nodejs/hello-callback/index.js", "Saying hello", "name", emulatortest.V8, "", ""}
		}
		return debugSession{"hello", "index.handler", "nodejs/hello/index.js", "Saying hello", "name", emulatortest.DevTools, "", ""}
	case bootstraps.Python:
		debugpy := "debugpy/new"
		switch {
		case slices.Contains([]string{"python2.7", "python3.6", "python3.7"}, id):
			debugpy = "debugpy/2.7"
		case slices.Contains([]string{"python3.8", "python3.9"}, id):
			debugpy = "debugpy/3.8"
		}
		return debugSession{"hello", "app.handler", "python/hello/app.py", "print(", "name", emulatortest.DAP, "debugpy", debugpy}
	case bootstraps.Ruby:
		return debugSession{"hello", "app.handler", "ruby/hello/app.rb", "puts", "name", emulatortest.DAP, "ruby-debug", ""}
	case bootstraps.Java:
		part := "jdb"
		if id == "java11" {
			part = "jdwp" // which the one of PyPI lacks
		}
		return debugSession{"hello", "hello.App", "java/hello/src/main/java/hello/App.java", `println("Greeting`, "name", emulatortest.JDB, part, ""}
	case bootstraps.Go:
		return debugSession{"handlers", "main", "go/handlers/main.go", `fmt.Println("greeting"`, "e.Name", emulatortest.DAP, "dlv", "dlv"}
	}
	return debugSession{}
}

// debugged runs a function of a subject under its debugger, with a real client.
func debugged(t *testing.T, s subject, language bootstraps.Language, session debugSession) {
	port := emulatortest.FreePort(t)
	debug := &bootstraps.Debug{Port: port}
	if session.path != "" {
		debug.Path = filepath.Join(emulatortest.Parts(t), session.path)
		if _, err := os.Stat(debug.Path); err != nil {
			emulatortest.Lacks(t, session.part, err.Error())
		}
	}
	d := startDebugged(t, emulator.Function{
		LogicalID: "Function", Runtime: s.id, Handler: session.handler, Code: s.code(t, language, session.function), Debug: debug,
	}, session.part)
	done := d.invoke(t, `{"name": "Ada"}`)
	d.awaitWaiting(t, done)
	file := filepath.Join(emulatortest.Root(t), "testdata", "functions", session.file)
	hit := session.client(t, emulatortest.Breakpoint{
		Address: net.JoinHostPort("127.0.0.1", strconv.Itoa(port)), File: file, Line: lineOf(t, file, session.line), Expression: session.expression,
	})
	for name := range strings.FieldsSeq("Ada Grace") { // the second in a warm environment
		if value := hit(); !strings.Contains(value, name) {
			t.Errorf("%s is %s, not %s", session.expression, value, name)
		}
		if result := <-done; result.err != nil || !bytes.Contains(result.Payload, []byte("ello")) {
			t.Fatalf("result %s, %v", result.Payload, result.err)
		}
		if name == "Ada" {
			done = d.invoke(t, `{"name": "Grace"}`)
		}
	}
}

// TestPythonUnderItsUsersDebugger starts debugpy as it was told to be started in
// SAM CLI's containers.
func TestPythonUnderItsUsersDebugger(t *testing.T) {
	emulatortest.RequireRuntime(t, "python3.11")
	path := filepath.Join(emulatortest.Parts(t), "debugpy", "new")
	if _, err := os.Stat(path); err != nil {
		emulatortest.Lacks(t, "debugpy", err.Error())
	}
	port := emulatortest.FreePort(t)
	code := filepath.Join(emulatortest.Root(t), "testdata", "functions", "python", "hello")
	d := startDebugged(t, emulator.Function{
		LogicalID: "Function", Runtime: "python3.11", Handler: "app.handler", Code: code,
		Debug: &bootstraps.Debug{Port: port, Path: path, Args: []string{"-m", "debugpy", "--listen", fmt.Sprintf("0.0.0.0:%d", port), "--wait-for-client"}},
	}, "debugpy")
	done := d.invoke(t, `{"name": "Ada"}`)
	file := filepath.Join(code, "app.py")
	hit := emulatortest.DAP(t, emulatortest.Breakpoint{
		Address: fmt.Sprintf("127.0.0.1:%d", port), File: file, Line: lineOf(t, file, "print("), Expression: "name",
	})
	if value := hit(); !strings.Contains(value, "Ada") {
		t.Errorf("name is %s", value)
	}
	if result := <-done; result.Failure != nil || result.err != nil {
		t.Errorf("result %s, %v", result.Payload, result.err)
	}
}

// A debuggee is an environment of a function that is debugged.
type debuggee struct {
	env     *emulator.Environment
	log     *lockedBuffer
	waiting chan struct{}
}

// startDebugged starts a function that waits for its debugger, for longer than
// its timeout. Without the debugger's part the test is skipped.
func startDebugged(t *testing.T, fn emulator.Function, part string) *debuggee {
	t.Helper()
	d := &debuggee{log: new(lockedBuffer), waiting: make(chan struct{}, 1)}
	emu := emulator.New(emulator.Config{
		Runner: process.New(), Finder: emulatortest.Finder(t), SDK: bootstraps.SDK{Dir: filepath.Join(t.TempDir(), "data")},
		CacheDir: cacheDir(t), Log: d.log, Logger: hclog.NewNullLogger(),
		Waiting: func(*emulator.Prepared) { d.waiting <- struct{}{} },
	})
	fn.MemoryMB, fn.Timeout, fn.Region, fn.Account = 512, time.Millisecond, "us-east-1", "123456789012"
	prepared, err := emu.Prepare(t.Context(), fn)
	if lacking, ok := errors.AsType[*bootstraps.DebugError](err); ok {
		emulatortest.Lacks(t, part, fmt.Sprintf("%v: %s", lacking, lacking.Hint()))
	}
	if err != nil {
		t.Fatal(err)
	}
	if d.env, err = emu.Start(t.Context(), prepared); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.env.Stop(ended()); err != nil {
			t.Error(err)
		}
		if t.Failed() {
			t.Logf("log:\n%s", d.log)
		}
	})
	return d
}

type invoked struct {
	*emulator.Result
	err error
}

func (d *debuggee) invoke(t *testing.T, event string) <-chan invoked {
	done := make(chan invoked, 1)
	go func() {
		result, err := d.env.Invoke(t.Context(), emulator.Request{Payload: []byte(event)})
		if err != nil {
			result = new(emulator.Result)
		}
		done <- invoked{result, err}
	}()
	return done
}

// awaitWaiting returns when the user is told that the debugger listens.
func (d *debuggee) awaitWaiting(t *testing.T, done <-chan invoked) {
	t.Helper()
	select {
	case <-d.waiting:
	case result := <-done:
		t.Fatalf("ended without a debugger: %s, %v", result.Payload, result.err)
	case <-time.After(debugLimit):
		t.Fatal("nothing listens")
	}
}

func lineOf(t *testing.T, file, text string) int {
	t.Helper()
	source, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, _, found := bytes.Cut(source, []byte(text))
	if !found {
		t.Fatalf("%s has no line with %q", file, text)
	}
	return bytes.Count(before, []byte("\n")) + 1
}

var attachTo = regexp.MustCompile(`attach to process (\d+)`)

// TestDotNetWaitsForItsDebugger attaches nothing: debuggers of .NET are not free.
func TestDotNetWaitsForItsDebugger(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	for _, s := range subjects[bootstraps.DotNet] {
		test := func(t *testing.T, function, handler string) {
			find := emulatortest.RequireRuntime
			if s.standIn {
				find = emulatortest.RequireStandIn
			}
			find(t, s.id)
			d := startDebugged(t, emulator.Function{
				LogicalID: "Function", Runtime: s.id, Handler: handler,
				Code: s.code(t, bootstraps.DotNet, function), Debug: &bootstraps.Debug{Port: emulatortest.FreePort(t)},
			}, "dotnet")
			done := d.invoke(t, `{"name": "Ada"}`)
			d.awaitWaiting(t, done)
			pid := d.log.await(attachTo, debugLimit)
			if pid == nil {
				t.Fatal("the log names no process")
			}
			// What a debugger looks for, where it looks.
			tmp := os.TempDir()
			if s.id == "dotnetcore2.0" {
				tmp = "/tmp" // whatever TMPDIR says
			}
			pipes, err := filepath.Glob(filepath.Join(tmp, "clr-debug-pipe-"+pid[1]+"-*"))
			if err != nil || len(pipes) == 0 {
				t.Errorf("process %s has no pipes for a debugger in %s (%v)", pid[1], tmp, err)
			}
			if err := d.env.Stop(ended()); err != nil {
				t.Fatal(err)
			}
			if result := <-done; result.Failure == nil {
				t.Errorf("result %s, %v", result.Payload, result.err)
			}
			for _, pipe := range pipes {
				if _, err := os.Stat(pipe); err == nil {
					t.Errorf("%s is left", pipe)
				}
			}
		}
		t.Run(s.id, func(t *testing.T) { test(t, "hello", "Hello::Hello.Function::Greet") })
		if slices.Contains([]string{"dotnetcore3.1", "dotnet8"}, s.id) { // those before know no startup hooks
			t.Run(s.id+" program", func(t *testing.T) { test(t, "executable", "Executable") })
		}
	}
}
