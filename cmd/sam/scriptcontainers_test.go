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
	docker     func() string
	mu         sync.Mutex
	archives   map[string]string
}

func newEngines(t *testing.T) *engines {
	return &engines{
		t: t, archives: make(map[string]string),
		containerd: sync.OnceValue(func() string { return containertest.Containerd(t) }),
		docker:     sync.OnceValue(func() string { return containertest.Dockerd(t) }),
	}
}

// lacks says whether one of the programs is missing, or else what it takes to use
// them.
func (*engines) lacks(programs ...string) bool {
	for _, program := range programs {
		if _, err := exec.LookPath(program); err != nil {
			return true
		}
	}
	return os.Getuid() != 0 || !carried.Has(command.ContainersProgram)
}

// cmdContainerd (containerd): has sam use a containerd of the test's.
func (e *engines) cmdContainerd(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 0 {
		ts.Fatalf("usage: containerd")
	}
	ts.Setenv("CONTAINERD_ADDRESS", e.containerd())
}

// cmdDocker (docker): has sam use a Docker engine of the test's.
func (e *engines) cmdDocker(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 0 {
		ts.Fatalf("usage: docker")
	}
	ts.Setenv("DOCKER_HOST", "unix://"+e.docker())
}

// cmdNoContainers (nocontainers): Docker has no containers, or will have none
// presently.
func (e *engines) cmdNoContainers(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 0 {
		ts.Fatalf("usage: nocontainers")
	}
	var left []byte
	none := within(limit, func() bool {
		list := exec.Command("docker", "--host", "unix://"+e.docker(), "ps", "--all", "--quiet")
		var err error
		left, err = list.Output()
		ts.Check(err)
		return len(left) == 0
	})
	if !none {
		ts.Fatalf("there are containers: %s", left)
	}
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
