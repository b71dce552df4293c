package template

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestNestedStacks(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "deep/inner.yaml", `
Parameters: {Stage: {Type: String, Default: none}, Zones: {Type: CommaDelimitedList}}
Resources:
  Fn:
    Type: AWS::Serverless::Function
    Properties: {Runtime: r, Handler: !Sub "h.${Stage}", CodeUri: src, Environment: {Variables: {ZONES: !Join ["+", !Ref Zones]}}}
`)
	write(t, dir, "sub/middle.yaml", `
Parameters: {Env: {Type: String}}
Resources:
  Inner:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: ../deep/inner.yaml, Parameters: {Stage: !Ref Env, Zones: [a, b]}}
  Again:
    Type: AWS::Serverless::Application
    Properties: {Location: ../template.yaml}
  Far:
    Type: AWS::Serverless::Application
    Properties: {Location: https://example.com/t.yaml}
`)
	path := write(t, dir, "template.yaml", `
Resources:
  Middle:
    Type: AWS::Serverless::Application
    Properties: {Location: sub/middle.yaml, Parameters: {Env: prod}}
  Lost:
    Type: AWS::Serverless::Application
    Properties: {Location: nowhere.yaml}
`)
	template, err := Read(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	fns := template.Functions()
	if len(fns) != 1 || fns[0].FullPath() != "Middle/Inner/Fn" || fns[0].Handler != "h.prod" || fns[0].Code != filepath.Join(dir, "deep/src") || fns[0].Variables["ZONES"] != "a+b" {
		t.Errorf("functions %+v", fns)
	}
	var faults []string
	for _, fault := range template.Faults() {
		faults = append(faults, strings.ReplaceAll(fault.Error(), dir+"/", ""))
	}
	want := []string{
		"sub/middle.yaml:9:28: Again: the nested stack contains itself: template.yaml",
		"template.yaml:8:28: Lost: read the nested stack: Template file not found at nowhere.yaml",
	}
	if strings.Join(faults, "\n") != strings.Join(want, "\n") {
		t.Errorf("faults\n%s\nwant\n%s", strings.Join(faults, "\n"), strings.Join(want, "\n"))
	}
	if warnings := template.Warnings(); len(warnings) != 1 || !strings.Contains(warnings[0].Error(), "Far: its template is not a local file") {
		t.Errorf("warnings %v", warnings)
	}
}

func TestInclude(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "inc/vars.yaml", "A: !Ref Stage\nB: two\n")
	write(t, dir, "loop.yaml", "Fn::Transform: {Name: AWS::Include, Parameters: {Location: loop.yaml}}\n")
	path := write(t, dir, "template.yaml", `
Parameters: {Stage: {Type: String, Default: dev}}
Resources:
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: r
      Handler: h
      Environment:
        Variables:
          Fn::Transform: {Name: AWS::Include, Parameters: {Location: inc/vars.yaml}}
          C: own
  Fn::Transform: {Name: AWS::Include, Parameters: {Location: loop.yaml}}
`)
	template, err := Read(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if vars := template.Functions()[0].Variables; vars["A"] != "dev" || vars["B"] != "two" || vars["C"] != "own" {
		t.Errorf("variables %v", vars)
	}
	if faults := template.Faults(); len(faults) != 1 || !strings.Contains(faults[0].Error(), "loop.yaml includes itself") {
		t.Errorf("faults %v", faults)
	}
}

func TestLayers(t *testing.T) {
	template := readText(t, `
Resources:
  Own: {Type: AWS::Serverless::LayerVersion, Properties: {ContentUri: layer}}
  Plain: {Type: AWS::Lambda::LayerVersion, Properties: {Content: {S3Bucket: b, S3Key: k}}}
  Cdk: {Type: AWS::Lambda::LayerVersion, Properties: {Content: {S3Bucket: b, S3Key: k}}, Metadata: {aws:asset:path: asset.1, aws:asset:property: Content}}
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: r
      Handler: h
      Layers: [!Ref Own, !Ref Cdk, !Ref Plain, "arn:aws:lambda:us-east-1:1:layer:far:3"]
  CdkFn:
    Type: AWS::Lambda::Function
    Properties: {Runtime: r, Handler: h, Code: {S3Bucket: b, S3Key: k}}
    Metadata: {aws:asset:path: asset.2, aws:asset:property: Code}
  Inline:
    Type: AWS::Lambda::Function
    Properties: {Runtime: r, Handler: h, Code: {ZipFile: !Sub "print('${AWS::Region}')"}}
`, Options{Region: "us-east-1"})
	dir := filepath.Dir(template.File)
	fns := template.Functions()
	want := []Layer{{"Own", dir + "/layer"}, {"Cdk", dir + "/asset.1"}, {"Plain", ""}, {"arn:aws:lambda:us-east-1:1:layer:far:3", ""}}
	if len(fns[0].Layers) != len(want) {
		t.Fatalf("layers %+v", fns[0].Layers)
	}
	for i, layer := range fns[0].Layers {
		if layer != want[i] {
			t.Errorf("layer %+v, want %+v", layer, want[i])
		}
	}
	if fns[1].Code != dir+"/asset.2" {
		t.Errorf("code of the CDK's function is %s", fns[1].Code)
	}
	if fns[2].InlineCode != "print('us-east-1')" || fns[2].Unrunnable != nil {
		t.Errorf("inline code %q %v", fns[2].InlineCode, fns[2].Unrunnable)
	}
}
