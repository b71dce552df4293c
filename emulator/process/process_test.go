package process_test

import (
	"context"
	"os"
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

// TestSandboxContract has a sandbox for each process.
func TestSandboxContract(t *testing.T) {
	emulatortest.TestRunner(t, sandboxed{isolated(t)})
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

// sandboxed starts each process in a sandbox of its own, which shows the
// temporary directory of the host and ends with the process.
type sandboxed struct{ *process.Isolated }

func (r sandboxed) Start(ctx context.Context, spec emulator.Spec) (emulator.Instance, error) {
	sandbox, err := r.Sandbox(ctx, emulator.Layout{
		Mounts: []emulator.Mount{{Sources: []string{os.TempDir()}, Target: os.TempDir(), Writable: true}},
	})
	if err != nil {
		return nil, err
	}
	instance, err := sandbox.Start(ctx, spec)
	if err != nil {
		_ = sandbox.Close()
		return nil, err
	}
	go func() {
		<-instance.Exited()
		_ = sandbox.Close()
	}()
	return instance, nil
}
