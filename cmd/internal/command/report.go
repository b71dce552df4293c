package command

import (
	"errors"
	"fmt"
	"strings"
	"unicode"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"sam/cmd/internal/ui"
)

// Exit codes.
const (
	exitOK    = 0
	exitError = 1 // ours, or the user's
	exitUsage = 2 // the command line is at fault
)

// ErrShown is in the chain of errors that the user has been shown as a result
// already. Nothing more is said about them.
var ErrShown = errors.New("the error was shown")

// A UsageError says that the command line of cmd cannot be understood.
type UsageError struct {
	cmd *cobra.Command
	err error
}

// NewUsageError says that err is the fault of the command line of cmd.
func NewUsageError(cmd *cobra.Command, err error) error { return &UsageError{cmd, err} }

func (e *UsageError) Error() string { return e.err.Error() }
func (e *UsageError) Unwrap() error { return e.err }

// An unknownCommandError names a command that does not exist.
type unknownCommandError struct {
	name       string
	suggestion string // what was probably meant, or ""
}

func (e *unknownCommandError) Error() string { return fmt.Sprintf("No such command %q.", e.name) }

// Report tells the user about an error and returns the exit code. Errors may
// have more to say than their sentence: what was looked at (Details), and what
// to do next (Hint).
func Report(u *ui.UI, err error) int {
	if err == nil {
		return exitOK
	}
	if errors.Is(err, ErrShown) {
		return exitError
	}
	code := exitError
	var usage *UsageError
	if errors.As(err, &usage) {
		code = exitUsage
		u.Notice("Usage: %s\n", usage.cmd.UseLine())
	}
	u.Notice("%s %s", u.OnStderr(ui.Red, "Error:"), sentence(err))
	var detailed interface{ Details() string }
	if errors.As(err, &detailed) {
		u.Notice("%s", detailed.Details())
	}
	if hint := hint(err); hint != "" {
		u.Notice("%s", capitalize(hint))
	}
	return code
}

// sentence words an error; those of the flag library in the words of SAM CLI.
func sentence(err error) string {
	var unknown *pflag.NotExistError
	if errors.As(err, &unknown) {
		name := unknown.GetSpecifiedName()
		if len(name) == 1 {
			return "no such option: -" + name
		}
		return "no such option: --" + name
	}
	var invalid *pflag.InvalidValueError
	if errors.As(err, &invalid) {
		if wants := values[invalid.GetFlag().Value.Type()]; wants != "" {
			return fmt.Sprintf("--%s: %q is not %s", invalid.GetFlag().Name, invalid.GetValue(), wants)
		}
	}
	return capitalize(err.Error())
}

// values are what flags take, by the names that the flag library has for their
// types.
var values = map[string]string{
	"bool":     "true or false",
	"int":      "a whole number",
	"intSlice": "a whole number",
	"duration": "a time such as 90s or 10m",
}

// capitalize begins a sentence with a capital, unless it begins with a name:
// something other than letters and a space.
func capitalize(text string) string {
	end := strings.IndexFunc(text, func(r rune) bool { return !unicode.IsLower(r) })
	if end > 0 && text[end] == ' ' {
		return strings.ToUpper(text[:1]) + text[1:]
	}
	return text
}

// hint says what to do next, where that is known.
func hint(err error) string {
	var (
		hinter  interface{ Hint() string }
		command *unknownCommandError
		usage   *UsageError
		flag    *pflag.NotExistError
	)
	switch {
	case errors.As(err, &hinter) && hinter.Hint() != "":
		return hinter.Hint()
	case errors.As(err, &command) && command.suggestion != "":
		return "Did you mean " + command.suggestion + "?"
	case errors.As(err, &usage):
		if errors.As(err, &flag) {
			name := flag.GetSpecifiedName()
			if Refuses(usage.cmd, name) {
				return usage.cmd.Annotations[refused+name]
			}
			if nearest := suggestFlag(usage.cmd, name); nearest != "" {
				return "Did you mean --" + nearest + "?"
			}
		}
		return fmt.Sprintf("'%s --help' shows the options.", usage.cmd.CommandPath())
	}
	return ""
}
