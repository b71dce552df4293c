package template

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// What Ref and Fn::GetAtt give for resources that do not exist locally is what
// CloudFormation would give if it took the logical id as the name.

// named tells, for the types whose names and ARNs follow from the template,
// which property is the name and what the ARN looks like: %s is the name, the
// rest is filled with partition, region and account.
var named = map[string]struct{ property, arn string }{
	"AWS::Serverless::Function":        {"FunctionName", "arn:{partition}:lambda:{region}:{account}:function:%s"},
	"AWS::Lambda::Function":            {"FunctionName", "arn:{partition}:lambda:{region}:{account}:function:%s"},
	"AWS::Serverless::StateMachine":    {"Name", "arn:{partition}:states:{region}:{account}:stateMachine:%s"},
	"AWS::StepFunctions::StateMachine": {"StateMachineName", "arn:{partition}:states:{region}:{account}:stateMachine:%s"},
	"AWS::Serverless::SimpleTable":     {"TableName", "arn:{partition}:dynamodb:{region}:{account}:table/%s"},
	"AWS::DynamoDB::Table":             {"TableName", "arn:{partition}:dynamodb:{region}:{account}:table/%s"},
	"AWS::SQS::Queue":                  {"QueueName", "arn:{partition}:sqs:{region}:{account}:%s"},
	"AWS::SNS::Topic":                  {"TopicName", "arn:{partition}:sns:{region}:{account}:%s"},
	"AWS::S3::Bucket":                  {"BucketName", "arn:{partition}:s3:::%s"},
	"AWS::Kinesis::Stream":             {"Name", "arn:{partition}:kinesis:{region}:{account}:stream/%s"},
	"AWS::Events::EventBus":            {"Name", "arn:{partition}:events:{region}:{account}:event-bus/%s"},
	"AWS::IAM::Role":                   {"RoleName", "arn:{partition}:iam::{account}:role/%s"},
	"AWS::Logs::LogGroup":              {"LogGroupName", "arn:{partition}:logs:{region}:{account}:log-group:%s:*"},
}

// refIsARN are the types whose Ref is not their name.
var refIsARN = map[string]bool{
	"AWS::SNS::Topic": true, "AWS::Serverless::StateMachine": true, "AWS::StepFunctions::StateMachine": true,
}

func (s *scope) refResource(at *Value, id string, resource *Value) *Value {
	kind := resource.Get("Type").text()
	switch {
	case refIsARN[kind]:
		return s.arn(at, id, resource)
	case kind == "AWS::SQS::Queue":
		name := s.name(id, resource)
		if name.Kind == Unresolved {
			return name
		}
		suffix, _ := s.pseudo("AWS::URLSuffix")
		return newString(at.At, fmt.Sprintf("https://sqs.%s.%s/%s/%s", s.options.Region, suffix, s.options.Account, name.Text))
	case kind == "AWS::Serverless::LayerVersion" || kind == "AWS::Lambda::LayerVersion":
		return newString(at.At, s.fill("arn:{partition}:lambda:{region}:{account}:layer:"+id+":1"))
	}
	if name := s.name(id, resource); name.Kind != Unresolved {
		return newString(at.At, name.Text)
	}
	return newString(at.At, id)
}

// name is the name of a resource: the property that says it, else its id.
func (s *scope) name(id string, resource *Value) *Value {
	if property := named[resource.Get("Type").text()].property; property != "" {
		if given := resource.Get("Properties", property); given != nil {
			if name := s.resolve(given); name.IsScalar() || name.Kind == Unresolved && name != noValue {
				return name
			}
		}
	}
	return newString(resource.At, id)
}

func (s *scope) arn(at *Value, id string, resource *Value) *Value {
	form := named[resource.Get("Type").text()].arn
	if form == "" {
		return unresolved(at, "the ARN of %s exists only after a deployment", id)
	}
	name := s.name(id, resource)
	if name.Kind == Unresolved {
		return name
	}
	return newString(at.At, fmt.Sprintf(s.fill(form), name.Text))
}

func (s *scope) fill(form string) string {
	partition, _ := s.pseudo("AWS::Partition")
	return strings.NewReplacer("{partition}", partition, "{region}", s.options.Region, "{account}", s.options.Account).Replace(form)
}

// getAtt resolves Fn::GetAtt.
func (s *scope) getAtt(at *Value, id, attribute string) *Value {
	resource := s.resources[id]
	if resource == nil && s.isGenerated(id) {
		return unresolved(at, "%s.%s exists only after a deployment", id, attribute)
	}
	if resource == nil {
		return s.fault(at, "there is no resource %s%s", id, s.meant(id))
	}
	kind := resource.Get("Type").text()
	switch {
	case attribute == "Arn":
		return s.arn(at, id, resource)
	case attribute == "TopicArn" && kind == "AWS::SNS::Topic":
		return s.arn(at, id, resource)
	case attribute == "QueueName" && kind == "AWS::SQS::Queue", attribute == "TopicName" && kind == "AWS::SNS::Topic", attribute == "Name" && named[kind].property != "":
		return s.name(id, resource)
	case attribute == "QueueUrl" && kind == "AWS::SQS::Queue":
		return s.refResource(at, id, resource)
	case attribute == "RootResourceId" && kind == "AWS::ApiGateway::RestApi":
		return newString(at.At, "/")
	}
	return unresolved(at, "%s.%s exists only after a deployment", id, attribute)
}

// isGenerated tells whether SAM makes a resource of that name: those of
// implicit APIs, and those whose names begin with that of a resource of SAM's
// (its role, stage, deployment, version ...).
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-generated-resources.html
func (s *scope) isGenerated(name string) bool {
	if strings.HasPrefix(name, "ServerlessRestApi") || strings.HasPrefix(name, "ServerlessHttpApi") || name == "ServerlessDeploymentApplication" {
		return true
	}
	for i := range name {
		if strings.HasPrefix(s.resources[name[:i]].Get("Type").text(), "AWS::Serverless::") {
			return true
		}
	}
	return false
}

// meant suggests the parameter or resource that a name most likely means.
func (s *scope) meant(name string) string {
	near := nearest(name, slices.Sorted(maps.Keys(s.resources)))
	if near == "" {
		near = nearest(name, slices.Sorted(maps.Keys(s.parameters)))
	}
	if near == "" {
		return ""
	}
	return " (did you mean " + near + "?)"
}
