package cloud

import (
	"strings"

	"github.com/spf13/cobra"

	"sam/cmd/internal/command"
)

// refuseFlags says what to do in place of flags that SAM CLI and the AWS CLI
// have for these commands. A flag without an effect would hide what is missing.
func refuseFlags(root *cobra.Command) {
	for _, refusal := range []struct {
		commands []string
		flags    []string
		instead  string
	}{
		{[]string{"package", "deploy"}, []string{"image-repository", "image-repositories", "resolve-image-repos"}, "push container images to ECR with docker push, and name them by their URIs in ImageUri: sam has no Docker"},
		{[]string{"package", "deploy"}, []string{"signing-profiles"}, "sign code with AWS Signer (aws signer start-signing-job), and name what that makes, s3://bucket/key, in the template"},
		{[]string{"package", "deploy"}, []string{"language-extensions", "no-language-extensions"}, "it needs no flag: what Fn::ForEach contains is packaged, and CloudFormation expands it"},
		{[]string{"package", "deploy", "delete", "logs"}, []string{"query", "no-paginate", "color", "no-cli-pager", "cli-binary-format"}, "the AWS CLI takes it, but it has no effect on this command: leave it out"},
		{[]string{"package", "deploy", "delete", "list resources", "list endpoints", "list stack-outputs", "logs", "remote invoke"}, []string{"beta-features", "no-beta-features"}, "there are no features that need it: leave it out"},
		{[]string{"package"}, []string{"output"}, "the template is printed, or written to --output-template-file"},
		{[]string{"deploy"}, []string{"output"}, "sam list stack-outputs --output json shows what programs need after a deployment"},
		{[]string{"list resources", "list endpoints"}, []string{"template", "template-file", "t", "parameter-overrides"}, "it lists what is deployed, whatever the template: name the stack with --stack-name; sam local functions and sam local routes list what a template has"},
		{[]string{"logs"}, []string{"include-traces", "i"}, "traces are shown by aws xray get-trace-summaries"},
		{[]string{"remote invoke"}, []string{"test-event-name"}, "give the event with --event or --event-file: the registry of schemas is not asked"},
	} {
		for _, name := range refusal.commands {
			if cmd, _, err := root.Find(strings.Fields(name)); err == nil {
				command.Refuse(cmd, refusal.instead, refusal.flags...)
			}
		}
	}
}
