package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"sam/cmd/internal/carried"
	"sam/cmd/internal/command"
	"sam/emulator/emulatortest"
	"sam/emulator/emulatortest/containertest"
)

// BenchmarkContainers compares functions in containers with what the daemons' own
// commands do: start a container of the same image with the bare interpreter, which
// loads the same handler and calls it once. Requests to warm functions are compared
// with those of the host.
func BenchmarkContainers(b *testing.B) {
	if !carried.Has(command.ContainersProgram) {
		b.Skip("this sam has no containers")
	}
	const image = "python3.11:1"
	stack := stacks[1]
	interpreter := emulatortest.RequireRuntime(b, stack.runtime)
	archive := containertest.Archive(b, image, containertest.Interpreter(interpreter, false).Build(b))
	containerd, docker := containertest.Containerd(b), "unix://"+containertest.Dockerd(b)
	hello, root := stack.hello(b), emulatortest.Root(b)
	event := filepath.Join(b.TempDir(), "event.json")
	if err := os.WriteFile(event, []byte(`{"path": "/hello"}`), 0o600); err != nil {
		b.Fatal(err)
	}
	b.Setenv("DOCKER_HOST", docker)
	for _, args := range [][]string{{"load", "--input", archive}, {"network", "create", "bench"}} {
		if out, err := exec.Command("docker", args...).CombinedOutput(); err != nil {
			b.Fatalf("%v: %s", err, out)
		}
	}
	b.Cleanup(func() { _ = exec.Command("docker", "network", "rm", "bench").Run() })
	bare := []string{"/var/lang/bin/python3.11", "/bench/" + stack.bare, "/var/task", "/event.json"}
	mounts := map[string]string{"/bench": filepath.Join(root, "testdata/bench"), "/var/task": hello.code, "/event.json": event}
	ctr := []string{"ctr", "--address", containerd, "--namespace", "sam", "run", "--rm", "--net-host"}
	dockerRun := func(network string) []string {
		args := []string{"docker", "--host", docker, "run", "--rm", "--network", network}
		for at, source := range mounts {
			args = append(args, "--volume", source+":"+at+":ro")
		}
		return append(append(args, image), bare...)
	}
	for at, source := range mounts {
		ctr = append(ctr, "--mount", "type=bind,src="+source+",dst="+at+",options=rbind:ro")
	}
	ctr = append(append(ctr, "docker.io/library/"+image, "bench"), bare...)
	template := writeTemplate(b, []route{hello})
	invoke := func(backend, image string) []string {
		return []string{
			binary(b), "local", "invoke", "-e", event, "-t", template, "--backend", backend, "--invoke-image", image,
			"--containerd-address", containerd, "--runtime-path", stack.runtime + "=" + interpreter.Path,
		}
	}
	imported := exec.Command(binary(b), invoke("containerd", archive)[1:]...)
	imported.Env = cleanEnv(b)
	if out, err := imported.CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	b.Run("cold/ctr", func(b *testing.B) { compare(b, "ctr", ctr, "sam", invoke("containerd", image)) })
	// Docker's own default is a network with a bridge.
	b.Run("cold/docker-run", func(b *testing.B) { compare(b, "docker", dockerRun("bench"), "sam", invoke("containerd", image)) })
	b.Run("cold/docker-run-host", func(b *testing.B) { compare(b, "docker", dockerRun("host"), "sam", invoke("containerd", image)) })
	b.Run("cold/host", func(b *testing.B) {
		compare(b, "host", invoke("host", image), "containerd", invoke("containerd", image))
	})
	unpacked := exec.Command(binary(b), invoke("image", archive)[1:]...)
	unpacked.Env = cleanEnv(b)
	if out, err := unpacked.CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	b.Run("cold/daemonless", func(b *testing.B) { compare(b, "host", invoke("host", image), "image", invoke("image", image)) })
	requests := func(backend string) func() float64 {
		s := serve(b, append(startAPI(b, binary(b), []route{hello}), "--backend", backend, "--invoke-image", image, "--containerd-address", containerd)...)
		return func() float64 {
			began := time.Now()
			for range 100 {
				get(b, s.url+hello.path)
			}
			return sinceMS(began) / 100
		}
	}
	b.Run("warm", func(b *testing.B) { pairs(b, "host", requests("host"), "containerd", requests("containerd")) })
}
