package local

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"github.com/spf13/cobra"

	"sam/bootstraps"
	"sam/cmd/internal/config"
	"sam/cmd/internal/ui"
)

// runtimesOptions are what `sam local runtimes` is told.
type runtimesOptions struct {
	Output       string
	RuntimePaths []string
	Containers   ContainerOptions
}

// NewRuntimes returns the command `sam local runtimes` with its subcommands.
func NewRuntimes(u *ui.UI, h *config.Host, program *Program) *cobra.Command {
	var o runtimesOptions
	cmd := &cobra.Command{
		Use:   "runtimes",
		Short: "Show what runs which runtime",
		Long: `Show, for every Lambda runtime, the interpreter of this host that runs it, or
the image that it runs in where the host has none.

An interpreter of another version stands in where the exact one is missing.
Functions of go1.x and provided are programs themselves.`,
		Example: "  sam local runtimes --output json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runRuntimes(cmd.Context(), u, h, program, &o)
		},
	}
	addOutputFlag(cmd.Flags(), &o.Output)
	cmd.Flags().StringArrayVar(&o.RuntimePaths, "runtime-path", nil, "Interpreter of a runtime, as `ID=PATH` [SAM_RUNTIME_PATH_<ID>]")
	o.Containers.addEngineFlags(cmd.Flags())
	cmd.AddCommand(newInstallSDK(u, h))
	return cmd
}

// runtimeRow is a row of the table, and an element of its JSON.
type runtimeRow struct {
	Runtime     string `json:"runtime"`
	Interpreter string `json:"interpreter,omitempty"`
	Version     string `json:"version,omitempty"`
	Origin      string `json:"origin,omitempty"`
	Match       string `json:"match"` // exact, stand-in or none; own if functions are programs themselves
	Problem     string `json:"problem,omitempty"`
	// Backend is what runs it: host, or what has containers; empty if nothing does.
	Backend string `json:"backend,omitempty"`
	Image   string `json:"image,omitempty"`
}

func runRuntimes(ctx context.Context, u *ui.UI, h *config.Host, program *Program, o *runtimesOptions) error {
	if err := checkOutput(o.Output); err != nil {
		return err
	}
	finder, err := newFinder(h, o.RuntimePaths)
	if err != nil {
		return err
	}
	if program.Complete { // it can tell what containers there are
		return program.Become()
	}
	backend, stop := openBackend(ctx, u, h, program, o.Containers)
	defer stop()
	var rows []runtimeRow
	for _, found := range finder.All(ctx) {
		row := newRuntimeRow(found)
		if row.Match == "none" && backend != "" {
			row.Backend, row.Image = backend, bootstraps.DefaultImage(found.Runtime)
		}
		rows = append(rows, row)
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if o.Output == "json" {
		return ui.PrintJSON(u.Stdout, rows)
	}
	return printRuntimes(u.Stdout, rows)
}

func newRuntimeRow(found bootstraps.Found) runtimeRow {
	row := runtimeRow{Runtime: found.Runtime.ID, Match: "none"}
	if found.Interpreter == nil {
		row.Problem = found.Err.Error()
		return row
	}
	row.Backend = backendHost
	row.Interpreter, row.Version, row.Origin = found.Interpreter.Path, found.Interpreter.Version, found.Interpreter.Origin
	switch {
	case !found.Runtime.Interpreted():
		row.Match = "own"
	case found.Interpreter.Exact:
		row.Match = "exact"
	default:
		row.Match = "stand-in"
	}
	return row
}

func printRuntimes(w io.Writer, rows []runtimeRow) error {
	return ui.PrintTable(w, "RUNTIME\tBACKEND\tMATCH\tVERSION\tINTERPRETER", len(rows), func(i int) string {
		row := rows[i]
		interpreter := row.Interpreter
		switch {
		case row.Image != "":
			interpreter = "(image " + row.Image + ")"
		case row.Match == "none":
			interpreter = row.Problem
		case row.Match == "own":
			interpreter = "(the function's own program)"
		}
		return fmt.Sprintf("%s\t%s\t%s\t%s\t%s", row.Runtime, cmp.Or(row.Backend, "-"), row.Match, row.Version, interpreter)
	})
}

func newInstallSDK(u *ui.UI, h *config.Host) *cobra.Command {
	var runtimePaths []string
	cmd := &cobra.Command{
		Use:   "install-sdk LANGUAGE|RUNTIME [PACKAGE...]",
		Short: "Install the AWS SDK that Lambda's runtimes bring",
		Long: `Install the AWS SDK that Lambda's runtimes bring, for functions that import it
without packaging it: boto3 through pip, aws-sdk and @aws-sdk/* through npm.

A language (python, nodejs) means every interpreter found; a runtime, such as
python3.11, the interpreter that runs it. Further packages of the SDK may be
named. Functions see what is installed behind their own code and layers.`,
		Example: `  sam local runtimes install-sdk python
  sam local runtimes install-sdk nodejs @aws-sdk/client-athena`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			finder, err := newFinder(h, runtimePaths)
			if err != nil {
				return err
			}
			return runInstallSDK(cmd.Context(), u, newSDK(h), finder, args[0], args[1:])
		},
	}
	cmd.Flags().StringArrayVar(&runtimePaths, "runtime-path", nil, "Interpreter of a runtime, as `ID=PATH` [SAM_RUNTIME_PATH_<ID>]")
	return cmd
}

func runInstallSDK(ctx context.Context, u *ui.UI, sdk bootstraps.SDK, finder *bootstraps.Finder, name string, packages []string) error {
	targets, err := sdkTargets(ctx, sdk, finder, name)
	if err != nil {
		return err
	}
	for _, target := range targets {
		if dir := sdk.Path(target.Runtime, *target.Interpreter); dir != "" {
			u.Notice("Installing the AWS SDK for %s %s into %s", target.Runtime.Language.Name(), target.Interpreter.Version, dir)
		}
		if err := sdk.Install(ctx, target.Runtime, *target.Interpreter, packages, u.Stderr); err != nil {
			return err
		}
	}
	return nil
}

// sdkTargets are the interpreters that a name means, one for each directory
// that an SDK is installed into. Newest come first: Node.js has one directory
// for all, which the newest npm fills best.
func sdkTargets(ctx context.Context, sdk bootstraps.SDK, finder *bootstraps.Finder, name string) ([]bootstraps.Found, error) {
	language := bootstraps.Language(name)
	ofLanguage := func(rt bootstraps.Runtime) bool { return rt.Language == language }
	if !slices.ContainsFunc(bootstraps.Runtimes(), ofLanguage) {
		rt, err := bootstraps.Parse(name)
		if err != nil {
			return nil, err
		}
		interpreter, err := finder.Find(ctx, rt)
		return []bootstraps.Found{{Runtime: rt, Interpreter: &interpreter}}, err
	}
	var targets []bootstraps.Found
	var missing error
	seen := make(map[string]bool)
	all := finder.All(ctx)
	for i := len(all) - 1; i >= 0; i-- {
		found := all[i]
		switch {
		case !ofLanguage(found.Runtime):
		case found.Interpreter == nil:
			missing = found.Err
		case !seen[sdk.Path(found.Runtime, *found.Interpreter)]:
			seen[sdk.Path(found.Runtime, *found.Interpreter)] = true
			targets = append(targets, found)
		}
	}
	if len(targets) == 0 {
		return nil, errors.Join(context.Cause(ctx), missing)
	}
	return targets, nil
}

func newSDK(h *config.Host) bootstraps.SDK {
	return bootstraps.SDK{Dir: h.DataDir(), Env: h.Environ}
}

func newFinder(h *config.Host, flags []string) (*bootstraps.Finder, error) {
	paths, from, err := explicitInterpreters(flags, h)
	if err != nil {
		return nil, err
	}
	return &bootstraps.Finder{
		Home: h.Home, Path: h.Getenv("PATH"), Env: h.Getenv, Dir: h.Dir,
		Explicit: paths, ExplicitFrom: from,
		CacheFile: filepath.Join(h.CacheDir(), "interpreters.json"),
	}, nil
}

// explicitInterpreters collects --runtime-path and the environment variables
// that stand for it, and where each came from; the flag wins.
func explicitInterpreters(flags []string, h *config.Host) (paths, from map[string]string, err error) {
	paths, from = make(map[string]string), make(map[string]string)
	for _, variable := range h.Environ {
		name, path, _ := strings.Cut(variable, "=")
		if id, found := strings.CutPrefix(name, "SAM_RUNTIME_PATH_"); found && path != "" {
			id = runtimeOf(id)
			paths[id], from[id] = path, name
		}
	}
	for _, flag := range flags {
		id, path, found := strings.Cut(flag, "=")
		if !found || path == "" {
			return nil, nil, fmt.Errorf("--runtime-path: %q is not of the form ID=PATH, such as python3.11=/usr/bin/python3", flag)
		}
		rt, err := bootstraps.Parse(id)
		if err != nil {
			return nil, nil, fmt.Errorf("--runtime-path: %w", err)
		}
		paths[rt.ID], from[rt.ID] = path, "--runtime-path"
	}
	return paths, from, nil
}

// runtimeOf finds the runtime that the name of an environment variable means:
// shells allow no dots there, so PYTHON3_11 and python3.11 are the same.
func runtimeOf(name string) string {
	for _, rt := range bootstraps.Runtimes() {
		if plain(rt.ID) == plain(name) {
			return rt.ID
		}
	}
	return name
}

func plain(id string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, id)
}
