// Package cli is the command tree of sam, and the one place where errors
// become words and exit codes.
//
// The commands themselves are in the packages local, cloud and project, by
// what they work on.
package cli

import (
	"context"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"sam/cmd/internal/config"
	"sam/cmd/internal/local"
	"sam/cmd/internal/project"
	"sam/cmd/internal/ui"
)

// Version is the version of sam.
const Version = "0.1.0"

// Main runs the command that args name and returns the exit code. start gives
// the context that commands run in; it is called if one runs.
func Main(start func() context.Context, u *ui.UI, h *config.Host, args []string) int {
	// Editors ask for the version at every start: they need not wait for the
	// command tree, and for the thread that watches signals.
	if len(args) == 1 && args[0] == "--version" {
		return report(u, printVersion(u))
	}
	root := Root(u, h, args)
	root.SetArgs(args)
	return report(u, root.ExecuteContext(start()))
}

func printVersion(u *ui.UI) error {
	_, err := io.WriteString(u.Stdout, "SAM CLI, version "+Version+"\n")
	return err
}

// Root returns the command tree, as far as args need it.
func Root(u *ui.UI, h *config.Host, args []string) *cobra.Command {
	root := group("sam", "Run and test AWS Lambda functions on this machine, without Docker")
	var version bool
	root.Flags().BoolVar(&version, "version", false, "Show the version and exit")
	root.RunE = func(cmd *cobra.Command, _ []string) error {
		if version {
			return printVersion(u)
		}
		return cmd.Help()
	}
	root.PersistentFlags().Bool("debug", false, "Print what sam itself does")
	config.FromEnv(root.PersistentFlags(), "debug", "SAM_DEBUG")
	config.AddFileFlags(root.PersistentFlags())
	root.PersistentPreRunE = func(cmd *cobra.Command, _ []string) error {
		if err := config.Resolve(cmd.Flags(), h); err != nil {
			return &usageError{cmd, err}
		}
		if !cmd.HasParent() {
			return nil // sam --version needs no file
		}
		return config.ResolveFile(cmd.Flags(), strings.TrimPrefix(cmd.CommandPath(), root.Name()+" "), h)
	}
	root.SetOut(u.Stdout)
	root.SetErr(u.Stderr)
	root.SilenceErrors, root.SilenceUsage = true, true
	root.CompletionOptions.DisableDefaultCmd = true
	root.SetHelpCommand(&cobra.Command{Hidden: true})
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error { return &usageError{cmd, err} })

	localGroup := group("local", "Run functions locally")
	localGroup.AddCommand(
		local.NewInvoke(u, h), local.NewStartAPI(u, h), local.NewStartLambda(u, h), local.NewGenerateEvent(u, args),
		local.NewFunctions(u, h), local.NewRoutes(u, h), local.NewRuntimes(u, h), local.NewDebugConfig(u, h),
	)
	root.AddCommand(project.NewValidate(u, h), localGroup)
	argumentsAreUsage(root)
	return root
}

// group is a command that only holds others. Without one of them it shows its
// help.
func group(use, short string) *cobra.Command {
	return &cobra.Command{
		Use: use, Short: short,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return &unknownCommandError{args[0], cmd.SuggestionsFor(args[0])}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
}

// argumentsAreUsage makes every complaint about arguments a usage error.
func argumentsAreUsage(cmd *cobra.Command) {
	if check := cmd.Args; check != nil {
		cmd.Args = func(cmd *cobra.Command, args []string) error {
			if err := check(cmd, args); err != nil {
				return &usageError{cmd, err}
			}
			return nil
		}
	}
	for _, sub := range cmd.Commands() {
		argumentsAreUsage(sub)
	}
}
