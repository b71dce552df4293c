package bootstraps

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"
)

func TestExplicitInterpreterIsUsed(t *testing.T) {
	h := newHost(t)
	h.python("bin/python3.8", "3.8.1")
	mine := h.python("mine/interpreter", "3.11.7") // neither its name nor its version fit
	h.link("project/python", mine)
	t.Chdir(h.path("mine"))

	for _, written := range []string{mine, "python", "../mine/interpreter", "~/../mine/interpreter"} {
		f := h.finder()
		f.Explicit = map[string]string{"python3.8": written}
		if err := os.MkdirAll(f.Home, 0o755); err != nil {
			t.Fatal(err)
		}
		want := Interpreter{Path: mine, Version: "3.11.7", Exact: false, Origin: "--runtime-path"}
		for i := range 2 {
			if in := find(t, f, "python3.8"); in != want {
				t.Errorf("%s: found %+v, want %+v", written, in, want)
			}
			if asked := h.asked(); i > 0 && asked != nil {
				t.Errorf("%s: asked %q again", written, asked)
			}
		}
	}
}

func TestExplicitInterpreterIsForItsRuntimeOnly(t *testing.T) {
	h := newHost(t)
	h.python("bin/python3.9", "3.9.1")
	f := h.finder()
	f.Explicit = map[string]string{"python3.8": h.python("mine/python", "3.8.7")}
	f.ExplicitFrom = map[string]string{"python3.8": "SAM_RUNTIME_PATH_PYTHON3_8"}
	if in := find(t, f, "python3.9"); in.Version != "3.9.1" {
		t.Errorf("found %+v for python3.9", in)
	}
	in := find(t, f, "python3.8")
	if in.Version != "3.8.7" || !in.Exact || in.Origin != "SAM_RUNTIME_PATH_PYTHON3_8" {
		t.Errorf("found %+v for python3.8", in)
	}
}

// A launcher's answer is not kept, for it depends on the configuration.
func TestExplicitLauncherLeadsToTheInterpreter(t *testing.T) {
	h := newHost(t)
	real := h.node("versions/20/node", "20.1.0")
	h.script("shims/node", "exec '"+real+"' \"$@\"")
	f := h.finder()
	f.Explicit = map[string]string{"nodejs20.x": h.path("shims/node")}
	for range 2 {
		if in := find(t, f, "nodejs20.x"); in.Path != real {
			t.Errorf("found %+v, want %s", in, real)
		}
		if asked := h.asked(); len(asked) != 2 {
			t.Errorf("asked %q", asked)
		}
	}
}

func TestBadExplicitInterpreters(t *testing.T) {
	h := newHost(t)
	tests := []struct {
		name    string
		runtime string
		path    string
		text    string
	}{
		{"absent", "python3.8", "absent", "no such file"},
		{"below a file", "python3.8", h.file("file", "", 0o644) + "/python", "not a directory"},
		{"directory", "python3.8", h.dir, "it is a directory"},
		{"not executable", "python3.8", h.file("plain", "", 0o644), "it is not executable"},
		{"wrong language", "nodejs20.x", h.python("python", "3.8.1"), "it is Python 3.8.1, not Node.js"},
		{"wrong language, the other way", "python3.8", h.node("node", "20.1.0"), "it is Node.js 20.1.0, not Python"},
		{"fails", "nodejs20.x", h.script("broken", "echo libssl.so.1.0: not found >&2; exit 127"),
			"it does not run as Node.js: exit status 127: libssl.so.1.0: not found"},
		{"says something else", "nodejs20.x", h.script("chatty", "echo hello"),
			"it does not run as Node.js: its output is not an interpreter's"},
		{"says nothing", "nodejs20.x", h.script("mute", ""), "it does not run as Node.js: its output is not an interpreter's"},
		{"dies", "python3.8", h.script("dying", "kill -KILL $$"), "it does not run as Python: signal: killed"},
		{"too old", "nodejs8.10", h.node("old", "0.10.48"), "Node.js 0.10.48 cannot run nodejs8.10"},
		{"Python 2 for 3", "python3.8", h.python("python2", "2.7.18"), "Python 2.7.18 cannot run python3.8"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, from := range []string{"", "SAM_RUNTIME_PATH_X"} {
				f := h.finder()
				f.Explicit = map[string]string{tt.runtime: tt.path}
				want := "--runtime-path " + tt.runtime + "=" + tt.path + ": "
				if from != "" {
					f.ExplicitFrom = map[string]string{tt.runtime: from}
					want = from + "=" + tt.path + ": "
				}
				_, err := f.Find(t.Context(), parse(t, tt.runtime))
				bad, ok := errors.AsType[*ExplicitError](err)
				if !ok {
					t.Fatalf("error is %v, want an *ExplicitError", err)
				}
				if !strings.HasPrefix(err.Error(), want) || !strings.HasSuffix(err.Error(), tt.text) {
					t.Errorf("error is %q,\nwant %q", err, want+tt.text)
				}
				if bad.Hint() == "" {
					t.Error("there is no hint")
				}
			}
		})
	}
}

func TestRepairedExplicitInterpreterIsAskedAgain(t *testing.T) {
	h := newHost(t)
	path := h.script("python", `. "${0%/*}/answer"`)
	f := h.finder()
	f.Explicit = map[string]string{"python3.8": path}
	if _, err := f.Find(t.Context(), parse(t, "python3.8")); err == nil {
		t.Fatal("found what is not there")
	}
	h.file("answer", `printf 'python\t3.8.1\t%s\n' "$0"`, 0o644)
	find(t, f, "python3.8")
}

func TestInterpreterThatHangs(t *testing.T) {
	h := newHost(t)
	path := h.script("bin/python3.8", "exec /bin/sleep 1000")
	f := h.finder()
	f.ProbeLimit = 50 * time.Millisecond
	missing(t, f, "python3.8")

	f.Explicit = map[string]string{"python3.8": path}
	_, err := f.Find(t.Context(), parse(t, "python3.8"))
	want := "--runtime-path python3.8=" + path + ": it does not run as Python: no answer within 50ms"
	if err == nil || err.Error() != want {
		t.Errorf("error is %v,\nwant %s", err, want)
	}
}

func TestRelativeExplicitInterpreterNeedsADirectory(t *testing.T) {
	h := newHost(t)
	h.python("python", "3.8.1")
	t.Chdir(h.dir)
	f := &Finder{Explicit: map[string]string{"python3.8": "python"}}
	if _, err := f.Find(t.Context(), parse(t, "python3.8")); err == nil || !strings.HasSuffix(err.Error(), "it is not absolute") {
		t.Errorf("error is %v", err)
	}
}

func TestRealInterpreterOfAnotherLanguage(t *testing.T) {
	node, nodeIn := realInterpreter(t, NodeJS)
	python, pythonIn := realInterpreter(t, Python)
	tests := []struct {
		rt   Runtime
		path string
		text string
	}{
		{node, pythonIn.Path, "it is Python " + pythonIn.Version + ", not Node.js"},
		{python, nodeIn.Path, "it is Node.js " + nodeIn.Version + ", not Python"},
	}
	for _, tt := range tests {
		f := &Finder{Explicit: map[string]string{tt.rt.ID: tt.path}}
		_, err := f.Find(t.Context(), tt.rt)
		wrong, ok := errors.AsType[*ExplicitError](err)
		if !ok || wrong.Err.Error() != tt.text {
			t.Errorf("error is %v, want %s", err, tt.text)
		}
	}
}
