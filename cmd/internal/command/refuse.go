package command

import "github.com/spf13/cobra"

// refused is in front of the names of flags in a command's annotations.
const refused = "sam refuses --"

// Refuse names flags of SAM CLI or the AWS CLI that the command does not have,
// and what to do instead, which is said to those who use one.
func Refuse(cmd *cobra.Command, instead string, flags ...string) {
	if cmd.Annotations == nil {
		cmd.Annotations = make(map[string]string)
	}
	for _, flag := range flags {
		cmd.Annotations[refused+flag] = instead
	}
}

// Refuses tells whether a flag is one of those.
func Refuses(cmd *cobra.Command, flag string) bool { return cmd.Annotations[refused+flag] != "" }
