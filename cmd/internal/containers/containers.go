// Package containers opens the backends that run functions in containers, as the
// user wants them. It is linked into sam-containers alone.
package containers

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/containerd/log"

	"sam/cmd/internal/config"
	"sam/cmd/internal/local"
	"sam/cmd/internal/ui"
	"sam/containerd"
	"sam/emulator"
	"sam/emulator/dockerconfig"
)

// Backends are the backends, best first. stop closes those that were opened.
func Backends(u *ui.UI, h *config.Host, o local.ContainerOptions) (backends []emulator.Backend, stop func()) {
	log.L.Logger.SetOutput(io.Discard) // what containerd's client says beside its errors
	s := &set{ui: u, host: h, options: o}
	if o.Backend == "image" {
		s.begin()
	}
	return []emulator.Backend{
		{Name: "containerd", Open: s.containerd}, {Name: "docker", Open: s.docker}, {Name: "image", Open: s.unpacked, OnRequest: true},
	}, s.close
}

// A set are the backends of one command.
type set struct {
	ui      *ui.UI
	host    *config.Host
	options local.ContainerOptions
	open    []func() error
	// daemonless runs images without a daemon, if that was asked for.
	daemonless *containerd.Unpacked
}

func (s *set) close() {
	for _, close := range s.open {
		_ = close() // the command is over, and nothing of it is lost
	}
}

func (s *set) containerd(ctx context.Context) (emulator.Containers, error) {
	keeper, config, err := s.common()
	if err != nil {
		return nil, err
	}
	runner, err := containerd.Open(ctx, containerd.Options{
		Address: s.options.ContainerdAddress, Keeper: keeper, Pull: s.pull(), Credentials: config.Credentials,
		Progress: newProgress(s.ui), Notice: func(text string) { s.ui.Notice("%s", text) },
	})
	if err != nil {
		return nil, err
	}
	s.open = append(s.open, runner.Close)
	return runner, nil
}

// unpacked are images without a daemon.
func (s *set) unpacked(context.Context) (emulator.Containers, error) {
	if err := s.daemonless.Probe(); err != nil {
		return nil, fmt.Errorf("run images in namespaces: %w", err)
	}
	return s.daemonless, nil
}

// begin makes what is wanted for certain, while the template is read.
func (s *set) begin() {
	s.daemonless = containerd.NewUnpacked(filepath.Join(s.host.CacheDir(), "images"), containerd.Options{
		Pull: s.pull(), Progress: newProgress(s.ui), Notice: func(text string) { s.ui.Notice("%s", text) },
		Credentials: func(host string) (user, secret string, err error) {
			_, config, err := s.common()
			if err != nil {
				return "", "", err
			}
			return config.Credentials(host)
		},
	})
	s.open = append(s.open, s.daemonless.Close)
}

// common is what all backends need: this program, which keeps containers, and what
// Docker was told.
func (s *set) common() (keeper string, config *dockerconfig.Config, err error) {
	keeper, err = os.Executable()
	if err == nil {
		_, err = os.Stat(keeper)
	}
	if err != nil {
		return "", nil, fmt.Errorf("this program keeps containers, which takes a file of it, and the cache cannot be used for that: %w", err)
	}
	config, err = dockerconfig.Load(cmp.Or(s.host.Getenv("DOCKER_CONFIG"), filepath.Join(s.host.Home, ".docker")))
	return keeper, config, err
}

func (s *set) pull() emulator.PullPolicy {
	switch {
	case s.options.SkipPullImage:
		return emulator.PullNever
	case s.options.ForcePull:
		return emulator.PullAlways
	}
	return emulator.PullMissing
}
