package command

import (
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"sam/cmd/internal/ui"
)

// suggest returns the command that was probably meant by a name that group does
// not have: one of its own, or one that is elsewhere, with its whole path.
func suggest(group *cobra.Command, name string) string {
	if nearest := ui.Nearest(name, names(group)); nearest != "" {
		return nearest
	}
	found := ""
	var walk func(*cobra.Command)
	walk = func(cmd *cobra.Command) {
		if nearest := ui.Nearest(name, names(cmd)); nearest != "" && found == "" {
			found = cmd.CommandPath() + " " + nearest
		}
		for _, sub := range cmd.Commands() {
			walk(sub)
		}
	}
	walk(group.Root())
	return found
}

// names are those of the commands of a group.
func names(group *cobra.Command) []string {
	var names []string
	for _, cmd := range group.Commands() {
		if cmd.IsAvailableCommand() {
			names = append(names, cmd.Name())
		}
	}
	return names
}

// suggestFlag returns the flag that was probably meant by one that a command
// does not have.
func suggestFlag(cmd *cobra.Command, name string) string {
	var flags []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			flags = append(flags, f.Name)
		}
	})
	return ui.Nearest(name, flags)
}
