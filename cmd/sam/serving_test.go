package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"sam/emulator/emulatortest"
)

// A server is a process that serves HTTP while a test runs.
type server struct {
	cmd *exec.Cmd
	url string
	log string // file of what it prints
}

var running = regexp.MustCompile(`Running on (http://\S+)\n`)

// serve starts a server, which prints "Running on" and its URL once it
// listens. It is interrupted when the test ends.
func serve(tb testing.TB, args ...string) *server {
	tb.Helper()
	file, err := os.CreateTemp(tb.TempDir(), "log")
	if err != nil {
		tb.Fatal(err)
	}
	defer file.Close()
	s := &server{cmd: exec.Command(args[0], args[1:]...), log: file.Name()}
	s.cmd.Env, s.cmd.Stdout, s.cmd.Stderr = cleanEnv(tb), file, file
	if err := s.cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(s.stop)
	await(tb, func() (missing string) {
		output := s.output(tb)
		url := running.FindStringSubmatch(output)
		if url == nil {
			return fmt.Sprintf("%v does not listen:\n%s", args, output)
		}
		s.url = url[1]
		return ""
	})
	return s
}

// stop interrupts the server and waits for its end.
func (s *server) stop() {
	_ = s.cmd.Process.Signal(os.Interrupt)
	overdue := time.AfterFunc(limit, func() { _ = s.cmd.Process.Signal(syscall.SIGKILL) })
	defer overdue.Stop()
	_ = s.cmd.Wait()
}

func (s *server) output(tb testing.TB) string {
	tb.Helper()
	data, err := os.ReadFile(s.log)
	if err != nil {
		tb.Fatal(err)
	}
	return string(data)
}

// status is a number in the server's /proc/PID/status.
func (s *server) status(tb testing.TB, field string) int {
	tb.Helper()
	data, err := os.ReadFile(s.proc("status"))
	if err != nil {
		tb.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(data), "\n"+field+":")
	number, err := strconv.Atoi(append(strings.Fields(rest), "")[0])
	if err != nil {
		tb.Fatalf("%s of the server: %v", field, err)
	}
	return number
}

// descriptors is how many files the server has open.
func (s *server) descriptors(tb testing.TB) int {
	tb.Helper()
	entries, err := os.ReadDir(s.proc("fd"))
	if err != nil {
		tb.Fatal(err)
	}
	return len(entries)
}

// children is how many processes the server has started and not seen end.
func (s *server) children(tb testing.TB) int {
	tb.Helper()
	lists, err := filepath.Glob(s.proc("task/*/children"))
	if err != nil {
		tb.Fatal(err)
	}
	count := 0
	for _, list := range lists {
		pids, _ := os.ReadFile(list) // a thread may have ended
		count += len(strings.Fields(string(pids)))
	}
	return count
}

func (s *server) proc(name string) string {
	return filepath.Join("/proc", strconv.Itoa(s.cmd.Process.Pid), name)
}

// await waits until nothing is missing any more.
func await(tb testing.TB, missing func() string) {
	tb.Helper()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(limit); ; <-tick.C {
		lack := missing()
		if lack == "" {
			return
		}
		if time.Now().After(deadline) {
			tb.Fatalf("after %v: %s", limit, lack)
		}
	}
}

// A route is a function of a template, and the path that calls it.
type route struct {
	path, runtime, handler, code string
	wrapper                      string // AWS_LAMBDA_EXEC_WRAPPER, or ""
}

// startAPI is the command line of `sam local start-api` for a template with
// these routes, on a free port.
func startAPI(tb testing.TB, sam string, routes []route, flags ...string) []string {
	tb.Helper()
	args := []string{sam, "local", "start-api", "-p", "0"}
	for i, r := range routes {
		if i == 0 || r.runtime != routes[i-1].runtime {
			args = append(args, "--runtime-path", r.runtime+"="+emulatortest.RequireRuntime(tb, r.runtime).Path)
		}
	}
	return append(append(args, "-t", writeTemplate(tb, routes)), flags...)
}

// writeTemplate writes a template with these routes. Their functions are called
// F0, F1 and so on.
func writeTemplate(tb testing.TB, routes []route) string {
	tb.Helper()
	resources := make(map[string]any)
	for i, r := range routes {
		properties := map[string]any{
			"Runtime": r.runtime, "Handler": r.handler, "CodeUri": r.code, "Timeout": 30, "MemorySize": 256,
			"Events": map[string]any{"Api": map[string]any{
				"Type": "Api", "Properties": map[string]string{"Path": r.path, "Method": "any"},
			}},
		}
		if r.wrapper != "" {
			properties["Environment"] = map[string]any{"Variables": map[string]string{"AWS_LAMBDA_EXEC_WRAPPER": r.wrapper}}
		}
		resources[fmt.Sprintf("F%d", i)] = map[string]any{"Type": "AWS::Serverless::Function", "Properties": properties}
	}
	text, err := json.Marshal(map[string]any{"Resources": resources})
	if err != nil {
		tb.Fatal(err)
	}
	template := filepath.Join(tb.TempDir(), "template.json")
	if err := os.WriteFile(template, text, 0o600); err != nil {
		tb.Fatal(err)
	}
	return template
}
