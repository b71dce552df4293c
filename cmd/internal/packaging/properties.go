package packaging

// A form is how a property says where its artifact is.
type form struct {
	bucket, key, version string // the keys of a map; none: s3://bucket/key
}

var (
	uri        form
	lambdaCode = form{"S3Bucket", "S3Key", "S3ObjectVersion"}
	s3Location = form{"Bucket", "Key", "Version"}
	commitCode = form{"Bucket", "Key", "ObjectVersion"}
)

// A property is one whose local path stands for an artifact.
type property struct {
	kind string   // of the resource
	path []string // keys below Properties; * is every key
	form form
	// archived says that what is there, a directory or a file, is wanted as an
	// archive. Otherwise only a directory is made one.
	archived bool
	// assumed says that a resource without the property means the directory of
	// the template.
	assumed bool
	// template says that it names the template of a nested stack.
	template bool
	// image says that it names a container image.
	image bool
}

// properties are those that `aws cloudformation package` and SAM CLI know.
// https://docs.aws.amazon.com/cli/latest/reference/cloudformation/package.html
var properties = []property{
	{kind: "AWS::Serverless::Function", path: []string{"CodeUri"}, archived: true, assumed: true},
	{kind: "AWS::Serverless::Function", path: []string{"ImageUri"}, image: true, assumed: true},
	{kind: "AWS::Serverless::WebFunction", path: []string{"CodeUri"}, archived: true, assumed: true},
	{kind: "AWS::Serverless::LayerVersion", path: []string{"ContentUri"}, archived: true, assumed: true},
	{kind: "AWS::Serverless::Api", path: []string{"DefinitionUri"}},
	{kind: "AWS::Serverless::HttpApi", path: []string{"DefinitionUri"}},
	{kind: "AWS::Serverless::WebSocketApi", path: []string{"DefinitionUri"}},
	{kind: "AWS::Serverless::StateMachine", path: []string{"DefinitionUri"}, form: s3Location},
	{kind: "AWS::Serverless::GraphQLApi", path: []string{"SchemaUri"}},
	{kind: "AWS::Serverless::GraphQLApi", path: []string{"Functions", "*", "CodeUri"}},
	{kind: "AWS::Serverless::GraphQLApi", path: []string{"Resolvers", "*", "*", "CodeUri"}},
	{kind: "AWS::Serverless::Application", path: []string{"Location"}, template: true},
	{kind: "AWS::CloudFormation::Stack", path: []string{"TemplateURL"}, template: true},
	{kind: "AWS::CloudFormation::StackSet", path: []string{"TemplateURL"}, template: true},
	{kind: "AWS::CloudFormation::ModuleVersion", path: []string{"ModulePackage"}},
	{kind: "AWS::CloudFormation::ResourceVersion", path: []string{"SchemaHandlerPackage"}},
	{kind: "AWS::Lambda::Function", path: []string{"Code"}, form: lambdaCode, archived: true, assumed: true},
	{kind: "AWS::Lambda::Function", path: []string{"Code", "ImageUri"}, image: true},
	{kind: "AWS::Lambda::LayerVersion", path: []string{"Content"}, form: lambdaCode, archived: true, assumed: true},
	{kind: "AWS::ApiGateway::RestApi", path: []string{"BodyS3Location"}, form: s3Location},
	{kind: "AWS::ApiGatewayV2::Api", path: []string{"BodyS3Location"}, form: s3Location},
	{kind: "AWS::StepFunctions::StateMachine", path: []string{"DefinitionS3Location"}, form: s3Location},
	{kind: "AWS::AppSync::GraphQLSchema", path: []string{"DefinitionS3Location"}},
	{kind: "AWS::AppSync::Resolver", path: []string{"RequestMappingTemplateS3Location"}},
	{kind: "AWS::AppSync::Resolver", path: []string{"ResponseMappingTemplateS3Location"}},
	{kind: "AWS::AppSync::Resolver", path: []string{"CodeS3Location"}},
	{kind: "AWS::AppSync::FunctionConfiguration", path: []string{"RequestMappingTemplateS3Location"}},
	{kind: "AWS::AppSync::FunctionConfiguration", path: []string{"ResponseMappingTemplateS3Location"}},
	{kind: "AWS::AppSync::FunctionConfiguration", path: []string{"CodeS3Location"}},
	{kind: "AWS::ElasticBeanstalk::ApplicationVersion", path: []string{"SourceBundle"}, form: lambdaCode, assumed: true},
	{kind: "AWS::Glue::Job", path: []string{"Command", "ScriptLocation"}},
	{kind: "AWS::CodeCommit::Repository", path: []string{"Code", "S3"}, form: commitCode, archived: true},
}

// globals are the sections of Globals that can give such a property to all
// resources of a kind.
var globals = []struct{ section, kind string }{
	{"Function", "AWS::Serverless::Function"},
	{"Api", "AWS::Serverless::Api"},
	{"HttpApi", "AWS::Serverless::HttpApi"},
}

// metadata are the properties of the template's Metadata, by its keys.
var metadata = []property{
	{kind: "AWS::ServerlessRepo::Application", path: []string{"LicenseUrl"}},
	{kind: "AWS::ServerlessRepo::Application", path: []string{"ReadmeUrl"}},
}
