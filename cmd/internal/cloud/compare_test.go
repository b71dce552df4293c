package cloud

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"sam/emulator/emulatortest"
)

// packaged has everything that the AWS CLI packages, in all its forms.
const packaged = `Transform: AWS::Serverless-2016-10-31
Metadata:
  AWS::ServerlessRepo::Application: {Name: x, LicenseUrl: LICENSE, ReadmeUrl: ./LICENSE}
Mappings:
  Fn::Transform: {Name: AWS::Include, Parameters: {Location: part.yaml}}
Resources:
  Directory: {Type: AWS::Serverless::Function, Properties: {CodeUri: src, Handler: app.h, Runtime: python3.11}}
  Archive: {Type: AWS::Serverless::Function, Properties: {CodeUri: ./code.zip, Handler: app.h, Runtime: python3.11}}
  File: {Type: AWS::Serverless::Function, Properties: {CodeUri: src/app.py, Handler: app.h, Runtime: python3.11}}
  Stored: {Type: AWS::Serverless::Function, Properties: {CodeUri: s3://b/k, Handler: app.h, Runtime: python3.11}}
  Map: {Type: AWS::Serverless::Function, Properties: {CodeUri: {Bucket: b, Key: k}, Handler: app.h, Runtime: python3.11}}
  Assumed: {Type: AWS::Serverless::Function, Properties: {Handler: src/app.h, Runtime: python3.11}}
  Folded:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: >-
        src
      Handler: app.h
  Layer: {Type: AWS::Serverless::LayerVersion, Properties: {ContentUri: src}}
  PlainLayer: {Type: AWS::Lambda::LayerVersion, Properties: {Content: src}}
  Plain: {Type: AWS::Lambda::Function, Properties: {Code: src, Handler: a.b, Role: r}}
  PlainInline: {Type: AWS::Lambda::Function, Properties: {Code: {ZipFile: "x = 1"}, Handler: a.b, Role: r}}
  PlainStored: {Type: AWS::Lambda::Function, Properties: {Code: "s3://b/deep/k.zip?versionId=abc", Handler: a.b, Role: r}}
  Api: {Type: AWS::Serverless::Api, Properties: {StageName: p, DefinitionUri: part.yaml}}
  Rest: {Type: AWS::ApiGateway::RestApi, Properties: {BodyS3Location: part.yaml}}
  RestStored: {Type: AWS::ApiGateway::RestApi, Properties: {BodyS3Location: "s3://b/x.yaml?versionId=1"}}
  RestIncluded: {Type: AWS::ApiGateway::RestApi, Properties: {Body: {Fn::Transform: {Name: AWS::Include, Parameters: {Location: part.yaml}}}}}
  Machine: {Type: AWS::StepFunctions::StateMachine, Properties: {DefinitionS3Location: part.yaml, RoleArn: r}}
  ServerlessMachine: {Type: AWS::Serverless::StateMachine, Properties: {DefinitionUri: part.yaml}}
  MachineStored: {Type: AWS::Serverless::StateMachine, Properties: {DefinitionUri: s3://b/m.json}}
  Schema: {Type: AWS::AppSync::GraphQLSchema, Properties: {ApiId: x, DefinitionS3Location: part.yaml}}
  Resolver: {Type: AWS::AppSync::Resolver, Properties: {ApiId: x, RequestMappingTemplateS3Location: part.yaml, ResponseMappingTemplateS3Location: LICENSE}}
  Configuration: {Type: AWS::AppSync::FunctionConfiguration, Properties: {ApiId: x, RequestMappingTemplateS3Location: part.yaml}}
  Beanstalk: {Type: AWS::ElasticBeanstalk::ApplicationVersion, Properties: {ApplicationName: x, SourceBundle: src}}
  Stack: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: nested/child.yaml}}
  Application: {Type: AWS::Serverless::Application, Properties: {Location: nested/child.yaml}}
  StackElsewhere: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: "https://s3.amazonaws.com/b/t.yaml"}}
  ApplicationElsewhere: {Type: AWS::Serverless::Application, Properties: {Location: {ApplicationId: a, SemanticVersion: 1.0.0}}}
  Job: {Type: AWS::Glue::Job, Properties: {Role: r, Command: {Name: glueetl, ScriptLocation: src/app.py}}}
  Repository: {Type: AWS::CodeCommit::Repository, Properties: {RepositoryName: r, Code: {BranchName: m, S3: src}}}
  Fn::ForEach::Loop: [N, [a, b], {"F${N}": {Type: AWS::Serverless::Function, Properties: {CodeUri: src, Handler: a.b, Runtime: python3.11}}}]
`

// TestPackagingIsThatOfTheAWSCLI compares the results of both, whose keys of
// directories differ.
func TestPackagingIsThatOfTheAWSCLI(t *testing.T) {
	aws := filepath.Join(emulatortest.Parts(t), "aws", "bin", "aws")
	server := moto(t)
	use(t, server.URL, "template.yaml", packaged, "src/app.py", "x = 1\n", "code.zip", emptyArchive, "part.yaml", "Q: {}\n", "LICENSE", "MIT",
		"nested/child.yaml", "Resources:\n  X: {Type: AWS::Serverless::Function, Properties: {CodeUri: ../src, Handler: app.h, Runtime: python3.11}}\n")
	makeBucket(t, "compared")
	arguments := []string{"package", "--template-file", "template.yaml", "--s3-bucket", "compared", "--s3-prefix", "p", "--use-json", "--output-template-file"}
	theirs := exec.Command(aws, append(append([]string{"cloudformation"}, arguments...), "theirs.json")...)
	none := func(variable string) bool { return variable == "AWS_PROFILE=" } // which it would look for
	theirs.Env = append(slices.DeleteFunc(os.Environ(), none), "AWS_DEFAULT_REGION=eu-west-1")
	if out, err := theirs.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	succeeds(t, append(arguments, "ours.json")...)
	want, got := leaves(t, "theirs.json"), leaves(t, "ours.json")
	for _, place := range slices.Sorted(maps.Keys(want)) {
		if got[place] != want[place] {
			t.Errorf("%s is %q, and %q of the AWS CLI", place, got[place], want[place])
		}
		delete(got, place)
	}
	if len(got) > 0 {
		t.Errorf("the AWS CLI does not have %v", got)
	}
}

// emptyArchive is a zip archive without files.
const emptyArchive = "PK\x05\x06\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"

var contentKey = regexp.MustCompile(`[0-9a-f]{32}`)

// leaves are the values in a file of JSON, by their places.
func leaves(t *testing.T, file string) map[string]string {
	t.Helper()
	data, err := os.ReadFile(file)
	check(t, err)
	var root any
	check(t, json.Unmarshal(data, &root))
	all := make(map[string]string)
	var walk func(place string, value any)
	walk = func(place string, value any) {
		switch value := value.(type) {
		case map[string]any:
			for key, v := range value {
				walk(place+"/"+key, v)
			}
		case []any:
			for i, v := range value {
				walk(fmt.Sprintf("%s/%d", place, i), v)
			}
		default:
			all[place] = contentKey.ReplaceAllString(fmt.Sprint(value), "KEY")
		}
	}
	walk("", root)
	return all
}
