package main

import (
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"sam/cmd/internal/carried"
	"sam/cmd/internal/command"
	"sam/emulator/emulatortest"
	"sam/emulator/emulatortest/containertest"
)

// engines are the daemons that scripts run containers with: they are started when
// the first script asks for them.
type engines struct {
	t          *testing.T
	containerd func() string
	mu         sync.Mutex
	archives   map[string]string
}

func newEngines(t *testing.T) *engines {
	return &engines{
		t: t, archives: make(map[string]string),
		containerd: sync.OnceValue(func() string { return containertest.Containerd(t) }),
	}
}

// lacks says why there can be no containers here, if there can be none.
func (*engines) lacks(program string) bool {
	_, err := exec.LookPath(program)
	return err != nil || os.Getuid() != 0 || !carried.Has(command.ContainersProgram)
}

// cmdContainerd (containerd): has sam use a containerd of the test's.
func (e *engines) cmdContainerd(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 0 {
		ts.Fatalf("usage: containerd")
	}
	ts.Setenv("CONTAINERD_ADDRESS", e.containerd())
}

// cmdImage (image FILE RUNTIME [plain]): writes the archive of an image called
// RUNTIME:1 with the runtime's interpreter, where AWS's images have it or where
// plain ones do.
func (e *engines) cmdImage(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: image FILE RUNTIME [plain]")
	}
	key := strings.Join(args[1:], " ")
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.archives[key] == "" {
		interpreter := emulatortest.RequireRuntime(e.t, args[1])
		image := containertest.Interpreter(interpreter, len(args) > 2)
		e.archives[key] = containertest.Archive(e.t, strings.ReplaceAll(key, " ", "-")+":1", image.Build(e.t))
	}
	ts.Check(os.Link(e.archives[key], ts.MkAbs(args[0])))
}
