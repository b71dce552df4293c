package containerd

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"syscall"
	"time"

	containerd "github.com/containerd/containerd/v2/client"
	"github.com/containerd/containerd/v2/core/containers"
	"github.com/containerd/containerd/v2/pkg/cio"
	"github.com/containerd/containerd/v2/pkg/oci"
	"github.com/containerd/errdefs"
	"github.com/google/uuid"
	"github.com/opencontainers/runtime-spec/specs-go"

	"sam/emulator"
	"sam/emulator/process"
)

const (
	// startLimit is how long a container may take to start, endLimit how long to
	// end when its keeper was told to.
	startLimit, endLimit = time.Minute, 10 * time.Second
	// cpuPeriod is in microseconds: what the kernel proposes.
	cpuPeriod = 100000
)

// Sandbox implements emulator.Sandboxer: it starts a container.
func (r *Runner) Sandbox(ctx context.Context, layout emulator.Layout) (emulator.Sandbox, error) {
	if err := ctx.Err(); err != nil {
		return nil, context.Cause(ctx)
	}
	reception, err := process.NewReception(r.options.Keeper, layout)
	if err != nil {
		return nil, err
	}
	s := &sandbox{runner: r, layout: layout, reception: reception}
	if err := s.run(r.in(ctx)); err != nil {
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		return nil, errors.Join(fmt.Errorf("start a container of %s: %w", layout.Image.Name, err), s.Close())
	}
	return s, nil
}

// A sandbox is a container.
type sandbox struct {
	runner    *Runner
	layout    emulator.Layout
	reception *process.Reception
	container containerd.Container
	task      containerd.Task
	gone      chan struct{}      // closed when the task has ended
	inner     *process.Contained // nil until the keeper has reported
	closing   sync.Once
	closed    error
}

// Start implements emulator.Runner. The limit of the processors is the
// container's.
func (s *sandbox) Start(ctx context.Context, spec emulator.Spec) (emulator.Instance, error) {
	spec.Processors = 0
	return s.inner.Start(ctx, spec)
}

// List implements emulator.Lister.
func (s *sandbox) List(dir string) ([]string, error) { return s.inner.List(dir) }

func (s *sandbox) run(ctx context.Context) (err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, startLimit, fmt.Errorf("it does not start within %v", startLimit))
	defer cancel()
	s.runner.mu.Lock()
	image := s.runner.images[s.layout.Image.ID]
	s.runner.mu.Unlock()
	id := "sam-" + uuid.NewString()
	s.container, err = s.runner.client.NewContainer(ctx, id,
		containerd.WithContainerLabels(map[string]string{ownerLabel: process.Owner()}),
		containerd.WithSnapshotter(s.runner.snapshotter), containerd.WithNewSnapshot(id, image),
		containerd.WithNewSpec(s.configure))
	if err != nil {
		return err
	}
	if s.task, err = s.container.NewTask(ctx, cio.NullIO); err != nil {
		return err
	}
	exited, err := s.task.Wait(context.WithoutCancel(ctx))
	if err != nil {
		return err
	}
	s.gone = make(chan struct{})
	go func() {
		<-exited // also when containerd is gone
		close(s.gone)
	}()
	if err := s.task.Start(ctx); err != nil {
		return err
	}
	s.inner, err = s.reception.Await(ctx, s.gone)
	return err
}

// configure makes the container what Lambda's environments are: a root directory
// that nobody can write to, no privileges. The network is the host's.
func (s *sandbox) configure(_ context.Context, _ oci.Client, _ *containers.Container, c *oci.Spec) error {
	c.Process.Args = s.reception.Command()
	c.Process.Env = process.KeeperEnvironment
	c.Process.User = s.runner.user
	c.Process.Capabilities = &specs.LinuxCapabilities{}
	c.Root.Readonly = true
	c.Mounts = append(c.Mounts, s.mounts()...)
	c.Linux.Namespaces = slices.DeleteFunc(c.Linux.Namespaces, func(n specs.LinuxNamespace) bool { return n.Type == specs.NetworkNamespace })
	if limit := process.ContainerMemory(s.layout); limit > 0 {
		c.Linux.Resources.Memory = &specs.LinuxMemory{Limit: &limit}
	}
	if s.layout.Processors > 0 {
		period, quota := uint64(cpuPeriod), max(1000, int64(s.layout.Processors*cpuPeriod)) // the kernel takes no less
		c.Linux.Resources.CPU = &specs.LinuxCPU{Period: &period, Quota: &quota}
	}
	return nil
}

func (s *sandbox) mounts() []specs.Mount {
	list := []specs.Mount{{
		Destination: "/tmp", Type: "tmpfs", Source: "tmpfs",
		Options: []string{"nosuid", "nodev", "mode=1777", fmt.Sprintf("size=%dm", s.layout.TmpMB)},
	}}
	for _, mount := range s.reception.Mounts() {
		if len(mount.Sources) == 0 {
			continue // what the image has there is good
		}
		access := "ro"
		if mount.Writable {
			access = "rw"
		}
		list = append(list, specs.Mount{
			Destination: mount.Target, Type: "bind", Source: mount.Sources[0],
			Options: []string{"rbind", "nosuid", "nodev", access},
		})
	}
	return list
}

// Close implements emulator.Sandbox.
func (s *sandbox) Close() error {
	s.closing.Do(func() {
		if s.inner != nil {
			s.closed = s.inner.Close()
		}
		s.closed = errors.Join(s.closed, s.remove(), s.reception.Close())
	})
	return s.closed
}

// remove removes the container, as far as it was made.
func (s *sandbox) remove() error {
	if s.container == nil {
		return nil
	}
	ctx, cancel := context.WithTimeoutCause(s.runner.in(context.Background()), endLimit, fmt.Errorf("no answer within %v", endLimit))
	defer cancel()
	err := s.end(ctx)
	if err == nil {
		err = s.container.Delete(ctx, containerd.WithSnapshotCleanup)
	}
	if err != nil && !errdefs.IsNotFound(err) {
		return fmt.Errorf("remove container %s, which the next start of sam will try again: %w", s.container.ID(), err)
	}
	return nil
}

// end waits for the end of the keeper, which was told to, or kills one that has
// not come so far.
func (s *sandbox) end(ctx context.Context) error {
	if s.task == nil {
		return nil
	}
	if s.inner == nil {
		_, err := s.task.Delete(ctx, containerd.WithProcessKill)
		return err
	}
	select {
	case <-s.gone:
		_, err := s.task.Delete(ctx)
		return err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// user is who the processes are: the user who started this program, so that they
// can read what that one can. Root of a rootless containerd is that user.
func user(address string) specs.User {
	var stat syscall.Stat_t
	if err := syscall.Stat(address, &stat); err == nil && stat.Uid != 0 {
		return specs.User{}
	}
	return specs.User{UID: uint32(os.Getuid()), GID: uint32(os.Getgid())}
}
