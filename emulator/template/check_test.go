package template

import (
	"path/filepath"
	"strings"
	"testing"
)

func problems(t *testing.T, text string) string {
	t.Helper()
	template := readText(t, text, Options{Region: "us-east-1", Account: "123456789012"})
	found, err := template.Check()
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, problem := range found {
		lines = append(lines, strings.TrimPrefix(problem.Error(), filepath.Dir(template.File)+"/"))
	}
	return strings.Join(lines, "\n")
}

func TestCheckFindsEverythingAtOnce(t *testing.T) {
	got := problems(t, `Parameters:
  Stage: {Typ: String}
Globals:
  Function: {Timeot: 3}
Resources:
  Ratings:
    Type: AWS::Serverless::Function
    DependsOn: Nobody
    Properties:
      Runtim: python3.11
      Handler: app.handler
      Runtime: python3.11
      Timeout: [3]
      Tracing: Sometimes
      Environment:
        Variables: {AA: !Ref Nothing}
      Events:
        Get: {Type: Api, Properties: {Path: /x, Method: get}}
        Upload: {Type: S3, Properties: {Bucket: elsewhere, Events: 's3:ObjectCreated:*'}}
        Queue: {Type: SQS, Properties: {Que: arn}}
  Other:
    Type: AWS::Serverless::Function
    Condition: Never
    Properties:
      Handler: app.handler
      Runtime: python3.11
      Events:
        Get: {Type: Api, Properties: {Path: /x, Method: GET}}
  A: {Type: AWS::SNS::Topic, Properties: {TopicName: !Ref B}}
  B: {Type: AWS::SNS::Topic, Properties: {TopicName: !Sub '${A}'}}
Outputs:
  Url: {Value: !Sub 'https://${ServerlessRestApi}.example.com/${Missing}'}
`)
	want := []string{
		"template.yaml:2:",
		"property Typ is not defined for parameter (did you mean Type?)",
		"template.yaml:4:14: property Timeot is not defined",
		"template.yaml:8:16: Ratings: DependsOn names Nobody, and there is no such resource",
		"template.yaml:10:7: Ratings: property Runtim is not defined for AWS::Serverless::Function (did you mean Runtime?)",
		"template.yaml:13:7: Ratings: property Timeout is a list, and takes a whole number",
		`template.yaml:14:7: Ratings: property Tracing is "Sometimes"`,
		"template.yaml:16:25: Ratings: there is no parameter or resource Nothing",
		"template.yaml:19:49: Ratings: the event Upload: Bucket must be a bucket of this template",
		"Ratings: property Que is not defined for SQS event source (did you mean Queue?)",
		"template.yaml:23:16: Other: there is no condition Never",
		"template.yaml:28:9: Other: the route GET /x of ServerlessRestApi is taken by Ratings",
		"the resources depend on each other in a circle: A -> B -> A",
		"there is no parameter or resource Missing",
	}
	for _, line := range want {
		if !strings.Contains(got, line) {
			t.Errorf("no problem says %q", line)
		}
	}
	if t.Failed() {
		t.Logf("problems:\n%s", got)
	}
}

func TestCheckOfWhatIsEmpty(t *testing.T) {
	if got := problems(t, "Resources: {}\n"); got != "template.yaml:1:1: Resources must not be empty" {
		t.Errorf("problems %s", got)
	}
}

func TestCheckAcceptsWhatIsRight(t *testing.T) {
	for name, text := range map[string]string{
		"a template of CloudFormation": "Resources: {B: {Type: AWS::S3::Bucket}}",
		"what SAM generates": `
Resources:
  Fn:
    Type: AWS::Serverless::Function
    Properties: {Runtime: nodejs20.x, Handler: a.b, CodeUri: ., AutoPublishAlias: live, Events: {Get: {Type: Api, Properties: {Path: /, Method: get}}}}
Outputs:
  Api: {Value: !Sub 'https://${ServerlessRestApi}.execute-api.${AWS::Region}.amazonaws.com/Prod/'}
  Role: {Value: !GetAtt FnRole.Arn}
  Alias: {Value: !Ref FnAliaslive}
`,
		"globals that supply what is required": `
Globals: {Function: {Runtime: python3.11, Handler: app.handler, Timeout: 5}}
Resources:
  Fn: {Type: AWS::Serverless::Function, Properties: {CodeUri: src}}
`,
	} {
		if got := problems(t, text); got != "" {
			t.Errorf("%s:\n%s", name, got)
		}
	}
}

func TestNearest(t *testing.T) {
	for name, want := range map[string]string{"Runtim": "Runtime", "runtime": "Runtime", "Handlr": "Handler", "Xyzzy": "", "Time": ""} {
		if got := nearest(name, []string{"Runtime", "Handler", "Timeout"}); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}
