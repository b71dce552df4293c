package local

import (
	"github.com/spf13/cobra"

	"sam/cmd/internal/command"
	"sam/cmd/internal/config"
	"sam/cmd/internal/ui"
)

// NewGroup returns the command `sam local` with its commands, as far as args need
// them.
func NewGroup(u *ui.UI, h *config.Host, args []string, program *Program) *cobra.Command {
	group := command.NewGroup("local", "Run functions locally", "  sam local start-api")
	group.AddCommand(
		newInvokeCommand(u, h, program), newStartAPICommand(u, h, program), newStartLambdaCommand(u, h, program), NewGenerateEvent(u, args),
		NewFunctions(u, h), NewRoutes(u, h), NewRuntimes(u, h, program), NewDoctor(u), NewDebugConfig(u, h),
	)
	return group
}
