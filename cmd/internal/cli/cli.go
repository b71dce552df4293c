// Package cli is the command tree of sam.
//
// The commands themselves are in the packages local, cloud and project, by
// what they work on.
package cli

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"sam/cmd/internal/carried"
	"sam/cmd/internal/command"
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
		return command.Report(u, printVersion(u))
	}
	return command.Report(u, command.Run(start(), Root(u, h, args), args))
}

func printVersion(u *ui.UI) error {
	_, err := io.WriteString(u.Stdout, "SAM CLI, version "+Version+"\n")
	return err
}

// Root returns the command tree, as far as args need it.
func Root(u *ui.UI, h *config.Host, args []string) *cobra.Command {
	root := command.NewRoot(u, h)
	var version, info bool
	root.Flags().BoolVar(&version, "version", false, "Show the version and exit")
	root.Flags().BoolVar(&info, "info", false, "Show, as JSON, what a report of a problem should have in it, and exit")
	root.RunE = func(cmd *cobra.Command, _ []string) error {
		switch {
		case version:
			return printVersion(u)
		case info:
			return printInfo(u, h)
		}
		return cmd.Help()
	}
	root.AddCommand(project.NewValidate(u, h), local.NewGroup(u, h, args, containers(h, args)), newCompletion(u))
	for _, program := range command.Programs {
		for _, c := range program.Commands {
			root.AddCommand(forward(h, program.Name, c))
		}
	}
	return root
}

// containers is the program that sam becomes for functions that run in containers:
// it has the same commands.
func containers(h *config.Host, args []string) *local.Program {
	return &local.Program{
		Become: func() error {
			return carried.Become(h.CacheDir(), command.ContainersProgram, append([]string{"sam"}, args...), h.Environ)
		},
		Complete: carried.Has(command.ContainersProgram),
	}
}

// forward is a command that a program which sam carries has: everything that
// was given, --help included, is that program's to understand.
func forward(h *config.Host, program string, c command.Carried) *cobra.Command {
	become := func(cmd *cobra.Command, args ...string) error {
		if err := context.Cause(cmd.Context()); err != nil {
			return err
		}
		return carried.Become(h.CacheDir(), program, append([]string{"sam"}, args...), h.Environ)
	}
	return &cobra.Command{
		Use: c.Name, Short: c.Short,
		DisableFlagParsing: true,
		PersistentPreRunE:  func(*cobra.Command, []string) error { return nil },
		RunE: func(cmd *cobra.Command, args []string) error {
			return become(cmd, append([]string{c.Name}, args...)...)
		},
		ValidArgsFunction: func(cmd *cobra.Command, args []string, toComplete string) ([]string, cobra.ShellCompDirective) {
			err := become(cmd, append(append([]string{cobra.ShellCompRequestCmd, c.Name}, args...), toComplete)...)
			cobra.CompErrorln(err.Error())
			return nil, cobra.ShellCompDirectiveError
		},
	}
}
