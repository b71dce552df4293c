package template

import (
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

// write puts a template into a directory of the test and returns its path.
func write(t testing.TB, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func readText(t *testing.T, text string, o Options) *Template {
	t.Helper()
	template, err := Read(write(t, t.TempDir(), "template.yaml", text), o)
	if err != nil {
		t.Fatal(err)
	}
	return template
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
          LATER: !GetAtt Bucket.WebsiteURL
          NUMBER: 1.50
          FLAG: yes
          DATE: 2018-06-20
          EMPTY:
  Plain:
    Type: AWS::Lambda::Function
    Properties: {Runtime: python3.11, Handler: app.handler, Code: code}
`

func TestFunctions(t *testing.T) {
	template := readText(t, sample, Options{Region: "eu-west-1", Account: "123456789012"})
	fns := template.Functions()
	if len(fns) != 2 {
		t.Fatalf("%d functions", len(fns))
	}
	one, plain := fns[0], fns[1]
	dir := filepath.Dir(template.File)
	if one.LogicalID != "One" || one.FunctionName != "one-dev" || one.Runtime != "nodejs20.x" || one.Timeout != 5*time.Second || one.MemoryMB != 256 || one.Code != dir+"/src" {
		t.Errorf("One is %+v", one)
	}
	want := map[string]string{"A": "global", "B": "own", "LATER": "", "NUMBER": "1.5", "FLAG": "true", "DATE": "2018-06-20", "EMPTY": ""}
	if !maps.Equal(one.Variables, want) {
		t.Errorf("variables %v\nwant %v", one.Variables, want)
	}
	if len(one.Warnings) != 1 || !strings.Contains(one.Warnings[0].Error(), "template.yaml:25:18: One: environment variable LATER is empty: Bucket.WebsiteURL exists only after a deployment") {
		t.Errorf("warnings %v", one.Warnings)
	}
	// Globals are not for AWS::Lambda::Function; its own defaults are.
	if plain.Timeout != 3*time.Second || plain.MemoryMB != 128 || len(plain.Variables) != 0 || plain.Code != dir+"/code" || plain.Unrunnable != nil {
		t.Errorf("Plain is %+v", plain)
	}
	if faults := template.Faults(); len(faults) != 0 {
		t.Errorf("faults %v", faults)
	}
}

func TestUnrunnable(t *testing.T) {
	for properties, want := range map[string]string{
		"{Handler: a.b}":                                          "property Runtime is required",
		"{Runtime: nodejs20.x}":                                   "property Handler is required",
		"{PackageType: Image}":                                    "it is packaged as a container image, and no ImageUri names that",
		"{Runtime: r, Handler: h, CodeUri: 's3://b/k'}":           "its CodeUri is not a local path",
		"{Runtime: r, Handler: h, CodeUri: {Bucket: b, Key: k}}":  "its CodeUri is not a local path",
		"{Runtime: r, Handler: h, Timeout: soon}":                 `template.yaml:2:86: F: property Timeout: "soon" is not a whole number`,
		"{Runtime: r, Handler: h, MemorySize: -1}":                `property MemorySize: "-1" is not a whole number`,
		"{Runtime: r, Handler: [h]}":                              "property Handler is a list, and not a string",
		"{Runtime: !Ref Nothing, Handler: h}":                     "property Runtime cannot be resolved locally: there is no parameter or resource Nothing",
		"{Runtime: r, Handler: h, Environment: {Variables: [A]}}": "property Environment.Variables is a map of names to values",
	} {
		template := readText(t, "Resources:\n  F: {Type: AWS::Serverless::Function, Properties: "+properties+"}", Options{})
		if got := template.Functions()[0].Unrunnable; got == nil || !strings.Contains(got.Error(), want) {
			t.Errorf("%s: %v, want %s", properties, got, want)
		}
	}
}

func TestImages(t *testing.T) {
	template := readText(t, `
Resources:
  A:
    Type: AWS::Serverless::Function
    Properties:
      PackageType: Image
      ImageUri: 'a:1'
      ImageConfig: {EntryPoint: [/run, '1'], Command: [!Sub "${AWS::Region}.handler"], WorkingDirectory: /there}
  B:
    Type: AWS::Lambda::Function
    Properties: {PackageType: Image, Code: {ImageUri: template.yaml}}
`, Options{Region: "eu-west-1"})
	functions := template.Functions()
	want := Image{URI: "a:1", EntryPoint: []string{"/run", "1"}, Command: []string{"eu-west-1.handler"}, WorkingDirectory: "/there"}
	if a := functions[0]; a.Unrunnable != nil || a.Code != "" || !reflect.DeepEqual(*a.Image, want) {
		t.Errorf("A is %+v with %+v", a, a.Image)
	}
	if b := functions[1]; b.Unrunnable != nil || b.Image.URI != template.File { // a file beside the template is an archive
		t.Errorf("B is %+v with %+v", b, b.Image)
	}
}

func TestFaults(t *testing.T) {
	for name, test := range map[string]struct{ file, text, want string }{
		"empty":          {"t.yaml", "", "t.yaml: the template is empty"},
		"comment":        {"t.yaml", "# nothing\n", "t.yaml: the template is empty"},
		"list":           {"t.yaml", "- a\n", "t.yaml:1:1: a template is a map"},
		"flow":           {"t.yaml", "a:\n  b:\n    c: [x\n", "t.yaml:3: the template is not valid YAML: did not find expected ',' or ']'"},
		"indentation":    {"t.yaml", "a:\n  b: 1\n   c: 2\n", "t.yaml:3: the template is not valid YAML: mapping values are not allowed in this context"},
		"tab":            {"t.yaml", "a:\n\tb: 1\n", "t.yaml:2: the template is not valid YAML: found character that cannot start any token"},
		"JSON":           {"t.json", "{\n  \"a\": 1,\n}\n", "t.json:3:1: the template is not valid JSON: "},
		"JSON cut off":   {"t.json", "{\n  \"a\": [1", "t.json:2:9: the template is not valid JSON: unexpected end of JSON input"},
		"binary":         {"t.yaml", "\x00\x01\x02\xff", "t.yaml: the template is not valid YAML: "},
		"unknown anchor": {"t.yaml", "a: *b\n", "t.yaml: the template is not valid YAML: unknown anchor 'b' referenced"},
		"deeply nested":  {"t.yaml", strings.Repeat("[", 9000) + strings.Repeat("]", 9000), "t.yaml:1:202: the template is nested deeper than 200 levels"},
		"too deep":       {"t.yaml", strings.Repeat("[", 20000), "t.yaml: the template is not valid YAML: "},
		"deep JSON":      {"t.json", strings.Repeat("[", 20000), "t.json"},
		"alias bomb":     {"t.yaml", bomb(), "t.yaml:"},
		"alias loop":     {"t.yaml", "Resources: &a\n  b: *a\n", "t.yaml:2:6: the alias *a stands for something that contains it"},
		"key is a list":  {"t.yaml", "? [a]\n: b\n", "t.yaml:1:3: a key is a list, and not a string"},
		"no resources":   {"t.yaml", "A: b\n", "t.yaml:1:1: 'Resources' section is required"},
		"odd resources":  {"t.yaml", "Resources: [a]\n", "t.yaml:1:12: 'Resources' is a map"},
		"odd merge":      {"t.yaml", "a:\n  <<: [b]\n", "t.yaml:2:8: << merges maps, and this is a string"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			_, err := Read(write(t, dir, test.file, test.text), Options{})
			if err == nil || !strings.HasPrefix(strings.TrimPrefix(err.Error(), dir+"/"), test.want) {
				t.Errorf("error %.300v, want %s", err, test.want)
			}
		})
	}
}

func bomb() string {
	var b strings.Builder
	b.WriteString("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n")
	for i := 1; i < 10; i++ {
		b.WriteString(strings.NewReplacer("N", string(rune('0'+i)), "M", string(rune('0'+i-1))).Replace("aN: &aN [*aM, *aM, *aM, *aM, *aM, *aM, *aM, *aM, *aM, *aM]\n"))
	}
	return b.String()
}

func TestFaultsThatLeaveTheRestUsable(t *testing.T) {
	template := readText(t, `
Resources:
  F: {Type: AWS::Serverless::Function, Properties: {Runtime: r, Handler: h}}
  F: {Type: AWS::Serverless::Function, Properties: {Runtime: r2, Handler: h}}
  G: nothing
`, Options{})
	var got []string
	for _, fault := range template.Faults() {
		got = append(got, strings.TrimPrefix(fault.Error(), filepath.Dir(template.File)+"/"))
	}
	want := "template.yaml:4:3: the key F stands here a second time; the first is in line 3\ntemplate.yaml:5:6: G: a resource is a map with a Type, and this is a string"
	if strings.Join(got, "\n") != want {
		t.Errorf("faults\n%s\nwant\n%s", strings.Join(got, "\n"), want)
	}
	if fns := template.Functions(); len(fns) != 1 || fns[0].Runtime != "r2" {
		t.Errorf("functions %+v", fns)
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
	if _, err := Read(dir, Options{}); err == nil || !strings.Contains(err.Error(), "is not a file") {
		t.Errorf("error %v", err)
	}
	path := write(t, dir, "template.json", `{"Resources": {"F": {"Type": "AWS::Lambda::Function", "Properties": {"Runtime": "\ud83d\ude00"}}}}`)
	if got := Default(dir); got != "template.json" {
		t.Errorf("default %s", got)
	}
	template, err := Read(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got := template.Functions()[0].Runtime; got != "😀" {
		t.Errorf("runtime %q", got)
	}
	if err := os.Truncate(path, maxSize+1); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(path, Options{}); err == nil || !strings.Contains(err.Error(), "larger than a template may be") {
		t.Errorf("error %v", err)
	}
}

func TestScalars(t *testing.T) {
	for text, want := range map[string]struct {
		kind Kind
		text string
	}{
		"yes": {Bool, "true"}, "Off": {Bool, "false"}, "TRUE": {Bool, "true"}, "y": {String, "y"},
		"~": {Null, ""}, "null": {Null, ""},
		"10": {Int, "10"}, "-7": {Int, "-7"}, "+7": {Int, "7"}, "010": {Int, "8"}, "0x1F": {Int, "31"}, "0b11": {Int, "3"},
		"1_000": {Int, "1000"}, "1:30": {Int, "90"}, "012345678901": {String, "012345678901"}, "-": {String, "-"}, "0": {Int, "0"},
		"1.50": {Float, "1.5"}, "1.0": {Float, "1.0"}, "-.5": {Float, "-0.5"}, "1e3": {String, "1e3"}, "1.5e+3": {Float, "1500.0"}, ".": {String, "."},
		"1.2.3": {String, "1.2.3"}, "2018-06-20": {String, "2018-06-20"}, "2010-09-09": {String, "2010-09-09"}, "10.0.0.0/16": {String, "10.0.0.0/16"},
		"nodejs20.x": {String, "nodejs20.x"}, "++1": {String, "++1"}, "0x": {String, "0x"},
	} {
		if kind, canonical := plainScalar(text); kind != want.kind || canonical != want.text {
			t.Errorf("%s: %v %q, want %v %q", text, kind, canonical, want.kind, want.text)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(sample)
	f.Add("a: &a {b: *a}\nResources: *a\n")
	f.Add(`{"Resources": {"F": {"Type": "AWS::Lambda::Function", "Properties": {"Runtime": {"Fn::Sub": "${"}}}}}`)
	f.Add("Conditions: {A: !Not [!Condition A]}\nResources: {F: {Type: AWS::Lambda::Function, Condition: A, Properties: {Runtime: !If [A, b, !Select [0, !Split [',', 'a,b']]]}}}")
	f.Add("Resources: {'Fn::ForEach::L': [X, [a, b], {'F${X}': {Type: AWS::Serverless::Function, Properties: {Handler: !Join ['.', [!Ref X, !GetAtt F.Arn]]}}}]}")
	f.Fuzz(func(t *testing.T, text string) {
		template, err := Read(write(t, t.TempDir(), "template.yaml", text), Options{Region: "us-east-1"})
		if err == nil {
			template.Functions()
			template.Faults()
		}
	})
}
