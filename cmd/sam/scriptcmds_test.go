package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// What scripts can do beyond the commands of testscript.

// limit is how long a script waits for what must happen.
const limit = 20 * time.Second

// cmdAlive (alive FILE): the process whose id is in FILE is alive; with ! it is
// gone, or will be presently.
func cmdAlive(ts *testscript.TestScript, neg bool, args []string) {
	pid := readPid(ts, args)
	for deadline := time.Now().Add(limit); ; {
		alive := isAlive(pid)
		if alive != neg {
			return
		}
		if !neg || time.Now().After(deadline) {
			ts.Fatalf("process %d is alive: %v", pid, alive)
		}
	}
}

// cmdSignal (signal NAME FILE): sends a signal to the process whose id is in FILE,
// which it waits for.
func cmdSignal(ts *testscript.TestScript, neg bool, args []string) {
	signals := map[string]syscall.Signal{"INT": syscall.SIGINT, "KILL": syscall.SIGKILL, "TERM": syscall.SIGTERM}
	if neg || len(args) != 2 || signals[args[0]] == 0 {
		ts.Fatalf("usage: signal INT|KILL|TERM FILE")
	}
	if err := syscall.Kill(readPid(ts, args[1:]), signals[args[0]]); err != syscall.ESRCH { // gone is as good
		ts.Check(err)
	}
}

// cmdFill (fill FILE SIZE TEXT): writes a file of SIZE bytes that repeats TEXT.
func cmdFill(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: fill FILE SIZE TEXT")
	}
	size, err := strconv.Atoi(args[1])
	ts.Check(err)
	data := bytes.Repeat([]byte(args[2]), size/len(args[2])+1)[:size]
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), data, 0o644))
}

// cmdEmpty (empty DIR): a directory has nothing in it, or does not exist.
func cmdEmpty(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: empty DIR")
	}
	entries, err := os.ReadDir(ts.MkAbs(args[0]))
	if err == nil && len(entries) > 0 {
		ts.Fatalf("%s holds %s", args[0], entries[0].Name())
	}
}

func readPid(ts *testscript.TestScript, args []string) int {
	if len(args) != 1 {
		ts.Fatalf("name one file with a process id")
	}
	path := ts.MkAbs(args[0])
	for deadline := time.Now().Add(limit); time.Now().Before(deadline); {
		data, err := os.ReadFile(path)
		if text := string(data); err == nil && strings.HasSuffix(text, "\n") {
			pid, err := strconv.Atoi(strings.TrimSpace(text))
			ts.Check(err)
			return pid
		}
	}
	ts.Fatalf("%s did not come", args[0])
	return 0
}

func isAlive(pid int) bool {
	status, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	return err == nil && !bytes.Contains(status, []byte(") Z "))
}
