package template

import (
	"strings"
	"testing"
)

// TestFunctionsOfCloudFormation is the table of functions: on a scalar, in
// lists and maps, nested in each other, and where nothing can be known.
func TestFunctionsOfCloudFormation(t *testing.T) {
	const head = `
Parameters:
  Stage: {Type: String, Default: dev}
  Zones: {Type: CommaDelimitedList, Default: "a, b,c"}
  NoDefault: {Type: String}
Mappings:
  Sizes: {dev: {memory: 128, list: [x, y]}}
Conditions:
  IsDev: !Equals [!Ref Stage, dev]
  IsProd: !Not [!Condition IsDev]
  Both: !And [!Condition IsDev, !Condition IsProd]
  Either: !Or [!Condition IsDev, !Equals [!Ref NoDefault, x]]
  Open: !Equals [!Ref NoDefault, x]
Resources:
  Fn: {Type: AWS::Serverless::Function, Properties: {FunctionName: !Sub "fn-${Stage}"}}
  Table: {Type: AWS::DynamoDB::Table}
  Queue: {Type: AWS::SQS::Queue}
  Topic: {Type: AWS::SNS::Topic, Properties: {TopicName: news}}
  Role: {Type: AWS::IAM::Role}
  Domain: {Type: AWS::Cognito::UserPoolDomain}
Test: `
	for name, test := range map[string]struct{ value, want string }{
		"Ref of a parameter":              {`!Ref Stage`, `"dev"`},
		"Ref, long form":                  {`{Ref: Stage}`, `"dev"`},
		"Ref of a list":                   {`!Ref Zones`, `["a","b","c"]`},
		"Ref of a pseudo parameter":       {`!Ref AWS::Region`, `"eu-west-1"`},
		"Ref of NoValue in a map":         {`{a: 1, b: !Ref AWS::NoValue}`, `{"a":1}`},
		"Ref of NoValue in a list":        {`[1, !Ref AWS::NoValue]`, `[1]`},
		"Ref of a function":               {`!Ref Fn`, `"fn-dev"`},
		"Ref of a table":                  {`!Ref Table`, `"Table"`},
		"Ref of a queue":                  {`!Ref Queue`, `"https://sqs.eu-west-1.amazonaws.com/123456789012/Queue"`},
		"Ref of a topic":                  {`!Ref Topic`, `"arn:aws:sns:eu-west-1:123456789012:news"`},
		"Ref without a value":             {`!Ref NoDefault`, `? the parameter NoDefault has no value`},
		"Ref of nothing":                  {`!Ref Nothing`, `! there is no parameter or resource Nothing`},
		"Ref of a list of names":          {`!Ref [a]`, `! Ref takes a string here, and this is a list`},
		"GetAtt":                          {`!GetAtt Fn.Arn`, `"arn:aws:lambda:eu-west-1:123456789012:function:fn-dev"`},
		"GetAtt, list":                    {`!GetAtt [Role, Arn]`, `"arn:aws:iam::123456789012:role/Role"`},
		"GetAtt, long form":               {`{Fn::GetAtt: [Table, Arn]}`, `"arn:aws:dynamodb:eu-west-1:123456789012:table/Table"`},
		"GetAtt that a deployment makes":  {`!GetAtt Domain.CloudFrontDistribution`, `? Domain.CloudFrontDistribution exists only after a deployment`},
		"GetAtt of nothing":               {`!GetAtt No.Arn`, `! there is no resource No`},
		"GetAtt without an attribute":     {`!GetAtt Fn`, `! Fn::GetAtt takes a resource and an attribute`},
		"Sub":                             {`!Sub "${Stage}-${AWS::AccountId}-${Fn.Arn}-${!Stage}"`, `"dev-123456789012-arn:aws:lambda:eu-west-1:123456789012:function:fn-dev-${Stage}"`},
		"Sub with variables":              {`!Sub ["${A}/${Stage}", {A: !Join ["", [x, !Ref Stage]]}]`, `"xdev/dev"`},
		"Sub of what is not closed":       {`!Sub "${Stage"`, `"${Stage"`},
		"Sub of what is not known":        {`!Sub "x-${NoDefault}"`, `? the parameter NoDefault has no value`},
		"Sub of nothing":                  {`!Sub "${Nothing}"`, `! there is no parameter or resource Nothing`},
		"Sub of a map":                    {`!Sub {a: b}`, `! Fn::Sub takes a string here, and this is a map`},
		"Join":                            {`!Join ["-", [a, !Ref Stage, 1]]`, `"a-dev-1"`},
		"Join of a Ref":                   {`!Join [":", !Ref Zones]`, `"a:b:c"`},
		"Join of what is not known":       {`!Join ["-", [a, !Ref NoDefault]]`, `? the parameter NoDefault has no value`},
		"Join of a scalar":                {`!Join ["-", a]`, `! Fn::Join takes a delimiter and a list here`},
		"Split and Select":                {`!Select [1, !Split [",", "a,b,c"]]`, `"b"`},
		"Split of what is not known":      {`!Split [",", !Ref NoDefault]`, `? the parameter NoDefault has no value`},
		"Select, index as a string":       {`!Select ["2", !Ref Zones]`, `"c"`},
		"Select by what is no index":      {`!Select ["1,", !Ref Zones]`, `! Fn::Select: "1," is not an index`},
		"Select beyond the end":           {`!Select [3, !Ref Zones]`, `! Fn::Select has the index 3, and the list has 3 elements`},
		"FindInMap":                       {`!FindInMap [Sizes, !Ref Stage, memory]`, `128`},
		"FindInMap of a list":             {`!FindInMap [Sizes, dev, list]`, `["x","y"]`},
		"FindInMap with a default":        {`!FindInMap [Sizes, prod, memory, {DefaultValue: 7}]`, `7`},
		"FindInMap of nothing":            {`!FindInMap [Sizes, prod, memory]`, `! the mapping Sizes has no prod, memory`},
		"FindInMap of what is computed":   {`!FindInMap [Sizes, !Ref AWS::Region, memory]`, `? the mapping Sizes has no eu-west-1, memory`},
		"FindInMap by what is not known":  {`!FindInMap [Sizes, !Ref NoDefault, memory]`, `? the parameter NoDefault has no value`},
		"If":                              {`!If [IsDev, !Ref Stage, !Ref Nothing]`, `"dev"`},
		"If, a map":                       {`{a: !If [IsProd, 1, {b: !Ref Stage}]}`, `{"a":{"b":"dev"}}`},
		"If that removes":                 {`{a: !If [IsProd, 1, !Ref AWS::NoValue], b: 2}`, `{"b":2}`},
		"If of what is not known":         {`!If [Open, 1, 2]`, `? the parameter NoDefault has no value`},
		"If of nothing":                   {`!If [Nope, 1, 2]`, `! there is no condition Nope`},
		"And":                             {`!If [Both, 1, 2]`, `2`},
		"Or that need not know all":       {`!If [Either, 1, 2]`, `1`},
		"Base64":                          {`!Base64 abc`, `"YWJj"`},
		"Base64 of a Sub":                 {`{Fn::Base64: !Sub "${Stage}"}`, `"ZGV2"`},
		"GetAZs":                          {`!GetAZs ""`, `["eu-west-1a","eu-west-1b","eu-west-1c"]`},
		"GetAZs of a region":              {`!Select [0, !GetAZs us-east-1]`, `"us-east-1a"`},
		"Cidr":                            {`!Cidr [10.0.0.0/16, 3, 8]`, `["10.0.0.0/24","10.0.1.0/24","10.0.2.0/24"]`},
		"Cidr, large blocks":              {`!Cidr [10.0.0.0/8, 2, 16]`, `["10.0.0.0/16","10.1.0.0/16"]`},
		"Cidr without room":               {`!Cidr [10.0.0.0/24, 3, 7]`, `! Fn::Cidr: 10.0.0.0/24 has no room for 3 blocks of 7 bits`},
		"Cidr, IPv6":                      {`!Cidr ["2001:db8::/56", 2, 64]`, `["2001:db8::/64","2001:db8:0:1::/64"]`},
		"ImportValue":                     {`!ImportValue known`, `"imported"`},
		"ImportValue of a Sub":            {`{Fn::ImportValue: !Sub "${Stage}-unknown"}`, `? the export dev-unknown of another stack is not known`},
		"Length":                          {`{Fn::Length: !Ref Zones}`, `3`},
		"Length of a scalar":              {`{Fn::Length: x}`, `! Fn::Length takes a list here, and this is a string`},
		"ToJsonString":                    {`{Fn::ToJsonString: {a: !Ref Stage, b: [1, true]}}`, `"{\"a\":\"dev\",\"b\":[1,true]}"`},
		"ToJsonString of what is unknown": {`{Fn::ToJsonString: [!Ref NoDefault]}`, `? the parameter NoDefault has no value`},
		"ForEach":                         {`{Fn::ForEach::Loop: [X, [a, !Ref Stage], {"key${X}": !Sub "${X}!"}]}`, `{"keya":"a!","keydev":"dev!"}`},
		"ForEach of a scalar":             {`{Fn::ForEach::Loop: [X, a, {k: v}]}`, `! Fn::ForEach::Loop takes a list of values that is known here`},
		"an unknown function":             {`!Foo bar`, `? Fn::Foo is not a function that can be resolved locally`},
		"maps and lists around":           {`{a: [!Ref Stage, {b: !Sub "${Stage}"}]}`, `{"a":["dev",{"b":"dev"}]}`},
		"a dynamic reference":             {`"{{resolve:ssm:x}}"`, `"{{resolve:ssm:x}}"`},
	} {
		t.Run(name, func(t *testing.T) {
			template := readText(t, head+test.value+"\n", Options{
				Region: "eu-west-1", Account: "123456789012", Imports: map[string]string{"known": "imported"},
			})
			before := len(template.scope.faults)
			got := template.scope.resolve(template.root.Get("Test"))
			text := string(mustJSON(t, got))
			if hole := findUnresolved(got); hole != nil {
				text = "? " + hole.Text
			}
			if faults := template.scope.faults[before:]; len(faults) > 0 {
				text = "! " + faults[0].Message
				if !strings.HasSuffix(faults[0].File, "template.yaml") || faults[0].Line == 0 {
					t.Errorf("the fault has no place: %v", faults[0])
				}
			}
			if text != test.want && !(test.want[0] != '"' && strings.HasPrefix(text, test.want)) {
				t.Errorf("%s is %s, want %s", test.value, text, test.want)
			}
		})
	}
}

func mustJSON(t *testing.T, v *Value) []byte {
	t.Helper()
	text, err := jsonText(v)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestConditionsOfResources(t *testing.T) {
	template := readText(t, `
Parameters: {Stage: {Type: String, Default: dev, AllowedValues: [dev, prod]}, Open: {Type: String}}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
  IsOpen: !Equals [!Ref Open, x]
  Loop: !Not [!Condition Loop]
Resources:
  A: {Type: AWS::Serverless::Function, Condition: IsProd, Properties: {Runtime: r, Handler: h}}
  B: {Type: AWS::Serverless::Function, Condition: IsOpen, Properties: {Runtime: r, Handler: h}}
  C: {Type: AWS::Serverless::Function, Condition: Loop, Properties: {Runtime: r, Handler: h}}
  D: {Type: AWS::Serverless::Function, Properties: {Runtime: r, Handler: h}}
`, Options{})
	var ids []string
	for _, fn := range template.Functions() {
		ids = append(ids, fn.LogicalID)
	}
	if got := strings.Join(ids, " "); got != "B C D" {
		t.Errorf("functions %s", got)
	}
	if faults := template.Faults(); len(faults) != 1 || !strings.Contains(faults[0].Error(), "the condition Loop depends on itself") {
		t.Errorf("faults %v", faults)
	}
	if len(template.Warnings()) == 0 || !strings.Contains(template.Warnings()[0].Error(), "the condition IsOpen is not known locally") {
		t.Errorf("warnings %v", template.Warnings())
	}
}

func TestLoopOfConditions(t *testing.T) {
	template := readText(t, `
Parameters: {Stage: {Type: String, Default: dev}}
Conditions:
  Fn::ForEach::Stages: [Name, [dev, prod], {"Is${Name}": !Equals [!Ref Stage, !Ref Name]}]
Resources:
  A: {Type: AWS::Serverless::Function, Condition: Isdev, Properties: {Runtime: r, Handler: h}}
  B: {Type: AWS::Serverless::Function, Condition: Isprod, Properties: {Runtime: r, Handler: h}}
`, Options{})
	if fns := template.Functions(); len(fns) != 1 || fns[0].LogicalID != "A" {
		t.Errorf("functions %+v", fns)
	}
	if found, err := template.Check(); err != nil || len(found) > 0 {
		t.Errorf("%v %v", found, err)
	}
}

func TestParametersAreChecked(t *testing.T) {
	const head = `
Parameters:
  Stage: {Type: String, Default: dev, AllowedValues: [dev, prod]}
  Count: {Type: Number, Default: 3, MinValue: 1, MaxValue: 10}
  Name: {Type: String, Default: abc, AllowedPattern: "[a-z]+", MinLength: 2, MaxLength: 5}
  Ports: {Type: List<Number>, Default: "80,443"}
Resources: {}
`
	for override, want := range map[string]string{
		"Stage=prod": "", "Stage=test": "the values allowed are dev, prod",
		"Count=10": "", "Count=11": "its MaxValue is 10", "Count=0": "its MinValue is 1", "Count=x": "it is not a number",
		"Name=xyz": "", "Name=XYZ": "it does not match the pattern", "Name=a": "its MinLength is 2", "Name=abcdef": "its MaxLength is 5",
		"Ports=1, 2": "", "Ports=1,x": `has the element "x": it is not a number`,
	} {
		name, value, _ := strings.Cut(override, "=")
		faults := readText(t, head, Options{Parameters: map[string]string{name: value}}).Faults()
		switch {
		case want == "" && len(faults) > 0:
			t.Errorf("%s: %v", override, faults[0])
		case want != "" && (len(faults) != 1 || !strings.Contains(faults[0].Error(), want)):
			t.Errorf("%s: %v, want %s", override, faults, want)
		}
	}
}
