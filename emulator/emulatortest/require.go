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
	finder := Finder(t)
	finder.ExactOnly = true
	return find(t, parse(t, id), finder, id)
}

// RequireStandIn returns the interpreter that runs the runtime on this host,
// of whichever version. If there is none, the test skips, or fails if the
// runtime's language is among the Requirements.
func RequireStandIn(t testing.TB, id string) bootstraps.Interpreter {
	t.Helper()
	rt := parse(t, id)
	return find(t, rt, Finder(t), string(rt.Language))
}

func parse(t testing.TB, id string) bootstraps.Runtime {
	t.Helper()
	rt, err := bootstraps.Parse(id)
	if err != nil {
		t.Fatal(err)
	}
	return rt
}

func find(t testing.TB, rt bootstraps.Runtime, finder *bootstraps.Finder, part string) bootstraps.Interpreter {
	t.Helper()
	interpreter, err := finder.Find(t.Context(), rt)
	if err != nil {
		Lacks(t, part, err.Error())
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
	path := filepath.SplitList(os.Getenv("PATH"))
	for _, pattern := range []string{"nodejs/*/node_modules/node/bin", "*/*/bin"} {
		dirs, err := filepath.Glob(filepath.Join(Parts(t), pattern))
		if err != nil {
			t.Fatal(err)
		}
		path = append(path, dirs...)
	}
	return &bootstraps.Finder{
		Home: home, Path: strings.Join(path, string(filepath.ListSeparator)), Env: os.Getenv,
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
