// Package containerd is the Runner that starts execution environments as
// containers of a containerd.
//
// It owns images, containers and what is left of them. Processes in a container
// are the affair of its keeper. All that it has in containerd is in a namespace
// of its own.
package containerd

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	containerd "github.com/containerd/containerd/v2/client"
	"github.com/containerd/containerd/v2/pkg/namespaces"
	"github.com/opencontainers/runtime-spec/specs-go"

	"sam/emulator"
	"sam/emulator/process"
)

// namespace is what containerd keeps ours apart by.
const namespace = "sam"

// answerLimit is how long containerd may take to say that it is there.
const answerLimit = 2 * time.Second

// Options are what a Runner is told.
type Options struct {
	// Address is the path of containerd's socket.
	Address string
	// Keeper is the path of a program of ours, linked statically, that keeps
	// containers: see process.Keep.
	Keeper string
	// Pull says when images are pulled.
	Pull emulator.PullPolicy
	// Credentials returns the user and the password for a registry.
	Credentials func(host string) (user, secret string, err error)
	// Progress is told of downloads, Notice of what the user might wonder about.
	Progress emulator.Progress
	Notice   func(string)
}

// A Runner starts containers. It must be closed.
type Runner struct {
	options     Options
	client      *containerd.Client
	snapshotter string
	user        specs.User
	sweeping    sync.WaitGroup

	mu     sync.Mutex
	images map[string]containerd.Image // that were made ready, by ID
}

// An UnavailableError says why containerd cannot be used.
type UnavailableError struct {
	Address string
	Err     error
}

func (e *UnavailableError) Error() string {
	return fmt.Sprintf("containerd does not answer at %s: %v", e.Address, e.Err)
}
func (e *UnavailableError) Unwrap() error { return e.Err }

// Hint says what to do about it.
func (e *UnavailableError) Hint() string {
	switch {
	case errors.Is(e.Err, os.ErrNotExist):
		return "start it (systemctl start containerd), or point to its socket with --containerd-address"
	case errors.Is(e.Err, os.ErrPermission):
		return "run sam as a user who may open it, or use another way: --backend image takes neither a daemon nor rights"
	}
	return "see whether it runs: systemctl status containerd"
}

// Open connects to containerd. The error is an *UnavailableError, or the end of
// ctx.
func Open(ctx context.Context, options Options) (*Runner, error) {
	unavailable := func(err error) error {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return &UnavailableError{options.Address, err}
	}
	if err := process.Reachable(ctx, options.Address); err != nil {
		return nil, unavailable(err)
	}
	client, err := containerd.New(options.Address, containerd.WithTimeout(answerLimit), containerd.WithDefaultNamespace(namespace))
	if err != nil {
		return nil, unavailable(err)
	}
	r := &Runner{options: options, client: client, user: user(options.Address), images: make(map[string]containerd.Image)}
	limited, cancel := context.WithTimeoutCause(r.in(ctx), answerLimit, fmt.Errorf("no answer within %v", answerLimit))
	defer cancel()
	if r.snapshotter, err = r.chooseSnapshotter(limited); err != nil {
		if limited.Err() != nil {
			err = context.Cause(limited)
		}
		return nil, errors.Join(unavailable(err), client.Close())
	}
	r.sweeping.Go(func() { r.sweep(r.in(context.WithoutCancel(ctx))) })
	return r, nil
}

// chooseSnapshotter returns the first snapshotter that works there: overlayfs
// does not on every file system.
func (r *Runner) chooseSnapshotter(ctx context.Context) (string, error) {
	plugins, err := r.client.IntrospectionService().Plugins(ctx, "type==io.containerd.snapshotter.v1")
	if err != nil {
		return "", err
	}
	for _, name := range []string{"overlayfs", "fuse-overlayfs", "native"} {
		for _, plugin := range plugins.Plugins {
			if plugin.ID == name && plugin.InitErr == nil {
				return name, nil
			}
		}
	}
	return "", errors.New("it has no snapshotter that works: overlayfs, fuse-overlayfs or native")
}

// Close implements io.Closer. Sandboxes are closed before.
func (r *Runner) Close() error {
	r.sweeping.Wait()
	return r.client.Close()
}

// in is ctx in our namespace.
func (r *Runner) in(ctx context.Context) context.Context {
	return namespaces.WithNamespace(ctx, namespace)
}
