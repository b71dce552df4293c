package containers

import (
	"cmp"
	"context"
	"os"
	"path/filepath"

	"sam/emulator"
	"sam/emulator/docker"
	"sam/emulator/dockerconfig"
)

// dockerSocket is where Docker's engine listens unless it is told otherwise.
const dockerSocket = "/var/run/docker.sock"

func (s *set) docker(ctx context.Context) (emulator.Containers, error) {
	keeper, config, err := s.common()
	if err != nil {
		return nil, err
	}
	host, err := s.engine(config)
	if err != nil {
		return nil, err
	}
	runner, err := docker.Open(ctx, docker.Options{
		Host: host, Network: s.options.DockerNetwork, Keeper: keeper, Pull: s.pull(), Credentials: config.Credentials,
		Progress: newProgress(s.ui), Notice: func(text string) { s.ui.Notice("%s", text) },
	})
	if err != nil {
		return nil, err
	}
	s.open = append(s.open, runner.Close)
	return runner, nil
}

// engine is the address of Docker's engine, found as Docker's own command does;
// else where Docker Desktop, Rancher Desktop, a rootless Docker or Podman listen.
// https://docs.docker.com/engine/manage-resources/contexts/
func (s *set) engine(config *dockerconfig.Config) (string, error) {
	if host := s.host.Getenv("DOCKER_HOST"); host != "" {
		return host, nil
	}
	host, err := config.Engine(s.host.Getenv("DOCKER_CONTEXT"))
	if err != nil || host != "" {
		return host, err
	}
	runtimeDir := cmp.Or(s.host.Getenv("XDG_RUNTIME_DIR"), "/run")
	for _, socket := range []string{
		dockerSocket, filepath.Join(s.host.Home, ".docker/run/docker.sock"), filepath.Join(s.host.Home, ".rd/docker.sock"),
		filepath.Join(runtimeDir, "docker.sock"), filepath.Join(runtimeDir, "podman/podman.sock"), "/run/podman/podman.sock",
	} {
		if _, err := os.Stat(socket); err == nil {
			return "unix://" + socket, nil
		}
	}
	return "unix://" + dockerSocket, nil
}
