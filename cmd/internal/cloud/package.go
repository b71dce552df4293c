package cloud

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/spf13/cobra"

	"sam/cmd/internal/command"
	"sam/cmd/internal/config"
	"sam/cmd/internal/packaging"
	"sam/cmd/internal/ui"
	"sam/emulator/template"
)

// packageOptions are what `sam package` is told.
type packageOptions struct {
	awsOptions
	uploadOptions
	Output  string
	UseJSON bool
}

func newPackage(u *ui.UI, h *config.Host) *cobra.Command {
	var o packageOptions
	cmd := &cobra.Command{
		Use: "package",
		Long: `Upload the local files and directories that a template refers to, and write the
template that refers to what was uploaded. Only that changes in it.

Artifacts are stored under keys that say their content, so that nothing is
uploaded twice. Directories become zip archives that depend on their files
alone. Nested templates are packaged too.`,
		Example: `  sam package --s3-bucket artifacts --output-template-file packaged.yaml
  sam package --resolve-s3 | less`,
		Args: command.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runPackage(cmd.Context(), u, h, &o) },
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	o.uploadOptions.addFlags(flags)
	flags.StringVar(&o.Output, "output-template-file", "", "`File` for the template to deploy (default standard output)")
	flags.BoolVar(&o.UseJSON, "use-json", false, "Write the template in JSON")
	o.awsOptions.addFlags(flags)
	return cmd
}

func runPackage(ctx context.Context, u *ui.UI, h *config.Host, o *packageOptions) error {
	if err := o.resolve(); err != nil {
		return err
	}
	if err := o.checkOutput(); err != nil {
		return err
	}
	p, path, err := readPackage(ctx, u, h, &o.uploadOptions)
	if err != nil {
		return err
	}
	var text string
	if p.IsLocal() {
		var cfg aws.Config
		if cfg, err = o.load(ctx, u); err == nil {
			text, _, err = uploadPackage(ctx, u, cfg, p, &o.uploadOptions)
		}
	} else {
		text, _, err = p.Render(packaging.Destination{})
	}
	if err != nil {
		return err
	}
	if o.UseJSON {
		if text, err = packaging.JSON(path, text); err != nil {
			return err
		}
	}
	if o.Output == "" {
		_, err := io.WriteString(u.Stdout, text)
		return err
	}
	if err := config.WriteFile(o.Output, text); err != nil {
		return fmt.Errorf("write the template: %w", err)
	}
	abs, err := filepath.Abs(o.Output)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(u.Stdout, "\nSuccessfully packaged artifacts and wrote output template to file %s.\n"+
		"Execute the following command to deploy the packaged template\n"+
		"sam deploy --template-file %s --stack-name <YOUR STACK NAME>\n", o.Output, abs)
	return err
}

// checkOutput finds out whether the template can be written, before anything is
// uploaded.
func (o *packageOptions) checkOutput() error {
	if o.Output == "" {
		return nil
	}
	if isDir(o.Output) {
		return wrongValue("output-template-file", "%s is a directory: name a file in it", o.Output)
	}
	if dir := filepath.Dir(o.Output); !isDir(dir) {
		return wrongValue("output-template-file", "there is no directory %s: make it first", dir)
	}
	return nil
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// readPackage reads the template, which may be that of a build.
func readPackage(ctx context.Context, u *ui.UI, h *config.Host, o *uploadOptions) (*packaging.Package, string, error) {
	path := cmp.Or(o.Template, template.Default(h.Dir))
	if o.Template == "" && path == template.Built {
		u.Notice("Using the template of the last build, %s (-t names another)", path)
	}
	p, err := packaging.Read(ctx, path)
	return p, path, err
}

// uploadPackage uploads the artifacts of a template and returns the template
// that refers to them, and where they are.
func uploadPackage(ctx context.Context, u *ui.UI, cfg aws.Config, p *packaging.Package, o *uploadOptions) (string, *store, error) {
	s, err := openStore(ctx, u, cfg, o)
	if err != nil {
		return "", nil, err
	}
	text, artifacts, err := p.Render(s.to)
	if err != nil {
		return "", nil, err
	}
	return text, s, s.upload(ctx, artifacts)
}

// openStore finds the bucket that artifacts go to.
func openStore(ctx context.Context, u *ui.UI, cfg aws.Config, o *uploadOptions) (*store, error) {
	bucket := o.Bucket
	if o.ResolveBucket {
		var err error
		if bucket, err = managedBucket(ctx, u, cfg); err != nil {
			return nil, err
		}
	}
	if bucket == "" {
		return nil, &problem{"the template refers to local files, and there is no bucket to upload them to", "name one with --s3-bucket, or let sam have one of its own with --resolve-s3", nil}
	}
	s := newStore(u, cfg, o, bucket)
	return s, s.check(ctx)
}
