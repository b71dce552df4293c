package schema

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"
)

// A suite is the cases of one schema. Each case is the base, which is valid,
// with other values for some keys; null takes a key away.
type suite struct {
	Schema  string // argument of Check
	Event   string // type of the event source whose properties these are, if any
	Base    map[string]any
	Valid   map[string]map[string]any // by what they show
	Invalid map[string]struct {
		Value  map[string]any
		Errors []string // as describe has them, sorted
	}
}

// instance makes the value that the schema judges.
func (s suite) instance(changes map[string]any) any {
	v := maps.Clone(s.Base)
	if v == nil {
		v = map[string]any{}
	}
	for key, value := range changes {
		if v[key] = value; value == nil {
			delete(v, key)
		}
	}
	if s.Event != "" {
		return map[string]any{"E": map[string]any{"Type": s.Event, "Properties": v}}
	}
	return v
}

func TestCases(t *testing.T) {
	for _, s := range suites(t) {
		t.Run(strings.TrimSpace(s.Schema+" "+s.Event), func(t *testing.T) {
			reference := compile(t, s.Schema)
			check := func(name string, changes map[string]any, want []string) {
				t.Run(name, func(t *testing.T) {
					value := s.instance(changes)
					faults, err := Check(s.Schema, value)
					if err != nil {
						t.Fatal(err)
					}
					if got := describe(faults, "E/Properties/"); !slices.Equal(got, want) {
						t.Errorf("got  %q\nwant %q", got, want)
					}
					if err := reference.Validate(value); (err == nil) != (len(faults) == 0) {
						t.Errorf("the reference comes to another verdict: %v", err)
					}
				})
			}
			check("base", nil, nil)
			for name, changes := range s.Valid {
				check(name, changes, nil)
			}
			for name, invalid := range s.Invalid {
				check(name, invalid.Value, invalid.Errors)
			}
		})
	}
}

// describe makes a line of each fault: where it is without prefix, its keyword,
// and what the keyword tells.
func describe(faults []Fault, prefix string) []string {
	var lines []string
	for _, f := range faults {
		where := strings.TrimPrefix(strings.Join(f.Path, "/")+"/", prefix)
		detail := strings.ToUpper(f.Keyword[:1]) + f.Keyword[1:]
		switch f.Keyword {
		case "additionalProperties", "required":
			detail += " " + strings.Join(f.Want, ",")
		case "dependentRequired":
			detail += " " + strings.Join(f.Want, " ")
		case "type":
			detail += " " + typeOf(f.Got)
		case "enum":
			detail += fmt.Sprint(" ", f.Got)
		case "not":
			detail += " " + f.Description
		}
		lines = append(lines, strings.TrimSuffix(where, "/")+": "+detail)
	}
	slices.Sort(lines)
	return lines
}

func typeOf(value any) string {
	for _, typ := range []string{"string", "boolean", "number", "array", "object"} {
		if is(value, typ) {
			return typ
		}
	}
	return "null"
}

// TestCompleteness makes sure that the cases show every property of every
// resource type and event source.
func TestCompleteness(t *testing.T) {
	shown := map[string][]string{} // by suite
	for _, s := range suites(t) {
		name := s.Schema + " " + s.Event
		shown[name] = slices.AppendSeq(shown[name], maps.Keys(s.Base))
		for _, changes := range s.Valid {
			shown[name] = slices.AppendSeq(shown[name], maps.Keys(changes))
		}
	}
	check := func(name string, properties map[string]*jsonschema.Schema) {
		if len(properties) == 0 {
			t.Errorf("%s: no properties", name)
		}
		for property := range properties {
			if !slices.Contains(shown[name], property) {
				t.Errorf("%s: no valid case has %s", name, property)
			}
		}
	}

	for _, name := range []string{"AWS::Lambda::Function", "AWS::Lambda::LayerVersion"} {
		check(name+" ", compile(t, name).Then.Properties)
	}
	resource := compile(t, "resource")
	for _, name := range resource.Properties["Type"].Ref.Then.Enum.Values {
		s := compile(t, name.(string))
		if s.Title != name {
			t.Errorf("title of %s is %q", name, s.Title)
		}
		check(name.(string)+" ", s.Then.Properties)
	}
	for _, name := range []string{"function-events", "statemachine-events"} {
		for _, event := range compile(t, name).Then.PatternProperties {
			event = event.Ref
			var types []any
			for _, choice := range event.DependentSchemas["Type"].AllOf {
				typ := *choice.If.Properties["Type"].Const
				types = append(types, typ)
				source := choice.Then.Properties["Properties"].Ref
				check(name+" "+typ.(string), source.Then.Properties)
				if !strings.HasSuffix(source.Title, " event source") {
					t.Errorf("title of %s is %q", source.Location, source.Title)
				}
			}
			if !slices.Equal(types, event.Properties["Type"].Enum.Values) {
				t.Errorf("%s: schemas for %v, want %v", name, types, event.Properties["Type"].Enum.Values)
			}
		}
	}
}

// TestGlobals makes sure that Globals have no property that the type lacks.
func TestGlobals(t *testing.T) {
	globals := compile(t, "globals")
	for section, s := range globals.Properties {
		properties := compile(t, "AWS::Serverless::"+section).Then.Properties
		for property := range s.Ref.Properties {
			if properties[property] == nil {
				t.Errorf("AWS::Serverless::%s has no %s", section, property)
			}
		}
	}
}

func TestNoSchema(t *testing.T) {
	for _, name := range []string{"AWS::S3::Bucket", "Custom::Thing", "../schema", ""} {
		if _, err := Check(name, nil); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("Check(%q): %v, want %v", name, err, fs.ErrNotExist)
		}
	}
}

func TestFault(t *testing.T) {
	got, err := Check("AWS::Serverless::SimpleTable", map[string]any{"PrimaryKey": map[string]any{"Nam": "id", "Type": "String"}})
	want := []Fault{
		{Path: []string{"PrimaryKey"}, Keyword: "required", Want: []string{"Name"}},
		{Path: []string{"PrimaryKey"}, Keyword: "additionalProperties", Want: []string{"Nam"}},
	}
	for i := range want {
		want[i].Got = map[string]any{"Nam": "id", "Type": "String"}
		want[i].Title = "primary key"
		want[i].Known = []string{"Name", "Type"}
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v\nwant %+v", got, err, want)
	}
}

func suites(t *testing.T) []suite {
	t.Helper()
	var all []suite
	if err := yaml.Unmarshal([]byte(cases), &all); err != nil {
		t.Fatal(err)
	}
	return all
}

// compile returns the reference: the same schema in an implementation that
// passes the test suite of JSON Schema. It checks the schema against its
// metaschema, too.
func compile(t *testing.T, name string) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	c.UseLoader(loader{})
	s, err := c.Compile("schema:///" + fileOf(name))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

type loader struct{}

func (loader) Load(url string) (any, error) { return document(path.Base(url)) }

func BenchmarkCheck(b *testing.B) {
	for _, name := range []string{"AWS::Serverless::Function", "AWS::Serverless::SimpleTable"} {
		for when, forget := range map[string]func(){"first": func() { documents.Clear(); patterns.Clear() }, "later": func() {}} {
			b.Run(name+"/"+when, func(b *testing.B) {
				for b.Loop() {
					forget()
					if _, err := Check(name, map[string]any{"Tags": map[string]any{}}); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

const cases = `
# AWS's SAM translator (1.115) comes to the same verdict on every case of a SAM
# resource, except where a comment says whose rule it is or why not.
- schema: AWS::Serverless::Function
  base: {Handler: app.handler, Runtime: python3.14}
  valid:
    all properties of a zip:
      Architectures: [arm64]
      AssumeRolePolicyDocument: {Version: '2012-10-17', Statement: []}
      AutoPublishAlias: live
      AutoPublishAliasAllProperties: true
      AutoPublishCodeSha256: 6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b
      CodeSigningConfigArn: arn:aws:lambda:us-east-1:123456789012:code-signing-config:csc-0123456789abcdef0
      CodeUri: {Bucket: b, Key: k, Version: v, StorageMode: COPY}
      DeadLetterQueue: {Type: SNS, TargetArn: 'arn:aws:sns:us-east-1:123456789012:t'}
      DeploymentPreference: {Alarms: [{Ref: Alarm}], Enabled: true, Hooks: {PreTraffic: {Ref: Before}, PostTraffic: {Ref: After}}, PassthroughCondition: true, Role: r, TriggerConfigurations: [{TriggerName: t}], Type: Linear10PercentEvery10Minutes}
      Description: 1
      DurableConfig: {ExecutionTimeout: 60, RetentionPeriodInDays: 7, KMSKeyArn: 'arn:aws:kms:us-east-1:123456789012:key/k'}
      Environment: {Variables: {NAME: value, NUMBER: 1, TRUTH: true, FUNCTION: {Ref: X}}}
      EphemeralStorage: {Size: 1024}
      EventInvokeConfig: {MaximumEventAgeInSeconds: 60, MaximumRetryAttempts: 1, DestinationConfig: {OnSuccess: {Type: SQS}, OnFailure: {Type: Lambda, Destination: 'arn:aws:lambda:us-east-1:123456789012:function:f'}}}
      Events: {Queue: {Type: SQS, Properties: {Queue: 'arn:aws:sqs:us-east-1:123456789012:q'}}}
      FileSystemConfigs: [{Arn: 'arn:aws:elasticfilesystem:us-east-1:123456789012:access-point/fsap-0123456789abcdef0', LocalMountPath: /mnt/files, S3FilesConfig: {DirectS3Read: AUTO}}]
      FunctionName: my-function_1
      FunctionUrlConfig: {AuthType: NONE, InvokeMode: RESPONSE_STREAM, Cors: {AllowCredentials: true, AllowHeaders: [a], AllowMethods: [GET], AllowOrigins: ['*'], ExposeHeaders: [b], MaxAge: 3}}
      InlineCode: 'def handler(event, context): pass'
      KmsKeyArn: {'Fn::GetAtt': [Key, Arn]}
      Layers: ['arn:aws:lambda:us-east-1:123456789012:layer:l:1', {Ref: Layer}]
      LoggingConfig: {LogFormat: JSON, ApplicationLogLevel: DEBUG, SystemLogLevel: INFO, LogGroup: g}
      MemorySize: 256
      PackageType: Zip
      PermissionsBoundary: arn:aws:iam::123456789012:policy/p
      Policies: [AWSLambdaExecute, {Ref: Policy}, {Version: '2012-10-17', Statement: []}, {S3ReadPolicy: {BucketName: {Ref: Bucket}}}, {CloudWatchPutMetricPolicy: {}}]
      PropagateTags: true
      ProvisionedConcurrencyConfig: {ProvisionedConcurrentExecutions: 2}
      PublishToLatestPublished: true
      RecursiveLoop: Allow
      ReservedConcurrentExecutions: 0
      Role: {'Fn::GetAtt': [Role, Arn]}
      RolePath: /path/
      RuntimeManagementConfig: {UpdateRuntimeOn: Manual, RuntimeVersionArn: 'arn:aws:lambda:us-east-1::runtime:r'}
      SnapStart: {ApplyOn: PublishedVersions}
      SourceKMSKeyArn: arn:aws:kms:us-east-1:123456789012:key/k
      Tags: {Team: blue, Cost: 7}
      Timeout: 900
      Tracing: Active
      VersionDeletionPolicy: Retain
      VersionDescription: one
      VpcConfig: {SecurityGroupIds: [sg-1], SubnetIds: [{Ref: Subnet}], Ipv6AllowedForDualStack: true}
    instances of its own: {CapacityProviderConfig: {Arn: 'arn:aws:lambda:us-east-1:123456789012:capacity-provider:cp', PerExecutionEnvironmentMaxConcurrency: 4, ExecutionEnvironmentMemoryGiBPerVCpu: 2.5}, FunctionScalingConfig: {MinExecutionEnvironments: 1, MaxExecutionEnvironments: 9}}
    a container image: {Handler: null, Runtime: null, PackageType: Image, ImageUri: i, ImageConfig: {Command: [c], EntryPoint: [e], WorkingDirectory: /}}
    a container image that its Metadata describe: {Handler: null, Runtime: null, PackageType: Image}
    a tenant of its own: {TenancyConfig: {TenantIsolationMode: PER_TENANT}, Events: {A: {Type: Api, Properties: {Path: /, Method: get}}}}
    an unknown runtime: {Runtime: cobol}
    runtimes of 2018: {Runtime: nodejs4.3}
    numbers and truth in quotes where CloudFormation reads them: {MemorySize: '128', Timeout: '3', EphemeralStorage: {Size: '512'}, PublishToLatestPublished: 'true'}
    functions instead of values: {Handler: {Ref: H}, MemorySize: {'Fn::FindInMap': [M, a, b]}, VpcConfig: {'Fn::If': [C, {SubnetIds: []}, {Ref: 'AWS::NoValue'}]}, Tracing: {Ref: T}, Tags: {'Fn::Transform': {Name: T}}}
    dynamic references: {MemorySize: '{{resolve:ssm:/memory:1}}', Environment: {Variables: {SECRET: '{{resolve:secretsmanager:s}}'}}}
    macros that complete a map: {Handler: null, 'Fn::Transform': {Name: Handlers}} # CloudFormation runs them before SAM
    a policy alone: {Policies: AmazonS3FullAccess}
    a document alone: {Policies: {Statement: []}}
    a deployment preference that is off: {DeploymentPreference: {Enabled: false}}
  invalid:
    misspelt property: {value: {Runtim: x}, errors: [': AdditionalProperties Runtim']}
    several misspelt properties: {value: {handler: x, Memory: 1, Environment: {Variable: {}}}, errors: [': AdditionalProperties Memory,handler', 'Environment: AdditionalProperties Variable']}
    no Handler: {value: {Handler: null}, errors: [': Required Handler']}
    neither Handler nor Runtime: {value: {Handler: null, Runtime: null}, errors: [': Required Handler,Runtime']}
    an image without PackageType: {value: {ImageConfig: {Command: [c]}}, errors: ['ImageConfig: Not needs PackageType: Image']}
    a handler in an image: {value: {PackageType: Image, Layers: [l]}, errors: ['Handler: Not cannot be given for a container image', 'Layers: Not cannot be given for a container image', 'Runtime: Not cannot be given for a container image']}
    unknown PackageType: {value: {PackageType: Jar}, errors: ['PackageType: Enum Jar']}
    unknown Architectures: {value: {Architectures: [x86_64, arm]}, errors: ['Architectures/1: Enum arm']} # Lambda's rule
    unknown Tracing: {value: {Tracing: 'On'}, errors: ['Tracing: Enum On']} # Lambda's rule
    memory that is no number: {value: {MemorySize: 128MB}, errors: ['MemorySize: Pattern']} # CloudFormation's rule
    a list as a handler: {value: {Handler: [a]}, errors: ['Handler: Type array']} # CloudFormation's rule
    a map as a timeout: {value: {Timeout: {Seconds: 3, Minutes: 1}}, errors: ['Timeout: Type object']} # CloudFormation's rule
    nothing as a variable: {value: {Environment: {Variables: {NAME: null}}}, errors: ['Environment/Variables/NAME: Type null']} # CloudFormation's rule
    environment variables in a list: {value: {Environment: {Variables: [A]}}, errors: ['Environment/Variables: Type array']} # CloudFormation's rule
    environment variables without Variables: {value: {Environment: {NAME: a, OTHER: b}}, errors: ['Environment: AdditionalProperties NAME,OTHER']} # CloudFormation's rule
    environment as a string: {value: {Environment: NAME=a}, errors: ['Environment: Type string']}
    a bad name of a variable: {value: {Environment: {Variables: {1ST: a}}}, errors: ['Environment/Variables: AdditionalProperties 1ST']} # Lambda's rule
    a number as a role: {value: {Role: 1}, errors: ['Role: Type number']}
    truth in quotes where SAM reads it: {value: {PropagateTags: 'true'}, errors: ['PropagateTags: Type string']}
    tags in a list: {value: {Tags: [{Key: a, Value: b}]}, errors: ['Tags: Type array']}
    a layer alone: {value: {Layers: l}, errors: ['Layers: Type string']}
    an alias of digits: {value: {AutoPublishAlias: '123'}, errors: ['AutoPublishAlias: Pattern']}
    a bad function name: {value: {FunctionName: my function}, errors: ['FunctionName: Pattern']} # Lambda's rule
    half an S3 address: {value: {CodeUri: {Bucket: b}}, errors: ['CodeUri: Required Key']}
    a dead-letter queue without Type: {value: {DeadLetterQueue: {TargetArn: a}}, errors: ['DeadLetterQueue: Required Type']}
    a dead-letter queue of another Type: {value: {DeadLetterQueue: {TargetArn: a, Type: Kinesis}}, errors: ['DeadLetterQueue/Type: Enum Kinesis']}
    a deployment preference without an alias: {value: {DeploymentPreference: {Type: AllAtOnce}}, errors: [': DependentRequired DeploymentPreference AutoPublishAlias']}
    provisioned concurrency without an alias: {value: {ProvisionedConcurrencyConfig: {ProvisionedConcurrentExecutions: 1}}, errors: [': DependentRequired ProvisionedConcurrencyConfig AutoPublishAlias']}
    a destination without Type: {value: {EventInvokeConfig: {DestinationConfig: {OnFailure: {Destination: d}}}}, errors: ['EventInvokeConfig/DestinationConfig/OnFailure: Required Type']}
    a destination that SAM cannot create: {value: {EventInvokeConfig: {DestinationConfig: {OnFailure: {Type: Lambda}}}}, errors: ['EventInvokeConfig/DestinationConfig/OnFailure: Required Destination']}
    a function URL for IAM: {value: {FunctionUrlConfig: {AuthType: IAM}}, errors: ['FunctionUrlConfig/AuthType: Enum IAM']}
    a function URL without AuthType: {value: {FunctionUrlConfig: {InvokeMode: BUFFERED}}, errors: ['FunctionUrlConfig: Required AuthType']}
    CORS of a function URL as a string: {value: {FunctionUrlConfig: {AuthType: NONE, Cors: {AllowOrigins: '*'}}}, errors: ['FunctionUrlConfig/Cors/AllowOrigins: Type string']}
    a bad version deletion policy: {value: {VersionDeletionPolicy: Keep, AutoPublishAlias: live}, errors: ['VersionDeletionPolicy: Enum Keep']}
    a version deletion policy without an alias: {value: {VersionDeletionPolicy: Delete}, errors: [': DependentRequired VersionDeletionPolicy AutoPublishAlias']}
    instances in a VPC: {value: {CapacityProviderConfig: {Arn: a}, VpcConfig: {SubnetIds: [s]}}, errors: ['VpcConfig: Not is not available to a function with CapacityProviderConfig']}
    a tenant with a function URL: {value: {TenancyConfig: {TenantIsolationMode: PER_TENANT}, FunctionUrlConfig: {AuthType: NONE}}, errors: ['FunctionUrlConfig: Not is not available to a function with TenancyConfig']}
    a tenant with a queue: {value: {TenancyConfig: {TenantIsolationMode: PER_TENANT}, Events: {Q: {Type: SQS, Properties: {Queue: q}}}}, errors: ['Events/Q/Type: Enum SQS']}
    an unknown policy template: {value: {Policies: [{S3RedPolicy: {BucketName: b}}]}, errors: ['Policies/0: AdditionalProperties S3RedPolicy']}
    a policy template without its parameter: {value: {Policies: [{S3ReadPolicy: {Bucket: b}}]}, errors: ['Policies/0/S3ReadPolicy: Required BucketName']}
    a number as a policy: {value: {Policies: 1}, errors: ['Policies: Type number']}
    an event source without Type: {value: {Events: {Q: {Properties: {Queue: q}}}}, errors: ['Events/Q: Required Type']}
    an unknown event source: {value: {Events: {Q: {Type: Sqs, Properties: {Queue: q}}}}, errors: ['Events/Q/Type: Enum Sqs']}
    an event source without Properties: {value: {Events: {Q: {Type: SQS}}}, errors: ['Events/Q: Required Properties']}
    an event source in a list: {value: {Events: [{Type: SQS}]}, errors: ['Events: Type array']}
    a bad name of an event source: {value: {Events: {my-queue: {Type: SQS, Properties: {Queue: q}}}}, errors: ['Events: AdditionalProperties my-queue']}

- schema: function-events
  event: AlexaSkill
  valid: {all properties: {SkillId: amzn1.ask.skill.1}}
  invalid:
    misspelt: {value: {Skill: x}, errors: [': AdditionalProperties Skill']}
    a number: {value: {SkillId: 1}, errors: ['SkillId: Type number']}
- schema: function-events
  event: Api
  base: {Path: '/{proxy+}', Method: any}
  valid:
    all properties:
      Auth: {ApiKeyRequired: true, Authorizer: NONE, AuthorizationScopes: [s], InvokeRole: NONE, OverrideApiAuth: true, ResourcePolicy: {AwsAccountBlacklist: [a], AwsAccountWhitelist: [a], CustomStatements: [{Effect: Allow}], IntrinsicVpcBlacklist: [{Ref: V}], IntrinsicVpcWhitelist: [{Ref: V}], IntrinsicVpceBlacklist: [{Ref: V}], IntrinsicVpceWhitelist: [{Ref: V}], IpRangeBlacklist: [1.2.3.4], IpRangeWhitelist: [1.2.3.4], SourceVpcBlacklist: [vpc-1], SourceVpcWhitelist: [vpc-2]}}
      RequestModel: {Model: M, Required: true, ValidateBody: true, ValidateParameters: false}
      RequestParameters: [method.request.header.A, method.request.querystring.b: {Required: true, Caching: true}]
      ResponseTransferMode: STREAM
      RestApiId: {Ref: Api}
      TimeoutInMillis: 1000
    any spelling of a method: {Method: pATch}
  invalid:
    misspelt: {value: {Metod: get}, errors: [': AdditionalProperties Metod']}
    no Path: {value: {Path: null}, errors: [': Required Path']}
    no Method: {value: {Method: null}, errors: [': Required Method']}
    an unknown method: {value: {Method: fetch}, errors: ['Method: Pattern']} # API Gateway's rule
    a path without a slash: {value: {Path: hello}, errors: ['Path: Pattern']} # API Gateway's rule
    a path that is computed: {value: {Path: {'Fn::Sub': '/${X}'}}, errors: ['Path: Type object']}
    a timeout in quotes: {value: {TimeoutInMillis: '1000'}, errors: ['TimeoutInMillis: Type string']}
    misspelt authorization: {value: {Auth: {Authoriser: A}}, errors: ['Auth: AdditionalProperties Authoriser']} # SAM ignores it
    authorization of text: {value: {Auth: AWS_IAM}, errors: ['Auth: Type string']}
    scopes without an authorizer: {value: {Auth: {AuthorizationScopes: [s]}}, errors: ['Auth: DependentRequired AuthorizationScopes Authorizer']}
    a bad request parameter: {value: {RequestParameters: [header.A]}, errors: ['RequestParameters/0: Pattern']}
    a bad request parameter in a map: {value: {RequestParameters: [header.A: {Required: true}]}, errors: ['RequestParameters/0: AdditionalProperties header.A']}
    a misspelt request parameter: {value: {RequestParameters: [method.request.header.A: {Require: true}]}, errors: ['RequestParameters/0/method.request.header.A: AdditionalProperties Require']}
- schema: function-events
  event: CloudWatchEvent
  base: {Pattern: {source: [aws.ec2]}}
  valid:
    all properties: {EventBusName: b, RuleName: r, DeadLetterConfig: {Arn: a}, RetryPolicy: {MaximumRetryAttempts: 1, MaximumEventAgeInSeconds: 60}, Input: '{}', InputPath: $.a, Target: {Id: t}, Enabled: true, InputTransformer: {InputTemplate: '<a>', InputPathsMap: {a: $.a}}}
    a state: {State: DISABLED}
  invalid:
    misspelt: {value: {Patern: {}}, errors: [': AdditionalProperties Patern']}
    no Pattern: {value: {Pattern: null}, errors: [': Required Pattern']} # EventBridge's rule
    a pattern of text: {value: {Pattern: '{}'}, errors: ['Pattern: Type string']}
- schema: function-events
  event: CloudWatchLogs
  base: {LogGroupName: g, FilterPattern: p}
  invalid:
    misspelt: {value: {Filter: p}, errors: [': AdditionalProperties Filter']}
    no LogGroupName: {value: {LogGroupName: null}, errors: [': Required LogGroupName']}
    no FilterPattern: {value: {FilterPattern: null}, errors: [': Required FilterPattern']}
- schema: function-events
  event: Cognito
  base: {UserPool: {Ref: Pool}, Trigger: PreSignUp}
  valid: {two triggers: {Trigger: [PreSignUp, PostConfirmation]}}
  invalid:
    misspelt: {value: {Triggers: []}, errors: [': AdditionalProperties Triggers']}
    no Trigger: {value: {Trigger: null}, errors: [': Required Trigger']}
    a number: {value: {Trigger: 1}, errors: ['Trigger: Type number']}
- schema: function-events
  event: DocumentDB
  base: {Cluster: c, DatabaseName: d, SourceAccessConfigurations: [{Type: BASIC_AUTH, URI: s}]}
  valid: {all properties: {BatchSize: 1, CollectionName: c, Enabled: true, FilterCriteria: {Filters: [{Pattern: '{}'}]}, FullDocument: UpdateLookup, KmsKeyArn: k, MaximumBatchingWindowInSeconds: 1, SecretsManagerKmsKeyId: i, StartingPosition: LATEST, StartingPositionTimestamp: 1.5}}
  invalid:
    misspelt: {value: {Collection: c}, errors: [': AdditionalProperties Collection']}
    no DatabaseName: {value: {DatabaseName: null}, errors: [': Required DatabaseName']}
    an access of another kind: {value: {SourceAccessConfigurations: [{Type: VPC_SUBNET, URI: s}]}, errors: ['SourceAccessConfigurations/0/Type: Enum VPC_SUBNET']}
    an access without URI: {value: {SourceAccessConfigurations: [{Type: BASIC_AUTH}]}, errors: ['SourceAccessConfigurations/0: Required URI']}
- schema: function-events
  event: DynamoDB
  base: {Stream: s, StartingPosition: TRIM_HORIZON}
  valid: &stream {all properties: {BatchSize: 1, BisectBatchOnFunctionError: true, DestinationConfig: {OnFailure: {Type: SQS, Destination: d}}, Enabled: false, FilterCriteria: {Filters: []}, FunctionResponseTypes: [ReportBatchItemFailures], KmsKeyArn: k, MaximumBatchingWindowInSeconds: 1, MaximumRecordAgeInSeconds: 60, MaximumRetryAttempts: 1, MetricsConfig: {Metrics: [EventCount]}, ParallelizationFactor: 2, StartingPositionTimestamp: 1, TumblingWindowInSeconds: 1}}
  invalid:
    misspelt: {value: {Batchsize: 1}, errors: [': AdditionalProperties Batchsize']}
    no StartingPosition: {value: {StartingPosition: null}, errors: [': Required StartingPosition']}
    a bad StartingPosition: {value: {StartingPosition: START}, errors: ['StartingPosition: Enum START']} # Lambda's rule
- schema: function-events
  event: Kinesis
  base: {Stream: s, StartingPosition: TRIM_HORIZON}
  valid: *stream
  invalid:
    misspelt: {value: {StartPosition: LATEST}, errors: [': AdditionalProperties StartPosition']}
    no Stream: {value: {Stream: null}, errors: [': Required Stream']}
    a property of another source: {value: {Queues: [q]}, errors: [': AdditionalProperties Queues']} # Lambda's rule
    a batch size in quotes: {value: {BatchSize: '10'}, errors: ['BatchSize: Type string']}
    a destination of another type: {value: {DestinationConfig: {OnFailure: {Type: Lambda, Destination: d}}}, errors: ['DestinationConfig/OnFailure/Type: Enum Lambda']}
    a filter in a list: {value: {FilterCriteria: [{Pattern: p}]}, errors: ['FilterCriteria: Type array']}
    a misspelt filter: {value: {FilterCriteria: {Filter: []}}, errors: ['FilterCriteria: AdditionalProperties Filter']} # the translator takes a map of one key for a function
- schema: function-events
  event: EventBridgeRule
  base: {Pattern: {source: [aws.ec2]}}
  valid:
    all properties: {EventBusName: b, RuleName: r, DeadLetterConfig: {Type: SQS, QueueLogicalId: Q}, RetryPolicy: {MaximumRetryAttempts: 1}, Input: '{}', InputPath: $.a, Target: {Id: t}, Enabled: true, InputTransformer: {InputTemplate: '<a>'}}
    a state: {State: ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS}
  invalid:
    state twice: {value: {State: ENABLED, Enabled: true}, errors: ['Enabled: Not cannot be given together with State']}
    dead letters to nowhere: {value: {DeadLetterConfig: {QueueLogicalId: Q}}, errors: ['DeadLetterConfig: OneOf']}
    dead letters to two places: {value: {DeadLetterConfig: {Arn: a, Type: SQS}}, errors: ['DeadLetterConfig: OneOf']}
    dead letters to another type: {value: {DeadLetterConfig: {Type: SNS}}, errors: ['DeadLetterConfig/Type: Enum SNS']}
    a bad state: {value: {State: 'ON'}, errors: ['State: Enum ON']} # EventBridge's rule
- schema: function-events
  event: HttpApi
  valid:
    all properties: {ApiId: {Ref: Api}, Auth: {Authorizer: NONE, AuthorizationScopes: [s]}, Method: GET, Path: /hello, PayloadFormatVersion: '2.0', RouteSettings: {ThrottlingBurstLimit: 1, ThrottlingRateLimit: 1.5, DetailedMetricsEnabled: true, DataTraceEnabled: false, LoggingLevel: INFO}, TimeoutInMillis: 1000}
    the default route: {Path: $default, Method: x-amazon-apigateway-any-method}
  invalid:
    misspelt: {value: {RestApiId: x}, errors: [': AdditionalProperties RestApiId']}
    a path alone: {value: {Path: /}, errors: [': DependentRequired Path Method']}
    authorization of text: {value: {Auth: NONE}, errors: ['Auth: Type string']}
    a version that is a number: {value: {PayloadFormatVersion: 2.0}, errors: ['PayloadFormatVersion: Type number']}
    a version that does not exist: {value: {PayloadFormatVersion: '3.0'}, errors: ['PayloadFormatVersion: Enum 3.0']} # API Gateway's rule
- schema: function-events
  event: IoTRule
  base: {Sql: SELECT *}
  valid: {all properties: {AwsIotSqlVersion: '2016-03-23'}}
  invalid:
    misspelt: {value: {SQL: x}, errors: [': AdditionalProperties SQL']}
    no Sql: {value: {Sql: null}, errors: [': Required Sql']}
- schema: function-events
  event: MQ
  base: {Broker: b, Queues: [q], SourceAccessConfigurations: [{Type: BASIC_AUTH, URI: s}]}
  valid: {all properties: {BatchSize: 1, DynamicPolicyName: true, Enabled: true, FilterCriteria: {Filters: []}, KmsKeyArn: k, MaximumBatchingWindowInSeconds: 1, SecretsManagerKmsKeyId: i}}
  invalid:
    misspelt: {value: {Queue: q}, errors: [': AdditionalProperties Queue']}
    no Queues: {value: {Queues: null}, errors: [': Required Queues']} # Lambda's rule
    no access: {value: {SourceAccessConfigurations: []}, errors: ['SourceAccessConfigurations: MinItems']}
- schema: function-events
  event: MSK
  base: {Stream: s, StartingPosition: LATEST, Topics: [t]}
  valid: {all properties: {BatchSize: 1, BisectBatchOnFunctionError: true, ConsumerGroupId: c, DestinationConfig: {OnFailure: {Type: Kafka, Destination: 'kafka://t'}}, Enabled: true, FilterCriteria: {Filters: []}, FunctionResponseTypes: [ReportBatchItemFailures], KmsKeyArn: k, LoggingConfig: {SystemLogLevel: DEBUG}, MaximumBatchingWindowInSeconds: 1, MaximumRecordAgeInSeconds: 1, MaximumRetryAttempts: 1, MetricsConfig: {Metrics: [KafkaMetrics]}, ProvisionedPollerConfig: {MinimumPollers: 1, MaximumPollers: 2, PollerGroupName: g}, SchemaRegistryConfig: {SchemaRegistryURI: 'arn:aws:glue:us-east-1:123456789012:registry/r', EventRecordFormat: JSON, SchemaValidationConfigs: [{Attribute: KEY}], AccessConfigs: [{Type: BASIC_AUTH, URI: u}]}, SourceAccessConfigurations: [{Type: SASL_SCRAM_512_AUTH, URI: u}], StartingPositionTimestamp: 1}}
  invalid:
    misspelt: {value: {Topic: t}, errors: [': AdditionalProperties Topic']}
    no StartingPosition: {value: {StartingPosition: null}, errors: [': Required StartingPosition']}
    half a registry: {value: {SchemaRegistryConfig: {SchemaRegistryURI: r, EventRecordFormat: AVRO}}, errors: ['SchemaRegistryConfig/EventRecordFormat: Enum AVRO', 'SchemaRegistryConfig: Required SchemaValidationConfigs']}
- schema: function-events
  event: S3
  base: {Bucket: {Ref: Bucket}, Events: 's3:ObjectCreated:*'}
  valid: {all properties: {Events: ['s3:ObjectCreated:Put', 's3:ObjectRemoved:*'], Filter: {S3Key: {Rules: [{Name: prefix, Value: in/}]}}}}
  invalid:
    misspelt: {value: {Event: x}, errors: [': AdditionalProperties Event']}
    no Bucket: {value: {Bucket: null}, errors: [': Required Bucket']}
    no Events: {value: {Events: null}, errors: [': Required Events']}
    an event without its prefix: {value: {Events: [ObjectCreated]}, errors: ['Events/0: Pattern']} # S3's rule
    a number as events: {value: {Events: 1}, errors: ['Events: Type number']}
    rules that are a map: {value: {Filter: {S3Key: {Rules: {prefix: a, suffix: b}}}}, errors: ['Filter/S3Key/Rules: Type object']} # S3's rule
- schema: function-events
  event: SNS
  base: {Topic: {Ref: T}}
  valid:
    all properties: {FilterPolicy: {store: [a]}, FilterPolicyScope: MessageBody, RedrivePolicy: {deadLetterTargetArn: d}, Region: us-east-1, SqsSubscription: true}
    a queue that exists: {SqsSubscription: {QueueArn: a, QueueUrl: u, QueuePolicyLogicalId: P, BatchSize: 5, Enabled: true}}
  invalid:
    misspelt: {value: {TopicArn: x}, errors: [': AdditionalProperties TopicArn']}
    no Topic: {value: {Topic: null}, errors: [': Required Topic']}
    half a queue: {value: {SqsSubscription: {QueueArn: a, BatchSize: 1}}, errors: ['SqsSubscription: Required QueueUrl']}
    a bad scope: {value: {FilterPolicyScope: Body}, errors: ['FilterPolicyScope: Enum Body']} # SNS's rule
- schema: function-events
  event: SQS
  base: {Queue: {'Fn::GetAtt': [Q, Arn]}}
  valid: {all properties: {BatchSize: 10, Enabled: true, FilterCriteria: {Filters: [{Pattern: '{}'}]}, FunctionResponseTypes: [ReportBatchItemFailures], KmsKeyArn: k, MaximumBatchingWindowInSeconds: 1, MetricsConfig: {Metrics: [EventCount]}, ProvisionedPollerConfig: {MinimumPollers: 2}, ScalingConfig: {MaximumConcurrency: 2}}}
  invalid:
    misspelt: {value: {Batchsize: 10}, errors: [': AdditionalProperties Batchsize']}
    no Queue: {value: {Queue: null}, errors: [': Required Queue']}
    a bad response type: {value: {FunctionResponseTypes: [ReportFailures]}, errors: ['FunctionResponseTypes/0: Enum ReportFailures']} # Lambda's rule
    truth in quotes: {value: {Enabled: 'true'}, errors: ['Enabled: Type string']}
- schema: function-events
  event: Schedule
  base: {Schedule: rate(5 minutes)}
  valid:
    all properties: {DeadLetterConfig: {Type: SQS}, Description: d, Enabled: false, Input: '{}', Name: n, RetryPolicy: {MaximumEventAgeInSeconds: 60}, RuleName: r}
    a state: {Schedule: 'cron(0 12 * * ? *)', State: ENABLED}
  invalid:
    misspelt: {value: {Rate: x}, errors: [': AdditionalProperties Rate']}
    no Schedule: {value: {Schedule: null}, errors: [': Required Schedule']}
    a schedule of another tool: {value: {Schedule: '*/5 * * * *'}, errors: ['Schedule: Pattern']} # EventBridge's rule
    state twice: {value: {State: ENABLED, Enabled: true}, errors: ['Enabled: Not cannot be given together with State']}
    a map as input: {value: {Input: {a: 1, b: 2}}, errors: ['Input: Type object']}
- schema: function-events
  event: ScheduleV2
  base: {ScheduleExpression: at(2030-01-01T00:00:00)}
  valid:
    all properties: {DeadLetterConfig: {Arn: a}, Description: d, EndDate: '2030-01-01T00:00:00Z', FlexibleTimeWindow: {Mode: FLEXIBLE, MaximumWindowInMinutes: 5}, GroupName: g, Input: '{}', KmsKeyArn: k, Name: n, OmitName: false, PermissionsBoundary: p, RetryPolicy: {MaximumRetryAttempts: 1}, RoleArn: r, ScheduleExpressionTimezone: UTC, StartDate: '2029-01-01T00:00:00Z', State: DISABLED}
  invalid:
    misspelt: {value: {Schedule: rate(1 day)}, errors: [': AdditionalProperties Schedule']}
    no ScheduleExpression: {value: {ScheduleExpression: null}, errors: [': Required ScheduleExpression']}
    a name to omit: {value: {Name: n, OmitName: true}, errors: ['Name: Not cannot be given together with OmitName: true']}
    a bad window: {value: {FlexibleTimeWindow: {Mode: 'on'}}, errors: ['FlexibleTimeWindow/Mode: Enum on']} # EventBridge's rule
- schema: function-events
  event: SelfManagedKafka
  base: {KafkaBootstrapServers: ['kafka.example.com:9092'], Topics: [t], SourceAccessConfigurations: [{Type: SASL_SCRAM_256_AUTH, URI: u}]}
  valid:
    all properties: {BatchSize: 1, BisectBatchOnFunctionError: true, ConsumerGroupId: c, DestinationConfig: {OnFailure: {Type: S3, Destination: d}}, Enabled: true, FilterCriteria: {Filters: []}, FunctionResponseTypes: [ReportBatchItemFailures], KmsKeyArn: k, LoggingConfig: {SystemLogLevel: WARN}, MaximumBatchingWindowInSeconds: 1, MaximumRecordAgeInSeconds: 1, MaximumRetryAttempts: 1, MetricsConfig: {Metrics: []}, ProvisionedPollerConfig: {MaximumPollers: 3}, SchemaRegistryConfig: {SchemaRegistryURI: u, EventRecordFormat: SOURCE, SchemaValidationConfigs: []}, SecretsManagerKmsKeyId: i, StartingPosition: AT_TIMESTAMP, StartingPositionTimestamp: 1}
    an access without a secret: {SourceAccessConfigurations: [{Type: IAM_AUTH}, {Type: VPC_SUBNET, URI: s}, {Type: VPC_SECURITY_GROUP, URI: g}]}
  invalid:
    misspelt: {value: {BootstrapServers: []}, errors: [': AdditionalProperties BootstrapServers']}
    no servers: {value: {KafkaBootstrapServers: null}, errors: [': Required KafkaBootstrapServers']}
    two topics: {value: {Topics: [a, b]}, errors: ['Topics: MaxItems']}
    an unknown access: {value: {SourceAccessConfigurations: [{Type: PASSWORD, URI: u}]}, errors: ['SourceAccessConfigurations/0/Type: Enum PASSWORD']}

- schema: AWS::Serverless::Api
  base: {StageName: prod}
  valid:
    all properties but DefinitionUri:
      AccessLogSetting: {DestinationArn: a, Format: f}
      AlwaysDeploy: true
      ApiKeySourceType: HEADER
      Auth:
        AddApiKeyRequiredToCorsPreflight: false
        AddDefaultAuthorizerToCorsPreflight: false
        ApiKeyRequired: true
        Authorizers:
          Users: {UserPoolArn: [{'Fn::GetAtt': [P, Arn]}], AuthorizationScopes: [s], Identity: {Header: H, ValidationExpression: v, ReauthorizeEvery: 30}}
          Token: {FunctionArn: f, FunctionInvokeRole: r, FunctionPayloadType: TOKEN, Identity: {Header: H, ReauthorizeEvery: '30'}, DisableFunctionDefaultPermissions: true}
          Request: {FunctionArn: f, FunctionPayloadType: REQUEST, Identity: {Headers: [H], QueryStrings: [q], StageVariables: [v], Context: [c], ReauthorizeEvery: 0}}
          Uncached: {FunctionArn: f, FunctionPayloadType: REQUEST, Identity: {ReauthorizeEvery: 0}}
        DefaultAuthorizer: Users
        InvokeRole: CALLER_CREDENTIALS
        ResourcePolicy: {IpRangeWhitelist: [10.0.0.0/8]}
        UsagePlan: {CreateUsagePlan: PER_API, Description: d, Quota: {Limit: 5, Offset: 0, Period: DAY}, Tags: [{Key: k, Value: v}], Throttle: {BurstLimit: 1, RateLimit: 2.5}, UsagePlanName: n}
      BinaryMediaTypes: [image~1png]
      CacheClusterEnabled: true
      CacheClusterSize: '0.5'
      CanarySetting: {PercentTraffic: 10, StageVariableOverrides: {a: b}, UseStageCache: true, DeploymentId: i}
      Cors: {AllowOrigin: "'https://example.com'", AllowMethods: "'GET'", AllowHeaders: "'*'", MaxAge: "'600'", AllowCredentials: true}
      DefinitionBody: {swagger: '2.0', paths: {}}
      Description: d
      DisableExecuteApiEndpoint: true
      Domain: {DomainName: api.example.com, CertificateArn: c, BasePath: [a, b], EndpointConfiguration: REGIONAL, MutualTlsAuthentication: {TruststoreUri: s, TruststoreVersion: '1'}, NormalizeBasePath: false, OwnershipVerificationCertificateArn: o, SecurityPolicy: TLS_1_2, IpAddressType: dualstack, Route53: {HostedZoneId: Z1, EvaluateTargetHealth: true, IpV6: true, DistributionDomainName: d, SetIdentifier: s, Region: us-east-1}}
      EndpointAccessMode: BASIC
      EndpointConfiguration: {Type: PRIVATE, VPCEndpointIds: [v], IpAddressType: ipv4}
      FailOnWarnings: true
      GatewayResponses: {DEFAULT_4XX: {StatusCode: 404, ResponseParameters: {Headers: {H: "'v'"}, Paths: {p: "'v'"}, QueryStrings: {q: "'v'"}}, ResponseTemplates: {application/json: '{}'}}}
      MergeDefinitions: false
      MethodSettings: [{ResourcePath: /*, HttpMethod: '*', LoggingLevel: INFO, DataTraceEnabled: true, MetricsEnabled: true, ThrottlingBurstLimit: 1, ThrottlingRateLimit: 1, CachingEnabled: true, CacheTtlInSeconds: 1, CacheDataEncrypted: true}]
      MinimumCompressionSize: 0
      Mode: overwrite
      Models: {User: {type: object}}
      Name: n
      OpenApiVersion: 3.0.1
      Policy: {Version: '2012-10-17', Statement: []}
      PropagateTags: true
      SecurityPolicy: TLS_1_2
      Tags: {a: b}
      TracingEnabled: true
      Variables: {name: value}
    a file: {DefinitionUri: swagger.yaml}
    an object in S3: {DefinitionUri: {Bucket: b, Key: k, Version: '1'}}
    strings instead of maps: {Cors: "'*'", EndpointConfiguration: REGIONAL}
    a stage that is computed: {StageName: {Ref: Stage}}
  invalid:
    no StageName: {value: {StageName: null}, errors: [': Required StageName']}
    misspelt: {value: {Stagename: x}, errors: [': AdditionalProperties Stagename']}
    a bad StageName: {value: {StageName: v1.0}, errors: ['StageName: Pattern']} # API Gateway's rule
    a number as StageName: {value: {StageName: 1}, errors: ['StageName: Type number']}
    two definitions: {value: {DefinitionUri: f, DefinitionBody: {swagger: '2.0', paths: {}}}, errors: ['DefinitionBody: Not cannot be given together with DefinitionUri']}
    a definition to merge from a file: {value: {DefinitionUri: f, MergeDefinitions: true}, errors: ['MergeDefinitions: Not cannot be true together with DefinitionUri']}
    a definition of text: {value: {DefinitionBody: '{}'}, errors: ['DefinitionBody: Type string']}
    a bad endpoint: {value: {EndpointConfiguration: LOCAL}, errors: ['EndpointConfiguration: Enum LOCAL']} # API Gateway's rule
    a bad endpoint type: {value: {EndpointConfiguration: {Type: LOCAL}}, errors: ['EndpointConfiguration/Type: Enum LOCAL']} # API Gateway's rule
    both spellings of endpoint ids: {value: {EndpointConfiguration: {Type: PRIVATE, VPCEndpointIds: [v], VpcEndpointIds: [v]}}, errors: ['EndpointConfiguration/VpcEndpointIds: Not is the same as VPCEndpointIds']}
    misspelt CORS: {value: {Cors: {AllowOrigins: "'*'", AllowMethods: "'GET'"}}, errors: ['Cors: AdditionalProperties AllowOrigins']}
    a cache size without quotes: {value: {CacheClusterSize: 0.5}, errors: ['CacheClusterSize: Type number']}
    settings of methods in a map: {value: {MethodSettings: {HttpMethod: GET, ResourcePath: /}}, errors: ['MethodSettings: Type object']}
    a misspelt setting: {value: {MethodSettings: [{Method: GET}]}, errors: ['MethodSettings/0: AdditionalProperties Method']} # CloudFormation's rule
    misspelt authorization: {value: {Auth: {Authorisers: {}, DefaultAuthorizer: A}}, errors: ['Auth: AdditionalProperties Authorisers']}
    an authorizer of no kind: {value: {Auth: {Authorizers: {A: {Identity: {Header: H}}}}}, errors: ['Auth/Authorizers/A: AnyOf']} # API Gateway's rule
    a bad payload type: {value: {Auth: {Authorizers: {A: {FunctionArn: f, FunctionPayloadType: BODY}}}}, errors: ['Auth/Authorizers/A/FunctionPayloadType: Enum BODY']}
    a request authorizer without identity: {value: {Auth: {Authorizers: {A: {FunctionArn: f, FunctionPayloadType: REQUEST}}}}, errors: ['Auth/Authorizers/A: Required Identity']}
    a request authorizer with a header: {value: {Auth: {Authorizers: {A: {FunctionArn: f, FunctionPayloadType: REQUEST, Identity: {Header: H, ReauthorizeEvery: 5}}}}}, errors: ['Auth/Authorizers/A/Identity: AdditionalProperties Header', 'Auth/Authorizers/A/Identity: AnyOf']}
    a bad usage plan: {value: {Auth: {UsagePlan: {CreateUsagePlan: MINE}}}, errors: ['Auth/UsagePlan/CreateUsagePlan: Enum MINE']}
    a usage plan without its kind: {value: {Auth: {UsagePlan: {Description: d, UsagePlanName: n}}}, errors: ['Auth/UsagePlan: Required CreateUsagePlan']}
    a misspelt gateway response: {value: {GatewayResponses: {DEFAULT_4XX: {Status: 404}}}, errors: ['GatewayResponses/DEFAULT_4XX: AdditionalProperties Status']}
    half a domain: {value: {Domain: {DomainName: d, BasePath: [a]}}, errors: ['Domain: Required CertificateArn']} # API Gateway's rule
    a route to no zone: {value: {Domain: {DomainName: d, CertificateArn: c, Route53: {IpV6: true, EvaluateTargetHealth: true}}}, errors: ['Domain/Route53: AnyOf']}
    a bad OpenAPI version: {value: {OpenApiVersion: '1.2'}, errors: ['OpenApiVersion: Pattern']}
    a model without type: {value: {Models: {User: {properties: {}}}}, errors: ['Models/User: Required type']}

- schema: AWS::Serverless::HttpApi
  valid:
    all properties but DefinitionUri:
      AccessLogSettings: {DestinationArn: a, Format: f}
      Auth:
        Authorizers:
          Oauth: {AuthorizationScopes: [s], IdentitySource: $request.header.Authorization, JwtConfiguration: {audience: [a], issuer: i}}
          Code: {AuthorizerPayloadFormatVersion: 2.0, EnableSimpleResponses: true, EnableFunctionDefaultPermissions: true, FunctionArn: f, FunctionInvokeRole: r, Identity: {Context: [c], Headers: [h], QueryStrings: [q], ReauthorizeEvery: 5, StageVariables: [v]}}
        DefaultAuthorizer: Oauth
        EnableIamAuthorizer: true
      CorsConfiguration: {AllowCredentials: true, AllowHeaders: [a], AllowMethods: [GET], AllowOrigins: ['https://example.com'], ExposeHeaders: [e], MaxAge: 5}
      DefaultRouteSettings: {ThrottlingBurstLimit: 5}
      DefinitionBody: {openapi: 3.0.1, info: {title: {Ref: 'AWS::StackName'}}, paths: {}}
      Description: d
      DisableExecuteApiEndpoint: true
      Domain: {DomainName: api.example.com, CertificateArn: c, BasePath: [a], EndpointConfiguration: REGIONAL, MutualTlsAuthentication: {TruststoreUri: s}, OwnershipVerificationCertificateArn: o, SecurityPolicy: TLS_1_2, Route53: {HostedZoneName: example.com.}}
      FailOnWarnings: true
      PropagateTags: true
      RouteSettings: {GET /: {ThrottlingRateLimit: 5}}
      StageName: $default
      StageVariables: {a: b}
      Tags: {a: b}
    the shortest CORS: {CorsConfiguration: true, DefinitionBody: {openapi: 3.0.1, paths: {}}}
    a file: {DefinitionUri: openapi.yaml}
    a name: {Name: n, DefinitionBody: {openapi: 3.0.1, info: {title: {Ref: 'AWS::StackName'}}, paths: {}}}
  invalid:
    a property of a REST API: {value: {Cors: "'*'", DefinitionUri: f}, errors: [': AdditionalProperties Cors']}
    two definitions: {value: {DefinitionUri: f, DefinitionBody: {openapi: 3.0.1, paths: {}}}, errors: ['DefinitionBody: Not cannot be given together with DefinitionUri']}
    a bad StageName: {value: {StageName: $latest, DefinitionUri: f}, errors: ['StageName: Pattern']} # API Gateway's rule
    CORS of text: {value: {CorsConfiguration: '*', DefinitionUri: f}, errors: ['CorsConfiguration: Type string']}
    misspelt CORS: {value: {CorsConfiguration: {AllowOrigin: ['*'], MaxAge: 5}, DefinitionBody: {openapi: 3.0.1, paths: {}}}, errors: ['CorsConfiguration: AdditionalProperties AllowOrigin']}
    an authorizer without IdentitySource: {value: {Auth: {Authorizers: {A: {JwtConfiguration: {issuer: i}}}}, DefinitionBody: {openapi: 3.0.1, paths: {}}}, errors: ['Auth/Authorizers/A: Required IdentitySource']}
    an authorizer without a version: {value: {Auth: {Authorizers: {A: {FunctionArn: f}}}, DefinitionBody: {openapi: 3.0.1, paths: {}}}, errors: ['Auth/Authorizers/A: Required AuthorizerPayloadFormatVersion']}
    an authorizer of two kinds: {value: {Auth: {Authorizers: {A: {JwtConfiguration: {issuer: i}, IdentitySource: s, FunctionArn: f}}}, DefinitionBody: {openapi: 3.0.1, paths: {}}}, errors: ['Auth/Authorizers/A: AdditionalProperties FunctionArn']}
    a bad endpoint: {value: {Domain: {DomainName: d, CertificateArn: c, EndpointConfiguration: EDGE}, DefinitionBody: {openapi: 3.0.1, paths: {}}}, errors: ['Domain/EndpointConfiguration: Enum EDGE']}

- schema: AWS::Serverless::WebSocketApi
  base: {RouteSelectionExpression: $request.body.action, Routes: {$connect: {FunctionArn: f}}}
  valid:
    all properties:
      AccessLogSettings: {DestinationArn: a, Format: f}
      ApiKeySelectionExpression: $request.header.x-api-key
      Auth: {AuthType: CUSTOM, AuthArn: f, InvokeRole: r, IdentitySource: [route.request.header.Auth], Name: n}
      DefaultRouteSettings: {ThrottlingBurstLimit: 5}
      Description: d
      DisableExecuteApiEndpoint: true
      DisableSchemaValidation: true
      Domain: {DomainName: ws.example.com, CertificateArn: c, BasePath: [a], EndpointConfiguration: REGIONAL, OwnershipVerificationCertificateArn: o, SecurityPolicy: TLS_1_2, Route53: {HostedZoneId: Z1}}
      FailOnWarnings: true
      IpAddressType: dualstack
      Name: n
      PropagateTags: true
      RouteSettings: {$connect: {LoggingLevel: INFO}}
      Routes: {$connect: {FunctionArn: f, ApiKeyRequired: true, IntegrationTimeout: 1000, ModelSelectionExpression: m, OperationName: o, RequestModels: {m: M}, RequestParameters: {route.request.querystring.a: {Required: true}}, RouteResponseSelectionExpression: $default}, $disconnect: {FunctionArn: f}, $default: {FunctionArn: f}, send: {FunctionArn: f}}
      StageName: live
      StageVariables: {a: b}
      Tags: {a: b}
    authorization by IAM: {Auth: {AuthType: AWS_IAM}}
  invalid:
    misspelt: {value: {Route: {}}, errors: [': AdditionalProperties Route']}
    no Routes: {value: {Routes: null}, errors: [': Required Routes']}
    empty Routes: {value: {Routes: {}}, errors: ['Routes: MinProperties']}
    no RouteSelectionExpression: {value: {RouteSelectionExpression: null}, errors: [': Required RouteSelectionExpression']}
    a bad name of a route: {value: {Routes: {send-it: {FunctionArn: f}, other: {FunctionArn: f}}}, errors: ['Routes: AdditionalProperties send-it']}
    a route to nowhere: {value: {Routes: {a: {OperationName: o}, b: {FunctionArn: f}}}, errors: ['Routes/a: Required FunctionArn']}
    parameters of another route: {value: {Routes: {a: {FunctionArn: f, RequestParameters: {p: {Required: true}}}, b: {FunctionArn: f}}}, errors: ['Routes/a/RequestParameters: Not is for the route $connect only']}
    authorization without its route: {value: {Auth: {AuthType: AWS_IAM}, Routes: {a: {FunctionArn: f}, b: {FunctionArn: f}}}, errors: ['Routes: Required $connect']}
    custom authorization without a function: {value: {Auth: {AuthType: CUSTOM, Name: n}}, errors: ['Auth: Required AuthArn']}
    unknown authorization: {value: {Auth: {AuthType: JWT}}, errors: ['Auth/AuthType: Enum JWT']}
    an authorizer beside IAM: {value: {Auth: {AuthType: AWS_IAM, AuthArn: f}}, errors: ['Auth/AuthArn: Not needs AuthType: CUSTOM']}
    a bad IpAddressType: {value: {IpAddressType: ipv6}, errors: ['IpAddressType: Enum ipv6']}

- schema: AWS::Serverless::SimpleTable
  valid: {all properties: {PointInTimeRecoverySpecification: {PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays: 5}, PrimaryKey: {Name: id, Type: Number}, ProvisionedThroughput: {ReadCapacityUnits: 1, WriteCapacityUnits: {Ref: W}}, SSESpecification: {SSEEnabled: true, SSEType: KMS, KMSMasterKeyId: k}, TableName: t, Tags: {a: b}}}
  invalid:
    misspelt: {value: {Primarykey: {}}, errors: [': AdditionalProperties Primarykey']}
    a key without Type: {value: {PrimaryKey: {Name: id}}, errors: ['PrimaryKey: Required Type']} # the translator takes a map of one key for a function
    a bad Type: {value: {PrimaryKey: {Name: id, Type: S}}, errors: ['PrimaryKey/Type: Enum S']}
    capacity in quotes: {value: {ProvisionedThroughput: {ReadCapacityUnits: '1', WriteCapacityUnits: 1}}, errors: ['ProvisionedThroughput/ReadCapacityUnits: Type string']}
    half a capacity: {value: {ProvisionedThroughput: {ReadCapacityUnits: 1}}, errors: ['ProvisionedThroughput: Required WriteCapacityUnits']} # DynamoDB's rule
    tags in a list: {value: {Tags: [a]}, errors: ['Tags: Type array']}

- schema: AWS::Serverless::LayerVersion
  valid:
    all properties: {CompatibleArchitectures: [x86_64], CompatibleRuntimes: [nodejs24.x, {Ref: R}], ContentUri: layer/, Description: d, LayerName: n, LicenseInfo: MIT, PublishLambdaVersion: true, RetentionPolicy: retain}
    an object in S3: {ContentUri: {Bucket: b, Key: k, Version: '1', StorageMode: REFERENCE}}
  invalid:
    misspelt: {value: {CodeUri: x}, errors: [': AdditionalProperties CodeUri']}
    a bad RetentionPolicy: {value: {RetentionPolicy: Keep}, errors: ['RetentionPolicy: Pattern']}
    a RetentionPolicy that is computed: {value: {RetentionPolicy: {Ref: R}}, errors: ['RetentionPolicy: Type object']}
    a runtime alone: {value: {CompatibleRuntimes: python3.14}, errors: ['CompatibleRuntimes: Type string']}
    a bad architecture: {value: {CompatibleArchitectures: [arm]}, errors: ['CompatibleArchitectures/0: Enum arm']}
    a number as a description: {value: {Description: 1}, errors: ['Description: Type number']}

- schema: AWS::Serverless::Application
  base: {Location: ./child.yaml}
  valid:
    all properties: {NotificationARNs: [a], Parameters: {A: b}, Tags: {a: b}, TimeoutInMinutes: 5}
    a published application: {Location: {ApplicationId: 'arn:aws:serverlessrepo:us-east-1:123456789012:applications/a', SemanticVersion: 1.0.0}}
  invalid:
    no Location: {value: {Location: null}, errors: [': Required Location']}
    misspelt: {value: {TemplateURL: x}, errors: [': AdditionalProperties TemplateURL']}
    an application without its version: {value: {Location: {ApplicationId: a}}, errors: ['Location: Required SemanticVersion']}
    a timeout in quotes: {value: {TimeoutInMinutes: '5'}, errors: ['TimeoutInMinutes: Type string']}

- schema: AWS::Serverless::StateMachine
  base: {Definition: {StartAt: A, States: {}}}
  valid:
    all properties:
      AutoPublishAlias: live
      DefinitionSubstitutions: {a: {Ref: B}}
      DeploymentPreference: {Type: CANARY, Percentage: 10, Interval: 5, Alarms: [a]}
      Events: {S: {Type: Schedule, Properties: {Schedule: rate(1 day)}}}
      Logging: {Destinations: [{CloudWatchLogsLogGroup: {LogGroupArn: g}}], IncludeExecutionData: true, Level: ALL}
      Name: n
      PermissionsBoundary: p
      Policies: [{LambdaInvokePolicy: {FunctionName: f}}]
      PropagateTags: true
      RolePath: /p/
      Tags: {a: b}
      Tracing: {Enabled: true}
      Type: EXPRESS
      UseAliasAsEventTarget: true
    a file and a role: {Definition: null, DefinitionUri: machine.asl.json, Role: r}
  invalid:
    no definition: {value: {Definition: null}, errors: [': OneOf']}
    two definitions: {value: {DefinitionUri: f}, errors: [': OneOf']}
    misspelt: {value: {DefinitionSubstitution: {}}, errors: [': AdditionalProperties DefinitionSubstitution']}
    a definition of text: {value: {Definition: '{}'}, errors: ['Definition: Type string']}
    a bad Type: {value: {Type: FAST}, errors: ['Type: Enum FAST']} # Step Functions' rule
    a role with policies: {value: {Role: r, Policies: [a]}, errors: ['Policies: Not cannot be given together with Role']}
    a deployment preference without an alias: {value: {DeploymentPreference: {Type: ALL_AT_ONCE}}, errors: [': DependentRequired DeploymentPreference AutoPublishAlias']}
    an alias with a hyphen: {value: {AutoPublishAlias: my-alias}, errors: ['AutoPublishAlias: Pattern']}
    an alias that is not there: {value: {UseAliasAsEventTarget: true}, errors: [': DependentRequired UseAliasAsEventTarget AutoPublishAlias']}
    an event source of functions: {value: {Events: {Q: {Type: SQS, Properties: {Queue: q}}}}, errors: ['Events/Q/Type: Enum SQS']}
    an event source without Properties: {value: {Events: {S: {Type: Schedule}}}, errors: ['Events/S: Required Properties']}
- schema: statemachine-events
  event: Api
  base: {Path: /start, Method: post}
  valid: {all properties: {Auth: {ApiKeyRequired: true, Authorizer: AWS_IAM, AuthorizationScopes: [s], ResourcePolicy: {IpRangeBlacklist: [1.2.3.4]}}, RestApiId: {Ref: Api}, UnescapeMappingTemplate: true}}
  invalid:
    misspelt: {value: {RequestModel: {Model: M}}, errors: [': AdditionalProperties RequestModel']}
    no Method: {value: {Method: null}, errors: [': Required Method']}
- schema: statemachine-events
  event: CloudWatchEvent
  base: &rule {Pattern: {source: [aws.ec2]}}
  valid: &rules {all properties: {DeadLetterConfig: {Arn: a}, EventBusName: b, Input: '{}', InputPath: $.a, InputTransformer: {InputTemplate: t}, RetryPolicy: {MaximumRetryAttempts: 1}, RuleName: r, State: ENABLED, Target: {Id: t}}}
  invalid:
    a property of a function's: {value: {Enabled: true}, errors: [': AdditionalProperties Enabled']}
- schema: statemachine-events
  event: EventBridgeRule
  base: *rule
  valid: *rules
  invalid:
    misspelt: {value: {EventPattern: {}}, errors: [': AdditionalProperties EventPattern']}
    a number as a bus: {value: {EventBusName: 1}, errors: ['EventBusName: Type number']}
- schema: statemachine-events
  event: Schedule
  base: {Schedule: rate(1 day)}
  valid:
    all properties: {DeadLetterConfig: {Type: SQS}, Description: d, Enabled: true, Input: '{}', Name: n, RetryPolicy: {MaximumRetryAttempts: 1}, RoleArn: r, Target: {Id: t}}
    a state: {State: DISABLED}
  invalid:
    misspelt: {value: {RuleName: n}, errors: [': AdditionalProperties RuleName']}
    no Schedule: {value: {Schedule: null}, errors: [': Required Schedule']}
- schema: statemachine-events
  event: ScheduleV2
  base: {ScheduleExpression: rate(1 day)}
  valid: {all properties: {DeadLetterConfig: {Arn: a}, Description: d, EndDate: e, FlexibleTimeWindow: {Mode: 'OFF'}, GroupName: g, Input: '{}', KmsKeyArn: k, Name: n, OmitName: false, PermissionsBoundary: p, RetryPolicy: {}, RoleArn: r, ScheduleExpressionTimezone: UTC, StartDate: s, State: ENABLED}}
  invalid:
    misspelt: {value: {Timezone: UTC}, errors: [': AdditionalProperties Timezone']}

- schema: AWS::Serverless::Connector
  base: {Source: {Id: F}, Destination: {Id: T}, Permissions: [Read, Write]}
  valid:
    resources of somewhere else: {Source: {Type: 'AWS::Lambda::Function', RoleName: r, Arn: a, Qualifier: q}, Destination: [{Type: 'AWS::SQS::Queue', Arn: a, QueueUrl: u}, {Type: 'AWS::DynamoDB::Table', Arn: a, Name: n, ResourceId: i}], Permissions: [Write]}
  invalid:
    no Destination: {value: {Destination: null}, errors: [': Required Destination']}
    misspelt: {value: {Target: {Id: T}}, errors: [': AdditionalProperties Target']}
    a bad permission: {value: {Permissions: [Execute]}, errors: ['Permissions/0: Enum Execute']}
    no permissions: {value: {Permissions: []}, errors: ['Permissions: MinItems']}
    an id and an ARN: {value: {Source: {Id: F, Arn: a}}, errors: ['Source/Arn: Not cannot be given together with Id']}
    an ARN without Type: {value: {Source: {Arn: a, RoleName: r}}, errors: ['Source: OneOf']}
    a misspelt reference: {value: {Destination: [{Id: T}, {ID: U}]}, errors: ['Destination/1: AdditionalProperties ID', 'Destination/1: OneOf']}

- schema: AWS::Serverless::GraphQLApi
  base: {Auth: {Type: AWS_IAM}, SchemaInline: 'type Query { a: String }'}
  valid:
    all properties but SchemaUri:
      ApiKeys: {Key: {ApiKeyId: i, Description: d, ExpiresOn: 1}}
      Auth: {Type: AWS_LAMBDA, LambdaAuthorizer: {AuthorizerUri: u, AuthorizerResultTtlInSeconds: 5, IdentityValidationExpression: e}, Additional: [{Type: API_KEY}, {Type: OPENID_CONNECT, OpenIDConnect: {Issuer: i, ClientId: c, AuthTTL: 1, IatTTL: 1}}, {Type: AMAZON_COGNITO_USER_POOLS, UserPool: {UserPoolId: p, AwsRegion: r, AppIdClientRegex: x, DefaultAction: ALLOW}}]}
      Cache: {ApiCachingBehavior: FULL_REQUEST_CACHING, Ttl: 5, Type: SMALL, AtRestEncryptionEnabled: true, TransitEncryptionEnabled: true}
      DataSources: {DynamoDb: {T: {TableName: t, TableArn: a, ServiceRoleArn: r, Permissions: [Read], Name: n, Description: d, Region: r, DeltaSync: {BaseTableTTL: '1', DeltaSyncTableName: s, DeltaSyncTableTTL: '1'}, UseCallerCredentials: true, Versioned: true}}, Lambda: {F: {FunctionArn: f, ServiceRoleArn: r, Name: n, Description: d}}}
      DomainName: {CertificateArn: c, DomainName: d, Description: e}
      Functions: {get: {DataSource: T, Runtime: {Name: APPSYNC_JS, Version: 1.0.0}, CodeUri: 's3://b/k', Description: d, MaxBatchSize: 5, Name: n, Sync: {ConflictDetection: VERSION, ConflictHandler: LAMBDA, LambdaConflictHandlerConfig: {LambdaConflictHandlerArn: a}}}, old: {Id: i}, inline: {DataSource: NONE, Runtime: {Name: APPSYNC_JS, Version: 1.0.0}, InlineCode: c}}
      IntrospectionConfig: DISABLED
      Logging: {CloudWatchLogsRoleArn: r, ExcludeVerboseContent: true, FieldLogLevel: ERROR}
      Name: n
      OwnerContact: o
      QueryDepthLimit: 5
      ResolverCountLimit: 5
      Resolvers: {Query: {get: {Pipeline: [get], FieldName: get, InlineCode: c, Runtime: {Name: APPSYNC_JS, Version: 1.0.0}, MaxBatchSize: 5, Caching: {Ttl: 5, CachingKeys: [k]}, Sync: {ConflictDetection: NONE}}}}
      Tags: {a: b}
      Visibility: PRIVATE
      XrayEnabled: true
    a file: {SchemaInline: null, SchemaUri: schema.graphql, Logging: true}
  invalid:
    no Auth: {value: {Auth: null}, errors: [': Required Auth']}
    no schema: {value: {SchemaInline: null}, errors: [': OneOf']}
    two schemas: {value: {SchemaUri: u}, errors: [': OneOf']}
    misspelt: {value: {Resolver: {}}, errors: [': AdditionalProperties Resolver']} # SAM ignores it
    a bad Type: {value: {Auth: {Type: IAM}}, errors: ['Auth/Type: Enum IAM']}
    a Type without its configuration: {value: {Auth: {Type: AWS_LAMBDA}}, errors: ['Auth: Required LambdaAuthorizer']}
    the configuration of another Type: {value: {Auth: {Type: API_KEY, UserPool: {UserPoolId: p}}}, errors: ['Auth/UserPool: Not needs Type: AMAZON_COGNITO_USER_POOLS']} # SAM ignores it
    a misspelt data source: {value: {DataSources: {DynamoDB: {}}}, errors: ['DataSources: AdditionalProperties DynamoDB']}
    a data source without its table: {value: {DataSources: {DynamoDb: {T: {TableArn: a}}}}, errors: ['DataSources/DynamoDb/T: Required TableName']}
    a function without code: {value: {Functions: {f: {DataSource: NONE, Runtime: {Name: APPSYNC_JS, Version: 1.0.0}}}}, errors: ['Functions/f: OneOf']}
    a function with an id and a name: {value: {Functions: {f: {Id: i, Name: n}}}, errors: ['Functions/f: MaxProperties']}
    a resolver without a pipeline: {value: {Resolvers: {Query: {a: {FieldName: a}}}}, errors: ['Resolvers/Query/a: Required Pipeline']}

- schema: AWS::Serverless::CapacityProvider
  base: {VpcConfig: {SubnetIds: [s], SecurityGroupIds: [g]}}
  valid: {all properties: {CapacityProviderName: n, InstanceRequirements: {Architectures: [arm64], AllowedTypes: [m7g.large]}, KmsKeyArn: k, LoggingConfig: {LogGroup: g, SystemLogLevel: INFO}, ManagedResourceTags: {Tags: {a: b}}, OperatorRole: r, PropagateTags: true, ScalingConfig: {MaxVCpuCount: 10, AverageCPUUtilization: 70.5}, Tags: {a: b}}}
  invalid:
    no VpcConfig: {value: {VpcConfig: null}, errors: [': Required VpcConfig']}
    no subnets: {value: {VpcConfig: {SecurityGroupIds: [g]}}, errors: ['VpcConfig: Required SubnetIds']} # the translator takes a map of one key for a function
    misspelt: {value: {Vpc: {}}, errors: [': AdditionalProperties Vpc']}
    types that are allowed and excluded: {value: {InstanceRequirements: {AllowedTypes: [m7g.large], ExcludedTypes: [m7g.metal]}}, errors: ['InstanceRequirements/ExcludedTypes: Not cannot be given together with AllowedTypes']}
    CloudFormation's name of a property: {value: {InstanceRequirements: {AllowedInstanceTypes: [t], Architectures: [arm64]}}, errors: ['InstanceRequirements: AdditionalProperties AllowedInstanceTypes']}

- schema: AWS::Serverless::NetworkConnector
  base: {VpcConfig: {SubnetIds: [s], SecurityGroupIds: [g], NetworkProtocol: IPv4}}
  valid: {all properties: {ComputeTypes: [MicroVm], Name: n, OperatorRole: r, PropagateTags: true, Tags: {a: b}}}
  invalid:
    half a VpcConfig: {value: {VpcConfig: {SubnetIds: [s], SecurityGroupIds: [g]}}, errors: ['VpcConfig: Required NetworkProtocol']}
    two compute types: {value: {ComputeTypes: [MicroVm, WebFunction]}, errors: ['ComputeTypes: MaxItems']}
    a bad compute type: {value: {ComputeTypes: [Lambda]}, errors: ['ComputeTypes/0: Enum Lambda']}
    misspelt: {value: {VPCConfig: {}}, errors: [': AdditionalProperties VPCConfig']}

- schema: AWS::Serverless::MicrovmImage
  base: {Name: n, CodeUri: 's3://bucket/key.zip', BaseImageArn: a, BaseImageVersion: '1'}
  valid:
    all properties:
      AdditionalOsCapabilities: [ALL]
      BuildRoleArn: r
      CpuConfigurations: [{Architecture: ARM_64}]
      Description: d
      EgressNetworkConnectors: [c]
      EnvironmentVariables: {A: b}
      Hooks: {Port: 8080, MicrovmHooks: {Run: ENABLED, RunTimeoutInSeconds: 1, Resume: ENABLED, ResumeTimeoutInSeconds: 1, Suspend: DISABLED, SuspendTimeoutInSeconds: 1, Terminate: ENABLED, TerminateTimeoutInSeconds: 1}, MicrovmImageHooks: {Ready: ENABLED, ReadyTimeoutInSeconds: 1, Validate: ENABLED, ValidateTimeoutInSeconds: 1}}
      Logging: {CloudWatch: {LogGroup: g, LogStream: s}, Disabled: false}
      PropagateTags: true
      Resources: [{MinimumMemoryInMiB: 512}]
      Tags: {a: b}
  invalid:
    no CodeUri: {value: {CodeUri: null}, errors: [': Required CodeUri']}
    misspelt: {value: {BaseImage: a}, errors: [': AdditionalProperties BaseImage']}
    a bad hook: {value: {Hooks: {MicrovmHooks: {Run: 'yes'}, Port: 1}}, errors: ['Hooks/MicrovmHooks/Run: Enum yes']} # Lambda's rule

- schema: AWS::Serverless::WebFunction
  base: {AuthType: IamAuth, CodeUri: 's3://bucket/key.zip', Runtime: nodejs24.x}
  valid:
    all properties:
      AutoDeploymentMode: Disabled
      EgressNetworkConnectorArn: 'arn:aws:lambda:us-east-1:123456789012:network-connector:n:1'
      EndpointDescription: d
      EndpointName: prod
      EndpointType: MultiRegion
      EntryPoint: app.js
      EnvironmentVariables: {NAME: value}
      ExecutionRoleArn: arn:aws:iam::123456789012:role/r
      FunctionName: n
      KmsKeyArn: k
      LoggingConfig: {LogGroup: g, ApplicationLogLevel: INFO, SystemLogLevel: WARN}
      MaxConcurrencyPerEnvironment: 5
      ReplicaRegions: {IncludeRegions: [EU, us-east-1], ExcludeRegions: [eu-west-1]}
      RevisionDescription: d
      RevisionWeights: {one: 40, two: 60}
      ScalingConfig: {MaxEnvironments: 5}
      Tags: {a: b}
      ThrottleConfig: {RateLimit: 5}
      Timeout: 30
    regions in a list: {ReplicaRegions: [EU]}
  invalid:
    no AuthType: {value: {AuthType: null}, errors: [': Required AuthType']}
    a handler: {value: {Handler: h}, errors: [': AdditionalProperties Handler']}
    inline code: {value: {CodeUri: null, InlineCode: c}, errors: [': AdditionalProperties InlineCode', ': Required CodeUri']}
    a network connector without its version: {value: {EgressNetworkConnectorArn: a}, errors: ['EgressNetworkConnectorArn: Pattern']}
    a long timeout: {value: {Timeout: 901}, errors: ['Timeout: Maximum']}
    weights without the mode: {value: {RevisionWeights: {a: 100}}, errors: ['RevisionWeights: Not needs AutoDeploymentMode: Disabled']}
    the mode without weights: {value: {AutoDeploymentMode: Disabled}, errors: [': DependentRequired AutoDeploymentMode RevisionWeights']}
    many regions without the mode: {value: {EndpointType: PerRegion}, errors: ['EndpointType: Const']}
    three weights: {value: {AutoDeploymentMode: Disabled, RevisionWeights: {a: 30, b: 30, c: 40}}, errors: ['RevisionWeights: MaxProperties']}
    regions to exclude from nothing: {value: {ReplicaRegions: {ExcludeRegions: [eu-west-1]}}, errors: ['ReplicaRegions: DependentRequired ExcludeRegions IncludeRegions']}

- schema: AWS::Lambda::Function
  base: {Code: {ZipFile: x}, Handler: h, Runtime: r}
  valid:
    what local runs use: {Architectures: [arm64], Code: {S3Bucket: b, S3Key: k, S3ObjectVersion: v, S3ObjectStorageMode: COPY, SourceKMSKeyArn: a}, Description: d, Environment: {Variables: {NAME: v}}, EphemeralStorage: {Size: 512}, FunctionName: f, Layers: [l], LoggingConfig: {LogFormat: Text}, MemorySize: 128, PackageType: Zip, Role: r, Timeout: 3, TracingConfig: {Mode: Active}, TenancyConfig: {TenantIsolationMode: PER_TENANT}}
    a path, and what is not known here: {Code: src/, SomethingNew: {}}
    instances of its own: {CapacityProviderConfig: {Arn: 'arn:aws:lambda:us-east-1:123456789012:capacity-provider:cp', PerExecutionEnvironmentMaxConcurrency: 4, ExecutionEnvironmentMemoryGiBPerVCpu: 2.5}, FunctionScalingConfig: {MinExecutionEnvironments: 1, MaxExecutionEnvironments: 9}}
    a container image: {Handler: null, Runtime: null, Code: {ImageUri: i}, ImageConfig: {Command: [c]}}
  invalid:
    no Code: {value: {Code: null}, errors: [': Required Code']}
    no Handler: {value: {Handler: null}, errors: [': Required Handler']}
    misspelt code: {value: {Code: {S3bucket: b}}, errors: ['Code: AdditionalProperties S3bucket']}
    half an S3 address: {value: {Code: {S3Bucket: b}}, errors: ['Code: DependentRequired S3Bucket S3Key']}
    a bad mode: {value: {TracingConfig: {Mode: 'On'}}, errors: ['TracingConfig/Mode: Enum On']}
- schema: AWS::Lambda::LayerVersion
  base: {Content: {S3Bucket: b, S3Key: k}}
  valid:
    what local runs use: {CompatibleArchitectures: [x86_64], CompatibleRuntimes: [python3.14], Content: layer/, LayerName: n, LicenseInfo: MIT}
  invalid:
    no Content: {value: {Content: null}, errors: [': Required Content']}
    half an S3 address: {value: {Content: {S3Bucket: b}}, errors: ['Content: Required S3Key']}

- schema: template
  base: {Resources: {Topic: {Type: 'AWS::SNS::Topic'}}}
  valid:
    all sections:
      AWSTemplateFormatVersion: '2010-09-09'
      Conditions: {IsProd: {'Fn::Equals': [{Ref: Stage}, prod]}, Both: {'Fn::And': [{Condition: IsProd}, {'Fn::Not': [{Condition: IsProd}]}]}, Same: {Condition: IsProd}}
      Description: d
      Globals: {Function: {Runtime: python3.14}}
      Hooks: {Green: {Type: 'AWS::CodeDeploy::BlueGreen'}}
      Mappings: {Regions: {us-east-1: {Ami: a, Zones: [a, b]}, 'Fn::Transform': {Name: T}}}
      Metadata: {'AWS::CloudFormation::Interface': {}}
      Outputs: {Url: {Description: d, Value: {'Fn::Sub': 'https://${X}'}, Export: {Name: n}, Condition: IsProd}}
      Parameters:
        Stage: {Type: String, Default: prod, AllowedValues: [prod, test], AllowedPattern: '[a-z]+', MinLength: 1, MaxLength: '9', Description: d, ConstraintDescription: c, NoEcho: true}
        Count: {Type: Number, Default: 5, MinValue: 1, MaxValue: 10}
        Subnets: {Type: 'List<AWS::EC2::Subnet::Id>'}
        Secret: {Type: 'AWS::SSM::Parameter::Value<List<String>>', Default: /a/b}
      Rules: {R: {RuleCondition: {'Fn::Equals': [a, b]}, Assertions: [{Assert: {'Fn::Contains': [[a], a]}, AssertDescription: d}]}}
      Transform: ['AWS::LanguageExtensions', 'AWS::Serverless-2016-10-31', {Name: 'AWS::Include', Parameters: {Location: l}}]
    all attributes of a resource:
      Resources:
        F:
          Type: AWS::Serverless::Function
          Properties: {}
          Condition: IsProd
          Connectors: {ToTable: {Properties: {SourceReference: {Qualifier: q}, Destination: {Id: T}, Permissions: [Read]}, DependsOn: [T], DeletionPolicy: Retain, UpdateReplacePolicy: Retain, Condition: C, Metadata: {}}}
          CreationPolicy: {ResourceSignal: {Count: 1}}
          DeletionPolicy: RetainExceptOnCreate
          DependsOn: [A, B]
          Description: d
          IgnoreGlobals: [Timeout]
          Metadata: {BuildMethod: esbuild}
          UpdatePolicy: {CodeDeployLambdaAliasUpdate: {}}
          UpdateReplacePolicy: {'Fn::If': [C, Delete, Retain]}
        G: {Type: 'AWS::Serverless::Api', DependsOn: F, IgnoreGlobals: '*'}
        H: {Type: 'Custom::Thing_1', Version: '1.0'}
        I: {Type: 'My::Own::Type::MODULE'}
    loops and includes: {Resources: {'Fn::ForEach::Topics': [T, [a], {}], 'Fn::Transform': {Name: 'AWS::Include'}}, Outputs: {'Fn::ForEach::Names': [T, [a], {}]}, 'Fn::Transform': {Name: T}}
    the header as a string: {Transform: 'AWS::Serverless-2016-10-31'}
  invalid:
    no Resources: {value: {Resources: null}, errors: [': Required Resources']}
    empty Resources: {value: {Resources: {}}, errors: ['Resources: MinProperties']}
    Resources in a list: {value: {Resources: [a]}, errors: ['Resources: Type array']}
    a misspelt section: {value: {Output: {}}, errors: [': AdditionalProperties Output']}
    another version: {value: {AWSTemplateFormatVersion: '2016-10-31'}, errors: ['AWSTemplateFormatVersion: Enum 2016-10-31']}
    a resource without Type: {value: {Resources: {F: {Properties: {}}}}, errors: ['Resources/F: Required Type']}
    a resource that is a string: {value: {Resources: {F: x}}, errors: ['Resources/F: Type string']}
    a bad logical id: {value: {Resources: {my-function: {Type: 'AWS::SNS::Topic'}}}, errors: ['Resources: AdditionalProperties my-function']}
    an unknown SAM type: {value: {Resources: {F: {Type: 'AWS::Serverless::Fnction'}}}, errors: ['Resources/F/Type: Enum AWS::Serverless::Fnction']}
    a type that is none: {value: {Resources: {F: {Type: Function}}}, errors: ['Resources/F/Type: Pattern']}
    a misspelt attribute: {value: {Resources: {F: {Type: 'AWS::SNS::Topic', DependOn: X}}}, errors: ['Resources/F: AdditionalProperties DependOn']}
    a property beside Properties: {value: {Resources: {F: {Type: 'AWS::Serverless::Function', Runtime: r}}}, errors: ['Resources/F: AdditionalProperties Runtime']}
    Properties in a list: {value: {Resources: {F: {Type: 'AWS::SNS::Topic', Properties: [a]}}}, errors: ['Resources/F/Properties: Type array']}
    Properties that are empty: {value: {Resources: {F: {Type: 'AWS::SNS::Topic', Properties: null}}}, errors: ['Resources/F/Properties: Type null']}
    a bad DeletionPolicy: {value: {Resources: {F: {Type: 'AWS::SNS::Topic', DeletionPolicy: Keep}}}, errors: ['Resources/F/DeletionPolicy: Enum Keep']}
    a bad DependsOn: {value: {Resources: {F: {Type: 'AWS::SNS::Topic', DependsOn: {Ref: X}}}}, errors: ['Resources/F/DependsOn: Type object']}
    a bad Condition: {value: {Resources: {F: {Type: 'AWS::SNS::Topic', Condition: {'Fn::Equals': [a, b]}}}}, errors: ['Resources/F/Condition: Type object']}
    a bad IgnoreGlobals: {value: {Resources: {F: {Type: 'AWS::Serverless::Function', IgnoreGlobals: Timeout}}}, errors: ['Resources/F/IgnoreGlobals: Const']}
    a connector without Destination: {value: {Resources: {F: {Type: 'AWS::SNS::Topic', Connectors: {C: {Properties: {Permissions: [Read]}}}}}}, errors: ['Resources/F/Connectors/C/Properties: Required Destination']}
    a parameter without Type: {value: {Parameters: {P: {Default: a}}}, errors: ['Parameters/P: Required Type']}
    a parameter of an unknown Type: {value: {Parameters: {P: {Type: Boolean}}}, errors: ['Parameters/P/Type: Enum Boolean']}
    a misspelt parameter: {value: {Parameters: {P: {Type: String, AllowedValue: [a]}}}, errors: ['Parameters/P: AdditionalProperties AllowedValue']}
    a default in a list: {value: {Parameters: {P: {Type: CommaDelimitedList, Default: [a, b]}}}, errors: ['Parameters/P/Default: Type array']}
    the length of a number: {value: {Parameters: {P: {Type: Number, MaxLength: 5}}}, errors: ['Parameters/P/MaxLength: Not is for strings']}
    a bad name of a parameter: {value: {Parameters: {my_p: {Type: String}}}, errors: ['Parameters: AdditionalProperties my_p']}
    a mapping of one level: {value: {Mappings: {M: {a: b}}}, errors: ['Mappings/M/a: Type string']}
    a mapping of four levels: {value: {Mappings: {M: {a: {b: {c: d}}}}}, errors: ['Mappings/M/a/b: Type object']}
    a condition that is a string: {value: {Conditions: {C: 'true'}}, errors: ['Conditions/C: Type string']}
    a condition of another function: {value: {Conditions: {C: {'Fn::If': [a, b, c]}}}, errors: ['Conditions/C: AdditionalProperties Fn::If']}
    a condition of one value: {value: {Conditions: {C: {'Fn::Equals': [a]}}}, errors: ['Conditions/C/Fn::Equals: MinItems']}
    an output without Value: {value: {Outputs: {O: {Description: d}}}, errors: ['Outputs/O: Required Value']}
    an output in a list: {value: {Outputs: {O: {Value: [a]}}}, errors: ['Outputs/O/Value: Type array']}
    an output that is misspelt: {value: {Outputs: {O: {Value: a, Exports: {Name: n}}}}, errors: ['Outputs/O: AdditionalProperties Exports']}
    a bad name of an output: {value: {Outputs: {my-url: {Value: a}}}, errors: ['Outputs: AdditionalProperties my-url']}
    a rule without Assertions: {value: {Rules: {R: {RuleCondition: {}}}}, errors: ['Rules/R: Required Assertions']}
    a macro without Name: {value: {Transform: [{Parameters: {}}]}, errors: ['Transform/0: Required Name']}
    Globals of an unknown type: {value: {Globals: {Functions: {Runtime: r}}}, errors: ['Globals: AdditionalProperties Functions']}
    Globals of an unknown property: {value: {Globals: {Function: {FunctionName: f, Role: r}}}, errors: ['Globals/Function: AdditionalProperties FunctionName,Role']}
    Globals in a list: {value: {Globals: {Function: [Runtime]}}, errors: ['Globals/Function: Type array']}
    Globals of Api with a stage: {value: {Globals: {Api: {StageName: s}}}, errors: ['Globals/Api: AdditionalProperties StageName']}
    Globals of SimpleTable with a name: {value: {Globals: {SimpleTable: {TableName: t}}}, errors: ['Globals/SimpleTable: AdditionalProperties TableName']}

- schema: call
  base: {Ref: X}
  valid:
    Base64: {Ref: null, 'Fn::Base64': {'Fn::Sub': x}}
    FindInMap with a default: {Ref: null, 'Fn::FindInMap': [M, {Ref: R}, b, {DefaultValue: d}]}
    GetAtt in a string: {Ref: null, 'Fn::GetAtt': Table.StreamArn}
    GetAtt in a list: {Ref: null, 'Fn::GetAtt': [Table, StreamArn]}
    If: {Ref: null, 'Fn::If': [C, a, {Ref: 'AWS::NoValue'}]}
    Join: {Ref: null, 'Fn::Join': ['', [a, {Ref: B}]]}
    Sub: {Ref: null, 'Fn::Sub': ['${A}', {A: b}]}
    Transform: {Ref: null, 'Fn::Transform': {Name: 'AWS::Include', Parameters: {Location: l}}}
    ForEach: {Ref: null, 'Fn::ForEach::Loop': [X, [a, b], {}]}
  invalid:
    an unknown function: {value: {Ref: null, 'Fn::GetAttr': A.b}, errors: [': AdditionalProperties Fn::GetAttr']}
    two functions: {value: {'Fn::Sub': x}, errors: [': MaxProperties']}
    a list of references: {value: {Ref: [A, B]}, errors: ['Ref: Type array']}
    GetAtt without an attribute: {value: {Ref: null, 'Fn::GetAtt': Table}, errors: ['Fn::GetAtt: Pattern']}
    If without an else: {value: {Ref: null, 'Fn::If': [C, a]}, errors: ['Fn::If: MinItems']}
    If with a function as its condition: {value: {Ref: null, 'Fn::If': [{'Fn::Equals': [a, b]}, a, b]}, errors: ['Fn::If/0: Type object']}
    Join of a string: {value: {Ref: null, 'Fn::Join': ['', abc]}, errors: ['Fn::Join/1: Type string']}
    Sub of a map: {value: {Ref: null, 'Fn::Sub': {text: a, variables: {}}}, errors: ['Fn::Sub: Type object']}
    Select from a string: {value: {Ref: null, 'Fn::Select': [0, abc]}, errors: ['Fn::Select/1: Type string']}
`
