package local

import (
	"slices"

	"github.com/spf13/cobra"

	"sam/cmd/internal/command"
	"sam/cmd/internal/config"
	"sam/emulator/events"
)

// completeFunctions completes the names of the template's functions: those that are
// wanted behind the arguments that are given already.
func completeFunctions(h *config.Host, o *templateOptions, wanted func(name string, given []string) bool) cobra.CompletionFunc {
	return func(cmd *cobra.Command, given []string, _ string) ([]string, cobra.ShellCompDirective) {
		// What is wrong is said when the command runs, and not into a half-typed line.
		_ = config.Resolve(cmd.Flags(), h)
		_ = config.ResolveFile(cmd.Flags(), command.Path(cmd), h)
		t, err := readTemplate(h, o, "us-east-1", func(string, ...any) {})
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		var names []string
		for _, fn := range t.Functions() {
			if wanted(fn.FullPath(), given) {
				names = append(names, cobra.CompletionWithDesc(fn.FullPath(), fn.Runtime+" "+fn.Handler))
			}
		}
		return names, cobra.ShellCompDirectiveNoFileComp
	}
}

// What commands want: one function, each once, or any.
func one(_ string, given []string) bool        { return len(given) == 0 }
func another(name string, given []string) bool { return !slices.Contains(given, name) }
func anyFunction(string, []string) bool        { return true }

// completeEvents completes the sample events, by service and name.
func completeEvents(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	services, err := events.Services()
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	var names []string
	for _, service := range services {
		for _, event := range service.Events {
			names = append(names, cobra.CompletionWithDesc(service.Name+" "+event, events.Summary(service.Name, event)))
		}
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}
