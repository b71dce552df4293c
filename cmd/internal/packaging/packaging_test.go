package packaging

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/md5"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// write writes files below a directory: names and contents in turns.
func write(t *testing.T, dir string, files ...string) {
	t.Helper()
	for i := 0; i < len(files); i += 2 {
		path := filepath.Join(dir, files[i])
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(files[i+1]), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

var destination = Destination{Bucket: "b", Prefix: "p", TemplateURL: func(key string) string { return "https://s3.example/b/" + key }}

// render packages a template; keys of artifacts become KEY0, KEY1 ...
func render(t *testing.T, path string) (string, []*Artifact) {
	t.Helper()
	p, err := Read(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	text, artifacts, err := p.Render(destination)
	if err != nil {
		t.Fatal(err)
	}
	for i, a := range artifacts {
		text = strings.ReplaceAll(text, a.Key, fmt.Sprintf("KEY%d", i))
	}
	return text, artifacts
}

func content(t *testing.T, a *Artifact) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := a.Write(t.Context(), &b, func(int64) {}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func unzip(t *testing.T, data []byte) map[string]string {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	files := make(map[string]string)
	for _, f := range archive.File {
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(in)
		if err != nil {
			t.Fatalf("%s: %v", f.Name, err)
		}
		files[f.Name] = fmt.Sprintf("%v %s", f.Mode(), text)
	}
	return files
}

func TestOnlyPackagedPropertiesChange(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "src/app.py", "x = 1\n", "other/a.js", "1", "layer/l.txt", "l", "asl.json", "{}", "swagger.yaml", "swagger: '2.0'",
		"schema.graphql", "type Query", "part.yaml", "A: 1", "job.py", "print()", "res/r.js", "r", "LICENSE", "MIT")
	const in = `# a comment at the top
Transform:   [AWS::Serverless-2016-10-31]

Metadata:
  AWS::ServerlessRepo::Application:
    LicenseUrl: LICENSE
    ReadmeUrl: https://example.com/README.md
Globals:
  Function: {Timeout: 010, CodeUri: "src"}   # for all
Resources:
  One:   # in Globals
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler

      Environment: {Variables: {A: !Sub "${AWS::Region}-x", B: !GetAtt Two.Arn}}
  Two:
    Type: AWS::Lambda::Function
    Properties: {Code: ./other, Role: !Ref R}
  Three:
    Type: AWS::Lambda::Function
    Properties:
      # above
      Code: 'src'  # behind
      Runtime: python3.11
  Four:
    Type: AWS::Serverless::Function
    Properties: {InlineCode: "x", Handler: h}
  Five: {Type: AWS::Lambda::Function, Properties: {Code: {ZipFile: "x"}}}
  Six:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: s3://there/already
  Seven:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: !Sub "s3://${Bucket}/x"
  L:
    Type: AWS::Serverless::LayerVersion
    Properties:
        LayerName: é
        ContentUri: layer
  S:
    Type: AWS::Serverless::StateMachine
    Properties:
      DefinitionUri: asl.json
  Api:
    Type: AWS::Serverless::Api
    Properties:
      DefinitionUri: swagger.yaml
  Raw:
    Type: AWS::ApiGateway::RestApi
    Properties:
      BodyS3Location: swagger.yaml
  Schema:
    Type: AWS::AppSync::GraphQLSchema
    Properties: {"DefinitionS3Location": "schema.graphql"}
  G:
    Type: AWS::Serverless::GraphQLApi
    Properties:
      SchemaUri: schema.graphql
      Functions: {f: {CodeUri: res/r.js}}
      Resolvers:
        Query:
          q:
            CodeUri: res/r.js
  Job:
    Type: AWS::Glue::Job
    Properties:
      Command:
        Name: glueetl
        ScriptLocation: job.py
  Fn::ForEach::Loop:
    - N
    - [a, b]
    - ${N}Fn:
        Type: AWS::Serverless::Function
        Properties:
          CodeUri: ./src
  Included:
    Fn::Transform: {Name: AWS::Include, Parameters: {Location: part.yaml}}
Outputs:
  O: {Value: !If [A, "é", !Transform {Name: AWS::Include, Parameters: {Location: ./part.yaml}}]}
# the end`
	write(t, dir, "template.yaml", in)
	got, artifacts := render(t, filepath.Join(dir, "template.yaml"))
	want := strings.NewReplacer(
		"LicenseUrl: LICENSE", "LicenseUrl: s3://b/p/KEY0",
		`CodeUri: "src"`, `CodeUri: "s3://b/p/KEY1"`,
		"Code: ./other", `Code: {S3Bucket: "b", S3Key: "p/KEY2"}`,
		"Code: 'src'", `Code: {S3Bucket: "b", S3Key: "p/KEY1"}`,
		"ContentUri: layer", "ContentUri: s3://b/p/KEY3",
		"DefinitionUri: asl.json", `DefinitionUri: {Bucket: "b", Key: "p/KEY4"}`,
		"DefinitionUri: swagger.yaml", "DefinitionUri: s3://b/p/KEY5",
		"BodyS3Location: swagger.yaml", `BodyS3Location: {Bucket: "b", Key: "p/KEY5"}`,
		`"schema.graphql"`, `"s3://b/p/KEY6"`,
		"SchemaUri: schema.graphql", "SchemaUri: s3://b/p/KEY6",
		"{CodeUri: res/r.js}", `{CodeUri: "s3://b/p/KEY7"}`,
		"            CodeUri: res/r.js", "            CodeUri: s3://b/p/KEY7",
		"ScriptLocation: job.py", "ScriptLocation: s3://b/p/KEY8",
		"CodeUri: ./src", "CodeUri: s3://b/p/KEY1",
		"Location: part.yaml", `Location: "s3://b/p/KEY9"`,
		"Location: ./part.yaml", `Location: "s3://b/p/KEY9"`,
	).Replace(in)
	if got != want {
		t.Errorf("the output is\n%s\nwant\n%s", got, want)
	}
	if files := unzip(t, content(t, artifacts[1])); len(files) != 1 || files["app.py"] != "-rw-r--r-- x = 1\n" {
		t.Errorf("src is packaged as %v", files)
	}
	if text := content(t, artifacts[5]); string(text) != "swagger: '2.0'" {
		t.Errorf("swagger.yaml is packaged as %q", text)
	}
	if key := fmt.Sprintf("%x", md5.Sum([]byte("MIT"))); artifacts[0].Key != key { // as of the AWS CLI
		t.Errorf("the key of LICENSE is %s, want %s", artifacts[0].Key, key)
	}
}

func TestNotations(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "src/app.py", "x", "a dir/b.py", "y", "app.jar", "no archive")
	for _, test := range []struct{ name, in, want string }{
		{
			"assumed code",
			"Resources:\n  F:\n    Type: AWS::Serverless::Function\n    Properties:\n      # the handler\n      Handler: src/app.h\n      Runtime: r\n",
			"Resources:\n  F:\n    Type: AWS::Serverless::Function\n    Properties:\n      # the handler\n      CodeUri: s3://b/p/KEY0\n      Handler: src/app.h\n      Runtime: r\n",
		}, {
			"assumed code in braces",
			"Resources: {F: {Type: AWS::Lambda::Function, Properties: {Handler: h}}}",
			`Resources: {F: {Type: AWS::Lambda::Function, Properties: {Code: {S3Bucket: "b", S3Key: "p/KEY0"}, Handler: h}}}`,
		}, {
			"JSON",
			"{\n\t\"é\": \"\\ud83d\\ude00\", \"Resources\": {\"F\": {\"Type\": \"AWS::Lambda::Function\",\n\t\"Properties\": {\"Code\" : \"s\\u0072c\"}}}\n}",
			"{\n\t\"é\": \"\\ud83d\\ude00\", \"Resources\": {\"F\": {\"Type\": \"AWS::Lambda::Function\",\n\t\"Properties\": {\"Code\" : {\"S3Bucket\": \"b\", \"S3Key\": \"p/KEY0\"}}}}\n}",
		}, {
			"quotes", "Resources: {A: {Type: AWS::Serverless::Function, Properties: {CodeUri: \"a\\x20dir\"}}}\n",
			"Resources: {A: {Type: AWS::Serverless::Function, Properties: {CodeUri: \"s3://b/p/KEY0\"}}}\n",
		}, {
			"an alias", "X: &src src\nResources: {A: {Type: AWS::Serverless::Function, Properties: {CodeUri: *src}}}",
			"X: &src src\nResources: {A: {Type: AWS::Serverless::Function, Properties: {CodeUri: \"s3://b/p/KEY0\"}}}",
		}, {
			"an anchor",
			"Resources:\n  A:\n    Type: AWS::Serverless::Function\n    Properties: &p\n      CodeUri: &src src\n  B:\n    Type: AWS::Serverless::Function\n    Properties:\n      <<: *p\n      Handler: h\n",
			"Resources:\n  A:\n    Type: AWS::Serverless::Function\n    Properties: &p\n      CodeUri: &src s3://b/p/KEY0\n  B:\n    Type: AWS::Serverless::Function\n    Properties:\n      <<: *p\n      Handler: h\n",
		}, {
			"Windows", "\ufeffResources:\r\n  A:\r\n    Type: AWS::Serverless::Function\r\n    Properties:\r\n      CodeUri: src\r\n",
			"Resources:\r\n  A:\r\n    Type: AWS::Serverless::Function\r\n    Properties:\r\n      CodeUri: s3://b/p/KEY0\r\n",
		}, {
			"an image in ECR",
			"Resources: {A: {Type: AWS::Serverless::Function, Properties: {PackageType: Image, ImageUri: 1.dkr.ecr.eu-west-1.amazonaws.com/a:1}}, B: {Type: AWS::Lambda::Function, Properties: {Code: {ImageUri: !Ref Image}}}}",
			"Resources: {A: {Type: AWS::Serverless::Function, Properties: {PackageType: Image, ImageUri: 1.dkr.ecr.eu-west-1.amazonaws.com/a:1}}, B: {Type: AWS::Lambda::Function, Properties: {Code: {ImageUri: !Ref Image}}}}",
		}, {
			"several lines",
			"Resources:\n  A:\n    Type: AWS::Serverless::Function\n    Properties:\n      CodeUri: >-  # folded\n        src\n\n      # the handler\n      Handler: h\n  B:\n    Type: AWS::Serverless::Function\n    Properties: {CodeUri: \"a\n      dir\"}\n  C:\n    Type: AWS::Lambda::Function\n    Properties:\n      Code: |-\n          src",
			"Resources:\n  A:\n    Type: AWS::Serverless::Function\n    Properties:\n      CodeUri: s3://b/p/KEY0\n\n      # the handler\n      Handler: h\n  B:\n    Type: AWS::Serverless::Function\n    Properties: {CodeUri: \"s3://b/p/KEY1\"}\n  C:\n    Type: AWS::Lambda::Function\n    Properties:\n      Code: {S3Bucket: \"b\", S3Key: \"p/KEY0\"}",
		}, {
			"what is stored",
			"Resources: {A: {Type: AWS::Lambda::Function, Properties: {Code: 's3://x/y/z.zip?versionId=v'}}, B: {Type: AWS::Serverless::Function, Properties: {CodeUri: s3://x/y}}, C: {Type: AWS::ApiGateway::RestApi, Properties: {BodyS3Location: s3://x/y}}}",
			`Resources: {A: {Type: AWS::Lambda::Function, Properties: {Code: {S3Bucket: "x", S3Key: "y/z.zip", S3ObjectVersion: "v"}}}, B: {Type: AWS::Serverless::Function, Properties: {CodeUri: s3://x/y}}, C: {Type: AWS::ApiGateway::RestApi, Properties: {BodyS3Location: {Bucket: "x", Key: "y"}}}}`,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			write(t, dir, "template.yaml", test.in)
			if got, _ := render(t, filepath.Join(dir, "template.yaml")); got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

func TestImagesOfThisMachineAreRefused(t *testing.T) {
	const next = "push it to a repository in ECR, and name it by its URI"
	for in, want := range map[string]string{
		"Resources: {A: {Type: AWS::Serverless::Function, Properties: {PackageType: Image, ImageUri: ratings:latest}}}": ":1:93: A: ImageUri refers to ratings:latest: an image of this machine, which sam does not push: " + next,
		"Resources: {A: {Type: AWS::Lambda::Function, Properties: {Code: {ImageUri: me/ratings}}}}":                     ":1:76: A: ImageUri refers to me/ratings: an image of this machine, which sam does not push: " + next,
		"Resources: {A: {Type: AWS::Serverless::Function, Properties: {PackageType: Image}}}":                           ":1:62: A: its package type is Image, and it has no ImageUri: push an image to a repository in ECR, and name it there by its URI",
	} {
		path := filepath.Join(t.TempDir(), "template.yaml")
		check(t, os.WriteFile(path, []byte(in), 0o600))
		if _, err := Read(t.Context(), path); err == nil || err.Error() != path+want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

func TestPathsWithTheVariableOfALoop(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "src/A/a.py", "", "template.yaml", "Resources: {'Fn::ForEach::L': [N, [A, B], {'F${N}': {Type: AWS::Serverless::Function, Properties: {CodeUri: 'src/${N}'}}}]}")
	const want = "F${N}: CodeUri refers to src/${N}, a path with a variable: write the resources out, or give them one path"
	if _, err := Read(t.Context(), filepath.Join(dir, "template.yaml")); err == nil || !strings.HasSuffix(err.Error(), want) {
		t.Errorf("%v, want %s", err, want)
	}
}

func TestNestedTemplates(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "src/a.py", "x", "nested/src/b.py", "y",
		"nested/inner.yaml", "Resources: {F: {Type: AWS::Serverless::Function, Properties: {CodeUri: ../src}}}",
		"nested/middle.yaml", "Resources:\n  G: {Type: AWS::Serverless::Function, Properties: {CodeUri: src}}\n  I: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: inner.yaml}}\n",
		"template.yaml", "Resources:\n  M:\n    Type: AWS::Serverless::Application\n    Properties:\n      Location: nested/middle.yaml\n")
	got, artifacts := render(t, filepath.Join(dir, "template.yaml"))
	if want := "Location: https://s3.example/b/p/KEY3"; !strings.Contains(got, want) || len(artifacts) != 4 {
		t.Fatalf("%d artifacts, and\n%s", len(artifacts), got)
	}
	middle := string(content(t, artifacts[3]))
	if !strings.Contains(middle, "s3://b/p/"+artifacts[0].Key) || !strings.Contains(middle, "https://s3.example/b/p/"+artifacts[2].Key) {
		t.Errorf("the nested template is\n%s", middle)
	}
}

func TestArchivesAreDeterministic(t *testing.T) {
	big := strings.Repeat("large file\n", 300_000)
	make := func(mode os.FileMode) (string, []byte) {
		dir := t.TempDir()
		for i := range 200 {
			write(t, dir, fmt.Sprintf("src/d%d/f%d.txt", i%7, i), strings.Repeat("text ", i))
		}
		write(t, dir, "src/big.txt", big, "src/ü.txt", "ü", "src/run.sh", "#!/bin/sh\n")
		if err := os.Chmod(filepath.Join(dir, "src/run.sh"), mode); err != nil {
			t.Fatal(err)
		}
		write(t, dir, "template.yaml", "Resources: {F: {Type: AWS::Serverless::Function, Properties: {CodeUri: src}}}")
		_, artifacts := render(t, filepath.Join(dir, "template.yaml"))
		return artifacts[0].Key, content(t, artifacts[0])
	}
	key, data := make(0o755)
	if again, same := make(0o711); again != key || !bytes.Equal(data, same) {
		t.Error("the same files make another archive")
	}
	if other, _ := make(0o644); other == key {
		t.Error("a program that cannot be executed any more has the same key")
	}
	files := unzip(t, data)
	if len(files) != 203 || files["big.txt"] != "-rw-r--r-- "+big || files["ü.txt"] != "-rw-r--r-- ü" || files["run.sh"] != "-rwxr-xr-x #!/bin/sh\n" {
		t.Errorf("the archive has %d files, run.sh is %q", len(files), files["run.sh"])
	}
}

func TestFilesThatCannotBePackaged(t *testing.T) {
	for _, test := range []struct {
		name  string
		setup func(t *testing.T, dir string)
		want  string
	}{
		{"missing", func(*testing.T, string) {}, "template.yaml:1:84: F: CodeUri refers to src, but DIR/src does not exist: correct the path, or build it first"},
		{"empty", func(t *testing.T, dir string) { check(t, os.Mkdir(dir+"/src", 0o755)) }, "F: CodeUri refers to src: the directory has no files: correct the path, or build it first"},
		{"unreadable", func(t *testing.T, dir string) {
			write(t, dir, "src/a", "a")
			check(t, os.Chmod(dir+"/src/a", 0))
		}, "F: CodeUri refers to src, but DIR/src/a cannot be read: change its permissions, or remove it"},
		{"circle of links", func(t *testing.T, dir string) {
			write(t, dir, "src/a/b", "")
			check(t, os.Symlink("..", dir+"/src/a/up"))
		}, "DIR/src/a/up is a symbolic link to a directory that it is in: remove it, or link to what is needed"},
		{"link to itself", func(t *testing.T, dir string) {
			write(t, dir, "src/a", "")
			check(t, os.Symlink("self", dir+"/src/self"))
		}, "DIR/src/self is a symbolic link to self, which cannot be followed: remove it, or restore what it leads to (too many levels of symbolic links)"},
		{"link to nothing", func(t *testing.T, dir string) {
			write(t, dir, "src/a", "")
			check(t, os.Symlink("gone", dir+"/src/link"))
		}, "DIR/src/link is a symbolic link to gone, which cannot be followed: remove it, or restore what it leads to (no such file or directory)"},
		{"pipe", func(t *testing.T, dir string) {
			write(t, dir, "src/a", "")
			check(t, syscall.Mkfifo(dir+"/src/pipe", 0o600))
		}, "DIR/src/pipe is neither a file nor a directory (p---------): remove it"},
		{"damaged archive", func(t *testing.T, dir string) { write(t, dir, "code.zip", "PK") }, "F: CodeUri refers to code.zip: DIR/code.zip is no archive, or a damaged one: build it again"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.name == "unreadable" && os.Getuid() == 0 {
				asNobody(t) // root reads everything
				return
			}
			dir := t.TempDir()
			test.setup(t, dir)
			uri := "src"
			if _, err := os.Stat(dir + "/code.zip"); err == nil {
				uri = "code.zip"
			}
			write(t, dir, "template.yaml", "Resources: {F: {Type: AWS::Serverless::Function, Properties: {Handler: h, CodeUri: "+uri+"}}}")
			_, err := Read(t.Context(), filepath.Join(dir, "template.yaml"))
			if err == nil || !strings.HasSuffix(strings.ReplaceAll(err.Error(), dir, "DIR"), test.want) {
				t.Errorf("got  %v\nwant %s", err, test.want)
			}
		})
	}
}

// asNobody runs the test again, as a user without rights.
func asNobody(t *testing.T) {
	t.Helper()
	cmd := exec.Command("/proc/self/exe", "-test.run", "^"+t.Name()+"$", "-test.v")
	cmd.Dir = "/"
	cmd.Env = append(os.Environ(), "GOCOVERDIR=")
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	if out, err := cmd.CombinedOutput(); err != nil || !bytes.Contains(out, []byte("--- PASS: "+t.Name())) {
		t.Errorf("as nobody: %v\n%s", err, out)
	}
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestLinksAreFollowed(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "shared/util.py", "u", "src/app.py", "a", "template.yaml", "Resources: {F: {Type: AWS::Serverless::Function, Properties: {CodeUri: src}}}")
	check(t, os.Symlink("../shared", dir+"/src/shared"))
	check(t, os.Symlink("../shared", dir+"/src/again"))
	_, artifacts := render(t, dir+"/template.yaml")
	if files := unzip(t, content(t, artifacts[0])); len(files) != 3 || files["again/util.py"] != "-rw-r--r-- u" {
		t.Errorf("the archive has %v", files)
	}
}

func TestFilesThatChange(t *testing.T) {
	for name, change := range map[string]func(path string) error{
		"removed":   os.Remove,
		"written":   func(path string) error { return os.WriteFile(path, []byte("other"), 0o644) },
		"truncated": func(path string) error { return os.Truncate(path, 0) },
		"touched":   func(path string) error { return os.Chtimes(path, time.Time{}, time.Unix(1e9, 0)) },
	} {
		for _, size := range []int{10, 2 * smallFile} {
			t.Run(fmt.Sprintf("%s, %d", name, size), func(t *testing.T) {
				dir := t.TempDir()
				write(t, dir, "src/a", strings.Repeat("a", size), "src/b", "b", "template.yaml", "Resources: {F: {Type: AWS::Serverless::Function, Properties: {CodeUri: src}}}")
				_, artifacts := render(t, dir+"/template.yaml")
				check(t, change(dir+"/src/a"))
				err := artifacts[0].Write(t.Context(), io.Discard, func(int64) {})
				if want := dir + "/src/a has changed while it was packaged: run the command again once nothing writes to it"; err == nil || err.Error() != want {
					t.Errorf("got %v, want %s", err, want)
				}
			})
		}
	}
}

func TestTooLargeForLambda(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "src/a", "", "template.yaml", "Resources: {F: {Type: AWS::Serverless::Function, Properties: {CodeUri: src}}}")
	check(t, os.Truncate(dir+"/src/a", 251<<20))
	_, artifacts := render(t, dir+"/template.yaml")
	if got, want := artifacts[0].Warning(), "F (src) has 251 MB of files: Lambda refuses functions of more than 250 MB unzipped, layers included"; got != want {
		t.Errorf("the warning is %q", got)
	}
}

func TestWritingEndsWithItsContext(t *testing.T) {
	dir := t.TempDir()
	for i := range 300 {
		write(t, dir, fmt.Sprintf("src/%d", i), strings.Repeat("x", i))
	}
	write(t, dir, "template.yaml", "Resources: {F: {Type: AWS::Serverless::Function, Properties: {CodeUri: src}}}")
	_, artifacts := render(t, dir+"/template.yaml")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := artifacts[0].Write(ctx, io.Discard, func(int64) {}); err != context.Canceled {
		t.Errorf("got %v", err)
	}
}

func TestJSON(t *testing.T) {
	got, err := JSON("t.yaml", "# c\nB: !Sub \"${x}\\n\"\nA: [1, .5, yes, ~, 010, !GetAtt A.B, {}]\nC: 'é \"'\n")
	if err != nil {
		t.Fatal(err)
	}
	var compact bytes.Buffer
	check(t, json.Compact(&compact, []byte(got)))
	if want := `{"B":{"Fn::Sub":"${x}\u000a"},"A":[1,0.5,true,null,8,{"Fn::GetAtt":["A","B"]},{}],"C":"é \""}`; compact.String() != want {
		t.Errorf("got  %s\nwant %s", &compact, want)
	}
	if !strings.HasPrefix(got, "{\n    \"B\": {\n        \"Fn::Sub\"") {
		t.Errorf("the indentation is\n%s", got)
	}
}
