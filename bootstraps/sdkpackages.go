package bootstraps

import (
	"fmt"
	"regexp"
	"slices"
)

// nodePackages are what Install gets. AWS's Node.js runtimes have the client of
// every service; these are the ones that functions use most, for all of them
// would be a large download.
var nodePackages = []string{
	"aws-sdk", // version 2, which AWS brings up to nodejs16.x
	"@aws-sdk/client-api-gateway",
	"@aws-sdk/client-apigatewaymanagementapi",
	"@aws-sdk/client-bedrock-runtime",
	"@aws-sdk/client-cloudformation",
	"@aws-sdk/client-cloudwatch",
	"@aws-sdk/client-cloudwatch-logs",
	"@aws-sdk/client-cognito-identity-provider",
	"@aws-sdk/client-dynamodb",
	"@aws-sdk/client-ecs",
	"@aws-sdk/client-eventbridge",
	"@aws-sdk/client-firehose",
	"@aws-sdk/client-iam",
	"@aws-sdk/client-kinesis",
	"@aws-sdk/client-kms",
	"@aws-sdk/client-lambda",
	"@aws-sdk/client-rds-data",
	"@aws-sdk/client-s3",
	"@aws-sdk/client-scheduler",
	"@aws-sdk/client-secrets-manager",
	"@aws-sdk/client-ses",
	"@aws-sdk/client-sesv2",
	"@aws-sdk/client-sfn",
	"@aws-sdk/client-sns",
	"@aws-sdk/client-sqs",
	"@aws-sdk/client-ssm",
	"@aws-sdk/client-sts",
	"@aws-sdk/credential-providers",
	"@aws-sdk/lib-dynamodb",
	"@aws-sdk/lib-storage",
	"@aws-sdk/s3-request-presigner",
	"@aws-sdk/util-dynamodb",
}

// A PackageError says that a package is not part of AWS's runtimes.
type PackageError struct {
	Language Language
	Package  string
}

func (e *PackageError) Error() string {
	return fmt.Sprintf("install the SDK: %s is not part of the AWS SDK for %s", e.Package, e.Language.Name())
}

// Hint says which packages are.
func (e *PackageError) Hint() string {
	return "name " + e.Language.traits().sdk.naming + " after it for a version; package everything else with the function"
}

// sdkPackages returns the default packages and further ones, which may also be
// defaults with a version. AWS's runtimes have all that it accepts; whatever
// else a function imports it has to bring, here as there.
func sdkPackages(lang Language, further []string) ([]string, error) {
	sdk := lang.traits().sdk
	if sdk == nil {
		return nil, fmt.Errorf("install the SDK: for %s there is none that could be installed, package what functions use", lang.Name())
	}
	allowed := regexp.MustCompile(sdk.allowed)
	all := slices.Clone(sdk.defaults)
	for _, pkg := range further {
		parts := allowed.FindStringSubmatch(pkg)
		if parts == nil {
			return nil, &PackageError{Language: lang, Package: pkg}
		}
		if i := slices.Index(all, parts[1]); i >= 0 {
			all[i] = pkg
		} else {
			all = append(all, pkg)
		}
	}
	return all, nil
}
