package cloud

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/spf13/pflag"

	"sam/cmd/internal/config"
)

// uploadOptions are what package and deploy can be told about artifacts.
type uploadOptions struct {
	Template      string
	Bucket        string
	ResolveBucket bool
	Prefix        string
	KMSKey        string
	Force         bool
	Metadata      []string
	NoProgressbar bool

	metadata map[string]string // of Metadata
}

func (o *uploadOptions) addFlags(flags *pflag.FlagSet) {
	config.Alias(flags, "template-file", "template")
	flags.StringVarP(&o.Template, "template", "t", "", "Template `file` (default .aws-sam/build/template.yaml, template.yaml, .yml or .json)")
	config.FromEnv(flags, "template", "SAM_TEMPLATE_FILE")
	flags.StringVar(&o.Bucket, "s3-bucket", "", "`Bucket` that artifacts are uploaded to")
	flags.BoolVar(&o.ResolveBucket, "resolve-s3", false, "Upload to a bucket of sam's own in this account and region, which is made if it is missing")
	config.Negate(flags, "resolve-s3", "Upload to the bucket of --s3-bucket")
	flags.StringVar(&o.Prefix, "s3-prefix", "", "`Prefix` of the keys of artifacts")
	flags.StringVar(&o.KMSKey, "kms-key-id", "", "KMS `key` that encrypts artifacts in the bucket")
	flags.BoolVar(&o.Force, "force-upload", false, "Upload also what is in the bucket already")
	flags.StringArrayVar(&o.Metadata, "metadata", nil, "Metadata of all artifacts, as `Key=Value` or a JSON object")
	flags.BoolVar(&o.NoProgressbar, "no-progressbar", false, "Print a line for each artifact in place of a progress bar")
}

// resolve reads what the flag library cannot.
func (o *uploadOptions) resolve() error {
	if o.Bucket != "" && o.ResolveBucket {
		return &usageError{"--s3-bucket and --resolve-s3 were both given", "decide for one of them"}
	}
	o.Bucket = strings.TrimSuffix(strings.TrimPrefix(o.Bucket, "s3://"), "/")
	if name, path, hasPath := strings.Cut(o.Bucket, "/"); hasPath && !strings.HasPrefix(name, "arn:") {
		return &usageError{fmt.Sprintf("--s3-bucket: %s is a bucket with a path in it", o.Bucket), fmt.Sprintf("write --s3-bucket %s --s3-prefix %s", name, path)}
	}
	var err error
	// The AWS CLI has commas between the pairs of this flag.
	o.metadata, err = keyValues("metadata", strings.Split(strings.Join(o.Metadata, ","), ","))
	if len(o.Metadata) == 1 && strings.HasPrefix(o.Metadata[0], "{") {
		o.metadata = nil
		if err = json.Unmarshal([]byte(o.Metadata[0]), &o.metadata); err != nil {
			err = wrongValue("metadata", "%q is not a JSON object of strings", o.Metadata[0])
		}
	}
	return err
}

// keyValues reads the pairs Key=Value of a flag.
func keyValues(flag string, arguments []string) (map[string]string, error) {
	values := make(map[string]string)
	for _, argument := range arguments {
		for _, pair := range config.SplitPairs(argument) {
			key, value, found := strings.Cut(pair, "=")
			if !found || key == "" {
				return nil, wrongValue(flag, "%q is not of the form Key=Value", pair)
			}
			values[key] = value
		}
	}
	return values, nil
}
