package cloud

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"

	"sam/cmd/internal/ui"
)

// managedStack is the stack with the bucket of --resolve-s3. Its name and its
// output are those of SAM CLI, which shares it.
const managedStack = "aws-sam-cli-managed-default"

const managedTemplate = `AWSTemplateFormatVersion: '2010-09-09'
Transform: AWS::Serverless-2016-10-31
Description: Managed Stack for AWS SAM CLI
Metadata:
  SamCliInfo: {version: 1.164.0, installationId: unknown}
Resources:
  SamCliSourceBucket:
    Type: AWS::S3::Bucket
    Properties:
      VersioningConfiguration: {Status: Enabled}
      Tags: [{Key: ManagedStackSource, Value: AwsSamCli}]
      PublicAccessBlockConfiguration: {BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true}
      BucketEncryption: {ServerSideEncryptionConfiguration: [{ServerSideEncryptionByDefault: {SSEAlgorithm: aws:kms}}]}
  SamCliSourceBucketBucketPolicy:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref SamCliSourceBucket
      PolicyDocument:
        Statement:
          - Action: ['s3:GetObject']
            Effect: Allow
            Principal: {Service: serverlessrepo.amazonaws.com}
            Resource: !Sub 'arn:${AWS::Partition}:s3:::${SamCliSourceBucket}/*'
            Condition: {StringEquals: {'aws:SourceAccount': !Ref AWS::AccountId}}
          - Action: ['s3:*']
            Effect: Deny
            Principal: '*'
            Resource: [!Sub 'arn:${AWS::Partition}:s3:::${SamCliSourceBucket}', !Sub 'arn:${AWS::Partition}:s3:::${SamCliSourceBucket}/*']
            Condition: {Bool: {'aws:SecureTransport': 'false'}}
Outputs:
  SourceBucket: {Value: !Ref SamCliSourceBucket}
`

// managedBucket returns the name of the bucket of --resolve-s3, which is made
// if it is missing.
func managedBucket(ctx context.Context, u *ui.UI, cfg aws.Config) (string, error) {
	client := cloudformation.NewFromConfig(cfg)
	stack, err := describe(ctx, client, managedStack)
	if err != nil {
		return "", err
	}
	if stack == nil {
		u.Notice("Making a bucket for artifacts, by the stack %s", managedStack)
		_, err := client.CreateStack(ctx, &cloudformation.CreateStackInput{
			StackName: aws.String(managedStack), TemplateBody: aws.String(managedTemplate),
			Capabilities: []types.Capability{types.CapabilityCapabilityAutoExpand},
			Tags:         []types.Tag{{Key: aws.String("ManagedStackSource"), Value: aws.String("AwsSamCli")}},
		})
		// Another sam may be making it.
		if exists := new(types.AlreadyExistsException); err != nil && !errors.As(err, &exists) {
			return "", err
		}
	}
	if stack == nil || stack.StackStatus == types.StackStatusCreateInProgress {
		waiter := cloudformation.NewStackCreateCompleteWaiter(client, func(o *cloudformation.StackCreateCompleteWaiterOptions) { o.MinDelay = time.Second })
		if stack, err = awaitManaged(ctx, waiter, client); err != nil {
			return "", err
		}
	}
	if bucket := outputOf(stack, "SourceBucket"); bucket != "" {
		u.Notice("Artifacts go to the bucket %s (--resolve-s3)", bucket)
		return bucket, nil
	}
	return "", &problem{fmt.Sprintf("the stack %s, which should have a bucket for artifacts, is in %s and has none", managedStack, stack.StackStatus), fmt.Sprintf("run sam delete --stack-name %s, then run the command again; or name a bucket with --s3-bucket", managedStack), nil}
}

func awaitManaged(ctx context.Context, waiter *cloudformation.StackCreateCompleteWaiter, client *cloudformation.Client) (*types.Stack, error) {
	out, err := waiter.WaitForOutput(ctx, &cloudformation.DescribeStacksInput{StackName: aws.String(managedStack)}, 10*time.Minute)
	if err == nil && len(out.Stacks) == 1 {
		return &out.Stacks[0], nil
	}
	if cause := context.Cause(ctx); cause != nil {
		return nil, cause
	}
	events, eventsErr := newFollower(client, managedStack, time.Time{}).poll(ctx)
	if eventsErr != nil {
		return nil, errors.Join(err, eventsErr)
	}
	return nil, &problem{fmt.Sprintf("the stack %s, with the bucket for artifacts, cannot be made%s", managedStack, causeOf(events)), fmt.Sprintf("run sam delete --stack-name %s, then run the command again; or name a bucket with --s3-bucket", managedStack), err}
}
