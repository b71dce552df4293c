package process_test

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"

	"sam/emulator"
	"sam/emulator/emulatortest"
	"sam/emulator/process"
)

func TestMain(m *testing.M) {
	process.Keep()
	os.Exit(m.Run())
}

func TestContract(t *testing.T) {
	emulatortest.TestRunner(t, process.New())
}

// TestContractWithoutGroups does without control groups, as most places do.
func TestContractWithoutGroups(t *testing.T) {
	process.ForgetGroups(t)
	emulatortest.TestRunner(t, process.New())
}

// TestSandboxContract has a sandbox for each process.
func TestSandboxContract(t *testing.T) {
	emulatortest.TestRunner(t, newSandboxed(t))
}

// isolated returns a Runner with sandboxes. Where the kernel has none the test
// skips, or fails if namespaces are required.
func isolated(t *testing.T) *process.Isolated {
	t.Helper()
	runner := process.Isolate(true)
	t.Cleanup(func() {
		if err := runner.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := runner.Probe(); err != nil {
		emulatortest.Lacks(t, "namespaces", err.Error())
	}
	return runner
}

// newSandboxed starts each process in a sandbox of its own.
func newSandboxed(t *testing.T) emulator.Runner {
	t.Helper()
	runner := isolated(t)
	first, err := runner.Sandbox(t.Context(), emulator.Layout{TmpMB: 1}) // which is there already, and would be taken for a leak
	if err != nil {
		t.Fatal(err)
	}
	if err := first.Close(); err != nil {
		t.Error(err)
	}
	return emulatortest.Sandboxed(t, runner, nil)
}

// TestProcessors has a process compute for a second with a tenth of a processor.
func TestProcessors(t *testing.T) {
	if err := process.CanLimitCPU(); err != nil {
		emulatortest.Lacks(t, "cgroups", err.Error())
	}
	for name, runner := range map[string]emulator.Runner{"plain": process.New(), "sandboxed": newSandboxed(t)} {
		t.Run(name, func(t *testing.T) {
			var output bytes.Buffer
			instance, err := runner.Start(t.Context(), emulator.Spec{
				Args: []string{"/bin/sh", "-c", "timeout 1 sh -c 'while :; do :; done'; times"},
				Env:  []string{"PATH=/usr/bin:/bin"}, Dir: "/", Output: &output, Processors: 0.1,
			})
			if err != nil {
				t.Fatal(err)
			}
			<-instance.Exited()
			if err := instance.Stop(t.Context()); err != nil {
				t.Error(err)
			}
			// Its own times, and those of its children.
			var minutes, seconds float64
			_, children, _ := strings.Cut(output.String(), "\n")
			if _, err := fmt.Sscanf(children, "%fm%fs", &minutes, &seconds); err != nil || minutes*60+seconds > 0.3 {
				t.Errorf("it has used more than a tenth of a second: %q %v", output.String(), err)
			}
		})
	}
}
