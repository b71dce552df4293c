package config

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/spf13/pflag"
)

// options are what the flags of a test's command say in the end.
type options struct {
	Template, Region string
	Debug            bool
	Port             int
	Parameters       []string
	Paths            []string
}

// resolve resolves the flags of a command in a directory with files.
func resolve(t *testing.T, files map[string]string, env map[string]string, args ...string) (options, error) {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var o options
	flags := pflag.NewFlagSet("sam local start-api", pflag.ContinueOnError)
	Alias(flags, "aws-region", "region")
	flags.StringVarP(&o.Template, "template", "t", "", "")
	FromEnv(flags, "template", "TEMPLATE")
	flags.StringVar(&o.Region, "region", "default", "")
	FromEnv(flags, "region", "REGION")
	flags.BoolVar(&o.Debug, "debug", false, "")
	flags.IntVar(&o.Port, "port", 3000, "")
	flags.StringArrayVar(&o.Parameters, "parameter-overrides", nil, "")
	flags.StringArrayVar(&o.Paths, "runtime-path", nil, "")
	AddFileFlags(flags)
	h := &Host{Dir: dir, Lookup: func(name string) (string, bool) { value, ok := env[name]; return value, ok }}
	if err := flags.Parse(args); err != nil {
		t.Fatal(err)
	}
	if err := Resolve(flags, h); err != nil {
		t.Fatal(err)
	}
	err := ResolveFile(flags, "local start-api", h)
	return o, err
}

func TestPrecedence(t *testing.T) {
	const version = "version = 0.1\n"
	const global = "[default.global.parameters]\nregion = 'global'\n"
	const command = "[default.local_start_api.parameters]\nregion = 'command'\n"
	for name, test := range map[string]struct {
		file string
		env  string
		args []string
		want string
	}{
		"default":                         {file: version, want: "default"},
		"global over default":             {file: version + global, want: "global"},
		"command over global":             {file: version + global + command, want: "command"},
		"variable over command":           {file: version + global + command, env: "variable", want: "variable"},
		"flag over variable":              {file: version + global + command, env: "variable", args: []string{"--region=flag"}, want: "flag"},
		"flag over file":                  {file: version + command, args: []string{"--region=flag"}, want: "flag"},
		"flag with its default over file": {file: version + command, args: []string{"--region=default"}, want: "default"},
		"another environment":             {file: version + command + "[prod.global.parameters]\nregion = 'prod'", args: []string{"--config-env=prod"}, want: "prod"},
		"an environment that is missing":  {file: version + command, args: []string{"--config-env=prod"}, want: "default"},
		"other names of the same flag": {
			file: version + global + "[default.local_start_api.parameters]\naws_region = 'command'", want: "command"},
		"other commands, other keys": {
			file: version + "[default.local_invoke.parameters]\nregion = 'x'\n[default.global.parameters]\nstack_name = 'x'\n[default.global.other]\nregion = 'x'", want: "default"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := resolve(t, map[string]string{"samconfig.toml": test.file}, map[string]string{"REGION": test.env}, test.args...)
			if err != nil || got.Region != test.want {
				t.Errorf("%q %v, want %q", got.Region, err, test.want)
			}
		})
	}
}

func TestWhichFile(t *testing.T) {
	region := func(name string) string {
		if filepath.Ext(name) == ".toml" {
			return "version = 0.1\n[default.global.parameters]\nregion = '" + name + "'\n"
		}
		return "version: 0.1\ndefault: {global: {parameters: {region: " + name + "}}}\n"
	}
	for name, test := range map[string]struct {
		files []string
		env   string
		args  []string
		want  string
	}{
		"none":                     {nil, "", nil, "default"},
		"TOML first":               {[]string{"samconfig.toml", "samconfig.yaml", "samconfig.yml"}, "", nil, "samconfig.toml"},
		"then .yaml":               {[]string{"samconfig.yaml", "samconfig.yml"}, "", nil, "samconfig.yaml"},
		"then .yml":                {[]string{"samconfig.yml"}, "", nil, "samconfig.yml"},
		"beside the template":      {[]string{"samconfig.toml", "app/samconfig.yml"}, "", []string{"-t", "app/t.yaml"}, "app/samconfig.yml"},
		"nowhere else":             {[]string{"samconfig.toml"}, "", []string{"-t", "app/t.yaml"}, "default"},
		"of the variable's":        {[]string{"app/samconfig.yml"}, "app/t.yaml", nil, "app/samconfig.yml"},
		"by name":                  {[]string{"samconfig.toml", "my.yaml"}, "", []string{"--config-file", "my.yaml"}, "my.yaml"},
		"by name, beside template": {[]string{"my.toml", "app/my.toml"}, "", []string{"--config-file", "my.toml", "-t", "app/t.yaml"}, "app/my.toml"},
	} {
		t.Run(name, func(t *testing.T) {
			files := make(map[string]string)
			for _, name := range test.files {
				files[name] = region(name)
			}
			got, err := resolve(t, files, map[string]string{"TEMPLATE": test.env}, test.args...)
			if err != nil || got.Region != test.want {
				t.Errorf("%q %v, want %q", got.Region, err, test.want)
			}
		})
	}
	absolute := filepath.Join(t.TempDir(), "a.toml")
	if err := os.WriteFile(absolute, []byte(region("a.toml")), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := resolve(t, nil, nil, "--config-file", absolute, "-t", "app/t.yaml"); err != nil || got.Region != "a.toml" {
		t.Errorf("an absolute name: %q %v", got.Region, err)
	}
}

func TestValues(t *testing.T) {
	want := options{
		Template: "t.yaml", Region: "eu-west-1", Debug: true, Port: 3001,
		Parameters: []string{"A=1 B=2", `"Bool=True"`, `"Empty="`, `"Float=2.0"`, `"Half=1.5"`, `"Int=5"`, `"List=a,b c,3"`, `"Quotes=say \"a\\b\""`, `"Words=two words"`},
		Paths:      []string{"nodejs20.x=/a", "python3.11=/b"},
	}
	for name, content := range map[string]string{
		"samconfig.toml": `version = 0.1
[default.local_start_api.parameters]
template = "t.yaml"
region = "eu-west-1"
debug = true
port = 3001
runtime_path = ["nodejs20.x=/a", "python3.11=/b"]
parameter_overrides = ["A=1 B=2", {Bool = true, Empty = "", Float = 2.0, Half = 1.50, Int = 5, List = ["a", "", " b c", 3], Quotes = 'say "a\b"', Words = "two words"}]
`,
		"samconfig.yaml": "\ufeff" + `version: 0.1
default:
  local_start_api:
    parameters:
      template: t.yaml
      region: eu-west-1
      debug: 'yes'
      port: '3001'
      runtime_path: [nodejs20.x=/a, python3.11=/b]
      parameter_overrides:
        - A=1 B=2
        - {Bool: true, Empty: , Float: 2.0, Half: 1.50, Int: 5, List: [a, '', ' b c', 3], Quotes: 'say "a\b"', Words: two words}
  global:
    parameters: {region: }
`,
	} {
		got, err := resolve(t, map[string]string{name: content}, nil)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s:\ngot  %+v %v\nwant %+v", name, got, err, want)
		}
	}
	for toml, want := range map[string][]string{
		`"A=1 B=2"`:          {"A=1 B=2"},
		`["A=1", "B='x y'"]`: {"A=1", "B='x y'"},
		`{A = "1"}`:          {`"A=1"`},
		`[]`:                 nil,
	} {
		got, err := resolve(t, map[string]string{"samconfig.toml": "version = 0.1\ndefault.global.parameters.parameter_overrides = " + toml}, nil)
		if err != nil || !reflect.DeepEqual(got.Parameters, want) {
			t.Errorf("parameter_overrides = %s: %q %v, want %q", toml, got.Parameters, err, want)
		}
	}
}

func TestEmptyFile(t *testing.T) {
	for _, name := range fileNames {
		if got, err := resolve(t, map[string]string{name: "# nothing\n"}, nil); err != nil || got.Region != "default" {
			t.Errorf("%s: %+v %v", name, got, err)
		}
	}
}

func TestFileErrors(t *testing.T) {
	const toml, yaml = "samconfig.toml", "samconfig.yaml"
	const table = "version = 0.1\n[default.global.parameters]\n"
	const where = "samconfig.toml: [default.global.parameters] "
	for content, test := range map[string]struct{ file, want string }{
		"version = 0.1\n[default\n":                          {toml, "samconfig.toml:2:9: the file is not valid TOML: "},
		table + "region = 'a'\nregion = 'b'":                 {toml, "samconfig.toml:4:1: the file is not valid TOML: key region is already defined"},
		"version: 0.1\ndefault:\n  global: [a\n":             {yaml, "samconfig.yaml:3: the file is not valid YAML: did not find expected ',' or ']'"},
		"version: 0.1\n\tdefault: 1\n":                       {yaml, "samconfig.yaml:2: the file is not valid YAML: found a tab character that violates indentation"},
		"version: 0.1\nversion: 0.2\n":                       {yaml, "samconfig.yaml:2: the file is not valid YAML: mapping key \"version\" already defined at line 1"},
		"- version\n":                                        {yaml, "samconfig.yaml: a list where the environments should be"},
		"default: {}\n":                                      {yaml, "samconfig.yaml: 'version' key is not present or is in unrecognized format: begin the file with the line \"version: 0.1\""},
		"[default]":                                          {toml, "samconfig.toml: 'version' key is not present or is in unrecognized format: begin the file with the line \"version = 0.1\""},
		"version = 'new'":                                    {toml, "samconfig.toml: 'version' key is not present or is in unrecognized format"},
		"version = 0.1\ndefault = 1":                         {toml, "samconfig.toml: [default] should be a table, not 1"},
		"version = 0.1\ndefault.global.parameters = ['a']":   {toml, "samconfig.toml: [default.global.parameters] should be a table, not a list"},
		"version: 0.1\ndefault: {global: {1: 2}}\n":          {yaml, "samconfig.yaml: [default.global] should be a table, not a table with keys that are not strings"},
		table + "region = true":                              {toml, where + "region: --region takes a string, not true"},
		table + "region = ['a']":                             {toml, where + "region: --region takes a string, not a list"},
		table + "region = 2026-01-02":                        {toml, where + "region: --region takes a string, not a date or time without quotes"},
		table + "debug = 'maybe'":                            {toml, where + `debug: --debug takes true or false, not "maybe"`},
		table + "debug = {}":                                 {toml, where + "debug: --debug takes true or false, not a table"},
		table + "port = 'http'":                              {toml, where + `port: --port takes a whole number, not "http"`},
		table + "port = 1.5":                                 {toml, where + "port: --port takes a whole number, not 1.5"},
		table + "runtime_path = ['a', true]":                 {toml, where + "runtime_path: --runtime-path takes a string or a list of strings, not true"},
		table + "runtime_path = {a = 'b'}":                   {toml, where + "runtime_path: --runtime-path takes a string or a list of strings, not a table"},
		table + "parameter_overrides = true":                 {toml, where + "parameter_overrides: --parameter-overrides takes a string, a list or a map, not true"},
		table + "parameter_overrides = {A = {B = 1}}":        {toml, where + "parameter_overrides: A: a parameter takes a string, a number, true, false or a list, not a table"},
		table + "parameter_overrides = {A = [2026-01-02]}\n": {toml, where + "parameter_overrides: A: a parameter takes a string, a number, true, false or a list, not a date or time without quotes"},
	} {
		_, err := resolve(t, map[string]string{test.file: content}, nil)
		if err == nil || !strings.HasPrefix(err.Error(), test.want) {
			t.Errorf("%s\ngot  %v\nwant %s", content, err, test.want)
		}
	}
}

func TestMissingFile(t *testing.T) {
	_, err := resolve(t, nil, nil, "--config-file", "my.toml", "-t", "app/t.yaml")
	var missing *MissingFileError
	if !errors.As(err, &missing) || err.Error() != "Config file my.toml does not exist or could not be read!" {
		t.Fatalf("%v", err)
	}
	if hint := missing.Hint(); !strings.Contains(hint, "app/my.toml: no such file or directory") {
		t.Errorf("the hint %q does not say where the file was looked for", hint)
	}
	_, err = resolve(t, map[string]string{"samconfig.toml/is-a": "directory"}, nil)
	if !errors.As(err, &missing) || missing.Name != "samconfig.toml" {
		t.Errorf("a directory: %v", err)
	}
	_, err = resolve(t, map[string]string{"my.json": "{}"}, nil, "--config-file", "my.json")
	if err == nil || err.Error() != "the config file my.json uses an unsupported extension, and cannot be read: use .toml, .yaml or .yml" {
		t.Errorf("JSON: %v", err)
	}
}
