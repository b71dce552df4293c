package cloud

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/spf13/cobra"

	"sam/cmd/internal/command"
	"sam/cmd/internal/config"
	"sam/cmd/internal/ui"
)

// deleteOptions are what `sam delete` is told.
type deleteOptions struct {
	stackOptions
	Bucket        string
	ResolveBucket bool
	Prefix        string
	NoPrompts     bool
	Express       bool
}

func newDelete(u *ui.UI, h *config.Host) *cobra.Command {
	var o deleteOptions
	cmd := &cobra.Command{
		Use: "delete",
		Long: `Delete a stack and everything in it, and the artifacts that it was deployed from
if they have a prefix of their own (--s3-prefix, which sam deploy --guided gives
them). Artifacts without one may be those of other stacks too, and stay.`,
		Example: "  sam delete --stack-name ratings --no-prompts",
		Args:    command.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return runDelete(cmd.Context(), u, h, &o) },
	}
	asDeployed(cmd, h)
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.BoolVar(&o.NoPrompts, "no-prompts", false, "Do not ask")
	flags.StringVar(&o.Bucket, "s3-bucket", "", "`Bucket` with the artifacts")
	flags.BoolVar(&o.ResolveBucket, "resolve-s3", false, "The artifacts are in the bucket of sam's own")
	flags.StringVar(&o.Prefix, "s3-prefix", "", "`Prefix` of the keys of artifacts, which are deleted too")
	flags.BoolVar(&o.Express, "express", false, "Do not wait until what is deleted is gone (CloudFormation's Express mode)")
	config.Negate(flags, "express", "Wait for that")
	o.addFlags(flags)
	return cmd
}

func runDelete(ctx context.Context, u *ui.UI, h *config.Host, o *deleteOptions) error {
	s, err := o.find(ctx, u)
	if err != nil {
		return err
	}
	name := aws.ToString(s.StackName)
	artifacts, err := o.artifacts(ctx, u, s)
	if err != nil {
		return err
	}
	if !o.NoPrompts {
		ask := newAsker(u)
		yes, err := ask.Yes(ctx, fmt.Sprintf("Are you sure you want to delete the stack %s in the region %s ?", name, s.cfg.Region), false)
		if err != nil || !yes {
			return err
		}
		if artifacts != nil {
			if yes, err = ask.Yes(ctx, fmt.Sprintf("Are you sure you want to delete the folder %s in S3 which contains the artifacts?", o.Prefix), false); err != nil {
				return err
			}
			if !yes {
				artifacts = nil
			}
		}
	}
	if err := s.delete(ctx, u, pollDelay(h), o.Express); err != nil {
		return err
	}
	if artifacts != nil {
		if err := artifacts.empty(ctx); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintf(u.Stdout, "Deleted the stack %s in %s\n", name, s.cfg.Region)
	return err
}

// artifacts is where those of the stack are, and only they; nil if nothing
// says so.
func (o *deleteOptions) artifacts(ctx context.Context, u *ui.UI, s *stack) (*store, error) {
	prefix := strings.Trim(o.Prefix, "/")
	if prefix == "" {
		return nil, nil
	}
	bucket := o.Bucket
	if bucket == "" && o.ResolveBucket {
		managed, err := describe(ctx, s.client, managedStack)
		if err != nil || managed == nil {
			return nil, err
		}
		bucket = outputOf(managed, "SourceBucket")
	}
	if bucket == "" {
		return nil, &usageError{"--s3-prefix was given without the bucket that it is in", "add --s3-bucket or --resolve-s3, or leave it out"}
	}
	return newStore(u, s.cfg, &uploadOptions{Prefix: prefix}, bucket), nil
}

// empty deletes all objects below the prefix.
func (s *store) empty(ctx context.Context) error {
	count := 0
	pages := s3.NewListObjectsV2Paginator(s.s3, &s3.ListObjectsV2Input{Bucket: aws.String(s.to.Bucket), Prefix: aws.String(s.to.Key(""))})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		if len(page.Contents) == 0 {
			break
		}
		var ids []s3types.ObjectIdentifier
		for _, object := range page.Contents {
			ids = append(ids, s3types.ObjectIdentifier{Key: object.Key})
		}
		out, err := s.s3.DeleteObjects(ctx, &s3.DeleteObjectsInput{Bucket: aws.String(s.to.Bucket), Delete: &s3types.Delete{Objects: ids, Quiet: aws.Bool(true)}})
		if err != nil {
			return err
		}
		if len(out.Errors) > 0 {
			return &problem{fmt.Sprintf("%s in the bucket %s cannot be deleted: %s", aws.ToString(out.Errors[0].Key), s.to.Bucket, aws.ToString(out.Errors[0].Message)), "the stack is deleted; delete its artifacts with other credentials", nil}
		}
		count += len(ids)
	}
	s.ui.Notice("Deleted %d artifacts in s3://%s/%s", count, s.to.Bucket, s.to.Key(""))
	return nil
}

// delete deletes the stack and waits until it is gone.
func (s *stack) delete(ctx context.Context, u *ui.UI, delay time.Duration, express bool) error {
	name := aws.ToString(s.StackName)
	events, err := s.client.DescribeStackEvents(ctx, &cloudformation.DescribeStackEventsInput{StackName: s.StackId})
	if err != nil {
		return err
	}
	var last time.Time
	if len(events.StackEvents) > 0 {
		last = aws.ToTime(events.StackEvents[0].Timestamp)
	}
	in := &cloudformation.DeleteStackInput{StackName: s.StackId}
	if express {
		in.DeploymentConfig = &types.DeploymentConfig{Mode: types.DeploymentConfigModeExpress}
	}
	if _, err := s.client.DeleteStack(ctx, in); err != nil {
		if strings.Contains(err.Error(), "TerminationProtection") {
			return &problem{fmt.Sprintf("the stack %s is protected from being deleted", name), "run aws cloudformation update-termination-protection --no-enable-termination-protection --stack-name " + name, err}
		}
		return err
	}
	all, after, err := newFollower(s.client, aws.ToString(s.StackId), last).follow(ctx, u, delay)
	switch {
	case err != nil && context.Cause(ctx) != nil:
		return &problem{fmt.Sprintf("the deletion of %s is no longer followed", name), fmt.Sprintf("it goes on: sam list resources --stack-name %s shows what is left", name), err}
	case err != nil:
		return err
	case after != nil && after.StackStatus != types.StackStatusDeleteComplete:
		return &problem{fmt.Sprintf("the stack %s is in %s%s", name, after.StackStatus, causeOf(all)), "remove what is in the way (such as what is in a bucket), then run sam delete again", nil}
	}
	return nil
}

// outputOf is an output of a stack, or empty.
func outputOf(s *types.Stack, key string) string {
	for _, output := range s.Outputs {
		if aws.ToString(output.OutputKey) == key {
			return aws.ToString(output.OutputValue)
		}
	}
	return ""
}
