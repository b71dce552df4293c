// Package credentials finds the AWS credentials and the region that a function
// gets in its environment: where botocore, and so SAM CLI, would find them, as
// far as that needs no AWS client.
//
// It owns the order of the sources and the format of AWS's shared files. It
// makes no network call: a profile that needs one (to assume a role, or IAM
// Identity Center) is refused with NeedsSDKError, and the metadata services of
// containers and instances are never asked. A credential_process is run, since
// the profile asks for it. To pass the result on is left to the callers.
package credentials

import (
	"cmp"
	"context"
	"errors"
)

// Credentials are what a function calls AWS with. SessionToken is empty for
// long-lived credentials.
type Credentials struct {
	AccessKeyID, SecretAccessKey, SessionToken string
}

// placeholder is what a function gets where there are no credentials. SAM CLI
// has always given these, and code that only builds a client needs some.
var placeholder = Credentials{AccessKeyID: "defaultkey", SecretAccessKey: "defaultsecret"}

const defaultRegion = "us-east-1"

// Options say what was asked for, and where to look.
type Options struct {
	Profile string              // --profile, or ""
	Region  string              // --region, or ""
	Getenv  func(string) string // the user's environment
	Home    string              // the home directory, or "" if there is none
}

// A Result is what a function gets. Every field but Notice and SessionToken is
// always set.
type Result struct {
	Credentials
	Region string
	Notice string // one line that the user should see, or ""
}

// Resolve finds credentials and region. Credentials come from the profile that
// Options name; else from AWS_ACCESS_KEY_ID and its companions; else from the
// profile that AWS_DEFAULT_PROFILE or AWS_PROFILE names, or the one called
// default. The region comes from Options, AWS_REGION, AWS_DEFAULT_REGION or
// that profile. Where nothing is configured they are SAM CLI's placeholders
// and us-east-1, which costs an attempt to open two files.
//
// An *UnknownProfileError says that the profile asked for does not exist, a
// *NeedsSDKError that it cannot be used. A credential_process ends with ctx,
// or after a minute.
func Resolve(ctx context.Context, o Options) (Result, error) {
	var result Result
	var err error
	if o.Profile == "" { // a profile given by name beats the environment
		if result.Credentials, err = fromEnvironment(o.Getenv); err != nil {
			return Result{}, err
		}
	}
	result.Region = cmp.Or(o.Region, o.Getenv("AWS_REGION"), o.Getenv("AWS_DEFAULT_REGION"))
	found := result.Credentials != Credentials{}
	if found && result.Region != "" {
		return result, nil
	}
	profile, err := readProfile(o)
	if err != nil {
		return Result{}, err
	}
	result.Region = cmp.Or(result.Region, profile.value("region"), defaultRegion)
	if found {
		return result, nil
	}
	result.Credentials, err = profile.find(ctx)
	var needsSDK *NeedsSDKError
	switch {
	case errors.As(err, &needsSDK) && !profile.named:
		// Nobody asked for this profile, and few functions need it.
		result.Notice = needsSDK.Error() + ", so functions get placeholder credentials: " + needsSDK.Hint()
	case err != nil:
		return Result{}, err
	case result.Credentials == Credentials{} && profile.named:
		result.Notice = "AWS profile " + profile.name + " has no credentials, so functions get placeholders"
	}
	result.Credentials = cmp.Or(result.Credentials, placeholder)
	return result, nil
}

func fromEnvironment(getenv func(string) string) (Credentials, error) {
	id, secret := getenv("AWS_ACCESS_KEY_ID"), getenv("AWS_SECRET_ACCESS_KEY")
	if id == "" {
		return Credentials{}, nil
	}
	if secret == "" {
		return Credentials{}, errors.New("AWS_ACCESS_KEY_ID is set without AWS_SECRET_ACCESS_KEY: set both or neither")
	}
	return Credentials{id, secret, cmp.Or(getenv("AWS_SESSION_TOKEN"), getenv("AWS_SECURITY_TOKEN"))}, nil
}
