package command

import (
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"sam/bootstraps"
)

// isCompletion says whether args are those of a shell that asks how a line goes on.
func isCompletion(args []string) bool {
	return len(args) > 0 && (args[0] == cobra.ShellCompRequestCmd || args[0] == cobra.ShellCompNoDescRequestCmd)
}

// addCompletions says how flags and arguments are completed. Only a shell that
// asks has use for it.
func addCompletions(cmd *cobra.Command) {
	if cmd.ValidArgsFunction == nil && cmd.ValidArgs == nil {
		cmd.ValidArgsFunction = cobra.NoFileCompletions
	}
	cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
		if how := completionOf(f); how != nil {
			_ = cmd.RegisterFlagCompletionFunc(f.Name, how) // fails if the command itself has said how
		}
	})
	for _, sub := range cmd.Commands() {
		addCompletions(sub)
	}
}

// completionOf is how the values of a flag are completed, or nil for files of any
// kind.
func completionOf(f *pflag.Flag) cobra.CompletionFunc {
	oneOf := func(words ...string) cobra.CompletionFunc {
		return cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp)
	}
	files := func(extensions ...string) cobra.CompletionFunc {
		return cobra.FixedCompletions(extensions, cobra.ShellCompDirectiveFilterFileExt)
	}
	switch f.Name {
	case "template":
		return files("yaml", "yml", "json")
	case "event", "event-file":
		return files("json")
	case "config-file":
		return files("toml", "yaml", "yml")
	case "output-dir", "static-dir", "docker-volume-basedir", "debugger-path":
		return cobra.FixedCompletions(nil, cobra.ShellCompDirectiveFilterDirs)
	case "runtime":
		return completeRuntimes
	case "architecture":
		return oneOf("x86_64", "arm64")
	case "warm-containers":
		return oneOf("EAGER", "LAZY")
	case "capabilities":
		return oneOf("CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND")
	case "on-failure":
		return oneOf("ROLLBACK", "DELETE", "DO_NOTHING")
	case "output":
		return oneOf(f.DefValue, "json")
	case "log-file", "env-vars", "import-values", "jwks", "ssl-cert-file", "ssl-key-file", "location", "runtime-path", "output-template-file", "ca-bundle":
		return nil
	}
	return cobra.NoFileCompletions
}

// completeRuntimes completes the identifiers of runtimes, the newest first.
func completeRuntimes(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	var ids []string
	for _, rt := range bootstraps.Runtimes() {
		ids = append(ids, rt.ID)
	}
	slices.Reverse(ids)
	return ids, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
}
