package cloud

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"sam/cmd/internal/config"
	"sam/cmd/internal/ui"
)

// stackOptions are what the commands about a deployed stack can be told.
type stackOptions struct {
	awsOptions
	StackName string
}

func (o *stackOptions) addFlags(flags *pflag.FlagSet) {
	flags.StringVar(&o.StackName, "stack-name", "", "`Name` of the stack (default that of sam deploy in the configuration file)")
	o.awsOptions.addFlags(flags)
}

// asDeployed gives the flags of a command that were not given what the
// configuration file has for `sam deploy`, which made the stack.
func asDeployed(cmd *cobra.Command, h *config.Host) {
	cmd.PreRunE = func(cmd *cobra.Command, _ []string) error { return config.ResolveFile(cmd.Flags(), "deploy", h) }
}

// errNoStackName says that nothing names the stack.
var errNoStackName = &usageError{"the stack has no name", "name it with --stack-name, or in samconfig.toml, where sam deploy --guided saves it"}

// A stack is one that was deployed.
type stack struct {
	*types.Stack
	cfg    aws.Config
	client *cloudformation.Client
}

// open finds the stack, which has been deployed.
func (o *stackOptions) open(ctx context.Context, u *ui.UI) (*stack, error) {
	s, err := o.find(ctx, u)
	if err == nil && s.StackStatus == types.StackStatusReviewInProgress {
		return nil, missing(o.StackName, s.cfg.Region)
	}
	return s, err
}

// find finds the stack, of which there may be no more than a change set.
func (o *stackOptions) find(ctx context.Context, u *ui.UI) (*stack, error) {
	if o.StackName == "" {
		return nil, errNoStackName
	}
	cfg, err := o.load(ctx, u)
	if err != nil {
		return nil, err
	}
	client := cloudformation.NewFromConfig(cfg)
	found, err := describe(ctx, client, o.StackName)
	if err == nil && found == nil {
		err = missing(o.StackName, cfg.Region)
	}
	return &stack{found, cfg, client}, err
}

// resources are those of the stack, nested stacks among them.
func (s *stack) resources(ctx context.Context) ([]types.StackResourceSummary, error) {
	var all []types.StackResourceSummary
	pages := cloudformation.NewListStackResourcesPaginator(s.client, &cloudformation.ListStackResourcesInput{StackName: s.StackId})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		all = append(all, page.StackResourceSummaries...)
	}
	return all, nil
}

// functions are the functions of a stack and of those nested in it, by
// logical ids such as Nested/Function.
func (s *stack) functions(ctx context.Context) ([]function, error) {
	var all []function
	resources, err := s.resources(ctx)
	if err != nil {
		return nil, err
	}
	for _, r := range resources {
		id, physical := aws.ToString(r.LogicalResourceId), aws.ToString(r.PhysicalResourceId)
		switch aws.ToString(r.ResourceType) {
		case "AWS::Lambda::Function":
			all = append(all, function{id, physical})
		case "AWS::CloudFormation::Stack":
			inner := &stack{&types.Stack{StackId: r.PhysicalResourceId}, s.cfg, s.client}
			nested, err := inner.functions(ctx)
			if err != nil {
				return nil, err
			}
			for _, f := range nested {
				all = append(all, function{id + "/" + f.id, f.name})
			}
		}
	}
	return all, nil
}

// A function is one that was deployed.
type function struct {
	id   string // logical
	name string // physical
}

func addOutputFlag(flags *pflag.FlagSet, output *string, byDefault string) {
	flags.StringVar(output, "output", byDefault, "`Format`: "+byDefault+" or json")
}

func checkOutput(output, byDefault string) error {
	if output != byDefault && output != "json" {
		return wrongValue("output", "%q is neither %s nor json", output, byDefault)
	}
	return nil
}
