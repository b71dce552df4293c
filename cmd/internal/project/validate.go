// Package project holds the commands that work on a project as it lies on
// disk, without running or deploying it. That which begins one is in scaffold.
package project

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"

	"github.com/spf13/cobra"

	"sam/cmd/internal/config"
	"sam/cmd/internal/ui"
	"sam/emulator/template"
)

// validateOptions are what `sam validate` is told.
type validateOptions struct {
	Template string
	Region   string
	Profile  string
	Lint     bool
	Output   string
}

// NewValidate returns the command `sam validate`.
func NewValidate(u *ui.UI, h *config.Host) *cobra.Command {
	return newValidate(func(ctx context.Context, o *validateOptions) error { return runValidate(ctx, u, h, o) })
}

func newValidate(run func(context.Context, *validateOptions) error) *cobra.Command {
	var o validateOptions
	cmd := &cobra.Command{
		Use:   "validate",
		Short: "Check a template",
		Long: `Check a template against the specification of SAM, offline: unknown, missing
and malformed properties, references that lead nowhere, routes that two functions
claim, circles. All problems are listed at once, one a line, with file, line and
column; the exit code is 1 then.`,
		Example: `  sam validate
  sam validate -t other.yaml --output json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return run(cmd.Context(), &o) },
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVarP(&o.Template, "template", "t", "", "Template `file` (default template.yaml, .yml or .json)")
	config.FromEnv(flags, "template", "SAM_TEMPLATE_FILE")
	config.Alias(flags, "template-file", "template")
	flags.StringVar(&o.Region, "region", "", "AWS `region` that the template is for")
	flags.StringVar(&o.Profile, "profile", "", "AWS `profile` (no effect: nothing is asked of AWS)")
	flags.BoolVar(&o.Lint, "lint", false, "Run cfn-lint as well, where it is installed")
	flags.StringVar(&o.Output, "output", "text", "`Format`: text or json")
	return cmd
}

// invalidError says that problems were listed.
type invalidError struct {
	path  string
	count int
}

func (e *invalidError) Error() string {
	if e.count == 1 {
		return fmt.Sprintf("the template %s has 1 problem", e.path)
	}
	return fmt.Sprintf("the template %s has %d problems", e.path, e.count)
}

func runValidate(ctx context.Context, u *ui.UI, h *config.Host, o *validateOptions) error {
	if o.Output != "text" && o.Output != "json" {
		return fmt.Errorf("--output: %q is neither text nor json", o.Output)
	}
	path := o.Template
	if path == "" {
		path = template.DefaultSource(h.Dir)
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return fmt.Errorf("find the template: %w", err)
	}
	problems, err := check(path, o)
	if err != nil {
		return err
	}
	if err := printProblems(u, abs, o.Output, problems); err != nil {
		return err
	}
	if o.Lint {
		if err := lint(ctx, u, h, path); err != nil {
			return err
		}
	}
	if len(problems) > 0 {
		return &invalidError{abs, len(problems)}
	}
	return nil
}

// check reads and checks the template. One that cannot be read has that as its
// only problem.
func check(path string, o *validateOptions) ([]*template.Error, error) {
	region := o.Region
	if region == "" {
		region = "us-east-1"
	}
	t, err := template.Read(path, template.Options{Region: region, Account: "123456789012"})
	var fault *template.Error
	if errors.As(err, &fault) {
		return []*template.Error{fault}, nil
	}
	if err != nil {
		return nil, err
	}
	return t.Check()
}

func printProblems(u *ui.UI, path, output string, problems []*template.Error) error {
	if output == "json" {
		return printJSON(u, path, problems)
	}
	for _, problem := range problems {
		if _, err := fmt.Fprintln(u.Stdout, problem); err != nil {
			return fmt.Errorf("write the problems: %w", err)
		}
	}
	if len(problems) == 0 {
		_, err := fmt.Fprintf(u.Stdout, "%s is a valid SAM Template\n", path)
		return err
	}
	return nil
}

func printJSON(u *ui.UI, path string, problems []*template.Error) error {
	type problem struct {
		File     string `json:"file"`
		Line     int    `json:"line,omitempty"`
		Column   int    `json:"column,omitempty"`
		Resource string `json:"resource,omitempty"`
		Message  string `json:"message"`
	}
	result := struct {
		Template string    `json:"template"`
		Valid    bool      `json:"valid"`
		Problems []problem `json:"problems"`
	}{path, len(problems) == 0, []problem{}}
	for _, p := range problems {
		result.Problems = append(result.Problems, problem{p.File, p.Line, p.Col, p.Resource, p.Message})
	}
	encoder := json.NewEncoder(u.Stdout)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(result)
}

// lint runs cfn-lint, whose report goes to standard error: it is not ours.
func lint(ctx context.Context, u *ui.UI, h *config.Host, path string) error {
	program, err := exec.LookPath("cfn-lint")
	if err != nil {
		return errors.New("cfn-lint is not installed (pip install cfn-lint)")
	}
	cmd := exec.CommandContext(ctx, program, path)
	cmd.Env = h.Environ
	cmd.Stdout, cmd.Stderr = u.Stderr, u.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("cfn-lint found problems: %w", err)
	}
	return nil
}
