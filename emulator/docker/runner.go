// Package docker is the Runner that starts execution environments as containers of
// a Docker Engine, or of what has its API: Podman, Rancher Desktop.
//
// It owns images, containers and what is left of them. Processes in a container
// are the affair of its keeper.
package docker

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/containerd/errdefs"
	"github.com/moby/moby/api/types/system"
	"github.com/moby/moby/client"

	"sam/emulator"
	"sam/emulator/process"
)

// answerLimit is how long an engine may take to say that it is there.
const answerLimit = 5 * time.Second

// hostNetwork is the network that containers are in unless they are told
// otherwise: that of the host.
const hostNetwork = "host"

// Options are what a Runner is told.
type Options struct {
	// Host is the address of the engine, such as unix:///var/run/docker.sock.
	Host string
	// Keeper is the path of a program of ours, linked statically, that keeps
	// containers: see process.Keep.
	Keeper string
	// Network is the name or the id of the network that containers are in; empty is
	// the host's.
	Network string
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
	options Options
	client  *client.Client
	info    func() (system.Info, error) // about the engine
	waiting sync.WaitGroup              // goroutines of its own
}

// An UnavailableError says why an engine cannot be used.
type UnavailableError struct {
	Host string
	Err  error
}

func (e *UnavailableError) Error() string {
	return fmt.Sprintf("no Docker engine answers at %s: %v", e.Host, e.Err)
}
func (e *UnavailableError) Unwrap() error { return e.Err }

// Hint says what to do about it.
func (e *UnavailableError) Hint() string {
	switch {
	case errors.Is(e.Err, os.ErrNotExist):
		return "start Docker (systemctl start docker), or point to the socket of an engine with DOCKER_HOST"
	case errors.Is(e.Err, os.ErrPermission):
		return "let this user use Docker (usermod -aG docker USER, and log in again), or use a rootless engine"
	}
	return "see whether it runs: docker info"
}

// Open connects to an engine. The error is an *UnavailableError, one about the
// network, or the end of ctx.
func Open(ctx context.Context, options Options) (*Runner, error) {
	if options.Network == "" {
		options.Network = hostNetwork
	}
	c, err := client.New(client.WithTLSClientConfigFromEnv(), client.WithHost(options.Host), client.WithAPIVersionFromEnv())
	if err != nil {
		return nil, &UnavailableError{options.Host, err}
	}
	r := &Runner{options: options, client: c}
	if err := r.connect(ctx); err != nil {
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		return nil, errors.Join(err, c.Close())
	}
	background := context.WithoutCancel(ctx)
	r.info = sync.OnceValues(func() (system.Info, error) {
		result, err := c.Info(background, client.InfoOptions{})
		return result.Info, err
	})
	r.waiting.Go(func() { _, _ = r.info() }) // while an image is looked for
	r.waiting.Go(func() { r.sweep(background) })
	return r, nil
}

func (r *Runner) connect(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(ctx, answerLimit, fmt.Errorf("no answer within %v", answerLimit))
	defer cancel()
	if path, found := strings.CutPrefix(r.options.Host, "unix://"); found {
		// The client's own error names neither the socket nor the reason.
		if err := process.Reachable(ctx, path); err != nil {
			return &UnavailableError{r.options.Host, err}
		}
	}
	if _, err := r.client.Ping(ctx, client.PingOptions{NegotiateAPIVersion: true}); err != nil {
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		return &UnavailableError{r.options.Host, err}
	}
	if r.options.Network == hostNetwork || strings.HasPrefix(r.options.Network, "container:") {
		return nil
	}
	_, err := r.client.NetworkInspect(ctx, r.options.Network, client.NetworkInspectOptions{})
	if errdefs.IsNotFound(err) {
		return &networkError{r.options.Network}
	}
	if err != nil {
		return fmt.Errorf("look for the network %s: %w", r.options.Network, err)
	}
	return nil
}

// A networkError says that there is no such network.
type networkError struct{ name string }

func (e *networkError) Error() string { return "network " + e.name + " not found" }

// Hint says what to do about it.
func (*networkError) Hint() string {
	return "see which there are: docker network ls; without --docker-network functions use the host's"
}

// Close implements io.Closer. Sandboxes are closed before.
func (r *Runner) Close() error {
	r.waiting.Wait()
	return r.client.Close()
}

// user is who the processes are: the user who started this program, so that they
// can read what that one can. Root of a rootless engine is that user.
func (r *Runner) user(info system.Info) string {
	path, isSocket := strings.CutPrefix(r.options.Host, "unix://")
	var stat syscall.Stat_t
	rootless := slices.Contains(info.SecurityOptions, "name=rootless") || isSocket && syscall.Stat(path, &stat) == nil && stat.Uid != 0
	if rootless {
		return "0:0"
	}
	return fmt.Sprintf("%d:%d", os.Getuid(), os.Getgid())
}
