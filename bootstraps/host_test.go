package bootstraps

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A host is a made-up host below a temporary directory. Its interpreters are
// scripts that answer a probe, and nothing else, and write down that they were
// asked. They stand for where interpreters lie, not for how they behave: for
// that there are tests with real ones.
type host struct {
	t    testing.TB
	dir  string
	vars map[string]string
}

func newHost(t testing.TB) *host {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return &host{t, dir, make(map[string]string)}
}

// path makes a path of the host one of the real file system.
func (h *host) path(name string) string { return filepath.Join(h.dir, name) }

func (h *host) finder() *Finder {
	return &Finder{
		Home:      h.path("home"),
		Path:      h.path("bin") + string(os.PathListSeparator) + h.path("usr/bin"),
		Env:       func(name string) string { return h.vars[name] },
		Dir:       h.path("project"),
		Root:      h.dir,
		CacheFile: h.path("cache/sam/interpreters.json"),
	}
}

func (h *host) python(name, version string) string {
	return h.script(name, fmt.Sprintf(`[ "$1" = -S ] || { echo "unknown option $1" >&2; exit 2; }
printf 'python\t%%s\t%%s\n' %s "$0"`, version))
}

func (h *host) node(name, version string) string {
	return h.script(name, fmt.Sprintf(`[ "$1" = -e ] || { echo "bad option: $1" >&2; exit 9; }
printf 'nodejs\t%%s\t%%s\n' %s "$0"`, version))
}

func (h *host) java(name, version string) string {
	return h.script(name, fmt.Sprintf(`[ "$1" = -XshowSettings:properties ] || { echo "Unrecognized option: $1" >&2; exit 1; }
printf 'Property settings:\n    java.home = %%s\n    java.version = %%s\n' "${0%%/bin/*}" %s >&2`, version))
}

// dotnet makes a dotnet with the runtimes of several versions.
func (h *host) dotnet(name string, versions ...string) string {
	return h.script(name, fmt.Sprintf(`[ "$1" = --list-runtimes ] || { echo "no SDK has $1" >&2; exit 145; }
for version in %s; do
	printf 'Microsoft.NETCore.App %%s [%%s/shared/Microsoft.NETCore.App]\n' $version "${0%%/*}"
done`, strings.Join(versions, " ")))
}

func (h *host) ruby(name, version string) string {
	return h.script(name, fmt.Sprintf(`[ "$1" = --disable-gems ] || { echo "invalid option $1" >&2; exit 1; }
printf 'ruby\t%%s\t%%s\n' %s "$0"`, version))
}

// interpreter makes one that can run the runtime with the given id.
func (h *host) interpreter(id, name, version string) string {
	h.t.Helper()
	rt, err := Parse(id)
	if err != nil {
		h.t.Fatal(err)
	}
	switch rt.Language {
	case DotNet:
		return h.dotnet(name, version)
	case Java:
		return h.java(name, version)
	case NodeJS:
		return h.node(name, version)
	case Ruby:
		return h.ruby(name, version)
	}
	return h.python(name, version)
}

// script makes an executable that writes its name to the log and then does as
// body says.
func (h *host) script(name, body string) string {
	return h.file(name, fmt.Sprintf("#!/bin/sh\necho \"$0\" >>'%s'\n%s\n", h.path("asked"), body), 0o755)
}

func (h *host) file(name, content string, mode fs.FileMode) string {
	h.t.Helper()
	path := h.path(name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		h.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), mode); err != nil {
		h.t.Fatal(err)
	}
	return path
}

func (h *host) link(name, target string) {
	h.t.Helper()
	if err := os.MkdirAll(filepath.Dir(h.path(name)), 0o755); err != nil {
		h.t.Fatal(err)
	}
	if err := os.Symlink(target, h.path(name)); err != nil {
		h.t.Fatal(err)
	}
}

// asked returns which scripts ran since it was last called.
func (h *host) asked() []string {
	h.t.Helper()
	log, err := os.ReadFile(h.path("asked"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		h.t.Fatal(err)
	}
	if err := os.Remove(h.path("asked")); err != nil {
		h.t.Fatal(err)
	}
	names := strings.Fields(string(log))
	for i, name := range names {
		names[i] = strings.TrimPrefix(name, h.dir+"/")
	}
	return names
}

func parse(t *testing.T, id string) Runtime {
	t.Helper()
	rt, err := Parse(id)
	if err != nil {
		t.Fatal(err)
	}
	return rt
}

// find is Find for tests in which it must succeed.
func find(t *testing.T, f *Finder, id string) Interpreter {
	t.Helper()
	in, err := f.Find(t.Context(), parse(t, id))
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// missing is Find for tests in which there is nothing to find.
func missing(t *testing.T, f *Finder, id string) *MissingError {
	t.Helper()
	in, err := f.Find(context.Background(), parse(t, id))
	none, ok := errors.AsType[*MissingError](err)
	if !ok {
		t.Fatalf("found %+v, %v; want a *MissingError", in, err)
	}
	return none
}

// required says whether SAM_TEST_REQUIRE lists something that begins with
// prefix, so that a test must not skip for want of it.
func required(prefix string) bool {
	for name := range strings.SplitSeq(os.Getenv("SAM_TEST_REQUIRE"), ",") {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

// realInterpreter returns an interpreter that this host has, of whichever
// version. It skips the test if there is none.
func realInterpreter(t *testing.T, lang Language) (Runtime, Interpreter) {
	t.Helper()
	home, err := os.UserHomeDir()
	if err != nil {
		t.Fatal(err)
	}
	f := &Finder{Home: home, Path: os.Getenv("PATH"), Env: os.Getenv}
	rt := parse(t, map[Language]string{NodeJS: "nodejs20.x", Python: "python3.11"}[lang])
	in, err := f.Find(t.Context(), rt)
	if err != nil {
		lacks(t, lang, err.Error())
	}
	return rt, in
}

// lacks skips a test for which the host lacks something, and fails it where
// the language is required.
func lacks(t *testing.T, lang Language, what string) {
	t.Helper()
	if required(string(lang)) {
		t.Fatal(what)
	}
	t.Skip(what)
}
