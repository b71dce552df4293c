package local

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"sam/cmd/internal/ui"
	"sam/emulator/events"
)

// NewGenerateEvent returns the command `sam local generate-event`. Its services
// and events are data, of which only what words names is read: the arguments of
// sam, in which whatever is to run has a name.
func NewGenerateEvent(u *ui.UI, words []string) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "generate-event",
		Short: "Print a sample event of an AWS service",
		Long: `Print a sample event of an AWS service, as JSON, to invoke a function with.

Without a service, or without an event, it lists what there is; --help behind an
event shows its flags. The output is the same each time, unless --time is given.`,
		Example: `  sam local generate-event s3 put --bucket photos | sam local invoke Resize -e -
  sam local generate-event sqs receive-message --body '{"id": 7}' --time now`,
		Args: known("service"),
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.SetFlagErrorFunc(func(on *cobra.Command, err error) error {
		var unknown *pflag.NotExistError
		if errors.As(err, &unknown) {
			err = unknownFlag(on, unknown.GetSpecifiedName())
		}
		if cmd.HasParent() {
			return cmd.Parent().FlagErrorFunc()(on, err)
		}
		return err
	})
	if !slices.Contains(words, cmd.Name()) {
		return cmd // nothing below it is asked for
	}
	services, err := events.Services()
	if err != nil {
		panic(err) // a file that is part of the program: a mistake in it
	}
	for _, service := range services {
		cmd.AddCommand(newService(u, service, words))
	}
	return cmd
}

func newService(u *ui.UI, service events.Service, words []string) *cobra.Command {
	example := service.Name
	if len(service.Events) > 0 {
		example += " " + service.Events[0]
	}
	cmd := &cobra.Command{
		Use: service.Name, Short: service.Title,
		Example: "  sam local generate-event " + example + " > event.json",
		Args:    known("event of " + service.Name),
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	if !slices.Contains(words, service.Name) {
		return cmd
	}
	for _, name := range service.Events {
		event := &cobra.Command{
			Use: name, Short: events.Summary(service.Name, name), Args: noMore,
			RunE: func(*cobra.Command, []string) error { return nil }, // there is an event, so it is listed
		}
		if slices.Contains(words, name) {
			addEvent(event, u, service.Name, name)
		}
		cmd.AddCommand(event)
	}
	addEvent(cmd, u, service.Name, "")
	return cmd
}

// addEvent makes cmd print an event. A service may have none without a name,
// which is the form of 2018.
func addEvent(cmd *cobra.Command, u *ui.UI, service, name string) {
	event, err := events.Load(service, name)
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	if err != nil {
		panic(err) // a file that is part of the program: a mistake in it
	}
	cmd.Long = event.Summary + ".\n\nAWS describes it: " + event.Docs
	if name != "" {
		cmd.Example = fmt.Sprintf("  sam local generate-event %s %s > event.json\n  sam local invoke --generate '%[1]s %[2]s'", service, name)
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	for _, flag := range event.Flags {
		flags.StringP(flag.Name, flag.Short, flag.Default, flag.Help)
	}
	at := flags.String("time", "", "`Time` of the event, which its ids follow from: now, or one such as 2026-07-01T12:00:00Z")
	given := func() map[string]string {
		values := make(map[string]string)
		for _, flag := range event.Flags {
			if f := flags.Lookup(flag.Name); f.Changed {
				values[flag.Name] = f.Value.String()
			}
		}
		return values
	}
	list := false
	if cmd.HasSubCommands() {
		cmd.Long = cmd.Short + ".\n\nWith a flag and without an event it prints the one that SAM CLI had in 2018."
		cmd.Args = func(cmd *cobra.Command, args []string) error {
			list = len(given()) == 0 && *at == "" // before samconfig.toml gives flags
			return known("event of "+cmd.Name())(cmd, args)
		}
	}
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if list {
			return cmd.Help()
		}
		payload, err := generate(event, given(), *at)
		if err != nil {
			return cmd.FlagErrorFunc()(cmd, err)
		}
		_, err = u.Stdout.Write(payload)
		return err
	}
}

func generate(event *events.Event, values map[string]string, at string) ([]byte, error) {
	when := events.Epoch
	switch at {
	case "":
	case "now":
		when = time.Now()
	default:
		var err error
		if when, err = time.Parse(time.RFC3339, at); err != nil {
			return nil, fmt.Errorf("--time: %q is neither now nor a time such as 2026-07-01T12:00:00Z", at)
		}
	}
	return event.Generate(values, when)
}

// generateEvent returns the event of a command line in one string, such as
// "s3 put --bucket photos".
func generateEvent(line string) ([]byte, error) {
	var out bytes.Buffer
	words, err := splitWords(line)
	if err != nil {
		return nil, err
	}
	cmd := NewGenerateEvent(&ui.UI{Stdout: &out}, append([]string{"generate-event"}, words...))
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	cmd.CompletionOptions.DisableDefaultCmd = true
	cmd.SetHelpCommand(&cobra.Command{Hidden: true})
	cmd.SetArgs(words)
	cmd.SetOut(io.Discard) // help is no event
	err = cmd.Execute()
	if err == nil && out.Len() == 0 {
		err = &unknownError{fmt.Sprintf("%q names no event", line), "'sam local generate-event' lists services, and behind it a service its events."}
	}
	return out.Bytes(), err
}

// known refuses arguments: what there is of that kind are commands.
func known(kind string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 || !cmd.HasSubCommands() {
			return noMore(cmd, args)
		}
		var names []string
		for _, sub := range cmd.Commands() {
			if sub.IsAvailableCommand() {
				names = append(names, sub.Name())
			}
		}
		return &unknownError{fmt.Sprintf("no such %s: %q", kind, args[0]), hintAt(args[0], names)}
	}
}

func noMore(_ *cobra.Command, args []string) error {
	if len(args) > 0 {
		return fmt.Errorf("got unexpected extra argument (%s)", args[0])
	}
	return nil
}

func unknownFlag(cmd *cobra.Command, name string) error {
	if len(name) == 1 {
		name = "-" + name
	} else {
		name = "--" + name
	}
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, "--"+f.Name) })
	return &unknownError{"no such option: " + name, hintAt(name, names)}
}

// An unknownError says that a word of the command line names nothing.
type unknownError struct{ message, hint string }

func (e *unknownError) Error() string { return e.message }

// Hint says what there is.
func (e *unknownError) Hint() string { return e.hint }

// hintAt names the one of names that is nearest to a word, or all of them.
func hintAt(word string, names []string) string {
	if nearest := ui.Nearest(word, names); nearest != "" {
		return "did you mean " + nearest + "?"
	}
	return "there are: " + strings.Join(names, ", ")
}
