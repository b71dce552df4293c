package emulatortest

import (
	"context"
	"os"
	"sync"
	"testing"

	"sam/emulator"
)

// Sandboxed returns a Runner that starts each process in a sandbox of its own,
// which shows the temporary directory of the host and ends with the process.
// image is what the sandboxes are of, if they are containers.
func Sandboxed(t testing.TB, sandboxer emulator.Sandboxer, image *emulator.Image) emulator.Runner {
	s := &sandboxed{sandboxer: sandboxer, image: image}
	t.Cleanup(s.closing.Wait)
	return s
}

type sandboxed struct {
	sandboxer emulator.Sandboxer
	image     *emulator.Image
	closing   sync.WaitGroup
}

// Start implements emulator.Runner.
func (s *sandboxed) Start(ctx context.Context, spec emulator.Spec) (emulator.Instance, error) {
	sandbox, err := s.sandboxer.Sandbox(ctx, emulator.Layout{
		Image: s.image, TmpMB: 1, MemoryLimit: spec.MemoryLimit, Processors: spec.Processors,
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
	s.closing.Go(func() {
		<-instance.Exited()
		_ = sandbox.Close()
	})
	return instance, nil
}
