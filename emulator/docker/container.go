package docker

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/containerd/errdefs"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/mount"
	"github.com/moby/moby/client"

	"sam/emulator"
	"sam/emulator/process"
)

const (
	// startLimit is how long a container may take to start, endLimit how long to
	// end when its keeper was told to.
	startLimit, endLimit = time.Minute, 20 * time.Second
	// cpuPeriod is in microseconds: what the kernel proposes.
	cpuPeriod = 100000
	// ownerLabel says which program a container belongs to.
	ownerLabel = "sam.owner"
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
	if err := s.run(ctx); err != nil {
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		return nil, errors.Join(fmt.Errorf("start a container of %s: %w", layout.Image.Name, err), s.Close())
	}
	if r.options.Network != hostNetwork {
		return networked{s}, nil
	}
	return s, nil
}

// A sandbox is a container.
type sandbox struct {
	runner    *Runner
	layout    emulator.Layout
	reception *process.Reception
	id        string             // of the container, once it was made
	gone      chan struct{}      // closed when it was removed
	inner     *process.Contained // nil until the keeper has reported
	closing   sync.Once
	closed    error
}

// A networked is one whose network is not the host's.
type networked struct{ *sandbox }

// Listen implements emulator.Networked.
func (n networked) Listen() (net.Listener, error) { return n.inner.Listen() }

// Start implements emulator.Runner. The limit of the processors is the
// container's.
func (s *sandbox) Start(ctx context.Context, spec emulator.Spec) (emulator.Instance, error) {
	spec.Processors = 0
	return s.inner.Start(ctx, spec)
}

// List implements emulator.Lister.
func (s *sandbox) List(dir string) ([]string, error) { return s.inner.List(dir) }

func (s *sandbox) run(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(ctx, startLimit, fmt.Errorf("it does not start within %v", startLimit))
	defer cancel()
	info, err := s.runner.info()
	if err != nil {
		return err
	}
	config, host := s.configure()
	config.User = s.runner.user(info)
	if slices.Contains(info.SecurityOptions, "name=userns") {
		host.UsernsMode = "host" // other ids could not read what is mounted
	}
	made, err := s.runner.client.ContainerCreate(ctx, client.ContainerCreateOptions{Config: config, HostConfig: host})
	if err != nil {
		return err
	}
	s.id, s.gone = made.ID, make(chan struct{})
	removed := s.runner.client.ContainerWait(context.WithoutCancel(ctx), s.id, client.ContainerWaitOptions{Condition: container.WaitConditionRemoved})
	go func() {
		defer close(s.gone)
		select {
		case <-removed.Result:
		case <-removed.Error: // also when the engine is gone
		}
	}()
	if _, err := s.runner.client.ContainerStart(ctx, s.id, client.ContainerStartOptions{}); err != nil {
		if strings.Contains(err.Error(), "bind source path does not exist") {
			return &elsewhereError{s.runner.options.Host}
		}
		return err
	}
	s.inner, err = s.reception.Await(ctx, s.gone)
	return err
}

// An elsewhereError says that an engine does not see our files.
type elsewhereError struct{ host string }

func (e *elsewhereError) Error() string {
	return "the engine at " + e.host + " does not see the files of this machine"
}

// Hint says what to do about it.
func (*elsewhereError) Hint() string {
	return "use an engine on this machine: DOCKER_HOST=unix:///var/run/docker.sock"
}

// configure makes the container what Lambda's environments are: a root directory
// that nobody can write to, no privileges.
func (s *sandbox) configure() (*container.Config, *container.HostConfig) {
	config := &container.Config{
		Image: s.layout.Image.ID, Entrypoint: s.reception.Command(), Env: process.KeeperEnvironment, WorkingDir: "/",
		Labels: map[string]string{ownerLabel: process.Owner()}, Healthcheck: &container.HealthConfig{Test: []string{"NONE"}},
	}
	no := false
	host := &container.HostConfig{
		NetworkMode: container.NetworkMode(s.runner.options.Network), AutoRemove: true, ReadonlyRootfs: true, Init: &no,
		CapDrop: []string{"ALL"}, SecurityOpt: []string{"no-new-privileges"}, LogConfig: container.LogConfig{Type: "none"},
		Tmpfs:     map[string]string{"/tmp": fmt.Sprintf("exec,nosuid,nodev,mode=1777,size=%dm", s.layout.TmpMB)},
		Resources: container.Resources{Memory: process.ContainerMemory(s.layout)},
	}
	if s.layout.Processors > 0 {
		host.CPUPeriod, host.CPUQuota = cpuPeriod, max(1000, int64(s.layout.Processors*cpuPeriod)) // the kernel takes no less
	}
	ownNames := s.runner.options.Network != hostNetwork // and Docker writes the files for them
	for _, m := range s.reception.Mounts() {
		if len(m.Sources) == 0 || ownNames && strings.HasPrefix(m.Target, "/etc/") {
			continue
		}
		delete(host.Tmpfs, m.Target) // the engine would mount it above
		host.Mounts = append(host.Mounts, mount.Mount{Type: mount.TypeBind, Source: m.Sources[0], Target: m.Target, ReadOnly: !m.Writable})
	}
	if ownNames {
		for _, line := range s.layout.Hosts {
			address, names, _ := strings.Cut(line, " ")
			for name := range strings.FieldsSeq(names) {
				host.ExtraHosts = append(host.ExtraHosts, name+":"+address)
			}
		}
		for _, server := range s.layout.Nameservers {
			host.DNS = append(host.DNS, netip.MustParseAddr(server)) // it was checked
		}
	}
	return config, host
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

// remove has the engine remove the container, which it does by itself once the
// keeper has ended.
func (s *sandbox) remove() error {
	if s.id == "" {
		return nil
	}
	ctx, cancel := context.WithTimeoutCause(context.Background(), endLimit, fmt.Errorf("no answer within %v", endLimit))
	defer cancel()
	if s.inner == nil {
		_, err := s.runner.client.ContainerRemove(ctx, s.id, client.ContainerRemoveOptions{Force: true})
		if err != nil && !errdefs.IsNotFound(err) && !errdefs.IsConflict(err) { // in conflict with itself
			return s.left(err)
		}
	}
	select {
	case <-s.gone:
	case <-ctx.Done():
		return s.left(context.Cause(ctx))
	}
	if _, err := s.runner.client.Ping(ctx, client.PingOptions{}); err != nil {
		return s.left(err)
	}
	return nil
}

func (s *sandbox) left(err error) error {
	return fmt.Errorf("remove container %.12s, which the next start of sam will try again: %w", s.id, err)
}

// sweep removes the containers of programs that were killed before these had
// started them: others are removed when they end.
func (r *Runner) sweep(ctx context.Context) {
	process.SweepReceptions()
	left, err := r.client.ContainerList(ctx, client.ContainerListOptions{All: true, Filters: make(client.Filters).Add("label", ownerLabel)})
	if err != nil {
		return // who is about to use the engine will say it
	}
	for _, c := range left.Items {
		if process.OwnerGone(c.Labels[ownerLabel]) {
			_, _ = r.client.ContainerRemove(ctx, c.ID, client.ContainerRemoveOptions{Force: true}) // it is tried again by the next program
		}
	}
}
