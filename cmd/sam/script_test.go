package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"sam/emulator/emulatortest"
)

var update = flag.Bool("update", false, "rewrite the expectations of scripts and generated documents")

// packageClients are the variables by which pip and npm find their registries.
var packageClients = []string{"PIP_CERT", "PIP_INDEX_URL", "PIP_CONFIG_FILE", "NPM_CONFIG_USERCONFIG", "NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "HTTPS_PROXY"}

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"sam": main})
}

// TestScripts runs testdata/script: each file is a session at the command
// line, with its input, its expectations, and the reason for both.
func TestScripts(t *testing.T) {
	root := emulatortest.Root(t)
	node := emulatortest.RequireRuntime(t, "nodejs20.x")
	python := emulatortest.RequireRuntime(t, "python3.11")
	cache := t.TempDir() // shared, as on a user's machine
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join(root, "testdata", "script"),
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("FUNCTIONS", filepath.Join(root, "testdata", "functions"))
			env.Setenv("XDG_CACHE_HOME", filepath.Join(cache, "cache"))
			env.Setenv("NODE", node.Path)
			env.Setenv("PYTHON", python.Path)
			env.Setenv("SAM_RUNTIME_PATH_NODEJS20_X", node.Path)
			env.Setenv("SAM_RUNTIME_PATH_PYTHON3_11", python.Path)
			env.Setenv("HOME", env.WorkDir)
			for _, name := range packageClients {
				env.Setenv(name, os.Getenv(name))
			}
			return nil
		},
		Condition: func(condition string) (bool, error) {
			if condition != "network" {
				return false, fmt.Errorf("unknown condition %q", condition)
			}
			return emulatortest.Required("network"), nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"alive":  cmdAlive,
			"empty":  cmdEmpty,
			"fill":   cmdFill,
			"signal": cmdSignal,
		},
	})
}
