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
			if !rt.Interpreted() {
				t.Skip("its functions run without an interpreter")
			}
			in := emulatortest.RequireRuntime(t, rt.ID)
			ask := "--version"
			switch rt.Language {
			case bootstraps.Java:
				ask = "-version"
			case bootstraps.DotNet:
				ask = "--info"
			}
			said, err := exec.CommandContext(t.Context(), in.Path, ask).CombinedOutput() // Python 2 and Java say it on stderr
			if err != nil {
				t.Fatalf("%s: %v", in.Path, err)
			}
			text := strings.Replace(string(said), `"1.8.0_`, `"8.0.`, 1)
			if !strings.Contains(text, in.Version) || !strings.HasPrefix(in.Version, rt.Version+".") || !in.Exact {
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
