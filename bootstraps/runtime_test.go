package bootstraps

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

func TestRuntimesAreParsed(t *testing.T) {
	all := Runtimes()
	for _, rt := range all {
		parsed, err := Parse(rt.ID)
		if err != nil || parsed != rt {
			t.Errorf("Parse(%q) = %+v, %v; want %+v", rt.ID, parsed, err, rt)
		}
		if !strings.HasPrefix(rt.ID, string(rt.Language)) {
			t.Errorf("%s is said to be %s", rt.ID, rt.Language)
		}
		if rt.Interpreted() != (len(parseVersion(rt.Version)) > 0) {
			t.Errorf("%s has the version %q", rt.ID, rt.Version)
		}
	}
	inOrder := slices.IsSortedFunc(all, func(a, b Runtime) int {
		if a.Language != b.Language {
			return strings.Compare(string(a.Language), string(b.Language))
		}
		return slices.Compare(parseVersion(a.Version), parseVersion(b.Version))
	})
	if !inOrder {
		t.Error("Runtimes are not sorted by language and version")
	}
}

func TestUnknownRuntimes(t *testing.T) {
	tests := []struct{ id, nearest string }{
		{"nodejs20", "nodejs20.x"},
		{"node20", "nodejs20.x"},
		{"NodeJS20.x", "nodejs20.x"},
		{"nodejs8.10.x", "nodejs8.10"},
		{"nodejs21.x", "nodejs26.x"},
		{"node", "nodejs"},
		{"python38", "python3.8"},
		{"Python3.12", "python3.12"},
		{"pyhton3.9", "python3.9"},
		{"python3.15", "python3.14"},
		{"java18", "java17"},
		{"java8.al2022", "java8.al2023"},
		{"dotnet8.0", "dotnet8"},
		{"go", "go1.x"},
		{"go1", "go1.x"},
		{"ruby33", "ruby3.3"},
		{"provided.al2022", "provided.al2023"},
		{"cobol", ""},
		{"", ""},
	}
	for _, tt := range tests {
		_, err := Parse(tt.id)
		unknown, ok := errors.AsType[*UnknownRuntimeError](err)
		if !ok {
			t.Errorf("Parse(%q): %v; want an *UnknownRuntimeError", tt.id, err)
			continue
		}
		if got := unknown.Nearest(); got != tt.nearest {
			t.Errorf("nearest to %q is %q, want %q", tt.id, got, tt.nearest)
		}
		if len(unknown.Known) != len(Runtimes()) {
			t.Errorf("Parse(%q) names %d runtimes", tt.id, len(unknown.Known))
		}
	}
}

func TestUnknownRuntimeText(t *testing.T) {
	_, err := Parse("python38")
	if got, want := err.Error(), `unsupported runtime "python38"`; got != want {
		t.Errorf("error is %q, want %q", got, want)
	}
	unknown := &UnknownRuntimeError{ID: "python38", Known: []string{"python3.8", "python3.9"}}
	if got, want := unknown.Hint(), "did you mean python3.8?"; got != want {
		t.Errorf("hint is %q, want %q", got, want)
	}
	unknown.ID = "cobol"
	if got, want := unknown.Hint(), "use one of python3.8, python3.9"; got != want {
		t.Errorf("hint is %q, want %q", got, want)
	}
}

func TestVersionIn(t *testing.T) {
	tests := []struct {
		name string
		lang Language
		want version
	}{
		{"python3.11", Python, version{3, 11}},
		{"python3", Python, version{3}},
		{"python", Python, nil},
		{"3.8.18", Python, version{3, 8, 18}},
		{"cpython-3.12.1-linux-x86_64-gnu", Python, version{3, 12, 1}},
		{"cpython-3.13.0+freethreaded-linux-x86_64-gnu", Python, version{3, 13}},
		{"3.13.0t", Python, version{3, 13}},
		{"3.14.0rc2", Python, version{3, 14}},
		{"3.14-dev", Python, version{3, 14}},
		{"cp39-cp39", Python, version{3, 9}},
		{"cp311-cp311", Python, version{3, 11}},
		{"platform-python3.6", Python, version{3, 6}},
		{"miniconda3-4.7.12", Python, version{3}},
		{"python@3.11", Python, version{3, 11}},
		{"myproject", Python, nil},
		{"v20.1.0", NodeJS, version{20, 1, 0}},
		{"node-v20.1.0-linux-x64", NodeJS, version{20, 1, 0}},
		{"node@20", NodeJS, version{20}},
		{"node-20", NodeJS, version{20}},
		{"java-17-openjdk-amd64", Java, version{17}},
		{"java-1.17.0-openjdk-amd64", Java, version{17, 0}},
		{"java-1.8.0-openjdk-amd64", Java, version{8, 0}},
		{"jdk1.8.0_392", Java, version{8}},
		{"jdk8u392-b08", Java, nil},
		{"jdk-17.0.9+9", Java, version{17, 0}},
		{"17.0.9-tem", Java, version{17, 0, 9}},
		{"ruby-3.3.6", Ruby, version{3, 3, 6}},
		{"8.0.100", DotNet, version{8, 0, 100}},
		{"lts", NodeJS, nil},
		{"1.", NodeJS, nil},
		{"99999999999999999999", NodeJS, nil},
	}
	for _, tt := range tests {
		if got := versionIn(tt.name, tt.lang); !slices.Equal(got, tt.want) {
			t.Errorf("versionIn(%q) = %v, want %v", tt.name, got, tt.want)
		}
	}
}
