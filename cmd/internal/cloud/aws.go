package cloud

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/smithy-go/logging"
	"github.com/spf13/pflag"

	"sam/cmd/internal/ui"
)

// awsOptions are what all commands can be told about how to reach AWS. They are
// global options of the AWS CLI.
type awsOptions struct {
	Region         string
	Profile        string
	Endpoint       string
	CABundle       string
	NoVerify       bool
	NoSign         bool
	ConnectTimeout int // seconds; 0: no limit
	ReadTimeout    int

	flags *pflag.FlagSet // with those that all commands have
}

func (o *awsOptions) addFlags(flags *pflag.FlagSet) {
	o.flags = flags
	flags.StringVar(&o.Region, "region", "", "AWS `region` (default that of the profile, or AWS_REGION)")
	flags.StringVar(&o.Profile, "profile", "", "AWS `profile` with the credentials")
	flags.StringVar(&o.Endpoint, "endpoint-url", "", "`URL` to send all requests to, in place of AWS's (AWS_ENDPOINT_URL_<SERVICE> is for one)")
	flags.StringVar(&o.CABundle, "ca-bundle", "", "PEM `file` with the certificate authorities to trust")
	flags.BoolVar(&o.NoVerify, "no-verify-ssl", false, "Do not verify certificates")
	flags.BoolVar(&o.NoSign, "no-sign-request", false, "Send requests without credentials")
	flags.IntVar(&o.ConnectTimeout, "cli-connect-timeout", 60, "`Seconds` that connecting may take; 0 is no limit")
	flags.IntVar(&o.ReadTimeout, "cli-read-timeout", 60, "`Seconds` that an answer may be waited for; 0 is no limit")
}

// attempts is how often a request is sent before it has failed, and maxBackoff
// the longest time in between, unless the profile or the environment says
// otherwise: CloudFormation throttles early, and nobody waits for long.
const (
	attempts   = 6
	maxBackoff = 3 * time.Second
)

// load finds region and credentials. It says which are missing before anything
// is done.
func (o *awsOptions) load(ctx context.Context, u *ui.UI) (aws.Config, error) {
	client := awshttp.NewBuildableClient().
		WithDialerOptions(func(d *net.Dialer) { d.Timeout = time.Duration(o.ConnectTimeout) * time.Second }).
		WithTransportOptions(func(t *http.Transport) {
			t.ResponseHeaderTimeout = time.Duration(o.ReadTimeout) * time.Second
			if o.NoVerify {
				t.TLSClientConfig = &tls.Config{InsecureSkipVerify: true} //nolint:gosec // that is what the flag asks for
			}
		})
	options := []func(*awsconfig.LoadOptions) error{
		awsconfig.WithHTTPClient(client),
		awsconfig.WithAppID("sam"),
		awsconfig.WithLogger(logging.Nop{}),
		awsconfig.WithAssumeRoleCredentialOptions(func(role *stscreds.AssumeRoleOptions) {
			role.TokenProvider = func() (string, error) { return newAsker(u).Text(ctx, "Assume Role MFA token code", "") }
		}),
	}
	if o.debug() {
		options = append(options, awsconfig.WithLogger(logging.NewStandardLogger(u.Stderr)), awsconfig.WithClientLogMode(aws.LogRetries))
	}
	if o.Region != "" {
		options = append(options, awsconfig.WithRegion(o.Region))
	}
	if o.Profile != "" {
		options = append(options, awsconfig.WithSharedConfigProfile(o.Profile))
	}
	if o.NoSign {
		options = append(options, awsconfig.WithCredentialsProvider(aws.AnonymousCredentials{}))
	}
	if o.CABundle != "" {
		bundle, err := os.Open(o.CABundle)
		if err != nil {
			return aws.Config{}, fmt.Errorf("--ca-bundle: %w", err)
		}
		defer bundle.Close()
		options = append(options, awsconfig.WithCustomCABundle(bundle))
	}
	cfg, err := awsconfig.LoadDefaultConfig(ctx, options...)
	if err != nil {
		return cfg, o.explainLoading(err)
	}
	if cfg.Region == "" {
		return cfg, &problem{"no AWS region is configured", "name one with --region, in AWS_REGION, or in the profile (aws configure)", nil}
	}
	if cfg.RetryMaxAttempts == 0 && cfg.RetryMode == "" {
		cfg.Retryer = func() aws.Retryer {
			return retry.NewStandard(func(o *retry.StandardOptions) { o.MaxAttempts, o.MaxBackoff = attempts, maxBackoff })
		}
	}
	if o.Endpoint != "" {
		cfg.BaseEndpoint = aws.String(o.Endpoint)
	}
	if endpoint := aws.ToString(cfg.BaseEndpoint); endpoint != "" && !strings.HasPrefix(endpoint, "http://") && !strings.HasPrefix(endpoint, "https://") {
		return cfg, &problem{fmt.Sprintf("the endpoint %s is no URL", endpoint), "correct --endpoint-url, AWS_ENDPOINT_URL, or the profile", nil}
	}
	if !o.NoSign {
		if _, err := cfg.Credentials.Retrieve(ctx); err != nil {
			return cfg, o.explainCredentials(err)
		}
	}
	return cfg, nil
}

func (o *awsOptions) debug() bool {
	if o.flags == nil {
		return false
	}
	debug, err := o.flags.GetBool("debug")
	return err == nil && debug
}

func (o *awsOptions) explainLoading(err error) error {
	var profile awsconfig.SharedConfigProfileNotExistError
	if errors.As(err, &profile) {
		return &problem{fmt.Sprintf("the AWS profile %s does not exist", profile.Profile), "run aws configure list-profiles to see those that do", err}
	}
	return fmt.Errorf("read the configuration of AWS: %w", err)
}

func (o *awsOptions) explainCredentials(err error) error {
	login := "aws sso login"
	if o.Profile != "" {
		login += " --profile " + o.Profile
	}
	text := err.Error()
	switch {
	case strings.Contains(text, "SSO") || strings.Contains(text, "sso"):
		return &problem{"the login of the AWS profile has expired, or there was none", "log in with: " + login, err}
	case strings.Contains(text, "no EC2 IMDS role found") || strings.Contains(text, "EC2 IMDS"):
		return &problem{"no AWS credentials were found", "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a profile with --profile, or run aws configure", err}
	}
	if explained := explain(err); explained != err {
		return explained
	}
	return &problem{"the AWS credentials cannot be had: " + lastCause(err), "run aws sts get-caller-identity to see whose credentials there are", err}
}
