package cli

import (
	"errors"
	"slices"

	"github.com/spf13/cobra"

	"sam/cmd/internal/ui"
)

// newCompletion returns the command `sam completion`.
func newCompletion(u *ui.UI) *cobra.Command {
	return &cobra.Command{
		Use:   "completion bash|zsh|fish",
		Short: "Print what lets a shell complete commands",
		Long: `Print what lets bash, zsh or fish complete commands, flags, the functions of the
template, events, runtimes and files.

To have it in every session, add the line of the example to ~/.bashrc or ~/.zshrc,
after what turns completion on there (bash-completion, compinit); for fish write it
to ~/.config/fish/completions/sam.fish.`,
		Example:   "  source <(sam completion bash)",
		ValidArgs: []string{"bash", "zsh", "fish"},
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 || !slices.Contains(cmd.ValidArgs, args[0]) {
				return errors.New("name a shell: bash, zsh or fish")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			root := cmd.Root()
			switch args[0] {
			case "bash":
				return root.GenBashCompletionV2(u.Stdout, true)
			case "zsh":
				return root.GenZshCompletion(u.Stdout)
			}
			return root.GenFishCompletion(u.Stdout, true)
		},
	}
}
