package cloud

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
)

// describe returns a stack, by name or id; nil if there is none.
func describe(ctx context.Context, client *cloudformation.Client, stack string) (*types.Stack, error) {
	out, err := client.DescribeStacks(ctx, &cloudformation.DescribeStacksInput{StackName: aws.String(stack)})
	if isCode(err, "ValidationError") && strings.Contains(err.Error(), "does not exist") {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if len(out.Stacks) == 0 {
		return nil, nil
	}
	return &out.Stacks[0], nil
}

// missing says that there is no such stack.
func missing(stack, region string) error {
	return &problem{fmt.Sprintf("the stack %s does not exist in %s", stack, region), "check its name, --region and --profile (aws cloudformation list-stacks)", nil}
}

// checkDeployable says why a stack cannot be changed.
func checkDeployable(s *types.Stack) error {
	name, status := aws.ToString(s.StackName), s.StackStatus
	state := fmt.Sprintf("the stack %s is in %s", name, status)
	switch {
	case status == types.StackStatusReviewInProgress:
		return nil
	case strings.HasSuffix(string(status), "_IN_PROGRESS"):
		return &problem{state + ": something else is changing it", fmt.Sprintf("wait until that has ended: sam list resources --stack-name %s shows how far it is", name), nil}
	case status == types.StackStatusRollbackComplete, status == types.StackStatusRollbackFailed, status == types.StackStatusDeleteFailed:
		return &problem{state + ", in which it can only be deleted", fmt.Sprintf("run sam delete --stack-name %s, then deploy again", name), nil}
	case status == types.StackStatusUpdateRollbackFailed:
		return &problem{state + ": the last update failed, and so did going back", fmt.Sprintf("run aws cloudformation continue-update-rollback --stack-name %s, then deploy again", name), nil}
	}
	return nil
}

// hasEnded tells whether a status is the last of an operation.
func hasEnded(status string) bool { return !strings.HasSuffix(status, "_IN_PROGRESS") }

// hasFailed tells whether an operation on a stack ended otherwise than was
// wanted.
func hasFailed(status string) bool {
	return strings.HasSuffix(status, "_FAILED") || strings.Contains(status, "ROLLBACK") || status == "DELETE_COMPLETE"
}
