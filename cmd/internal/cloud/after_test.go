package cloud

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"

	"sam/cmd/internal/awstest"
	"sam/cmd/internal/ui"
	"sam/emulator"
	"sam/emulator/lambdaapi"
)

// apis is a stack with all kinds of endpoints. CloudFormation expands templates
// of SAM to this.
const apis = `
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties: {AssumeRolePolicyDocument: {Version: '2012-10-17', Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: sts:AssumeRole}]}}
  Ratings:
    Type: AWS::Lambda::Function
    Properties: {FunctionName: after-ratings, Role: !GetAtt Role.Arn, Handler: index.h, Runtime: python3.11, Code: {ZipFile: "def h(e, c): return e"}}
  Other:
    Type: AWS::Lambda::Function
    Properties: {FunctionName: after-other, Role: !GetAtt Role.Arn, Handler: index.h, Runtime: python3.11, Code: {ZipFile: "def h(e, c): return e"}}
  Rest: {Type: AWS::ApiGateway::RestApi, Properties: {Name: rest}}
  Hello: {Type: AWS::ApiGateway::Resource, Properties: {RestApiId: !Ref Rest, ParentId: !GetAtt Rest.RootResourceId, PathPart: hello}}
  Get:
    Type: AWS::ApiGateway::Method
    Properties: {RestApiId: !Ref Rest, ResourceId: !Ref Hello, HttpMethod: GET, AuthorizationType: NONE, Integration: {Type: HTTP, IntegrationHttpMethod: GET, Uri: https://example.com}}
  Deployed: {Type: AWS::ApiGateway::Deployment, DependsOn: Get, Properties: {RestApiId: !Ref Rest, StageName: Prod}}
Outputs:
  Name: {Value: !Ref Ratings, Description: the function}
`

// make creates a stack, by the API that gives it outputs on moto.
func makeStack(t *testing.T, name, template string) {
	t.Helper()
	cfg, err := (&awsOptions{}).load(t.Context(), &ui.UI{})
	check(t, err)
	cfg.RetryMaxAttempts = 1
	client := cloudformation.NewFromConfig(cfg)
	_, err = client.CreateStack(t.Context(), &cloudformation.CreateStackInput{StackName: aws.String(name), TemplateBody: aws.String(template)})
	check(t, err)
	t.Cleanup(func() {
		_, err := client.DeleteStack(context.WithoutCancel(t.Context()), &cloudformation.DeleteStackInput{StackName: aws.String(name)})
		if err != nil {
			t.Error(err)
		}
	})
}

func TestListing(t *testing.T) {
	use(t, moto(t).URL)
	makeStack(t, "after", apis)
	if r := succeeds(t, "list", "stack-outputs", "--stack-name", "after"); r.stdout != "OutputKey  OutputValue    Description\nName       after-ratings  the function\n" {
		t.Errorf("the outputs are\n%s", r.stdout)
	}
	if r := succeeds(t, "list", "stack-outputs", "--stack-name", "after", "--output", "json"); r.stdout != "[\n  {\n    \"OutputKey\": \"Name\",\n    \"OutputValue\": \"after-ratings\",\n    \"Description\": \"the function\"\n  }\n]\n" {
		t.Errorf("the outputs are\n%s", r.stdout)
	}
	if r := succeeds(t, "list", "resources", "--stack-name", "after"); !strings.Contains(r.stdout, "Ratings     after-ratings ") {
		t.Errorf("the resources are\n%s", r.stdout)
	}
	var endpoints []endpoint
	check(t, json.Unmarshal([]byte(succeeds(t, "list", "endpoints", "--stack-name", "after", "--output", "json").stdout), &endpoints))
	if len(endpoints) != 1 || endpoints[0].LogicalResourceId != "Rest" || !slices.Equal(endpoints[0].Methods, []string{"/hello['get']"}) ||
		!slices.Equal(endpoints[0].CloudEndpoint, []string{"https://" + endpoints[0].PhysicalResourceId + ".execute-api.eu-west-1.amazonaws.com/Prod"}) {
		t.Errorf("the endpoints are %+v", endpoints)
	}
	isMisused(t, "Error: --output: \"xml\" is neither table nor json\n'sam list endpoints --help' shows the options.\n", "list", "endpoints", "--stack-name", "after", "--output", "xml")
	isMisused(t, "Error: The stack has no name\nName it with --stack-name, or in samconfig.toml, where sam deploy --guided saves it\n", "list", "endpoints")
}

// What moto's CloudFormation does not know.
func TestHTTPAndFunctionEndpoints(t *testing.T) {
	reply := func(text string) func(http.ResponseWriter, *http.Request) {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(text))
		}
	}
	proxy := moto(t).NewProxy(t, hooks(answers{
		"DescribeStacks":     stackIn("CREATE_COMPLETE"),
		"ListStackResources": answer("ListStackResources", "<StackResourceSummaries>"+stackResource("Http", "abc", "AWS::ApiGatewayV2::Api")+stackResource("Ratings", "s-Ratings-1", "AWS::Lambda::Function")+stackResource("RatingsUrl", "arn:aws:lambda:eu-west-1:1:function:s-Ratings-1", "AWS::Lambda::Url")+"</StackResourceSummaries>"),
		"GET /2021-10-31/functions/arn:aws:lambda:eu-west-1:1:function:s-Ratings-1/url": reply(`{"FunctionUrl": "https://xyz.lambda-url.eu-west-1.on.aws/"}`),
		"GET /v2/apis/abc":        reply(`{"apiId": "abc", "apiEndpoint": "https://abc.execute-api.eu-west-1.amazonaws.com"}`),
		"GET /v2/apis/abc/stages": reply(`{"items": [{"stageName": "$default"}, {"stageName": "dev"}]}`),
		"/v2/apis/abc/routes":     reply(`{"items": [{"routeKey": "POST /b"}], "nextToken": "more"}`),
		"GET /v2/apis/abc/routes": reply(`{"items": [{"routeKey": "$default"}]}`),
	}))
	use(t, proxy.URL)
	r := succeeds(t, "list", "endpoints", "--stack-name", "s")
	want := "Resource ID  Physical ID  Cloud Endpoints                                                                                     Methods\n" +
		"Http         abc          https://abc.execute-api.eu-west-1.amazonaws.com, https://abc.execute-api.eu-west-1.amazonaws.com/dev  $default['any']; /b['post']\n" +
		"Ratings s-Ratings-1 https://xyz.lambda-url.eu-west-1.on.aws/ -\n"
	if strings.Join(strings.Fields(r.stdout), " ") != strings.Join(strings.Fields(want), " ") {
		t.Errorf("the endpoints are\n%s", r.stdout)
	}
}

func stackResource(id, physical, kind string) string {
	return fmt.Sprintf("<member><LogicalResourceId>%s</LogicalResourceId><PhysicalResourceId>%s</PhysicalResourceId><ResourceType>%s</ResourceType><ResourceStatus>CREATE_COMPLETE</ResourceStatus></member>", id, physical, kind)
}

// log writes events to a log stream; times are seconds ago.
func log(t *testing.T, group string, messages map[int]string) {
	t.Helper()
	cfg, err := (&awsOptions{}).load(t.Context(), &ui.UI{})
	check(t, err)
	client := cloudwatchlogs.NewFromConfig(cfg)
	_, err = client.CreateLogGroup(t.Context(), &cloudwatchlogs.CreateLogGroupInput{LogGroupName: aws.String(group)})
	if exists := new(types.ResourceAlreadyExistsException); err != nil && !errors.As(err, &exists) {
		t.Fatal(err)
	}
	_, err = client.CreateLogStream(t.Context(), &cloudwatchlogs.CreateLogStreamInput{LogGroupName: aws.String(group), LogStreamName: aws.String("stream")})
	if exists := new(types.ResourceAlreadyExistsException); err != nil && !errors.As(err, &exists) {
		t.Fatal(err)
	}
	var events []types.InputLogEvent
	for ago, message := range messages {
		events = append(events, types.InputLogEvent{Timestamp: aws.Int64(time.Now().Add(-time.Duration(ago) * time.Second).UnixMilli()), Message: aws.String(message)})
	}
	slices.SortFunc(events, func(a, b types.InputLogEvent) int { return int(*a.Timestamp - *b.Timestamp) })
	_, err = client.PutLogEvents(t.Context(), &cloudwatchlogs.PutLogEventsInput{LogGroupName: aws.String(group), LogStreamName: aws.String("stream"), LogEvents: events})
	check(t, err)
}

// messages are those of printed lines: stream, time, message.
func messages(t *testing.T, text string) string {
	t.Helper()
	var all []string
	for line := range strings.Lines(text) {
		stream, rest, _ := strings.Cut(line, " ")
		at, message, _ := strings.Cut(rest, " ")
		if _, err := time.Parse("2006-01-02T15:04:05.000000", at); err != nil || stream != "stream" {
			t.Errorf("the line is %q", line)
		}
		all = append(all, strings.TrimSpace(message))
	}
	return strings.Join(all, ",")
}

func TestLogs(t *testing.T) {
	use(t, moto(t).URL)
	makeStack(t, "after", apis)
	log(t, "/aws/lambda/after-ratings", map[int]string{7200: "old", 300: "one", 100: "three ERROR"})
	log(t, "/aws/lambda/after-other", map[int]string{200: "two"})
	for _, test := range []struct{ args, want string }{
		{"--stack-name after", "one,two,three ERROR"},
		{"--stack-name after -n Ratings", "one,three ERROR"},
		{"-n after-ratings", "one,three ERROR"},
		{"--stack-name after --filter ERROR", "three ERROR"},
		{"--stack-name after -s 3hours\u00a0ago -e 1hour\u00a0ago", "old"},
		{"--cw-log-group /aws/lambda/after-other", "two"},
		{"-n never-invoked", ""},
	} {
		var args []string
		for _, arg := range strings.Fields(strings.ReplaceAll(test.args, "\u00a0", "_")) {
			args = append(args, strings.ReplaceAll(arg, "_", " "))
		}
		if r := succeeds(t, append([]string{"logs"}, args...)...); messages(t, r.stdout) != test.want {
			t.Errorf("%s: %s%s", test.args, r.stdout, r.stderr)
		}
	}
	fails(t, "Error: The stack after has no function Nobody\nIt has Ratings, Other\n", "logs", "--stack-name", "after", "-n", "Nobody")
	isMisused(t, "Error: --start-time: \"3 parsecs ago\" is no time: write one such as 2006-01-02T15:04:05Z, \"10min ago\" or yesterday\n'sam logs --help' shows the options.\n", "logs", "--stack-name", "after", "-s", "3 parsecs ago")

	var event struct{ LogGroup, LogStreamName, Message string }
	check(t, json.Unmarshal([]byte(succeeds(t, "logs", "-n", "after-other", "--output", "json").stdout), &event))
	if event.LogGroup != "/aws/lambda/after-other" || event.Message != "two" {
		t.Errorf("the event is %+v", event)
	}
}

func TestTail(t *testing.T) {
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	rounds := 0
	proxy := moto(t).NewProxy(t, func(_ http.ResponseWriter, r *http.Request) bool {
		if r.Header.Get("X-Amz-Target") != "Logs_20140328.FilterLogEvents" {
			return false
		}
		switch rounds++; rounds {
		case 2:
			t.Setenv("AWS_ENDPOINT_URL", moto(t).URL) // not through the proxy, which waits for us
			log(t, "/aws/lambda/tailed", map[int]string{0: "second"})
		case 4:
			interrupt()
		}
		return false
	})
	use(t, moto(t).URL)
	log(t, "/aws/lambda/tailed", map[int]string{60: "first"})
	t.Setenv("AWS_ENDPOINT_URL", proxy.URL)
	if r := sam(t, ctx, "logs", "-n", "tailed", "--tail"); r.code != 0 || messages(t, r.stdout) != "first,second" {
		t.Errorf("exit code %d, %s%s", r.code, r.stdout, r.stderr)
	}
}

func TestTimes(t *testing.T) {
	now := time.Date(2026, 11, 22, 20, 30, 0, 0, time.UTC)
	for text, want := range map[string]string{
		"now": "2026-11-22T20:30:00Z", "today": "2026-11-22T00:00:00Z", "yesterday": "2026-11-21T20:30:00Z", "10min ago": "2026-11-22T20:20:00Z",
		"2 hours ago": "2026-11-22T18:30:00Z", "1 week ago": "2026-11-15T20:30:00Z", "90s ago": "2026-11-22T20:28:30Z", "2026-01-02": "2026-01-02T00:00:00Z",
		"2026-01-02 03:04": "2026-01-02T03:04:00Z", "2026-01-02T03:04:05+01:00": "2026-01-02T02:04:05Z",
	} {
		if got, err := parseTime(text, now); err != nil || got.UTC().Format(time.RFC3339) != want {
			t.Errorf("%s is %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "soon", "10 parsecs ago", "min ago", "ago", "-1 days ago"} {
		if got, err := parseTime(text, now); err == nil {
			t.Errorf("%q is %v", text, got)
		}
	}
}

func TestRemoteInvoke(t *testing.T) {
	proxy := moto(t).NewProxy(t, func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.HasSuffix(r.URL.Path, "/failing/invocations") {
			return false
		}
		w.Header().Set("X-Amz-Function-Error", "Unhandled")
		w.Header().Set("X-Amz-Log-Result", "U1RBUlQK")
		_, _ = w.Write([]byte(`{"errorMessage": "no"}`))
		return true
	})
	use(t, proxy.URL)
	makeStack(t, "after", apis)
	if r := succeeds(t, "remote", "invoke", "Ratings", "--stack-name", "after", "--event", `{"a": 1}`); r.stdout != `{"a": 1}` { // moto's functions are echoes
		t.Errorf("the result is %s", r.stdout)
	}
	if r := succeeds(t, "< {}", "remote", "invoke", "Ratings", "--stack-name", "after", "--event-file", "-", "--output", "json"); !strings.Contains(r.stdout, `"StatusCode": 200`) {
		t.Errorf("the answer is %s", r.stdout)
	}
	if r := sam(t, t.Context(), "remote", "invoke", "failing"); r.code != 1 || r.stdout != `{"errorMessage": "no"}` || r.stderr != "START\n" {
		t.Errorf("exit code %d, %s, %s", r.code, r.stdout, r.stderr)
	}
	repeated := moto(t).NewProxy(t, func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodPost {
			w.WriteHeader(http.StatusInternalServerError)
		}
		return r.Method == http.MethodPost
	})
	fails(t, "Error: AWS answers Lambda Invoke with 500\nRun the command again in a while\n", "remote", "invoke", "f", "--endpoint-url", repeated.URL)
	if n := count(repeated.Requests(), "POST "); n != 1 {
		t.Errorf("the function was invoked %d times", n)
	}
	fails(t, "Error: The stack after does not have one function\nName one: it has Ratings, Other\n", "remote", "invoke", "--stack-name", "after")
	isMisused(t, "Error: Neither a function nor a stack was named\nName the function, or the stack with --stack-name\n", "remote", "invoke")
	isMisused(t, "Error: --parameter: \"Color\" is none of InvocationType, LogType, Qualifier and ClientContext\n'sam remote invoke --help' shows the options.\n", "remote", "invoke", "f", "--parameter", "Color=red")
	isMisused(t, "Error: --event and --event-file were both given\nLeave out one of them\n", "remote", "invoke", "f", "--event", "{}", "--event-file", "-")
}

func TestADeletionThatFails(t *testing.T) {
	const id = "arn:aws:cloudformation:eu-west-1:1:stack/s/1"
	status := "CREATE_COMPLETE"
	proxy := moto(t).NewProxy(t, hooks(answers{
		"DescribeStacks": func(w http.ResponseWriter, r *http.Request) { stackIn(status)(w, r) },
		"DeleteStack": func(w http.ResponseWriter, r *http.Request) {
			status = "DELETE_FAILED"
			answer("DeleteStack", "")(w, r)
		},
		"DescribeStackEvents": func(w http.ResponseWriter, r *http.Request) {
			before := stackEvent(id, "1", "s", "AWS::CloudFormation::Stack", id, "CREATE_COMPLETE", "", 1)
			if status == "DELETE_FAILED" {
				before = stackEvent(id, "3", "s", "AWS::CloudFormation::Stack", id, "DELETE_FAILED", "The following resource(s) failed to delete: [B].", 3) +
					stackEvent(id, "2", "B", "AWS::S3::Bucket", "b", "DELETE_FAILED", "The bucket you tried to delete is not empty", 2) + before
			}
			answer("DescribeStackEvents", "<StackEvents>"+before+"</StackEvents>")(w, r)
		},
	}))
	use(t, proxy.URL)
	fails(t, "Error: The stack s is in DELETE_FAILED: B (AWS::S3::Bucket): The bucket you tried to delete is not empty\nRemove what is in the way (such as what is in a bucket), then run sam delete again\n", "delete", "--stack-name", "s", "--no-prompts")
	protected := moto(t).NewProxy(t, hooks(answers{
		"DescribeStacks": stackIn("CREATE_COMPLETE"), "DescribeStackEvents": answer("DescribeStackEvents", ""),
		"DeleteStack": func(w http.ResponseWriter, _ *http.Request) {
			awstest.Refuse(w, http.StatusBadRequest, "ValidationError", "Stack [s] cannot be deleted while TerminationProtection is enabled")
		},
	}))
	t.Setenv("AWS_ENDPOINT_URL", protected.URL)
	fails(t, "Error: The stack s is protected from being deleted\nRun aws cloudformation update-termination-protection --no-enable-termination-protection --stack-name s\n", "delete", "--stack-name", "s", "--no-prompts")
}

// streamer is a function that streams.
type streamer struct{ failure error }

func (s *streamer) Functions() []emulator.Function {
	return []emulator.Function{{Path: "Ratings", LogicalID: "Ratings", FunctionName: "ratings", Runtime: "nodejs22.x", Region: "eu-west-1", Account: "123456789012", Reserved: -1}}
}

func (s *streamer) Invoke(_ context.Context, _ string, r emulator.Request) (*emulator.Result, error) {
	for _, chunk := range []string{"a ", "stream of ", string(r.Payload)} {
		if _, err := io.WriteString(r.Stream, chunk); err != nil {
			return nil, err
		}
	}
	result := &emulator.Result{Failure: s.failure, Log: []byte("START\n")}
	if s.failure != nil {
		result.Payload = []byte("out of ink")
	}
	return result, nil
}

// TestRemoteInvokeStreams runs against the Lambda API of `sam local
// start-lambda`, which streams as AWS does.
func TestRemoteInvokeStreams(t *testing.T) {
	functions := &streamer{}
	api := lambdaapi.New(lambdaapi.Config{Functions: functions, Notice: func(error) {}})
	defer func() { check(t, api.Close(t.Context())) }()
	lambda := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/url") {
			_, _ = io.WriteString(w, `{"InvokeMode": "RESPONSE_STREAM"}`)
			return
		}
		api.ServeHTTP(w, r)
	}))
	defer lambda.Close()
	use(t, lambda.URL)
	if r := succeeds(t, "remote", "invoke", "ratings", "--event", `"ink"`); r.stdout != `a stream of "ink"` || r.stderr != "START\n" {
		t.Errorf("the result is %s, the log %s", r.stdout, r.stderr)
	}
	functions.failure = &emulator.FunctionError{Type: "Error"}
	r := sam(t, t.Context(), "remote", "invoke", "ratings")
	if r.code != 1 || r.stdout != "a stream of {}" || r.stderr != "START\nError: The function failed: Unhandled: out of ink\n" {
		t.Errorf("exit code %d, the result is %s, the log %s", r.code, r.stdout, r.stderr)
	}
}
