package bootstraps

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
)

func TestStandIns(t *testing.T) {
	tests := []struct {
		name    string
		runtime string
		has     []string // what the language's version manager has
		version string   // "" for none
	}{
		{"exact over newer", "python3.8", []string{"3.9.1", "3.8.2", "3.7.1"}, "3.8.2"},
		{"nearest newer", "python3.8", []string{"3.12.1", "3.9.1", "3.7.1"}, "3.9.1"},
		{"newest patch of the nearest newer", "python3.8", []string{"3.9.1", "3.9.20", "3.9.3"}, "3.9.20"},
		{"nearest older", "python3.14", []string{"3.9.1", "3.13.0", "3.6.1"}, "3.13.0"},
		{"numbers are no text", "python3.7", []string{"3.10.1", "3.9.1"}, "3.9.1"},
		{"Python 2 is no Python 3", "python3.6", []string{"2.7.18"}, ""},
		{"Python 3 is no Python 2", "python2.7", []string{"3.8.1"}, ""},
		{"too old a Python 3", "python3.6", []string{"3.5.10"}, ""},
		{"too old a Python 2", "python2.7", []string{"2.6.9"}, ""},

		{"any minor version", "nodejs20.x", []string{"18.1.0", "20.0.0", "22.1.0"}, "20.0.0"},
		{"newest minor version", "nodejs20.x", []string{"20.9.0", "20.11.1", "20.10.0"}, "20.11.1"},
		{"nearest newer major version", "nodejs18.x", []string{"22.1.0", "20.1.0", "20.2.0", "16.1.0"}, "20.2.0"},
		{"odd major version", "nodejs18.x", []string{"20.1.0", "19.1.0"}, "19.1.0"},
		{"minor version of old runtimes", "nodejs8.10", []string{"8.9.4", "8.10.0", "8.17.0"}, "8.10.0"},
		{"nearest newer minor version", "nodejs8.10", []string{"8.17.0", "8.11.0", "10.1.0"}, "8.11.0"},
		{"nearest older major version", "nodejs26.x", []string{"18.1.0", "24.1.0"}, "24.1.0"},
		{"edge", "nodejs4.3-edge", []string{"4.3.2", "6.10.0"}, "4.3.2"},
		{"0.10 is too old even for itself", "nodejs", []string{"0.10.48", "4.3.2"}, "4.3.2"},
		{"nothing but 0.10", "nodejs", []string{"0.10.48"}, ""},
		{"nothing", "nodejs20.x", nil, ""},

		{"exact Java", "java17", []string{"21.0.1", "17.0.9", "11.0.1"}, "17.0.9"},
		{"Java 8 on a newer one", "java8.al2", []string{"25", "17.0.9"}, "17.0.9"},
		{"too old a Java", "java8", []string{"1.7.0_80"}, ""},
		{"exact .NET", "dotnet8", []string{"10.0.1", "8.0.4", "6.0.1"}, "8.0.4"},
		{"nearest newer .NET", "dotnetcore2.1", []string{"8.0.4", "3.1.23"}, "3.1.23"},
		{"too old a .NET", "dotnetcore2.0", []string{"1.1.13"}, ""},
		{"exact Ruby", "ruby3.3", []string{"3.4.1", "3.3.6", "3.2.1"}, "3.3.6"},
		{"nearest newer Ruby", "ruby2.7", []string{"4.0.0", "3.1.2"}, "3.1.2"},
	}
	managers := map[Language]string{
		DotNet: "home/.asdf/installs/dotnet/%s/dotnet",
		Java:   "home/.jdks/temurin-%s/bin/java",
		NodeJS: "home/.nvm/versions/node/v%s/bin/node",
		Python: "home/.pyenv/versions/%s/bin/python",
		Ruby:   "home/.rbenv/versions/%s/bin/ruby",
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := newHost(t)
			for _, v := range tt.has {
				h.interpreter(tt.runtime, fmt.Sprintf(managers[parse(t, tt.runtime).Language], v), v)
			}
			f := h.finder()
			if tt.version == "" {
				if none := missing(t, f, tt.runtime); none.Nearest != nil {
					t.Errorf("nearest is %+v", *none.Nearest)
				}
				return
			}
			in := find(t, f, tt.runtime)
			if in.Version != tt.version {
				t.Errorf("found %s, want %s", in.Version, tt.version)
			}
			exact := strings.HasPrefix(in.Version+".", parse(t, tt.runtime).Version+".")
			if in.Exact != exact {
				t.Errorf("%s is exact: %v", in.Version, in.Exact)
			}

			f.ExactOnly = true
			if exact {
				if strict := find(t, f, tt.runtime); strict != in {
					t.Errorf("ExactOnly found %+v", strict)
				}
			} else if none := missing(t, f, tt.runtime); none.Nearest == nil || *none.Nearest != in {
				t.Errorf("nearest is %+v, want %+v", none.Nearest, in)
			}
		})
	}
}

// One dotnet has the runtimes of several versions.
func TestDotNetWithManyRuntimes(t *testing.T) {
	h := newHost(t)
	path := h.dotnet("usr/lib/dotnet/dotnet", "2.1.30", "6.0.1", "6.0.36", "8.0.4", "9.0.0-rc.1.24431.7")
	h.link("usr/bin/dotnet", "../lib/dotnet/dotnet")
	for id, want := range map[string]string{"dotnetcore2.0": "2.1.30", "dotnetcore3.1": "6.0.36", "dotnet6": "6.0.36", "dotnet8": "8.0.4", "dotnet10": "8.0.4"} {
		in := find(t, h.finder(), id)
		if in.Path != path || in.Version != want || in.Exact != strings.HasPrefix(id, "dotnet"+want[:1]) {
			t.Errorf("found %+v for %s, want %s", in, id, want)
		}
	}
	if asked := h.asked(); len(asked) != 1 {
		t.Errorf("asked %q", asked)
	}
}

func TestProgramsNeedNoInterpreter(t *testing.T) {
	for _, id := range []string{"go1.x", "provided", "provided.al2", "provided.al2023"} {
		if in := find(t, &Finder{ExactOnly: true}, id); in != (Interpreter{Exact: true}) {
			t.Errorf("found %+v for %s", in, id)
		}
		f := &Finder{Explicit: map[string]string{id: "/usr/bin/go"}}
		_, err := f.Find(t.Context(), parse(t, id))
		wrong, ok := errors.AsType[*ExplicitError](err)
		if !ok || wrong.Error() != "--runtime-path "+id+"=/usr/bin/go: its functions run without an interpreter" || wrong.Hint() != "leave --runtime-path out" {
			t.Errorf("error is %v", err)
		}
	}
}

func TestStandInOfAnEarlierPlaceWinsATie(t *testing.T) {
	h := newHost(t)
	h.python("home/.pyenv/versions/3.9.20/bin/python3.9", "3.9.20")
	h.python("bin/python3.9", "3.9.1")
	if in := find(t, h.finder(), "python3.8"); in.Version != "3.9.1" || in.Origin != "PATH" {
		t.Errorf("found %+v, want 3.9.1 from PATH", in)
	}
}

// Names decide who is asked; whatever they promise, the answer counts.
func TestAnswersOverruleNames(t *testing.T) {
	h := newHost(t)
	h.python("bin/python3.8", "3.9.1")
	h.python("home/.pyenv/versions/3.10.1/bin/python3.10", "3.11.1")
	f := h.finder()
	if in := find(t, f, "python3.8"); in.Version != "3.9.1" || in.Exact {
		t.Errorf("found %+v for python3.8", in)
	}
	if in := find(t, f, "python3.10"); in.Version != "3.11.1" || in.Exact {
		t.Errorf("found %+v for python3.10", in)
	}
	h.python("home/.pyenv/versions/3.12.1/bin/python3.12", "3.12.1")
	h.python("home/.pyenv/versions/3.13.1/bin/python3.13", "3.13.1")
	h.python("home/.pyenv/versions/3.11.9/bin/python3.11", "3.14.1")
	if in := find(t, f, "python3.10"); in.Version != "3.11.1" {
		t.Errorf("found %+v for python3.10 among more", in)
	}
	h.script("home/.pyenv/versions/3.10.1/bin/python3.10", "exit 1")
	if in := find(t, f, "python3.10"); in.Version != "3.12.1" {
		t.Errorf("found %+v for python3.10, want the nearest that is what it says", in)
	}
}

func TestOnlyWhatMattersIsAsked(t *testing.T) {
	h := newHost(t)
	for minor := 6; minor <= 13; minor++ {
		h.python(fmt.Sprintf("home/.pyenv/versions/3.%d.1/bin/python3.%[1]d", minor), fmt.Sprintf("3.%d.1", minor))
	}
	for _, id := range []string{"python3.6", "python3.13", "python3.14"} {
		f := h.finder()
		f.CacheFile = ""
		find(t, f, id)
		if asked := h.asked(); len(asked) != 1 {
			t.Errorf("asked %q for %s", asked, id)
		}
	}
}

func TestFilesThatAreNoInterpreterAreSkipped(t *testing.T) {
	h := newHost(t)
	h.file("bin/node", "not executable", 0o644)
	h.file("usr/bin/node/README", "a directory", 0o644)
	h.script("home/.nvm/versions/node/v20.9.0/bin/node", "exit 1")
	h.script("home/.nvm/versions/node/v20.8.0/bin/node", "echo v20.8.0")
	h.script("home/.nvm/versions/node/v20.7.0/bin/node", `printf 'nodejs\t20.7.0\t%s' "$0"`)
	h.script("home/.nvm/versions/node/v20.6.0/bin/node", `printf 'nodejs\t20.6.0\tnode\n'`)
	h.script("home/.nvm/versions/node/v20.5.0/bin/node", `printf 'nodejs\t20.x\t%s\n' "$0"`)
	h.script("home/.nvm/versions/node/v20.4.0/bin/node", `printf 'Hello!\nnodejs\t20.4.0\t%s\n' "$0"`)
	h.script("home/.nvm/versions/node/v20.3.0/bin/node", `printf 'nodejs\t20.3.0\t%s.gone\n' "$0"`)
	h.file("home/.nvm/versions/node/v20.2.0/bin/node", "#!/nonexistent\n", 0o755)
	h.python("home/.nvm/versions/node/v20.1.0/bin/node", "3.8.1")
	f := h.finder()
	missing(t, f, "nodejs20.x")

	h.node("home/.nvm/versions/node/v20.0.0/bin/node", "20.0.0")
	if in := find(t, f, "nodejs20.x"); in.Version != "20.0.0" {
		t.Errorf("found %+v", in)
	}
}

func TestAll(t *testing.T) {
	h := newHost(t)
	h.python("bin/python3", "3.8.1")
	h.node("bin/node", "20.1.0")
	h.java("bin/java", "17.0.9")
	h.dotnet("bin/dotnet", "8.0.4")
	h.ruby("bin/ruby", "3.3.6")
	f := h.finder()
	f.Explicit = map[string]string{"nodejs18.x": "nowhere"}
	all := f.All(t.Context())
	if asked := h.asked(); len(asked) != 5 {
		t.Errorf("asked %q", asked)
	}
	if len(all) != len(Runtimes()) {
		t.Fatalf("%d rows", len(all))
	}
	for i, found := range all {
		if found.Runtime != Runtimes()[i] {
			t.Errorf("row %d is %s", i, found.Runtime.ID)
		}
		if (found.Interpreter == nil) == (found.Err == nil) {
			t.Errorf("%s has %v and %v", found.Runtime.ID, found.Interpreter, found.Err)
		}
		switch found.Runtime.ID {
		case "python3.8", "nodejs20.x", "java17", "java17.al2023", "dotnet8", "ruby3.3", "go1.x", "provided", "provided.al2", "provided.al2023":
			if found.Interpreter == nil || !found.Interpreter.Exact {
				t.Errorf("%s has %+v, %v", found.Runtime.ID, found.Interpreter, found.Err)
			}
		case "python2.7":
			if _, ok := errors.AsType[*MissingError](found.Err); !ok {
				t.Errorf("python2.7 has %v", found.Err)
			}
		case "nodejs18.x":
			if _, ok := errors.AsType[*ExplicitError](found.Err); !ok {
				t.Errorf("nodejs18.x has %v", found.Err)
			}
		default:
			if found.Interpreter == nil || found.Interpreter.Exact {
				t.Errorf("%s has %+v, %v", found.Runtime.ID, found.Interpreter, found.Err)
			}
		}
	}
}

func TestEmptyFinderFindsNothingOrHasSystemDirectories(t *testing.T) {
	none := missing(t, &Finder{Root: t.TempDir()}, "python3.8")
	for _, place := range none.Looked {
		if strings.Contains(place, ".pyenv") {
			t.Errorf("looked at %s without a home directory", place)
		}
	}
}

func TestFindEndsWithItsContext(t *testing.T) {
	h := newHost(t)
	h.node("bin/node", "20.1.0")
	reason := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(reason)
	f := h.finder()
	if _, err := f.Find(ctx, parse(t, "nodejs20.x")); !errors.Is(err, reason) {
		t.Errorf("error is %v", err)
	}
	f.Explicit = map[string]string{"nodejs20.x": h.path("bin/node")}
	if _, err := f.Find(ctx, parse(t, "nodejs20.x")); !errors.Is(err, reason) {
		t.Errorf("error for an explicit path is %v", err)
	}
	if _, err := os.Stat(f.CacheFile); err == nil {
		t.Error("an interrupted probe was remembered")
	}
}

func TestMissingErrorText(t *testing.T) {
	stand := &Interpreter{Path: "/usr/bin/python3.11", Version: "3.11.2"}
	tests := []struct {
		runtime   string
		exactOnly bool
		nearest   *Interpreter
		text      string
		hint      string
	}{
		{"python3.8", false, nil,
			"no Python 3.6 or newer found to run python3.8",
			"install Python 3.8 or newer (apt install python3, pyenv install 3.8, uv python install 3.8), or point to one with --runtime-path python3.8=/path/to/python"},
		{"python3.8", true, stand,
			"no Python 3.8 found to run python3.8 (the nearest is 3.11.2, /usr/bin/python3.11)",
			"install Python 3.8 (pyenv install 3.8, uv python install 3.8), let 3.11.2 stand in, or point to one with --runtime-path python3.8=/path/to/python"},
		{"python3.6", false, nil,
			"no Python 3.6 or newer found to run python3.6",
			"install Python 3.6 or newer (apt install python3, pyenv install 3.6), or point to one with --runtime-path python3.6=/path/to/python"},
		{"python2.7", false, nil,
			"no Python 2.7 found to run python2.7",
			"install Python 2.7 (pyenv install 2.7), or point to one with --runtime-path python2.7=/path/to/python"},
		{"nodejs20.x", false, nil,
			"no Node.js 4 or newer found to run nodejs20.x",
			"install Node.js 20 or newer (apt install nodejs, nvm install 20), or point to one with --runtime-path nodejs20.x=/path/to/node"},
		{"nodejs20.x", true, nil,
			"no Node.js 20 found to run nodejs20.x",
			"install Node.js 20 (nvm install 20), or point to one with --runtime-path nodejs20.x=/path/to/node"},
		{"nodejs", false, nil,
			"no Node.js 4 or newer found to run nodejs",
			"install Node.js 4 or newer (apt install nodejs, nvm install 4), or point to one with --runtime-path nodejs=/path/to/node"},
		{"nodejs", true, nil,
			"no Node.js 0.10 found to run nodejs",
			"let a newer version stand in: nothing that old runs here"},
		{"java11", false, nil,
			"no Java 8 or newer found to run java11",
			"install Java 11 or newer (apt install default-jre-headless, mise install java@11), or point to one with --runtime-path java11=/path/to/java"},
		{"dotnet8", true, nil,
			"no .NET 8.0 found to run dotnet8",
			"install .NET 8.0 (apt install dotnet-runtime-8.0, dotnet-install.sh --runtime dotnet --channel 8.0), or point to one with --runtime-path dotnet8=/path/to/dotnet"},
		{"ruby3.3", false, nil,
			"no Ruby 2.5 or newer found to run ruby3.3",
			"install Ruby 3.3 or newer (apt install ruby, rvm install 3.3, mise install ruby@3.3), or point to one with --runtime-path ruby3.3=/path/to/ruby"},
	}
	for _, tt := range tests {
		err := &MissingError{Runtime: parse(t, tt.runtime), ExactOnly: tt.exactOnly, Nearest: tt.nearest}
		if err.Error() != tt.text {
			t.Errorf("error is %q,\nwant %q", err.Error(), tt.text)
		}
		if err.Hint() != tt.hint {
			t.Errorf("hint is %q,\nwant %q", err.Hint(), tt.hint)
		}
	}
}

func TestMissingErrorTellsWhereItLooked(t *testing.T) {
	h := newHost(t)
	none := missing(t, h.finder(), "nodejs20.x")
	got := strings.ReplaceAll(strings.Join(none.Looked, " "), h.dir, "")
	want := "PATH /home/.asdf/installs/nodejs /home/.local/share/mise/installs/node /home/.nvm/versions/node" +
		" /home/.local/share/fnm/node-versions /home/.fnm/node-versions /home/.volta/tools/image/node" +
		" /home/.nodenv/versions /opt /usr/local /home/linuxbrew/.linuxbrew /snap/node/current/bin /project/node_modules/node/bin"
	if got != want {
		t.Errorf("looked at %s,\nwant %s", got, want)
	}
}
