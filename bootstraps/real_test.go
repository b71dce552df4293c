package bootstraps_test

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"sam/bootstraps"
	"sam/emulator/emulatortest"
)

func TestRealInterpreters(t *testing.T) {
	for _, rt := range bootstraps.Runtimes() {
		t.Run(rt.ID, func(t *testing.T) {
			if rt.Version == "0.10" {
				t.Skip("the bootstrap does not run on Node.js 0.10, only on what stands in for it")
			}
			in := emulatortest.RequireRuntime(t, rt.ID)
			version, err := exec.CommandContext(t.Context(), in.Path, "--version").CombinedOutput() // Python 2 says it on stderr
			if err != nil {
				t.Fatalf("%s: %v", in.Path, err)
			}
			said := strings.TrimLeft(strings.TrimSpace(string(version)), "Pythonv ")
			if said != in.Version || !strings.HasPrefix(said, rt.Version+".") || !in.Exact {
				t.Errorf("found %+v, but it says that it is %s", in, said)
			}
			if real, err := filepath.EvalSymlinks(in.Path); real != in.Path {
				t.Errorf("%s is not the binary itself, that is %s, %v", in.Path, real, err)
			}
			again, err := emulatortest.Finder(t).Find(t.Context(), rt)
			if err != nil || again != in {
				t.Errorf("found %+v and then %+v, %v", in, again, err)
			}
		})
	}
}
