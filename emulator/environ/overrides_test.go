package environ

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

func TestParseOverrides(t *testing.T) {
	tests := []struct {
		name string
		file string
		want map[string]string // for the function One, called one
	}{
		{"per function", `{"One": {"A": "1"}, "Two": {"A": "2"}}`, map[string]string{"A": "1"}},
		{"by FunctionName", `{"one": {"A": "1"}}`, map[string]string{"A": "1"}},
		{"logical ID over FunctionName", `{"One": {"A": "1"}, "one": {"A": "2", "B": "2"}}`, map[string]string{"A": "1", "B": "2"}},
		{"for all", `{"Parameters": {"A": "1"}}`, map[string]string{"A": "1"}},
		{"both", `{"One": {"A": "1"}, "Parameters": {"A": "0", "B": "0"}}`, map[string]string{"A": "1", "B": "0"}},
		{"other function", `{"Two": {"A": "2"}}`, map[string]string{}},
		{
			"values",
			`{"One": {"TRUE": true, "FALSE": false, "INT": 12345678901234567890, "FLOAT": 1.50, "EXP": 1E3, "NULL": null, "LIST": [1], "OBJECT": {"a": 1}, "TEXT": "a\nb"}}`,
			map[string]string{
				"TRUE": "true", "FALSE": "false", "INT": "12345678901234567890", "FLOAT": "1.50", "EXP": "1E3",
				"NULL": "", "LIST": "", "OBJECT": "", "TEXT": "a\nb",
			},
		},
		{"byte order mark", "\ufeff{\"One\": {\"A\": \"1\"}}\r\n", map[string]string{"A": "1"}},
		{"no section", " {}\n", map[string]string{}},
		{"nothing", "", map[string]string{}},

		{"lines", "A=1\nB = two words \r\n\n  # comment\nexport C=3\nD=", map[string]string{"A": "1", "B": "two words", "C": "3", "D": ""}},
		{"comments", "A=1 # one\nB=#fff\nC= # none\nD=x#y # z # z", map[string]string{"A": "1", "B": "#fff", "C": "", "D": "x#y"}},
		{"quotes", `A="x # y" # z` + "\n" + `B='a "b" \' \n'` + "\n" + `C = "\"\t\\d\q"`, map[string]string{"A": "x # y", "B": `a "b" ' \n`, "C": "\"\t\\d\\q"}},
		{"lines in quotes", "KEY=\"-----BEGIN\nabc\n-----END\"\nA='1\n2'", map[string]string{"KEY": "-----BEGIN\nabc\n-----END", "A": "1\n2"}},
		{"equals signs", "URL=http://x/?a=b&c=d", map[string]string{"URL": "http://x/?a=b&c=d"}},
		{"a variable called export", "export=1\nexported=2", map[string]string{"export": "1", "exported": "2"}},
		{"later over earlier", "A=1\nA=2", map[string]string{"A": "2"}},
		{"no expansion", "A=${HOME}", map[string]string{"A": "${HOME}"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			overrides, err := ParseOverrides([]byte(tt.file))
			if err != nil {
				t.Fatal(err)
			}
			got := overrides.For(Function{Name: "One", FunctionName: "one"})
			if !maps.Equal(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestParseOverridesErrors(t *testing.T) {
	tests := []struct {
		file string
		want string
	}{
		{"{\n  \"One\": {\n    \"A\": \"1\",\n  }\n}", "line 4, column 3: invalid character '}'"},
		{`{"Öne": {'A': 1}}`, "line 1, column 10: invalid character"},
		{`{"One": {"A": "1"}`, "line 1, column 18: unexpected end"},
		{`{"One": {}} {}`, "line 1, column 13: invalid character '{' after"},
		{"{\n  \"Parameters\": {},\n  \"A\":  \"1\"\n}", `line 3, column 6: the value of "A" must be an object`},
		{`{"A": null}`, `line 1, column 5: the value of "A" must be an object`},
		{`[{"A": 1}]`, "line 1, column 1: expected an object"},
		{`{"One": {"A": "\u0000"}}`, `"A" in "One" holds a NUL`},
		{"A\x00=1", `"A\x00" in "Parameters" holds a NUL`},
		{"A=1\n\nB: 2\n", "line 3, column 1: expected NAME=value"},
		{"A=1\n  export B\n", "line 2, column 3: expected NAME=value"},
		{"=1", "line 1, column 1: expected NAME=value"},
		{"true", "line 1, column 1: expected NAME=value"},
		{"A=1\nB = \"x\n\n", "line 2, column 5: the closing quote is missing"},
		{`A="1" 2`, "line 1, column 6: expected the end of the line"},
	}
	for _, tt := range tests {
		_, err := ParseOverrides([]byte(tt.file))
		if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("%q: got %v, want %s", tt.file, err, tt.want)
		}
	}
}

func TestUnused(t *testing.T) {
	overrides, err := ParseOverrides([]byte(`{
		"Parameters": {"A": "", "B": "", "NOBODY": ""},
		"One": {"A": "", "B": ""},
		"two": {"B": "", "NOBODY": ""},
		"Three": {"A": ""},
		"Empty": {}
	}`))
	if err != nil {
		t.Fatal(err)
	}
	got := overrides.Unused(
		Function{Name: "One", Variables: map[string]string{"A": ""}},
		Function{Name: "Two", FunctionName: "two", Variables: map[string]string{"B": ""}},
	)
	want := []Unused{{"Empty", ""}, {"One", "B"}, {"Parameters", "NOBODY"}, {"Three", ""}, {"two", "NOBODY"}}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := (Overrides{}).Unused(); got != nil {
		t.Errorf("no file: got %v", got)
	}
}

func FuzzParseOverrides(f *testing.F) {
	for _, seed := range []string{
		`{"Parameters": {"A": true, "B": 1.5}, "One": {"A": null}}`,
		"export A=\"x\\n\" # c\nB='y'\nC=z # d\n",
		"[", "{\"A\": 1}", "A", "A='",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		overrides, err := ParseOverrides(data)
		if err != nil {
			if overrides.sections != nil || err.Error() == "" {
				t.Errorf("got %v with error %q", overrides, err)
			}
			return
		}
		// What a file sets is passed on once it is declared, and only that.
		fn := Function{Name: "One"}
		fn.Variables = overrides.For(fn)
		for _, unused := range overrides.Unused(fn) {
			if unused.Section == "One" || unused.Section == allFunctions {
				t.Errorf("%v is declared", unused)
			}
		}
		for _, v := range Build(Input{Function: fn, Overrides: overrides.For(fn)}) {
			if strings.ContainsRune(v, 0) {
				t.Errorf("%q cannot be in an environment", v)
			}
		}
	})
}
