package local

import (
	"context"
	"fmt"
	"os"

	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v3"

	"sam/cmd/internal/config"
	"sam/cmd/internal/credentials"
	"sam/cmd/internal/ui"
	"sam/emulator/template"
)

// account is the account that functions are said to be in.
const account = "123456789012"

// resolveAWS finds the credentials and the region that functions get.
func resolveAWS(ctx context.Context, h *config.Host, o *templateOptions, say func(format string, args ...any)) (credentials.Result, error) {
	aws, err := credentials.Resolve(ctx, credentials.Options{Profile: o.Profile, Region: o.Region, Getenv: h.Getenv, Home: h.Home})
	if err == nil && aws.Notice != "" {
		say("%s", aws.Notice)
	}
	return aws, err
}

// readTemplate reads the template that a command is about. What is wrong in it
// is left to sayProblems: what a function does not use does not stop it.
func readTemplate(h *config.Host, o *templateOptions, region string, say func(format string, args ...any)) (*template.Template, error) {
	parameters, err := config.ParameterOverrides(o.Parameters)
	if err != nil {
		return nil, err
	}
	imports, err := readImports(o.Imports)
	if err != nil {
		return nil, err
	}
	path := o.Template
	if path == "" {
		path = template.Default(h.Dir)
	}
	if path == template.Built {
		say("Using the template of the last build, %s (-t names another)", path)
	}
	return template.Read(path, template.Options{
		Parameters: parameters, Imports: imports, Region: region, Account: account, BaseDir: o.BaseDir,
	})
}

// sayProblems says what is wrong in a template, and what was assumed, as far
// as it was looked at.
func sayProblems(t *template.Template, say func(format string, args ...any)) {
	for _, fault := range t.Faults() {
		say("%v", fault)
	}
	for _, warning := range t.Warnings() {
		say("%v", warning)
	}
}

// readOnly reads the template for a command that runs nothing.
func readOnly(ctx context.Context, u *ui.UI, h *config.Host, o *templateOptions) (*template.Template, error) {
	aws, err := resolveAWS(ctx, h, o, u.Notice)
	if err != nil {
		return nil, err
	}
	return readTemplate(h, o, aws.Region, u.Notice)
}

// readImports reads the values of other stacks' exports: names to strings.
func readImports(file string) (map[string]string, error) {
	if file == "" {
		return nil, nil
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read the file of --import-values: %w", err)
	}
	var imports map[string]string
	if err := yaml.Unmarshal(data, &imports); err != nil {
		return nil, fmt.Errorf("the file of --import-values, %s, is not a map of names to strings: %w", file, err)
	}
	return imports, nil
}

func addOutputFlag(flags *pflag.FlagSet, output *string) {
	flags.StringVar(output, "output", "table", "`Format`: table or json")
}

func checkOutput(output string) error {
	if output != "table" && output != "json" {
		return fmt.Errorf("--output: %q is neither table nor json", output)
	}
	return nil
}
