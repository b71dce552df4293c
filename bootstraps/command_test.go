package bootstraps

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestEveryBootstrapIsInstalled(t *testing.T) {
	dir := t.TempDir()
	for lang, file := range map[Language]string{
		DotNet: "LambdaBootstrap.dll", Java: "bootstrap.jar", NodeJS: "bootstrap.js", Python: "main.py", Ruby: "main.rb",
	} {
		installed, err := Install(lang, dir)
		if unbuilt, ok := errors.AsType[*UnbuiltError](err); ok {
			if !strings.Contains(unbuilt.Error(), lang.Name()) || !strings.Contains(unbuilt.Hint(), "make build") {
				t.Errorf("error is %v (%s)", unbuilt, unbuilt.Hint())
			}
			lacks(t, lang, err.Error())
		}
		if err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(filepath.Join(installed, file)); err != nil || info.Size() == 0 {
			t.Errorf("%s has no %s: %v", installed, file, err)
		}
		if _, err := os.Stat(filepath.Join(installed, "README.md")); err == nil {
			t.Errorf("%s has what only keeps a place in the repository", installed)
		}
		if again, err := Install(lang, dir); err != nil || again != installed {
			t.Errorf("installed %s and then %s, %v", installed, again, err)
		}
	}
}

func TestDotNetCommands(t *testing.T) {
	h := newHost(t)
	for _, name := range []string{
		"bare/Fn.dll",
		"named/Fn.dll", "named/Fn.deps.json", "named/Other.deps.json", "named/Fn.runtimeconfig.json",
		"only/Fn.dll", "only/Published.deps.json", "only/Published.runtimeconfig.json",
		"unclear/Fn.dll", "unclear/A.deps.json", "unclear/B.deps.json",
		"program/Fn.dll", "program/Fn.runtimeconfig.json",
	} {
		h.file(name, "", 0o644)
	}
	const method = "Fn::Fn.Class::Run"
	const roll = "exec --roll-forward-on-no-candidate-fx 2 "
	for _, tt := range []struct{ code, handler, want string }{
		{"bare", method, "exec --fx-version 8.0.4 LambdaBootstrap.dll " + method},
		{"named", method, roll + "--runtimeconfig named/Fn.runtimeconfig.json --depsfile named/Fn.deps.json LambdaBootstrap.dll " + method},
		{"only", method, roll + "--runtimeconfig only/Published.runtimeconfig.json --depsfile only/Published.deps.json LambdaBootstrap.dll " + method},
		{"unclear", method, "exec --fx-version 8.0.4 LambdaBootstrap.dll " + method},
		{"program", "Fn", roll + "program/Fn.dll"},
		{"program", "Nothing", roll + "--runtimeconfig program/Fn.runtimeconfig.json LambdaBootstrap.dll Nothing"},
	} {
		in := Interpreter{Path: "dotnet", Version: "8.0.4"}
		command := Command(parse(t, "dotnet8"), in, h.path("bootstrap"), Options{TaskRoot: h.path(tt.code), Handler: tt.handler})
		got := strings.NewReplacer(h.dir+"/bootstrap/", "", h.dir+"/", "").Replace(strings.Join(command, " "))
		if got != "dotnet "+tt.want {
			t.Errorf("%s in %s: %s\nwant dotnet %s", tt.handler, tt.code, got, tt.want)
		}
	}
}

func TestJavaCommand(t *testing.T) {
	for memory, heap := range map[int]string{
		128: "111412k", 512: "445646k", 3008: "2834432k", // as AWS did in 2018, for the last
	} {
		command := Command(parse(t, "java8"), Interpreter{Path: "java", Version: "8.0.252"}, "/bootstrap", Options{MemoryMB: memory, OptDir: "/layers"})
		if !slices.Contains(command, "-XX:MaxHeapSize="+heap) {
			t.Errorf("%d MB: %q", memory, command)
		}
		if end := command[len(command)-5:]; strings.Join(end, " ") != "-cp /bootstrap/bootstrap.jar sam.bootstrap.Main /layers " {
			t.Errorf("the command ends with %q", end)
		}
	}
}

// rehearsing is a JVM that writes what it is asked for, if it can.
const rehearsing = `case "$*" in
*-Xshare:dump*) [ -z "$BROKEN" ] || exit 1 ;;
esac
for argument; do
	case $argument in
	-XX:DumpLoadedClassList=* | -XX:SharedArchiveFile=*) echo classes >"${argument#*=}" ;;
	esac
done`

// javaBootstrap is a jar with the function that is rehearsed.
func javaBootstrap(t *testing.T) string {
	t.Helper()
	var jar bytes.Buffer
	w := zip.NewWriter(&jar)
	for _, class := range []string{"Shop", "Item"} {
		if _, err := w.Create("sam/bootstrap/Rehearsal$" + class + ".class"); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return jar.String()
}

func TestRehearsal(t *testing.T) {
	for name, tt := range map[string]struct {
		body, version string
		runs          int
		shared        bool
	}{
		"new enough": {rehearsing, "17.0.9", 2, true},
		"too old":    {rehearsing, "8.0.252", 0, false},
		"broken":     {"BROKEN=1\n" + rehearsing, "17.0.9", 2, false},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHost(t)
			rt, in := parse(t, "java17"), Interpreter{Path: h.script("java", tt.body), Version: tt.version}
			dir := filepath.Dir(h.file("bootstrap/bootstrap.jar", javaBootstrap(t), 0o644))
			began := 0
			for range 2 {
				if err := Rehearse(t.Context(), rt, in, dir, func() { began++ }); err != nil {
					t.Fatal(err)
				}
			}
			if runs := len(h.asked()); runs != tt.runs || began != min(runs, 1) {
				t.Errorf("%d runs, announced %d times; want %d", runs, began, tt.runs)
			}
			command := strings.Join(Command(rt, in, dir, Options{}), " ")
			if shared := strings.Contains(command, "-XX:SharedArchiveFile="+dir+"/classes-17.0.9.jsa"); shared != tt.shared {
				t.Errorf("the command is %s", command)
			}
		})
	}
}

func TestRehearsalEndsWithItsContext(t *testing.T) {
	h := newHost(t)
	dir := filepath.Dir(h.file("bootstrap/bootstrap.jar", javaBootstrap(t), 0o644))
	reason := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	in := Interpreter{Path: h.script("java", "exec /bin/sleep 1000"), Version: "17.0.9"}
	if err := Rehearse(ctx, parse(t, "java17"), in, dir, func() { cancel(reason) }); !errors.Is(err, reason) {
		t.Errorf("error is %v", err)
	}
	checkFiles(t, dir, "bootstrap.jar")
}

func checkFiles(t *testing.T, dir string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	if !slices.Equal(names, want) {
		t.Errorf("%s holds %q, want %q", dir, names, want)
	}
}
