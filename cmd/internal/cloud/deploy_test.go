package cloud

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"sam/cmd/internal/awstest"
	"sam/cmd/internal/command"
)

// topics is a template with a parameter, and nothing local.
const topics = `Parameters:
  Stage: {Type: String, Default: dev}
  Size: {Type: String, Default: 1}
  Secret: {Type: String, NoEcho: true, Default: s}
Resources:
  T: {Type: AWS::SNS::Topic, Properties: {TopicName: !Sub "topic-${Stage}"}}
Outputs:
  Topic: {Value: !Ref T, Description: the topic}
`

func TestDeploy(t *testing.T) {
	proxy := moto(t).NewProxy(t, nil)
	use(t, proxy.URL, "template.yaml", topics)
	fails(t, "Error: The template has no parameter Stag\nIt has Stage, Size, Secret\n", "deploy", "--stack-name", "topics", "--parameter-overrides", "Stag=prod", "Size=1")

	shown := succeeds(t, "deploy", "--stack-name", "shown", "--no-execute-changeset", "--parameter-overrides", "Size=1", "--tags", "team=a", "cost=b c")
	if want := "Operation  LogicalResourceId  ResourceType     Replacement\n+ Add      T                  AWS::SNS::Topic  N/A\n"; shown.stdout != want || !strings.Contains(shown.stderr, "The change set was made, and not executed: execute it with aws cloudformation execute-change-set --change-set-name arn:") {
		t.Errorf("the change set is shown as\n%s%s", shown.stdout, shown.stderr)
	}
	fails(t, "Error: The stack shown does not exist in eu-west-1\nCheck its name, --region and --profile (aws cloudformation list-stacks)\n", "list", "resources", "--stack-name", "shown")
	succeeds(t, "delete", "--stack-name", "shown", "--no-prompts")
	declined := succeeds(t, "< n\n", "deploy", "--stack-name", "declined", "--confirm-changeset", "--parameter-overrides", "Size=1")
	if count(proxy.Requests(), "POST ExecuteChangeSet") != 0 || !strings.Contains(declined.stderr, "Deploy this change set? [y/N]: The change set was not executed") {
		t.Errorf("declined, and\n%s", declined.stderr)
	}

	made := succeeds(t, "< y\n", "deploy", "--stack-name", "topics", "--confirm-changeset", "--parameter-overrides", "Stage=prod", "Size=1")
	if want := "Successfully created/updated stack - topics in eu-west-1\n"; !strings.HasSuffix(made.stdout, want) {
		t.Errorf("it ends with\n%s", made.stdout)
	}
	if want := "CREATE_COMPLETE           AWS::CloudFormation::Stack            topics\n"; !strings.HasSuffix(made.stderr, want) {
		t.Errorf("the events are\n%s", made.stderr)
	}

	fails(t, "Error: No changes to deploy. Stack topics is up to date\n--no-fail-on-empty-changeset makes this a success\n", "deploy", "--stack-name", "topics")
	if r := succeeds(t, "deploy", "--stack-name", "topics", "--no-fail-on-empty-changeset"); !strings.HasSuffix(r.stderr, "No changes to deploy. Stack topics is up to date\n") {
		t.Errorf("the notices are\n%s", r.stderr)
	}
	write(t, "template.yaml", strings.Replace(topics, "{TopicName:", "{DisplayName: d, TopicName:", 1))
	updated := succeeds(t, "deploy", "--stack-name", "topics")
	if !strings.HasPrefix(updated.stdout, "Operation  LogicalResourceId  ResourceType     Replacement\n* Modify   T ") || strings.Contains(updated.stderr, "CREATE_COMPLETE") {
		t.Errorf("the update is\n%s%s", updated.stdout, updated.stderr)
	}

	gone := succeeds(t, "delete", "--stack-name", "topics", "--no-prompts")
	if gone.stdout != "Deleted the stack topics in eu-west-1\n" || !strings.HasSuffix(gone.stderr, "DELETE_COMPLETE           AWS::CloudFormation::Stack            topics\n") {
		t.Errorf("the deletion is\n%s%s", gone.stdout, gone.stderr)
	}
	fails(t, "Error: The stack topics does not exist in eu-west-1\nCheck its name, --region and --profile (aws cloudformation list-stacks)\n", "delete", "--stack-name", "topics", "--no-prompts")
}

func TestDeployPackagesAndNests(t *testing.T) {
	use(t, moto(t).URL,
		"template.yaml", "Resources:\n  Inner: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: nested/inner.yaml}}\n  F: {Type: AWS::Serverless::Function, Properties: {CodeUri: src, Handler: h, Runtime: python3.11}}\n",
		"nested/inner.yaml", "Resources: {Q: {Type: AWS::SQS::Queue}}\n", "src/app.py", "")
	succeeds(t, "deploy", "--stack-name", "nests", "--resolve-s3", "--s3-prefix", "nests")
	r := succeeds(t, "list", "resources", "--stack-name", "nests")
	if !strings.Contains(r.stdout, "Inner ") {
		t.Errorf("the stack has\n%s", r.stdout)
	}
	bucket := outputs(t, managedStack)["SourceBucket"]
	if len(keys(t, bucket)) != 2 {
		t.Errorf("the bucket %s has %v", bucket, keys(t, bucket))
	}
	succeeds(t, "< y\ny\n", "delete", "--stack-name", "nests", "--resolve-s3", "--s3-prefix", "nests")
	if left := keys(t, bucket); len(left) != 0 {
		t.Errorf("the bucket has %v", left)
	}
}

func TestLargeTemplates(t *testing.T) {
	proxy := moto(t).NewProxy(t, nil)
	use(t, proxy.URL, "template.yaml", "Description: long\n"+strings.Repeat("# a comment that makes it long\n", 2000)+"Resources: {Q: {Type: AWS::SQS::Queue}}\n")
	makeBucket(t, "templates")
	fails(t, "Error: The template has 62058 bytes, and CloudFormation takes more than 51200 only from a bucket\nName one with --s3-bucket, or let sam have one of its own with --resolve-s3\n", "deploy", "--stack-name", "largetemplate")
	succeeds(t, "deploy", "--stack-name", "largetemplate", "--s3-bucket", "templates")
	if stored := keys(t, "templates"); len(stored) != 1 || !strings.HasSuffix(stored[0], ".template") {
		t.Errorf("the bucket has %v", stored)
	}
}

func TestGuided(t *testing.T) {
	use(t, moto(t).URL, "template.yaml", topics, "samconfig.toml", "# mine\nversion = 0.1\n\n[default.local_invoke.parameters]\nevent = 'e.json'  # kept\n")
	r := succeeds(t, "< guided\n\nprod\n3\nhidden\ny\n\n\n\n\n\ny\n", "deploy", "--guided")
	if !strings.Contains(r.stderr, "Stack Name [sam-app]: AWS Region [eu-west-1]: Parameter Stage [dev]: Parameter Size [1]: Parameter Secret: Confirm changes before deploy [y/N]: Allow SAM CLI IAM role creation [Y/n]: Disable rollback [y/N]: Save arguments to configuration file [Y/n]: SAM configuration file [samconfig.toml]: SAM configuration environment [default]: Saved arguments") {
		t.Errorf("the questions are\n%s", r.stderr)
	}
	saved, err := os.ReadFile("samconfig.toml")
	want := `# mine
version = 0.1

[default.local_invoke.parameters]
event = 'e.json'  # kept

[default.deploy.parameters]
stack_name = 'guided'
region = 'eu-west-1'
capabilities = 'CAPABILITY_IAM'
confirm_changeset = true
disable_rollback = false
s3_prefix = 'guided'
resolve_s3 = true
parameter_overrides = 'Size="3" Stage="prod"'
`
	if err != nil || string(saved) != want {
		t.Errorf("%v, saved was\n%s", err, saved)
	}
	// All of it is known now, and to the other commands too.
	fails(t, "Error: No changes to deploy. Stack guided is up to date\n--no-fail-on-empty-changeset makes this a success\n", "deploy")
	if r := succeeds(t, "list", "resources"); !strings.Contains(r.stdout, "topic-prod") {
		t.Errorf("the resources are\n%s", r.stdout)
	}
	fails(t, "Error: There is nobody to answer: standard input has ended\nGive the answers as flags: sam delete --no-prompts, sam deploy without --guided and --confirm-changeset\n", "delete")
}

func TestParametersKeepTheirValues(t *testing.T) {
	var sent url.Values
	before := strings.Replace("STATUS</StackStatus><Parameters><member><ParameterKey>Kept</ParameterKey><ParameterValue>****</ParameterValue></member></Parameters><StackStatus>STATUS", "STATUS", "UPDATE_COMPLETE", 2)
	proxy := moto(t).NewProxy(t, hooks(answers{
		"DescribeStacks": stackIn(before),
		"CreateChangeSet": func(w http.ResponseWriter, r *http.Request) {
			_ = r.ParseForm()
			sent = r.PostForm
			answer("CreateChangeSet", "<Id>arn:c</Id><StackId>arn:s</StackId>")(w, r)
		},
		"DescribeChangeSet": answer("DescribeChangeSet", "<Status>CREATE_COMPLETE</Status>"),
	}))
	const resources = "Resources: {Q: {Type: AWS::SQS::Queue}}\n"
	use(t, proxy.URL, "template.yaml", "Parameters: {Kept: {Type: String}, Given: {Type: String}, Defaulted: {Type: String, Default: d}}\n"+resources, "more.yaml", "Parameters: {New: {Type: String}}\n"+resources)
	succeeds(t, "deploy", "--stack-name", "s", "--no-execute-changeset", "--parameter-overrides", "Given=g", "--capabilities", "CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND", "--on-failure", "DO_NOTHING", "--role-arn", "arn:role", "--notification-arns", "arn:a", "arn:b", "--tags", "a=b c")
	for key, want := range map[string]string{
		"Parameters.member.1.ParameterKey": "Kept", "Parameters.member.1.UsePreviousValue": "true", "Parameters.member.2.ParameterKey": "Given", "Parameters.member.2.ParameterValue": "g", "Parameters.member.3.ParameterKey": "",
		"Capabilities.member.2": "CAPABILITY_AUTO_EXPAND", "OnStackFailure": "DO_NOTHING", "RoleARN": "arn:role", "NotificationARNs.member.2": "arn:b", "Tags.member.1.Value": "b c", "ChangeSetType": "UPDATE",
	} {
		if sent.Get(key) != want {
			t.Errorf("%s is %q, want %q", key, sent.Get(key), want)
		}
	}
	fails(t, "Error: These parameters of the template have no value: New\nAdd --parameter-overrides New=...\n", "deploy", "--stack-name", "s", "-t", "more.yaml")
}

func TestDeployPrintsOutputs(t *testing.T) {
	withOutputs := strings.Replace("STATUS</StackStatus><Outputs><member><OutputKey>Url</OutputKey><OutputValue>https://example.com</OutputValue><Description>where it is</Description></member><member><OutputKey>LongerKey</OutputKey><OutputValue>1</OutputValue></member></Outputs><StackStatus>STATUS", "STATUS", "UPDATE_COMPLETE", 2)
	const id = "arn:s"
	looks := 0
	proxy := moto(t).NewProxy(t, hooks(answers{
		"DescribeStacks":    stackIn(withOutputs), // in the state from before, at first
		"CreateChangeSet":   answer("CreateChangeSet", "<Id>arn:c</Id><StackId>"+id+"</StackId>"),
		"DescribeChangeSet": answer("DescribeChangeSet", "<Status>CREATE_COMPLETE</Status>"),
		"ExecuteChangeSet":  answer("ExecuteChangeSet", ""),
		"DescribeStackEvents": func(w http.ResponseWriter, r *http.Request) {
			events := stackEvent(id, "1", "s", "AWS::CloudFormation::Stack", id, "CREATE_COMPLETE", "", 1)
			if looks++; looks > 3 {
				events = stackEvent(id, "2", "s", "AWS::CloudFormation::Stack", id, "UPDATE_COMPLETE", "", 2) + events
			}
			answer("DescribeStackEvents", "<StackEvents>"+events+"</StackEvents>")(w, r)
		},
	}))
	use(t, proxy.URL, "template.yaml", "Resources: {Q: {Type: AWS::SQS::Queue}}\n")
	r := succeeds(t, "deploy", "--stack-name", "s")
	if looks != 4 || r.stdout != "No resource changes.\nOutputKey  OutputValue          Description\nUrl        https://example.com  where it is\nLongerKey  1\nSuccessfully created/updated stack - s in eu-west-1\n" {
		t.Errorf("after %d looks it prints\n%s", looks, r.stdout)
	}
}

// stackIn is an answer to DescribeStacks.
func stackIn(status string) func(http.ResponseWriter, *http.Request) {
	return answer("DescribeStacks", fmt.Sprintf("<Stacks><member><StackId>arn:aws:cloudformation:eu-west-1:1:stack/s/1</StackId><StackName>s</StackName><StackStatus>%s</StackStatus><CreationTime>2026-01-01T00:00:00Z</CreationTime></member></Stacks>", status))
}

// answer is one in CloudFormation's protocol.
func answer(action, result string) func(http.ResponseWriter, *http.Request) {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/xml")
		_, _ = fmt.Fprintf(w, "<%[1]sResponse><%[1]sResult>%[2]s</%[1]sResult></%[1]sResponse>", action, result)
	}
}

func refusal(status int, code, message string) func(http.ResponseWriter, *http.Request) {
	return func(w http.ResponseWriter, _ *http.Request) { awstest.Refuse(w, status, code, message) }
}

type answers = map[string]func(http.ResponseWriter, *http.Request)

func TestStacksThatCannotBeDeployed(t *testing.T) {
	for name, test := range map[string]struct {
		answers answers
		want    string
	}{
		"rolled back":   {answers{"DescribeStacks": stackIn("ROLLBACK_COMPLETE")}, "Error: The stack s is in ROLLBACK_COMPLETE, in which it can only be deleted\nRun sam delete --stack-name s, then deploy again\n"},
		"not deleted":   {answers{"DescribeStacks": stackIn("DELETE_FAILED")}, "Error: The stack s is in DELETE_FAILED, in which it can only be deleted\nRun sam delete --stack-name s, then deploy again\n"},
		"in progress":   {answers{"DescribeStacks": stackIn("UPDATE_IN_PROGRESS")}, "Error: The stack s is in UPDATE_IN_PROGRESS: something else is changing it\nWait until that has ended: sam list resources --stack-name s shows how far it is\n"},
		"stuck":         {answers{"DescribeStacks": stackIn("UPDATE_ROLLBACK_FAILED")}, "Error: The stack s is in UPDATE_ROLLBACK_FAILED: the last update failed, and so did going back\nRun aws cloudformation continue-update-rollback --stack-name s, then deploy again\n"},
		"capabilities":  {answers{"CreateChangeSet": refusal(400, "InsufficientCapabilitiesException", "Requires capabilities : [CAPABILITY_NAMED_IAM]")}, "Error: The template needs CAPABILITY_NAMED_IAM, which was not given\nLook at what it makes, then add --capabilities CAPABILITY_NAMED_IAM\n"},
		"of a macro":    {answers{"CreateChangeSet": answer("CreateChangeSet", "<Id>arn:c</Id><StackId>arn:s</StackId>"), "DescribeChangeSet": answer("DescribeChangeSet", "<Status>FAILED</Status><StatusReason>Requires capabilities : [CAPABILITY_IAM]</StatusReason>")}, "Error: The template needs CAPABILITY_IAM, which was not given\nLook at what it makes, then add --capabilities CAPABILITY_IAM\n"},
		"denied":        {answers{"CreateChangeSet": refusal(403, "AccessDenied", "User: u is not authorized to perform: cloudformation:CreateChangeSet.")}, "Error: Access is denied to CloudFormation CreateChangeSet: User: u is not authorized to perform: cloudformation:CreateChangeSet\nHave an administrator allow it, or use other credentials (--profile)\n"},
		"expired":       {answers{"DescribeStacks": refusal(403, "ExpiredToken", "The security token included in the request is expired")}, "Error: The AWS credentials have expired\nLog in again, or set new ones\n"},
		"invalid":       {answers{"CreateChangeSet": refusal(400, "ValidationError", "Template format error: Unresolved resource dependencies [X] in the Resources block of the template")}, "Error: Template format error: Unresolved resource dependencies [X] in the Resources block of the template\nCorrect the template (sam validate), or the options\n"},
		"refused":       {answers{"CreateChangeSet": answer("CreateChangeSet", "<Id>arn:c</Id><StackId>arn:s</StackId>"), "DescribeChangeSet": answer("DescribeChangeSet", "<Status>FAILED</Status><StatusReason>Transform AWS::Serverless-2016-10-31 failed with: Invalid Serverless Application Specification document.</StatusReason>")}, "Error: CloudFormation refuses the change set: Transform AWS::Serverless-2016-10-31 failed with: Invalid Serverless Application Specification document\nCorrect the template (sam validate), or the parameters\n"},
		"nothing to do": {answers{"CreateChangeSet": answer("CreateChangeSet", "<Id>arn:c</Id><StackId>arn:s</StackId>"), "DescribeChangeSet": answer("DescribeChangeSet", "<Status>FAILED</Status><StatusReason>The submitted information didn't contain changes. Submit different information to create a change set.</StatusReason>")}, "Error: No changes to deploy. Stack s is up to date\n--no-fail-on-empty-changeset makes this a success\n"},
	} {
		t.Run(name, func(t *testing.T) {
			test.answers["DeleteChangeSet"] = answer("DeleteChangeSet", "")
			use(t, moto(t).NewProxy(t, hooks(test.answers)).URL, "template.yaml", "Resources: {Q: {Type: AWS::SQS::Queue}}\n")
			fails(t, test.want, "deploy", "--stack-name", "s")
		})
	}
	t.Run("no name", func(t *testing.T) {
		use(t, moto(t).URL, "template.yaml", "Resources: {Q: {Type: AWS::SQS::Queue}}\n")
		isMisused(t, "Error: The stack has no name\nName it with --stack-name, in samconfig.toml, or by answers to sam deploy --guided\n", "deploy")
		isMisused(t, "Error: --on-failure: \"PANIC\" is none of ROLLBACK, DELETE and DO_NOTHING\n'sam deploy --help' shows the options.\n", "deploy", "--stack-name", "s", "--on-failure", "PANIC")
		isMisused(t, "Error: --tags: \"team\" is not of the form Key=Value\n'sam deploy --help' shows the options.\n", "deploy", "--stack-name", "s", "--tags", "team")
	})
}

// stackEvent is an event in an answer of CloudFormation's, of second n.
func stackEvent(stack, id, resource, kind, physical, status, reason string, n int) string {
	return fmt.Sprintf("<member><EventId>%s</EventId><StackId>%s</StackId><LogicalResourceId>%s</LogicalResourceId><ResourceType>%s</ResourceType><PhysicalResourceId>%s</PhysicalResourceId><ResourceStatus>%s</ResourceStatus><ResourceStatusReason>%s</ResourceStatusReason><Timestamp>2026-01-01T00:00:%02dZ</Timestamp></member>", id, stack, resource, kind, physical, status, reason, n)
}

func TestTheFirstCauseOfAFailureIsNamed(t *testing.T) {
	const outer, inner = "arn:outer", "arn:inner"
	stack := "AWS::CloudFormation::Stack"
	events := map[string]string{
		outer: stackEvent(outer, "o6", "s", stack, outer, "ROLLBACK_COMPLETE", "", 9) +
			stackEvent(outer, "o5", "Inner", stack, inner, "CREATE_FAILED", "Embedded stack was not successfully created: The following resource(s) failed to create: [Q].", 6) +
			stackEvent(outer, "o4", "T", "AWS::SNS::Topic", "", "CREATE_FAILED", "Resource creation cancelled", 5) +
			stackEvent(outer, "o3", "Inner", stack, inner, "CREATE_IN_PROGRESS", "Resource creation Initiated", 3) +
			stackEvent(outer, "o2", "s", stack, outer, "CREATE_IN_PROGRESS", "User Initiated", 2) +
			stackEvent(outer, "o1", "s", stack, outer, "REVIEW_IN_PROGRESS", "User Initiated", 1),
		inner: stackEvent(inner, "i2", "s-Inner-1", stack, inner, "ROLLBACK_IN_PROGRESS", "", 4) +
			stackEvent(inner, "i1", "Q", "AWS::SQS::Queue", "", "CREATE_FAILED", "Invalid value for the parameter DelaySeconds.", 4),
	}
	executed := false
	proxy := moto(t).NewProxy(t, hooks(answers{
		"CreateChangeSet":   answer("CreateChangeSet", "<Id>arn:c</Id><StackId>arn:outer</StackId>"),
		"DescribeChangeSet": answer("DescribeChangeSet", "<Status>CREATE_COMPLETE</Status>"),
		"ExecuteChangeSet": func(w http.ResponseWriter, r *http.Request) {
			executed = true
			answer("ExecuteChangeSet", "")(w, r)
		},
		"DescribeStacks": func(w http.ResponseWriter, r *http.Request) {
			if executed {
				stackIn("ROLLBACK_COMPLETE")(w, r)
			} else {
				refusal(400, "ValidationError", "Stack with id s does not exist")(w, r)
			}
		},
		"DescribeStackEvents": func(w http.ResponseWriter, r *http.Request) {
			text := events[r.PostFormValue("StackName")]
			if !executed {
				text = text[strings.LastIndex(text, "<member>"):]
			}
			answer("DescribeStackEvents", "<StackEvents>"+text+"</StackEvents>")(w, r)
		},
	}))
	use(t, proxy.URL, "template.yaml", "Resources: {Q: {Type: AWS::SQS::Queue}}\n")
	r := sam(t, t.Context(), "deploy", "--stack-name", "s")
	want := `Status                    Type                                  Resource                      Reason
CREATE_IN_PROGRESS        AWS::CloudFormation::Stack            s                             User Initiated
CREATE_IN_PROGRESS        AWS::CloudFormation::Stack            Inner                         Resource creation Initiated
CREATE_FAILED             AWS::SQS::Queue                       Inner/Q                       Invalid value for the parameter DelaySeconds.
ROLLBACK_IN_PROGRESS      AWS::CloudFormation::Stack            Inner
CREATE_FAILED             AWS::SNS::Topic                       T                             Resource creation cancelled
CREATE_FAILED             AWS::CloudFormation::Stack            Inner                         Embedded stack was not successfully created: The following resource(s) failed to create: [Q].
ROLLBACK_COMPLETE         AWS::CloudFormation::Stack            s
Error: The deployment of s failed: Inner/Q (AWS::SQS::Queue): Invalid value for the parameter DelaySeconds
The stack is in ROLLBACK_COMPLETE: sam delete --stack-name s before the next attempt
`
	if r.code != 1 || !strings.HasSuffix(r.stderr, want) {
		t.Errorf("exit code %d\n%s", r.code, r.stderr)
	}
}

func TestAnInterruptStopsFollowing(t *testing.T) {
	ctx, interrupt := context.WithCancelCause(t.Context())
	executed := false
	proxy := moto(t).NewProxy(t, func(w http.ResponseWriter, r *http.Request) bool {
		switch {
		case awstest.Call(r) == "ExecuteChangeSet":
			executed = true
			answer("ExecuteChangeSet", "")(w, r)
		case executed && awstest.Call(r) == "DescribeStacks":
			stackIn("CREATE_IN_PROGRESS")(w, r)
			interrupt(command.ErrInterrupted)
		default:
			return false
		}
		return true
	})
	use(t, proxy.URL, "template.yaml", "Resources: {Q: {Type: AWS::SQS::Queue}}\n")
	r := sam(t, ctx, "deploy", "--stack-name", "interrupted")
	want := "Error: The deployment of interrupted is no longer followed\nIt goes on: sam list resources --stack-name interrupted shows how far it is, sam delete --stack-name interrupted ends it\n"
	if r.code != 1 || !strings.HasSuffix(r.stderr, want) || count(proxy.Requests(), "POST CancelUpdateStack")+count(proxy.Requests(), "POST DeleteStack") != 0 {
		t.Errorf("exit code %d\n%s", r.code, r.stderr)
	}
}

func TestThrottlingAndServerErrorsAreRetried(t *testing.T) {
	calls := 0
	proxy := moto(t).NewProxy(t, func(w http.ResponseWriter, r *http.Request) bool {
		calls++
		switch calls % 5 {
		case 1:
			awstest.Refuse(w, http.StatusBadRequest, "Throttling", "Rate exceeded")
		case 3:
			awstest.Refuse(w, http.StatusInternalServerError, "InternalFailure", "")
		default:
			return false
		}
		return true
	})
	use(t, proxy.URL, "template.yaml", "Resources: {Q: {Type: AWS::SQS::Queue}}\n")
	succeeds(t, "deploy", "--stack-name", "throttled")
}

func TestExpress(t *testing.T) {
	var sent, executed url.Values
	const id = "arn:aws:cloudformation:eu-west-1:1:stack/s/1"
	keep := func(in *url.Values, action, result string) func(http.ResponseWriter, *http.Request) {
		return func(w http.ResponseWriter, r *http.Request) {
			_ = r.ParseForm()
			*in = r.PostForm
			answer(action, result)(w, r)
		}
	}
	proxy := moto(t).NewProxy(t, hooks(answers{
		"DescribeStacks":    stackIn("UPDATE_COMPLETE"),
		"CreateChangeSet":   keep(&sent, "CreateChangeSet", "<Id>arn:aws:cloudformation:eu-west-1:1:changeSet/c/0-1</Id><StackId>"+id+"</StackId>"),
		"DescribeChangeSet": answer("DescribeChangeSet", "<Status>CREATE_COMPLETE</Status>"),
		"ExecuteChangeSet":  keep(&executed, "ExecuteChangeSet", ""),
		"DescribeStackEvents": func(w http.ResponseWriter, r *http.Request) {
			events := stackEvent(id, "1", "s", "AWS::CloudFormation::Stack", id, "CREATE_COMPLETE", "", 1)
			if executed != nil {
				events = stackEvent(id, "2", "s", "AWS::CloudFormation::Stack", id, "UPDATE_COMPLETE", "", 2) + events
			}
			answer("DescribeStackEvents", "<StackEvents>"+events+"</StackEvents>")(w, r)
		},
	}))
	use(t, proxy.URL, "template.yaml", "Resources: {Q: {Type: AWS::SQS::Queue}}\n", "samconfig.toml", "version = 0.1\n[default.deploy.parameters]\nstack_name = 's'\nexpress = true\n")
	succeeds(t, "deploy", "--disable-rollback")
	if sent.Get("DeploymentConfig.Mode") != "EXPRESS" || sent.Get("DeploymentConfig.DisableRollback") != "true" || executed.Get("DisableRollback") != "" || executed.Get("ClientRequestToken") != "0-1" {
		t.Errorf("sent was %v, then %v", sent, executed)
	}
	executed = nil
	succeeds(t, "deploy", "--no-express", "--disable-rollback")
	if sent.Has("DeploymentConfig.Mode") || executed.Get("DisableRollback") != "true" {
		t.Errorf("sent was %v, then %v", sent, executed)
	}
}

func TestADeploymentIsNotFollowedForever(t *testing.T) {
	const id = "arn:s"
	proxy := moto(t).NewProxy(t, hooks(answers{
		"DescribeStacks":      stackIn("UPDATE_COMPLETE"),
		"CreateChangeSet":     answer("CreateChangeSet", "<Id>arn:c</Id><StackId>"+id+"</StackId>"),
		"DescribeChangeSet":   answer("DescribeChangeSet", "<Status>CREATE_COMPLETE</Status>"),
		"ExecuteChangeSet":    answer("ExecuteChangeSet", ""),
		"DescribeStackEvents": answer("DescribeStackEvents", ""),
	}))
	use(t, proxy.URL, "template.yaml", "Resources: {Q: {Type: AWS::SQS::Queue}}\n")
	defer func(was time.Duration) { minute = was }(minute)
	minute = 20 * time.Millisecond
	fails(t, "Error: The deployment of s is no longer followed: it takes longer than the 5 min of --max-wait-duration\nIt goes on: sam list resources --stack-name s shows how far it is, aws cloudformation cancel-update-stack --stack-name s ends an update\n", "deploy", "--stack-name", "s", "--max-wait-duration", "5")
}
