package local

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"sam/bootstraps"
	"sam/cmd/internal/config"
	"sam/cmd/internal/ui"
	"sam/emulator/template"
)

// defaultDebugPort is the one that SAM CLI's guides use.
const defaultDebugPort = 5858

// debugConfigOptions are what `sam local debug-config` is told.
type debugConfigOptions struct {
	templateOptions
	Port         int
	RuntimePaths []string
	Function     string // empty: all
}

// NewDebugConfig returns the command `sam local debug-config`.
func NewDebugConfig(u *ui.UI, h *config.Host) *cobra.Command {
	var o debugConfigOptions
	cmd := &cobra.Command{
		Use:   "debug-config [flags] [FUNCTION]",
		Short: "Print a launch.json that attaches VS Code to functions",
		Long: `Print a launch.json with which VS Code attaches to functions that were started
with --debug-port: to all of the template, or to FUNCTION.

Functions run from the directory where their code is, so no paths are mapped:
breakpoints go into the files that CodeUri names.`,
		Example: `  sam local debug-config > .vscode/launch.json
  sam local invoke Ratings -d 5858 -e event.json`,
		Args: func(_ *cobra.Command, args []string) error {
			args = o.takeParameters(args)
			if len(args) > 1 {
				return fmt.Errorf("got unexpected extra argument (%s)", args[1])
			}
			if len(args) == 1 {
				o.Function = args[0]
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runDebugConfig(cmd.Context(), u, h, &o)
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.IntVarP(&o.Port, "debug-port", "d", defaultDebugPort, "`Port` that functions are debugged on")
	config.FromEnv(flags, "debug-port", "SAM_DEBUG_PORT")
	flags.StringArrayVar(&o.RuntimePaths, "runtime-path", nil, "Interpreter of a runtime, as `ID=PATH` [SAM_RUNTIME_PATH_<ID>]")
	o.addFlags(flags)
	return cmd
}

// A launchFile is VS Code's launch.json.
type launchFile struct {
	Version        string                  `json:"version"`
	Configurations []bootstraps.Attachment `json:"configurations"`
}

func runDebugConfig(ctx context.Context, u *ui.UI, h *config.Host, o *debugConfigOptions) error {
	if o.Port < 1 || o.Port > 65535 {
		return fmt.Errorf("--debug-port: %d is not a port: they go from 1 to 65535", o.Port)
	}
	t, err := readOnly(ctx, u, h, &o.templateOptions)
	if err != nil {
		return err
	}
	finder, err := newFinder(h, o.RuntimePaths)
	if err != nil {
		return err
	}
	p := &project{path: t.File, template: t, functions: t.Functions()}
	functions := p.functions
	if o.Function != "" || len(functions) == 0 {
		fn, err := p.function(o.Function)
		if err != nil {
			return err
		}
		functions = []template.Function{*fn}
	}
	file := launchFile{Version: "0.2.0", Configurations: []bootstraps.Attachment{}}
	for _, fn := range functions {
		rt, err := bootstraps.Parse(fn.Runtime)
		if err != nil {
			u.Notice("%s is left out: %v", fn.FullPath(), err)
			continue
		}
		in, err := finder.Find(ctx, rt)
		if err != nil {
			in = bootstraps.Interpreter{} // that it is missing is said when the function runs
		}
		file.Configurations = append(file.Configurations, bootstraps.Attach("sam: "+fn.FullPath(), rt, in, o.Port))
	}
	return ui.PrintJSON(u.Stdout, file)
}
