package local

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"sam/bootstraps"
	"sam/cmd/internal/config"
	"sam/cmd/internal/ui"
	"sam/emulator"
	"sam/emulator/template"
)

// A Program is the one that these commands are in, as far as it can run functions
// in containers. What that takes would slow down every start, so sam does not have
// it, and becomes a program that does.
type Program struct {
	// Backends returns the ways to run functions in containers, best first, and how
	// to close those that were opened. It is nil if the program has none.
	Backends func(*ui.UI, *config.Host, ContainerOptions) (backends []emulator.Backend, stop func())
	// Become replaces the program by the one that has Backends. It returns only if
	// it fails.
	Become func() error
	// Complete says whether Become can work: the other program is there.
	Complete bool
}

// The backends.
const (
	backendAuto = "auto"
	backendHost = "host"

	backendDocker = "docker"
)

// containerdSocket is where containerd listens unless it is told otherwise.
const containerdSocket = "/run/containerd/containerd.sock"

// backends are those that --backend takes.
var backends = []string{backendAuto, backendHost, "containerd", backendDocker, "image"}

// ContainerOptions say how functions run in containers.
type ContainerOptions struct {
	Backend           string // the only one to be used, auto or host
	ContainerdAddress string
	Images            []string
	SkipPullImage     bool
	ForcePull         bool
	DockerNetwork     string
}

func (o *ContainerOptions) addFlags(flags *pflag.FlagSet) {
	flags.StringVar(&o.Backend, "backend", backendAuto, "`What` runs functions: host, containerd, docker, image (an image without a daemon), or auto: the host, and containers for what it has no interpreter for")
	config.FromEnv(flags, "backend", "SAM_BACKEND")
	o.addEngineFlags(flags)
	flags.StringArrayVar(&o.Images, "invoke-image", nil, "Image, or archive of one, that functions run in, as `IMAGE` or FUNCTION=IMAGE (default AWS's own)")
	flags.BoolVar(&o.SkipPullImage, "skip-pull-image", false, "Use images that are here, and pull none")
	config.FromEnv(flags, "skip-pull-image", "SAM_SKIP_PULL_IMAGE")
	flags.BoolVar(&o.ForcePull, "force-pull", false, "Pull images also if they are here")
	flags.StringVar(&o.DockerNetwork, "docker-network", "", "Name or id of the Docker `network` that containers of Docker are in (default the host's network)")
	config.FromEnv(flags, "docker-network", "SAM_DOCKER_NETWORK")
	var ignored string
	flags.StringVar(&ignored, "container-host", "", "`Host` of containers (no effect: functions call sam, and not the other way round)")
	flags.StringVar(&ignored, "container-host-interface", "", "`Address` of published ports (no effect: there are none)")
}

// addEngineFlags adds where containers are made.
func (o *ContainerOptions) addEngineFlags(flags *pflag.FlagSet) {
	flags.StringVar(&o.ContainerdAddress, "containerd-address", containerdSocket, "`Socket` of containerd")
	config.FromEnv(flags, "containerd-address", "CONTAINERD_ADDRESS")
}

func (o *ContainerOptions) check() error {
	switch {
	case !slices.Contains(backends, o.Backend):
		return fmt.Errorf("--backend: %q is none of %s", o.Backend, strings.Join(backends, ", "))
	case o.SkipPullImage && o.ForcePull:
		return errors.New("--skip-pull-image and --force-pull exclude each other")
	}
	return nil
}

// contained says whether all functions run in containers.
func (o *ContainerOptions) contained() bool {
	return o.Backend != backendAuto && o.Backend != backendHost
}

// inHostNetwork says whether all functions are in the host's network.
func (o *ContainerOptions) inHostNetwork() bool {
	return o.Backend != backendAuto && o.Backend != backendDocker || o.DockerNetwork == "host"
}

// imageOf is the image that a function runs in.
func (o *ContainerOptions) imageOf(fn *emulator.Function) string {
	image := ""
	for _, given := range o.Images {
		name, own, found := strings.Cut(given, "=")
		switch {
		case !found:
			image = cmp.Or(image, given)
		case name == fn.LogicalID || name == fn.Path || name == fn.FunctionName:
			return own
		}
	}
	if fn.Image != "" {
		return fn.Image
	}
	if image != "" {
		return image
	}
	rt, err := bootstraps.Parse(fn.Runtime)
	if err != nil {
		return "" // it was prepared, so its runtime is known
	}
	return bootstraps.DefaultImage(rt)
}

// becomeContained becomes the program that has containers, if the command line
// asks for them.
func (p *Program) becomeContained(o *ContainerOptions) error {
	if err := o.check(); err != nil || p.Backends != nil || !o.contained() {
		return err
	}
	return p.Become()
}

// handOver becomes the program that has containers, if that is what a function
// lacks which cannot be prepared because of err, and nobody forbids it. Else it
// returns err.
func (s *session) handOver(err error) error {
	defer s.release()
	_, missing := errors.AsType[*bootstraps.MissingError](err)
	if !s.canHandOver() || !missing && !errors.Is(err, emulator.ErrNoContainers) {
		return err
	}
	s.held = nil // that program says it
	s.close()
	return s.program.Become()
}

func (s *session) canHandOver() bool {
	return s.program.Backends == nil && s.program.Complete && s.options.Containers.Backend != backendHost
}

// handOverAll does the same for functions that will be prepared when they are
// called.
func (s *session) handOverAll(ctx context.Context, functions []template.Function) error {
	asked := make(map[string]bool)
	for i := range functions {
		fn := &functions[i]
		if !s.canHandOver() || fn.Unrunnable != nil || asked[fn.Runtime] {
			continue
		}
		if fn.Image != nil {
			return s.handOver(emulator.ErrNoContainers)
		}
		asked[fn.Runtime] = true
		rt, err := bootstraps.Parse(fn.Runtime)
		if err != nil {
			continue // who calls it is told
		}
		if _, err := s.finder.Find(ctx, rt); err != nil {
			if _, missing := errors.AsType[*bootstraps.MissingError](err); missing {
				return s.handOver(err)
			}
		}
	}
	return s.handOver(nil)
}

// contain adds containers to what functions run in, as far as there are any.
func (s *session) contain(c *emulator.Config, h *config.Host) {
	o := &s.options.Containers
	if s.program.Backends == nil || o.Backend == backendHost {
		return
	}
	all, stop := s.program.Backends(s.ui, h, *o)
	closeOthers := s.close
	s.close = func() { stop(); closeOthers() }
	c.NoHost, c.ImageOf = o.contained(), o.imageOf
	for _, backend := range all {
		if !o.contained() && !backend.OnRequest || backend.Name == o.Backend {
			c.Backends = append(c.Backends, backend)
		}
	}
}

// openBackend opens the first backend that works, and returns its name.
func openBackend(ctx context.Context, u *ui.UI, h *config.Host, program *Program, o ContainerOptions) (name string, stop func()) {
	if program.Backends == nil {
		return "", func() {}
	}
	all, stop := program.Backends(u, h, o)
	for _, backend := range all {
		if backend.OnRequest {
			continue
		}
		if _, err := backend.Open(ctx); err == nil {
			return backend.Name, stop
		}
	}
	return "", stop
}
