// Package command is what the command trees of sam and of the programs that it
// carries have in common: the root, the flags that all commands have, and how
// errors become words and exit codes.
//
// The commands themselves are elsewhere. What is linked here is paid for by
// every start.
package command

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"sam/cmd/internal/config"
	"sam/cmd/internal/ui"
)

// NewRoot returns the command `sam` with the flags that all commands have, and
// without commands.
func NewRoot(u *ui.UI, h *config.Host) *cobra.Command {
	root := NewGroup("sam", "Run and test AWS Lambda functions on this machine, without Docker, and deploy them",
		"  sam init -r python3.13 -n shop\n  sam local invoke -e event.json")
	root.PersistentFlags().BoolP("help", "h", false, "Show this help and exit")
	root.PersistentFlags().Bool("debug", false, "Print what sam itself does")
	config.FromEnv(root.PersistentFlags(), "debug", "SAM_DEBUG")
	config.AddFileFlags(root.PersistentFlags())
	root.PersistentPreRunE = func(cmd *cobra.Command, _ []string) error {
		if cmd.Name() == cobra.ShellCompRequestCmd {
			return nil // who is still typing is told of no fault
		}
		if save, err := cmd.Flags().GetBool("save-params"); err == nil && save && cmd.HasParent() {
			path, err := config.SaveGiven(cmd.Flags(), Path(cmd), h)
			if err != nil {
				return err
			}
			u.Notice("Saved the options to %s", path)
		}
		if err := config.Resolve(cmd.Flags(), h); err != nil {
			return &UsageError{cmd, err}
		}
		if !cmd.HasParent() {
			return nil // sam --version needs no file
		}
		return config.ResolveFile(cmd.Flags(), Path(cmd), h)
	}
	root.SetOut(u.Stdout)
	root.SetErr(u.Stderr)
	root.SilenceErrors, root.SilenceUsage = true, true
	root.CompletionOptions.DisableDefaultCmd = true
	root.SetHelpCommand(&cobra.Command{Hidden: true})
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error { return &UsageError{cmd, err} })
	return root
}

// Path is the command without the name of the program: "local invoke".
func Path(cmd *cobra.Command) string {
	return strings.TrimPrefix(cmd.CommandPath(), cmd.Root().Name()+" ")
}

// NewGroup returns a command that only holds others. Without one of them it
// shows its help.
func NewGroup(use, short, example string) *cobra.Command {
	return &cobra.Command{
		Use: use, Short: short, Example: example,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return &unknownCommandError{args[0], suggest(cmd, args[0])}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
}

// Run runs the command of the tree that args name. Its error is for Report.
func Run(ctx context.Context, root *cobra.Command, args []string) error {
	argumentsAreUsage(root)
	if isCompletion(args) {
		addCompletions(root)
	}
	args = spellOut(args)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	var usage *UsageError
	if errors.As(err, &usage) && usage.cmd.HasSubCommands() {
		// What follows the name of a command that is not there are not flags of
		// the group.
		if _, rest, _ := root.Find(args); len(rest) > 0 && !strings.HasPrefix(rest[0], "-") {
			return usage.cmd.Args(usage.cmd, rest)
		}
	}
	return err
}

// NoArgs is for commands that take flags only.
func NoArgs(_ *cobra.Command, args []string) error {
	if len(args) > 0 {
		return fmt.Errorf("got unexpected extra argument (%s)", args[0])
	}
	return nil
}

// spellOut replaces SAM CLI's short names of flags that have two letters, which
// the flag library takes for two flags.
func spellOut(args []string) []string {
	spelled := slices.Clone(args)
	for i, arg := range spelled {
		if arg == "--" {
			break
		}
		if arg == "-ii" {
			spelled[i] = "--invoke-image"
		}
	}
	return spelled
}

// argumentsAreUsage makes every complaint about arguments a usage error.
func argumentsAreUsage(cmd *cobra.Command) {
	if check := cmd.Args; check != nil {
		cmd.Args = func(cmd *cobra.Command, args []string) error {
			if err := check(cmd, args); err != nil {
				return &UsageError{cmd, err}
			}
			return nil
		}
	}
	for _, sub := range cmd.Commands() {
		argumentsAreUsage(sub)
	}
}
