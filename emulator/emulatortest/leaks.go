// Package emulatortest is what tests of the emulator share: the contract that
// every Runner keeps, interpreters that are required, a Runner that plays a
// script, and a watch over what is left behind.
package emulatortest

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// NoLeaks fails the test if, at its end, goroutines of ours or open file
// descriptors are left that were not there when NoLeaks was called. Call it
// first, and not in parallel tests.
func NoLeaks(t *testing.T) {
	t.Helper()
	before := descriptors(t)
	t.Cleanup(func() {
		deadline := time.Now().Add(5 * time.Second)
		for {
			stacks, after := ourGoroutines(), descriptors(t)
			if len(stacks) == 0 && after <= before {
				return
			}
			if time.Now().After(deadline) {
				t.Errorf("left behind: %d descriptors (%d before) and these goroutines:\n%s", after, before, strings.Join(stacks, "\n\n"))
				return
			}
			runtime.Gosched()
		}
	})
}

func descriptors(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(entries)
}

// ourGoroutines are the goroutines with a frame in this module's code outside
// of tests.
func ourGoroutines() []string {
	buf := make([]byte, 1<<20)
	var ours []string
	for _, stack := range strings.Split(string(buf[:runtime.Stack(buf, true)]), "\n\n") {
		if (strings.Contains(stack, "\nsam/") || strings.Contains(stack, "created by sam/")) && !strings.Contains(stack, "testing.tRunner") &&
			!strings.Contains(stack, "/emulatortest/containertest.") { // a daemon of the test's
			ours = append(ours, stack)
		}
	}
	return ours
}

// Root returns the module's directory.
func Root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; dir != "/"; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
	}
	t.Fatal("there is no go.mod above the current directory")
	return ""
}
