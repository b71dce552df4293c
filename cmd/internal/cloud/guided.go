package cloud

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/spf13/cobra"

	"sam/cmd/internal/config"
	"sam/cmd/internal/packaging"
	"sam/cmd/internal/ui"
)

// guide asks for what `sam deploy` needs. What is known already is offered as
// the answer. The words are those of SAM CLI.
func guide(cmd *cobra.Command, ask *ui.Asker, h *config.Host, o *deployOptions) error {
	ctx := cmd.Context()
	p, _, err := readPackage(ctx, ask.UI, h, &o.uploadOptions)
	if err != nil {
		return err
	}
	if o.StackName, err = ask.Text(ctx, "Stack Name", cmp.Or(o.StackName, "sam-app")); err != nil {
		return err
	}
	if o.Region, err = ask.Text(ctx, "AWS Region", cmp.Or(o.Region, configuredRegion(ctx, o.Profile), "us-east-1")); err != nil {
		return err
	}
	public, err := guideParameters(ctx, ask, p, o)
	if err != nil {
		return err
	}
	if o.Confirm, err = ask.Yes(ctx, "Confirm changes before deploy", o.Confirm); err != nil {
		return err
	}
	if len(o.Capabilities) == 0 {
		if err := guideCapabilities(ctx, ask, o); err != nil {
			return err
		}
	}
	if o.DisableRollback, err = ask.Yes(ctx, "Disable rollback", o.DisableRollback); err != nil {
		return err
	}
	if o.Bucket == "" {
		o.ResolveBucket = true
	}
	o.Prefix = cmp.Or(o.Prefix, o.StackName)
	save, err := ask.Yes(ctx, "Save arguments to configuration file", true)
	if err != nil || !save {
		return err
	}
	return saveAnswers(cmd, ask, h, o, public)
}

// configuredRegion is the region that AWS's configuration names, or empty.
func configuredRegion(ctx context.Context, profile string) string {
	cfg, err := awsconfig.LoadDefaultConfig(ctx, awsconfig.WithSharedConfigProfile(profile))
	if err != nil {
		return "" // it is said when it is needed
	}
	return cfg.Region
}

// guideParameters asks for the template's parameters, and returns those that
// may be saved.
func guideParameters(ctx context.Context, ask *ui.Asker, p *packaging.Package, o *deployOptions) (public map[string]string, err error) {
	given, err := config.ParameterOverrides(o.Parameters)
	if err != nil {
		return nil, err
	}
	public = make(map[string]string)
	for _, parameter := range p.Parameters() {
		value, known := given[parameter.Name]
		if !known {
			value = parameter.Default
		}
		if parameter.Secret {
			var answer string
			if answer, err = ask.Secret(ctx, "Parameter "+parameter.Name); answer != "" {
				value = answer
			}
		} else {
			value, err = ask.Text(ctx, "Parameter "+parameter.Name, value)
			public[parameter.Name] = value
		}
		if err != nil {
			return nil, err
		}
		o.Parameters = append(o.Parameters, quotedPair(parameter.Name, value))
	}
	return public, nil
}

// quotedPair is a pair as --parameter-overrides reads it.
func quotedPair(name, value string) string {
	return name + `="` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(value) + `"`
}

func guideCapabilities(ctx context.Context, ask *ui.Asker, o *deployOptions) error {
	allow, err := ask.Yes(ctx, "Allow SAM CLI IAM role creation", true)
	if err != nil {
		return err
	}
	if allow {
		o.Capabilities = []string{"CAPABILITY_IAM"}
		return nil
	}
	names, err := ask.Text(ctx, "Capabilities", "CAPABILITY_IAM")
	o.Capabilities = []string{names}
	return err
}

// saveAnswers writes the answers to the configuration file, where all commands
// about the stack find its name and region.
func saveAnswers(cmd *cobra.Command, ask *ui.Asker, h *config.Host, o *deployOptions, parameters map[string]string) error {
	ctx := cmd.Context()
	name, err := ask.Text(ctx, "SAM configuration file", cmp.Or(cmd.Flag("config-file").Value.String(), "samconfig.toml"))
	if err != nil {
		return err
	}
	env, err := ask.Text(ctx, "SAM configuration environment", cmd.Flag("config-env").Value.String())
	if err != nil {
		return err
	}
	if filepath.Ext(name) != ".toml" {
		return &problem{fmt.Sprintf("the answers are saved in TOML, and %s does not end in .toml", name), "name another file, or answer n to saving", nil}
	}
	path := h.FilePath(name, o.Template)
	text, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("read the configuration file: %w", err)
	}
	deploy := []config.Setting{{Key: "stack_name", Value: o.StackName}, {Key: "region", Value: o.Region}, {Key: "capabilities", Value: strings.Join(o.Capabilities, " ")}, {Key: "confirm_changeset", Value: o.Confirm}, {Key: "disable_rollback", Value: o.DisableRollback}, {Key: "s3_prefix", Value: o.Prefix}}
	if o.ResolveBucket {
		deploy = append(deploy, config.Setting{Key: "resolve_s3", Value: true})
	} else {
		deploy = append(deploy, config.Setting{Key: "s3_bucket", Value: o.Bucket})
	}
	if len(parameters) > 0 {
		var pairs []string
		for _, name := range sorted(parameters) {
			pairs = append(pairs, quotedPair(name, parameters[name]))
		}
		deploy = append(deploy, config.Setting{Key: "parameter_overrides", Value: strings.Join(pairs, " ")})
	}
	if text, err = config.Set(name, text, []string{env, "deploy", "parameters"}, deploy); err != nil {
		return err
	}
	if err := config.WriteFile(path, string(text)); err != nil {
		return fmt.Errorf("write the configuration file: %w", err)
	}
	ask.UI.Notice("Saved arguments to config file %s", path)
	return nil
}
