// Package cloud holds the commands that speak to AWS. They are a program of
// their own, sam-cloud, which sam carries.
//
// Credentials, regions, endpoints, proxies and retries are those of AWS's SDK.
// What is packaged, and how, is package packaging's business.
package cloud

import (
	"context"
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"sam/cmd/internal/command"
	"sam/cmd/internal/config"
	"sam/cmd/internal/ui"
)

// Root returns the command tree.
func Root(u *ui.UI, h *config.Host) *cobra.Command {
	root := command.Cloud.Root(u, h, map[string]*cobra.Command{
		"package": newPackage(u, h), "deploy": newDeploy(u, h), "delete": newDelete(u, h),
		"list": newList(u, h), "logs": newLogs(u, h), "remote": newRemote(u, h),
	})
	for _, cmd := range root.Commands() {
		explainErrors(cmd)
	}
	refuseFlags(root)
	return root
}

// explainErrors has a command and those in it return errors in the words of
// package cloud.
func explainErrors(cmd *cobra.Command) {
	if run := cmd.RunE; run != nil {
		cmd.RunE = func(cmd *cobra.Command, args []string) error {
			err := run(cmd, args)
			if err != nil && context.Cause(cmd.Context()) != nil {
				return interrupted(err)
			}
			if usage := new(usageError); errors.As(err, &usage) {
				return command.NewUsageError(cmd, err)
			}
			return explain(err)
		}
	}
	for _, sub := range cmd.Commands() {
		explainErrors(sub)
	}
}

// lists are the flags that take several arguments, as those of the AWS CLI do:
// --capabilities CAPABILITY_IAM CAPABILITY_AUTO_EXPAND.
var lists = map[string]bool{
	"--parameter-overrides": true, "--capabilities": true, "--tags": true, "--notification-arns": true, "--metadata": true,
}

// Spread repeats such a flag in front of each of its arguments, as the flag
// library wants it.
func Spread(args []string) []string {
	var spread, last []string
	list := ""
	for i, arg := range args {
		switch {
		case lists[arg]:
			list = arg
			if i+1 == len(args) || strings.HasPrefix(args[i+1], "-") {
				last = []string{arg} // where the library sees that it has no argument
			}
			continue
		case strings.HasPrefix(arg, "-"):
			list = ""
		case list != "":
			spread = append(spread, list)
		}
		spread = append(spread, arg)
	}
	return append(spread, last...)
}
