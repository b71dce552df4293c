package emulator_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"

	"sam/bootstraps"
	"sam/containerd"
	"sam/emulator"
	"sam/emulator/docker"
	"sam/emulator/emulatortest"
	"sam/emulator/emulatortest/containertest"
)

// contained are the runtimes that are tried in containers as well.
var contained = []string{"nodejs8.10", "python3.11", "provided.al2023"}

// TestRuntimesInContainerd tries functions in containers of images that have the
// interpreters of this machine.
func TestRuntimesInContainerd(t *testing.T) {
	runner, err := containerd.Open(t.Context(), containerd.Options{Address: containertest.Containerd(t), Keeper: containertest.Keeper(t)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := runner.Close(); err != nil {
			t.Error(err)
		}
	})
	testRuntimes(t, inImages(t, runner), func(label string) bool { return slices.Contains(contained, label) })
}

// TestRuntimesInDocker does the same in Docker.
func TestRuntimesInDocker(t *testing.T) {
	runner, err := docker.Open(t.Context(), docker.Options{Host: "unix://" + containertest.Dockerd(t), Keeper: containertest.Keeper(t)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := runner.Close(); err != nil {
			t.Error(err)
		}
	})
	testRuntimes(t, inImages(t, runner), func(label string) bool { return label == "python3.11" })
}

// TestRuntimesInUnpackedImages does the same without a daemon.
func TestRuntimesInUnpackedImages(t *testing.T) {
	runner := containerd.NewUnpacked(t.TempDir(), containerd.Options{})
	if err := runner.Probe(); err != nil {
		emulatortest.Lacks(t, "namespaces", err.Error())
	}
	t.Cleanup(func() {
		if err := runner.Close(); err != nil {
			t.Error(err)
		}
	})
	testRuntimes(t, inImages(t, runner), func(label string) bool { return slices.Contains(contained, label) })
}

// inImages has functions run in containers, each in one of an image with its
// interpreter.
func inImages(t *testing.T, containers emulator.Containers) place {
	var mu sync.Mutex
	archives := make(map[string]string)
	archive := func(in bootstraps.Interpreter) string {
		mu.Lock()
		defer mu.Unlock()
		if archives[in.Path] == "" {
			var image containertest.Image
			if in.Path != "" {
				image = containertest.Interpreter(in, false)
			}
			archives[in.Path] = containertest.Archive(t, fmt.Sprintf("interpreter:%d", len(archives)), image.Build(t))
		}
		return archives[in.Path]
	}
	return place{isolated: true, on: func(t *testing.T, c *emulator.Config, in bootstraps.Interpreter) {
		c.NoHost = true
		c.ImageOf = func(*emulator.Function) string { return archive(in) }
		c.Backends = []emulator.Backend{{Name: "containers", Open: func(context.Context) (emulator.Containers, error) { return containers, nil }}}
	}}
}
