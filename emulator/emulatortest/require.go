package emulatortest

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sam/bootstraps"
)

// Requirements is the environment variable that lists, with commas, the
// runtimes and parts that must be there: without one a test fails, and does
// not skip.
const Requirements = "SAM_TEST_REQUIRE"

// Required tells whether a runtime or part is among the Requirements.
func Required(name string) bool {
	return slices.Contains(strings.Split(os.Getenv(Requirements), ","), name)
}

// Lacks skips a test for want of a part, or fails it if that is among the
// Requirements.
func Lacks(t testing.TB, part, why string) {
	t.Helper()
	if Required(part) {
		t.Fatalf("%s is required by %s: %s", part, Requirements, why)
	}
	t.Skip(why)
}

// RequireRuntime returns the interpreter of exactly the version that the
// runtime asks for, one that was run and answered. If the host has none, the
// test skips, or fails if the runtime is among the Requirements.
func RequireRuntime(t testing.TB, id string) bootstraps.Interpreter {
	t.Helper()
	rt, err := bootstraps.Parse(id)
	if err != nil {
		t.Fatal(err)
	}
	finder := Finder(t)
	finder.ExactOnly = true
	interpreter, err := finder.Find(t.Context(), rt)
	if err != nil {
		Lacks(t, id, err.Error())
	}
	return interpreter
}

// Finder returns a Finder over this host and over the interpreters that `make
// parts` provides.
func Finder(t testing.TB) *bootstraps.Finder {
	t.Helper()
	home, err := os.UserHomeDir()
	if err != nil {
		t.Fatal(err)
	}
	return &bootstraps.Finder{
		Home: home, Path: os.Getenv("PATH"), Env: os.Getenv,
		Explicit:  provided(t),
		CacheFile: filepath.Join(Parts(t), "interpreters.json"),
	}
}

// Parts is the directory of what `make parts` installs.
func Parts(t testing.TB) string {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	return cmp.Or(os.Getenv("SAM_TEST_PARTS"), filepath.Join(cache, "sam-test-parts"))
}

// provided are the interpreters that `make parts` installed for the tests, in
// nodejs/VERSION below the directory of parts.
func provided(t testing.TB) map[string]string {
	t.Helper()
	explicit := make(map[string]string)
	for _, rt := range bootstraps.Runtimes() {
		paths, err := filepath.Glob(filepath.Join(Parts(t), string(rt.Language), rt.Version+".*", "node_modules/node/bin/node"))
		if err != nil {
			t.Fatal(err)
		}
		if len(paths) > 0 {
			explicit[rt.ID] = paths[0]
		}
	}
	return explicit
}
