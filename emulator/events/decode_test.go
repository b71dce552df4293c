package events

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/cfn"
	"github.com/aws/aws-lambda-go/events"
)

// types are those that AWS's library for Go has for events.
var types = map[string]any{
	"alb/request":                               events.ALBTargetGroupRequest{},
	"api":                                       events.APIGatewayProxyRequest{},
	"apigateway/authorizer":                     events.APIGatewayCustomAuthorizerRequest{},
	"apigateway/aws-proxy":                      events.APIGatewayProxyRequest{},
	"apigateway/http-api-authorizer":            events.APIGatewayV2CustomAuthorizerV2Request{},
	"apigateway/http-api-proxy":                 events.APIGatewayV2HTTPRequest{},
	"apigateway/request-authorizer":             events.APIGatewayCustomAuthorizerRequestTypeRequest{},
	"apigateway/websocket-connect":              events.APIGatewayWebsocketProxyRequest{},
	"apigateway/websocket-disconnect":           events.APIGatewayWebsocketProxyRequest{},
	"apigateway/websocket-message":              events.APIGatewayWebsocketProxyRequest{},
	"cloudformation/create-request":             cfn.Event{},
	"cloudtrail/api-call":                       events.EventBridgeEvent{},
	"cloudtrail/log-file":                       events.S3Event{},
	"cloudwatch/logs":                           events.CloudwatchLogsEvent{},
	"cloudwatch/scheduled-event":                events.CloudWatchEvent{},
	"codecommit/repository":                     events.CodeCommitEvent{},
	"codepipeline/job":                          events.CodePipelineJobEvent{},
	"cognito/create-auth-challenge":             events.CognitoEventUserPoolsCreateAuthChallenge{},
	"cognito/custom-message":                    events.CognitoEventUserPoolsCustomMessage{},
	"cognito/define-auth-challenge":             events.CognitoEventUserPoolsDefineAuthChallenge{},
	"cognito/migrate-user":                      events.CognitoEventUserPoolsMigrateUser{},
	"cognito/post-authentication":               events.CognitoEventUserPoolsPostAuthentication{},
	"cognito/post-confirmation":                 events.CognitoEventUserPoolsPostConfirmation{},
	"cognito/pre-authentication":                events.CognitoEventUserPoolsPreAuthentication{},
	"cognito/pre-sign-up":                       events.CognitoEventUserPoolsPreSignup{},
	"cognito/pre-token-generation":              events.CognitoEventUserPoolsPreTokenGen{},
	"cognito/pre-token-generation-v2":           events.CognitoEventUserPoolsPreTokenGenV2_0{},
	"cognito/sync-trigger":                      events.CognitoEvent{},
	"cognito/verify-auth-challenge":             events.CognitoEventUserPoolsVerifyAuthChallenge{},
	"config/item-change-notification":           events.ConfigEvent{},
	"config/oversized-item-change-notification": events.ConfigEvent{},
	"config/periodic-rule":                      events.ConfigEvent{},
	"connect/contact-flow-event":                events.ConnectEvent{},
	"dynamodb":                                  events.DynamoDBEvent{},
	"dynamodb/update":                           events.DynamoDBEvent{},
	"eventbridge/custom":                        events.EventBridgeEvent{},
	"eventbridge/ec2-state-change":              events.EventBridgeEvent{},
	"eventbridge/s3-object-created":             events.EventBridgeEvent{},
	"eventbridge/schedule":                      events.EventBridgeEvent{},
	"iot/custom-authorizer":                     events.IoTCoreCustomAuthorizerRequest{},
	"iot/pre-provisioning-hook":                 events.IoTPreProvisionHookRequest{},
	"kinesis":                                   events.KinesisEvent{},
	"kinesis/apachelog":                         events.KinesisFirehoseEvent{},
	"kinesis/cloudwatch-logs-processor":         events.KinesisFirehoseEvent{},
	"kinesis/get-records":                       events.KinesisEvent{},
	"kinesis/kinesis-firehose":                  events.KinesisFirehoseEvent{},
	"kinesis/streams-as-source":                 events.KinesisFirehoseEvent{},
	"kinesis/syslog":                            events.KinesisFirehoseEvent{},
	"lambda/function-url":                       events.LambdaFunctionURLRequest{},
	"lex/book-car":                              events.LexEvent{},
	"lex/book-hotel":                            events.LexEvent{},
	"lex/make-appointment":                      events.LexEvent{},
	"lex/order-flowers":                         events.LexEvent{},
	"mq/activemq":                               events.ActiveMQEvent{},
	"mq/rabbitmq":                               events.RabbitMQEvent{},
	"msk/records":                               events.KafkaEvent{},
	"msk/self-managed-kafka":                    events.KafkaEvent{},
	"rekognition/s3-request":                    events.S3Event{},
	"s3":                                        events.S3Event{},
	"s3/batch-invocation":                       events.S3BatchJobEvent{},
	"s3/delete":                                 events.S3Event{},
	"s3/put":                                    events.S3Event{},
	"schedule":                                  events.CloudWatchEvent{},
	"secretsmanager/rotation":                   events.SecretsManagerSecretRotationEvent{},
	"ses/email-receiving":                       events.SimpleEmailEvent{},
	"sns":                                       events.SNSEvent{},
	"sns/notification":                          events.SNSEvent{},
	"sqs/receive-fifo-message":                  events.SQSEvent{},
	"sqs/receive-message":                       events.SQSEvent{},
}

// losses are what a type does not keep of what AWS sends, and why.
var losses = map[string]string{
	"APIGatewayCustomAuthorizerRequestTypeRequest.requestContext.domainName":         noField,
	"APIGatewayCustomAuthorizerRequestTypeRequest.requestContext.domainPrefix":       noField,
	"APIGatewayCustomAuthorizerRequestTypeRequest.requestContext.identity.userAgent": noField,
	"APIGatewayCustomAuthorizerRequestTypeRequest.requestContext.protocol":           noField,
	"APIGatewayCustomAuthorizerRequestTypeRequest.requestContext.requestTime":        noField,
	"APIGatewayCustomAuthorizerRequestTypeRequest.requestContext.requestTimeEpoch":   noField,
	"ActiveMQEvent.messages.correlationId":                                           "it is read, and written as correlationID",
	"CodeCommitEvent.Records.eventTime":                                              "it is read, and written with one digit for the day",
	"Event.ServiceToken":                                                             noField, // of cfn
	"LambdaFunctionURLRequest.requestContext.routeKey":                               noField,
	"LambdaFunctionURLRequest.requestContext.stage":                                  noField,
	"LambdaFunctionURLRequest.routeKey":                                              noField,
}

const noField = "the type has no such field"

// TestTypes decodes every event that has a type, encodes it again and compares.
func TestTypes(t *testing.T) {
	untested := make(map[string]bool)
	for name := range types {
		untested[name] = true
	}
	excused := make(map[string]bool)
	everyEvent(t, func(t *testing.T, _, _ string, event *Event) {
		name := strings.TrimPrefix(t.Name(), "TestTypes/")
		delete(untested, name)
		if types[name] == nil {
			return
		}
		typed := reflect.New(reflect.TypeOf(types[name]))
		sent := payload(t, event, nil)
		if err := json.Unmarshal(sent, typed.Interface()); err != nil {
			t.Fatal(err)
		}
		kept, err := json.Marshal(typed.Interface())
		if err != nil {
			t.Fatal(err)
		}
		for _, loss := range lost(reflect.TypeOf(types[name]).Name(), decode(t, sent), decode(t, kept)) {
			path, _, _ := strings.Cut(loss, ":")
			if losses[path] == "" {
				t.Error(loss)
			}
			excused[path] = true
		}
	})
	for name := range untested {
		t.Errorf("there is no event %s", name)
	}
	for path := range losses {
		if !excused[path] {
			t.Errorf("%s is kept: it need not be excused", path)
		}
	}
}

func decode(t *testing.T, data []byte) any {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		t.Fatal(err)
	}
	return value
}

// lost returns where kept lacks something of sent. Null, false, zero and what is
// empty may be left out: a type cannot tell them from nothing.
func lost(at string, sent, kept any) []string {
	switch sent := sent.(type) {
	case map[string]any:
		kept, _ := kept.(map[string]any)
		var all []string
		for key, value := range sent {
			all = append(all, lost(at+"."+key, value, kept[key])...)
		}
		slices.Sort(all)
		return all
	case []any:
		kept, _ := kept.([]any)
		if len(sent) != len(kept) {
			return []string{fmt.Sprintf("%s: %d elements, and %d are kept", at, len(sent), len(kept))}
		}
		var all []string
		for i := range sent {
			all = append(all, lost(at, sent[i], kept[i])...)
		}
		return all
	case json.Number:
		kept, _ := kept.(json.Number)
		a, _ := sent.Float64()
		b, _ := kept.Float64()
		if a == b {
			return nil
		}
	case string:
		if kept, isText := kept.(string); isText || sent == "" {
			a, aErr := time.Parse(time.RFC3339, sent)
			b, bErr := time.Parse(time.RFC3339, kept)
			if sent == kept || aErr == nil && bErr == nil && a.Equal(b) {
				return nil
			}
		}
	default: // null and booleans
		if sent == kept || sent == nil || sent == false {
			return nil
		}
	}
	return []string{fmt.Sprintf("%s: %v is kept as %v", at, sent, kept)}
}
