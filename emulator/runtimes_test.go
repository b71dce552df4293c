package emulator_test

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"
	"go.yaml.in/yaml/v3"

	"sam/bootstraps"
	"sam/emulator"
	"sam/emulator/emulatortest"
	"sam/emulator/emulatortest/containertest"
	"sam/emulator/process"
)

// A subject is a runtime whose behaviour is checked.
type subject struct {
	id      string
	label   string // tells it from another one of the same id; what cases name
	standIn bool   // whether an interpreter of another version will do
	build   builder
}

// A builder returns the directory of a function's code, which it makes from its
// source. Without one, the source is the code.
type builder func(t *testing.T, s subject, source string) string

// subjects are the runtimes under test, by the language of their functions in
// testdata/functions.
var subjects = map[bootstraps.Language][]subject{
	bootstraps.NodeJS: interpreted(nil,
		"nodejs4.3", "nodejs6.10", "nodejs8.10", "nodejs12.x", "nodejs14.x", "nodejs16.x",
		"nodejs18.x", "nodejs20.x", "nodejs22.x", "nodejs24.x", "nodejs26.x",
	),
	bootstraps.Python: interpreted(nil,
		"python2.7", "python3.6", "python3.7", "python3.8", "python3.9",
		"python3.10", "python3.11", "python3.12", "python3.13",
	),
	bootstraps.Java: interpreted(builtByMaven, "java8", "java8.al2", "java11", "java17", "java21", "java25"),
	bootstraps.DotNet: standingIn(interpreted(builtByMcs,
		"dotnetcore2.0", "dotnetcore2.1", "dotnetcore3.1", "dotnet6", "dotnet8", "dotnet10",
	), "dotnetcore2.1", "dotnet6"),
	// What a Debian machine has is no version of Lambda's.
	bootstraps.Ruby: standingIn(interpreted(nil,
		"ruby2.5", "ruby2.7", "ruby3.2", "ruby3.3", "ruby3.4", "ruby4.0",
	), "ruby2.5", "ruby3.2"),
	bootstraps.Go: {
		{id: "go1.x", label: "go1.x", build: builtByGo("main")},
		{id: "go1.x", label: "go1.x-2018", build: builtByGo("main", "-modfile=testdata/functions/go/2018.mod")},
		{id: "provided.al2023", label: "provided.al2023 (Go)", build: builtByGo("bootstrap")},
	},
	bootstraps.Custom: interpreted(builtFromC, "provided", "provided.al2", "provided.al2023"),
}

func interpreted(build builder, ids ...string) []subject {
	subjects := make([]subject, len(ids))
	for i, id := range ids {
		subjects[i] = subject{id: id, label: id, build: build}
	}
	return subjects
}

// standingIn lets interpreters of other versions do for some ids.
func standingIn(subjects []subject, ids ...string) []subject {
	for i := range subjects {
		subjects[i].standIn = slices.Contains(ids, subjects[i].id)
	}
	return subjects
}

// A runtimeCase is an entry of testdata/functions/LANGUAGE/cases.yaml: what a
// user sees when a handler does something.
type runtimeCase struct {
	Name     string
	Kind     string // the row of the published table, or empty
	Function string
	Handler  string
	Runtimes []string // labels of subjects; empty: all
	Event    *string  // nil is {}
	Env      map[string]string
	Timeout  int
	Repeat   int
	Error    bool
	Result   *string // the payload exactly
	Match    string  // or a pattern that it matches
	Log      []string
	Quiet    []string
}

// TestRuntimes runs every case on the interpreter of every runtime that it is
// about, through the real Runtime API and real processes.
func TestRuntimes(t *testing.T) {
	testRuntimes(t, place{on: onRunner(process.New())}, func(string) bool { return true })
}

// A place is where functions are tried.
type place struct {
	// on has an emulator run functions there, for which the host has an interpreter.
	on func(t *testing.T, c *emulator.Config, interpreter bootstraps.Interpreter)
	// isolated says that functions see Lambda's directories.
	isolated bool
}

func onRunner(runner emulator.Runner) func(*testing.T, *emulator.Config, bootstraps.Interpreter) {
	return func(_ *testing.T, c *emulator.Config, _ bootstraps.Interpreter) { c.Runner = runner }
}

// sandboxed are the runtimes that are tried in sandboxes as well, which make no
// difference between the versions of a language.
var sandboxed = []string{"nodejs20.x", "python3.11", "java17", "dotnetcore3.1", "ruby3.2", "go1.x", "provided.al2023"}

// TestSandboxedRuntimes does the same in sandboxes.
func TestSandboxedRuntimes(t *testing.T) {
	runner := process.Isolate(true)
	t.Cleanup(func() { _ = runner.Close() })
	if err := runner.Probe(); err != nil {
		emulatortest.Lacks(t, "namespaces", err.Error())
	}
	testRuntimes(t, place{on: onRunner(runner), isolated: true}, func(label string) bool { return slices.Contains(sandboxed, label) })
}

func testRuntimes(t *testing.T, where place, wanted func(label string) bool) {
	table := newTable()
	t.Cleanup(func() { t.Log("\n" + table.String()) })
	for language, subjects := range subjects {
		cases := loadCases(t, language)
		for _, subject := range subjects {
			if !wanted(subject.label) {
				continue
			}
			t.Run(subject.label, func(t *testing.T) {
				t.Parallel()
				find := emulatortest.RequireRuntime
				if subject.standIn {
					find = emulatortest.RequireStandIn
				}
				interpreter := find(t, subject.id)
				for _, c := range cases {
					if len(c.Runtimes) > 0 && !slices.Contains(c.Runtimes, subject.label) {
						continue
					}
					t.Run(c.Name, func(t *testing.T) {
						defer func() { table.record(subject.label, interpreter.Version, c.Kind, !t.Failed()) }()
						on := func(c *emulator.Config) { where.on(t, c, interpreter) }
						runCase(t, on, where.isolated, subject.id, subject.code(t, language, c.Function), c)
					})
				}
				session := debugSessionOf(language, subject.id)
				if where.isolated || session.client == nil {
					return // what is debugged is not in a sandbox
				}
				t.Run("debugged", func(t *testing.T) {
					defer func() {
						if !t.Skipped() {
							table.record(subject.label, interpreter.Version, "debug", !t.Failed())
						}
					}()
					debugged(t, subject, language, session)
				})
			})
		}
	}
}

// code is the directory of a function's code.
func (s subject) code(t *testing.T, language bootstraps.Language, function string) string {
	t.Helper()
	source := filepath.Join(emulatortest.Root(t), "testdata", "functions", string(language), function)
	if s.build == nil {
		return source
	}
	return s.build(t, s, source)
}

// once makes a directory with what fill puts into it, unless it is there. The
// functions of one subject are built one after the other.
func once(t *testing.T, s subject, source string, fill func(dir string)) string {
	t.Helper()
	dir := filepath.Join(cacheDir(t), "built", s.label, filepath.Base(source))
	if _, err := os.Stat(dir); err == nil {
		return dir
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	fill(dir)
	return dir
}

// builtByGo builds a program with the Go of the test.
func builtByGo(program string, flags ...string) builder {
	return func(t *testing.T, s subject, source string) string {
		t.Helper()
		return once(t, s, source, func(dir string) {
			args := append([]string{"build", "-gcflags=-N -l", "-o", filepath.Join(dir, program)}, flags...) // for the debugger
			runTool(t, emulatortest.Root(t), "go", append(args, source)...)
		})
	}
}

// builtFromC compiles what is in C. A script is a program already.
func builtFromC(t *testing.T, s subject, source string) string {
	t.Helper()
	program := filepath.Join(source, "bootstrap.c")
	if _, err := os.Stat(program); err != nil {
		return source
	}
	if _, err := exec.LookPath("cc"); err != nil {
		emulatortest.Lacks(t, "cc", "there is no C compiler")
	}
	return once(t, s, source, func(dir string) {
		runTool(t, source, "cc", "-O1", "-o", filepath.Join(dir, "bootstrap"), program)
	})
}

// builtByMaven finds what `make parts` has built.
func builtByMaven(t *testing.T, _ subject, source string) string {
	t.Helper()
	dir := filepath.Join(emulatortest.Parts(t), "java", "functions", filepath.Base(source))
	if _, err := os.Stat(dir); err != nil {
		emulatortest.Lacks(t, "java", "Maven has not built the functions (make parts): "+err.Error())
	}
	return dir
}

// builtByMcs finds what `make parts` has built beside the sources.
func builtByMcs(t *testing.T, _ subject, source string) string {
	t.Helper()
	assemblies, err := filepath.Glob(filepath.Join(source, "*.dll"))
	if err != nil {
		t.Fatal(err)
	}
	if len(assemblies) == 0 {
		emulatortest.Lacks(t, "dotnet", "mcs has not built the functions (make parts)")
	}
	return source
}

func runTool(t *testing.T, dir, name string, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", cmd, err, out)
	}
}

func loadCases(t *testing.T, language bootstraps.Language) []runtimeCase {
	t.Helper()
	path := filepath.Join(emulatortest.Root(t), "testdata", "functions", string(language), "cases.yaml")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	decoder.KnownFields(true)
	var cases []runtimeCase
	if err := decoder.Decode(&cases); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	if len(cases) == 0 {
		t.Fatalf("%s has no cases", path)
	}
	return cases
}

func runCase(t *testing.T, on func(*emulator.Config), isolated bool, id, dir string, c runtimeCase) {
	var log lockedBuffer
	config := emulator.Config{
		Finder:   emulatortest.Finder(t),
		SDK:      bootstraps.SDK{Dir: filepath.Join(t.TempDir(), "data")},
		CacheDir: cacheDir(t),
		Log:      &log,
		Logger:   hclog.NewNullLogger(),
	}
	on(&config)
	emu := emulator.New(config)
	fn := emulator.Function{
		LogicalID: "Function", Runtime: id, Handler: c.Handler, Code: dir,
		MemoryMB: 256, Timeout: time.Duration(max(c.Timeout, 0)) * time.Second,
		Region: "us-east-1", Account: "123456789012", Variables: c.Env,
	}
	if c.Timeout == 0 {
		fn.Timeout = 5 * time.Second
	}
	prepared, err := emu.Prepare(t.Context(), fn)
	if err != nil {
		t.Fatal(err)
	}
	env, err := emu.Start(t.Context(), prepared)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := env.Stop(ended()); err != nil {
			t.Error(err)
		}
	}()
	event := "{}"
	if c.Event != nil {
		event = *c.Event
	}
	var result *emulator.Result
	for i := range max(c.Repeat, 1) {
		if i > 0 {
			log.Reset()
		}
		if result, err = env.Invoke(t.Context(), emulator.Request{Payload: []byte(event)}); err != nil {
			t.Fatal(err)
		}
	}
	if isolated {
		dir = "/var/task"
	}
	c.check(t, dir, result, log.String())
}

// platformLines are no part of what cases say about the log.
var platformLines = regexp.MustCompile(`(?m)^(START|END|REPORT) RequestId: .*\n`)

func (c *runtimeCase) check(t *testing.T, dir string, result *emulator.Result, log string) {
	t.Helper()
	fill := strings.NewReplacer("REQUEST_ID", result.RequestID, "TASK_ROOT", dir)
	payload, log := string(result.Payload), platformLines.ReplaceAllString(log, "")
	if failed := result.Failure != nil; failed != c.Error {
		t.Errorf("failure: %v, want one: %v", result.Failure, c.Error)
	}
	if c.Result != nil && payload != fill.Replace(*c.Result) {
		t.Errorf("result\n%s\nwant\n%s", payload, fill.Replace(*c.Result))
	}
	if c.Match != "" && !regexp.MustCompile(fill.Replace(c.Match)).MatchString(payload) {
		t.Errorf("result\n%s\ndoes not match\n%s", payload, c.Match)
	}
	for _, pattern := range c.Log {
		if !regexp.MustCompile("(?m)" + fill.Replace(pattern)).MatchString(log) {
			t.Errorf("no line of the log matches %q", pattern)
		}
	}
	for _, pattern := range c.Quiet {
		if found := regexp.MustCompile("(?m)" + fill.Replace(pattern)).FindString(log); found != "" {
			t.Errorf("the log has %q, which matches %q", found, pattern)
		}
	}
	if t.Failed() {
		t.Logf("log:\n%s", log)
	}
}

// cacheDir is shared by all tests of the process, as on a user's machine.
func ended() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}

func cacheDir(t *testing.T) string {
	t.Helper()
	dir, err := sharedCache()
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

var sharedCache = sync.OnceValues(func() (string, error) { return os.MkdirTemp("", "sam-test-cache-") })

func TestMain(m *testing.M) {
	process.Keep()
	code := m.Run()
	containertest.RemoveKeeper()
	if dir, err := sharedCache(); err == nil {
		_ = os.RemoveAll(dir)
	}
	os.Exit(code)
}

// lockedBuffer is a log that may be written and read at the same time.
type lockedBuffer struct {
	mu      sync.Mutex
	b       bytes.Buffer
	written chan struct{} // closed by the next write; nil if nobody waits for it
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.written != nil {
		close(l.written)
		l.written = nil
	}
	return l.b.Write(p)
}

// await returns what matches in the log as soon as it is there, and nil if it
// is not within the limit.
func (l *lockedBuffer) await(pattern *regexp.Regexp, limit time.Duration) []string {
	timeout := time.After(limit)
	for {
		l.mu.Lock()
		match := pattern.FindStringSubmatch(l.b.String())
		if l.written == nil {
			l.written = make(chan struct{})
		}
		written := l.written
		l.mu.Unlock()
		if match != nil {
			return match
		}
		select {
		case <-written:
		case <-timeout:
			return nil
		}
	}
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func (l *lockedBuffer) Reset() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.b.Reset()
}

// table counts the cases by the label of the runtime and by kind.
type table struct {
	mu       sync.Mutex
	versions map[string]string
	cells    map[string]map[string][2]int // runtime, kind: passed, run
}

func newTable() *table {
	return &table{versions: make(map[string]string), cells: make(map[string]map[string][2]int)}
}

func (tb *table) record(id, version, kind string, passed bool) {
	tb.mu.Lock()
	defer tb.mu.Unlock()
	if kind == "" {
		kind = "other"
	}
	tb.versions[id] = version
	if tb.cells[id] == nil {
		tb.cells[id] = make(map[string][2]int)
	}
	cell := tb.cells[id][kind]
	cell[1]++
	if passed {
		cell[0]++
	}
	tb.cells[id][kind] = cell
}

func (tb *table) String() string {
	tb.mu.Lock()
	defer tb.mu.Unlock()
	kinds := []string{"ok", "typed event", "handler error", "init error", "exit", "timeout", "logs", "debug", "other"}
	var b strings.Builder
	fmt.Fprintf(&b, "| runtime | interpreter | %s |\n|%s\n", strings.Join(kinds, " | "), strings.Repeat("---|", len(kinds)+2))
	for _, language := range slices.Sorted(maps.Keys(subjects)) {
		for _, subject := range subjects[language] {
			fmt.Fprintf(&b, "| %s | %s |", subject.label, tb.versions[subject.label])
			for _, kind := range kinds {
				cell := tb.cells[subject.label][kind]
				fmt.Fprintf(&b, " %d/%d |", cell[0], cell[1])
			}
			b.WriteByte('\n')
		}
	}
	return b.String()
}
