package template

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func read(t *testing.T, text string, o Options) *Template {
	t.Helper()
	template, err := parse("template.yaml", []byte(text), o)
	if err != nil {
		t.Fatal(err)
	}
	return template
}

func functions(t *testing.T, text string, o Options) []Function {
	t.Helper()
	fns, err := read(t, text, o).Functions()
	if err != nil {
		t.Fatal(err)
	}
	return fns
}

const sample = `
Parameters:
  Stage: {Type: String, Default: dev}
  Memory: {Type: Number, Default: 256}
Globals:
  Function:
    Runtime: nodejs20.x
    Timeout: 5
    MemorySize: 512
    Environment:
      Variables: {A: global, B: global}
Resources:
  Bucket:
    Type: AWS::S3::Bucket
  One:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: src/
      Handler: index.handler
      FunctionName: !Sub 'one-${Stage}'
      MemorySize: !Ref Memory
      Environment:
        Variables:
          B: own
          REF: !Ref Stage
          SUB: !Sub '${Stage}/${AWS::Region}/${One.Arn}/${!Literal}'
          LONG: {Fn::Sub: "${Stage}!"}
          ARN: !GetAtt One.Arn
          ID: !Ref Bucket
          LATER: !GetAtt Bucket.Arn
          NUMBER: 1.50
          FLAG: yes
          EMPTY:
  Plain:
    Type: AWS::Lambda::Function
    Properties: {Runtime: python3.11, Handler: app.handler, Code: code}
`

func TestFunctions(t *testing.T) {
	fns := functions(t, sample, Options{Region: "eu-west-1", Account: "123456789012"})
	if len(fns) != 2 {
		t.Fatalf("%d functions", len(fns))
	}
	one, plain := fns[0], fns[1]
	if one.LogicalID != "One" || one.FunctionName != "one-dev" || one.Runtime != "nodejs20.x" || one.Timeout != 5*time.Second || one.MemoryMB != 256 || one.CodeURI != "src/" {
		t.Errorf("One is %+v", one)
	}
	want := map[string]string{
		"A": "global", "B": "own", "REF": "dev", "LONG": "dev!", "ID": "Bucket",
		"SUB":   "dev/eu-west-1/arn:aws:lambda:eu-west-1:123456789012:function:one-dev/${Literal}",
		"ARN":   "arn:aws:lambda:eu-west-1:123456789012:function:one-dev",
		"LATER": "", "NUMBER": "1.50", "FLAG": "yes", "EMPTY": "",
	}
	if !maps.Equal(one.Variables, want) {
		t.Errorf("variables %v\nwant %v", one.Variables, want)
	}
	if len(one.Warnings) != 1 || !strings.HasPrefix(one.Warnings[0].Error(), "template.yaml:30:18: One: environment variable LATER cannot be resolved locally") {
		t.Errorf("warnings %v", one.Warnings)
	}
	// Globals are not for AWS::Lambda::Function; its own defaults are.
	if plain.Timeout != 3*time.Second || plain.MemoryMB != 128 || len(plain.Variables) != 0 || plain.CodeURI != "code" || plain.Unrunnable != nil {
		t.Errorf("Plain is %+v", plain)
	}
}

func TestParameterOverrides(t *testing.T) {
	fns := functions(t, sample, Options{Parameters: map[string]string{"Stage": "prod", "Memory": "1024"}})
	if fns[0].FunctionName != "one-prod" || fns[0].MemoryMB != 1024 {
		t.Errorf("One is %+v", fns[0])
	}
}

func TestUnrunnable(t *testing.T) {
	for properties, want := range map[string]string{
		"{Handler: a.b}":                                          "property Runtime is required",
		"{Runtime: nodejs20.x}":                                   "property Handler is required",
		"{PackageType: Image}":                                    "it is packaged as a container image",
		"{Runtime: r, Handler: h, CodeUri: 's3://b/k'}":           "its CodeUri is not a local path",
		"{Runtime: r, Handler: h, CodeUri: {Bucket: b, Key: k}}":  "its CodeUri is not a local path",
		"{Runtime: r, Handler: h, Timeout: soon}":                 `template.yaml:2:86: F: property Timeout: "soon" is not a whole number`,
		"{Runtime: r, Handler: h, MemorySize: -1}":                `property MemorySize: "-1" is not a whole number`,
		"{Runtime: r, Handler: h, FunctionName: !Ref F}":          "property FunctionName refers to itself",
		"{Runtime: !Ref Nothing, Handler: h}":                     "property Runtime cannot be resolved locally",
		"{Runtime: r, Handler: h, Environment: {Variables: [A]}}": "property Environment.Variables is a mapping of names to values",
	} {
		fns := functions(t, "Resources:\n  F: {Type: AWS::Serverless::Function, Properties: "+properties+"}", Options{})
		if got := fns[0].Unrunnable; got == nil || !strings.Contains(got.Error(), want) {
			t.Errorf("%s: %v, want %s", properties, got, want)
		}
	}
}

func TestFaults(t *testing.T) {
	for name, test := range map[string]struct{ file, text, want string }{
		"empty":           {"t.yaml", "", "t.yaml: the template is empty"},
		"comment":         {"t.yaml", "# nothing\n", "t.yaml: the template is empty"},
		"list":            {"t.yaml", "- a\n", "t.yaml:1:1: a template is a mapping"},
		"flow":            {"t.yaml", "a:\n  b:\n    c: [x\n", "t.yaml:3: the template is not valid YAML: did not find expected ',' or ']'"},
		"indentation":     {"t.yaml", "a:\n  b: 1\n   c: 2\n", "t.yaml:3: the template is not valid YAML: mapping values are not allowed in this context"},
		"tab":             {"t.yaml", "a:\n\tb: 1\n", "t.yaml:2: the template is not valid YAML: found character that cannot start any token"},
		"JSON":            {"t.json", "{\n  \"a\": 1,\n}\n", "t.json:3:1: the template is not valid JSON: "},
		"binary":          {"t.yaml", "\x00\x01\x02\xff", "t.yaml: the template is not valid YAML: "},
		"unknown anchor":  {"t.yaml", "a: *b\n", "t.yaml: the template is not valid YAML: unknown anchor 'b' referenced"},
		"deeply nested":   {"t.yaml", strings.Repeat("[", 20000), "t.yaml: the template is not valid YAML: "},
		"no resources":    {"t.yaml", "A: b\n", "t.yaml:1:1: 'Resources' section is required"},
		"odd resources":   {"t.yaml", "Resources: [a]\n", "t.yaml:1:12: 'Resources' is a mapping"},
		"resource is odd": {"t.yaml", "Resources: {A: b}\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			template, err := parse(test.file, []byte(test.text), Options{})
			if err == nil {
				_, err = template.Functions()
			}
			if test.want == "" && err == nil {
				return
			}
			if err == nil || !strings.HasPrefix(err.Error(), test.want) {
				t.Errorf("error %v, want %s", err, test.want)
			}
		})
	}
}

func TestReadFile(t *testing.T) {
	dir := t.TempDir()
	if got := Default(dir); got != "template.yaml" {
		t.Errorf("default %s", got)
	}
	if _, err := Read(filepath.Join(dir, "template.yaml"), Options{}); err == nil || err.Error() != "Template file not found at "+dir+"/template.yaml" {
		t.Errorf("error %v", err)
	}
	if _, err := Read(dir, Options{}); err == nil || !strings.Contains(err.Error(), "is a directory") {
		t.Errorf("error %v", err)
	}
	path := filepath.Join(dir, "template.json")
	if err := os.WriteFile(path, []byte(`{"Resources": {"F": {"Type": "AWS::Lambda::Function"}}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := Default(dir); got != "template.json" {
		t.Errorf("default %s", got)
	}
	if _, err := Read(path, Options{}); err != nil {
		t.Error(err)
	}
}

func FuzzFunctions(f *testing.F) {
	f.Add(sample)
	f.Add("a: &a {b: *a}\nResources: *a\n")
	f.Add("Resources: {F: {Type: AWS::Lambda::Function, Properties: {Runtime: !Sub '${'}}}")
	f.Fuzz(func(t *testing.T, text string) {
		template, err := parse("t.yaml", []byte(text), Options{})
		if err == nil {
			_, _ = template.Functions()
		}
	})
}
