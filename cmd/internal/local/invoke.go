package local

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/spf13/cobra"

	"sam/bootstraps"
	"sam/cmd/internal/command"
	"sam/cmd/internal/config"
	"sam/cmd/internal/ui"
	"sam/emulator"
)

// errFunctionFailed says that the function failed, and that the user asked
// for an exit code that tells. Its error has been printed as the result.
var errFunctionFailed = fmt.Errorf("the function failed: %w", command.ErrShown)

// InvokeOptions are what `sam local invoke` is told.
type InvokeOptions struct {
	options
	Function            string // empty: the only one
	Event               string
	NoEvent             bool
	Generate            string // the arguments of generate-event
	generated           []byte // the event that they name
	Runtime             string // empty: the template's
	FailOnFunctionError bool
}

func newInvokeCommand(u *ui.UI, h *config.Host, program *Program) *cobra.Command {
	return newInvoke(h, func(ctx context.Context, o *InvokeOptions) error { return runInvoke(ctx, u, h, program, o) })
}

func newInvoke(h *config.Host, run func(context.Context, *InvokeOptions) error) *cobra.Command {
	var o InvokeOptions
	cmd := &cobra.Command{
		Use:   "invoke [flags] [FUNCTION]",
		Short: "Run a function once",
		Long: `Run a function of the template once, with an event, and print its result.

The result goes to standard output and nothing else does, so that it can be
piped. The function's log goes to standard error. FUNCTION is a logical id or a
FunctionName; it may be left out if the template has one function.

Without --event the event is read from standard input, or is {} if that is a
terminal. The exit code is 0 also if the function fails: its error is the
result (see --fail-on-function-error).`,
		Example: `  sam local invoke Ratings -e event.json
  echo '{"id": 7}' | sam local invoke Ratings | jq .body
  sam local invoke Resize --generate 's3 put --bucket photos'`,
		Args: func(_ *cobra.Command, args []string) error {
			args = o.takeParameters(args)
			if len(args) > 1 {
				return fmt.Errorf("got unexpected extra argument (%s)", args[1])
			}
			if len(args) == 1 {
				o.Function = args[0]
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.setDebug(cmd)
			if err := o.generate(); err != nil {
				return cmd.FlagErrorFunc()(cmd, err)
			}
			return run(cmd.Context(), &o)
		},
	}
	cmd.ValidArgsFunction = completeFunctions(h, &o.templateOptions, one)
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVarP(&o.Event, "event", "e", "", "JSON `file` with the event; - is standard input")
	flags.BoolVar(&o.NoEvent, "no-event", false, "Invoke with the event {}")
	flags.StringVar(&o.Generate, "generate", "", "Invoke with a sample `event`, named as for generate-event: 's3 put --bucket photos'")
	flags.StringVarP(&o.Runtime, "runtime", "r", "", "Runtime `ID` to use in place of the template's, such as python3.13")
	flags.BoolVar(&o.FailOnFunctionError, "fail-on-function-error", false, "Exit with 1 if the function fails")
	o.addFlags(flags)
	_ = cmd.RegisterFlagCompletionFunc("generate", completeEvents) // the flag is there
	return cmd
}

// generate makes the event of --generate.
func (o *InvokeOptions) generate() error {
	if o.Generate == "" {
		return nil
	}
	if o.Event != "" || o.NoEvent {
		return errors.New("--generate makes the event: leave out --event and --no-event")
	}
	var err error
	if o.generated, err = generateEvent(o.Generate); err != nil {
		return fmt.Errorf("--generate: %w", err)
	}
	return nil
}

func runInvoke(ctx context.Context, u *ui.UI, h *config.Host, program *Program, o *InvokeOptions) error {
	s, err := newSession(ctx, u, h, program, &o.options, "")
	if err != nil {
		return err
	}
	defer s.close()
	p, err := s.readProject(h)
	if err != nil {
		return err
	}
	fn, err := p.function(o.Function)
	if err != nil {
		return err
	}
	if o.Runtime != "" {
		if _, err := bootstraps.Parse(o.Runtime); err != nil {
			return fmt.Errorf("--runtime: %w", err)
		}
		fn.Runtime = o.Runtime
	}
	definition := p.definition(fn, s.aws.Region)
	definition.Debug = s.debug
	prepared, err := s.emulator.Prepare(ctx, definition)
	if err := s.handOver(err); err != nil { // while the event is still to be read
		return err
	}
	sayProblems(p.template, s.sayOnce)
	event := o.generated
	if event == nil {
		if event, err = readEvent(ctx, u, o.Event, o.NoEvent); err != nil {
			return err
		}
	}
	for _, warning := range fn.Warnings {
		s.sayOnce("%v", warning)
	}
	s.sayStandIn(prepared)
	if fn.Image != nil {
		u.Notice("Invoking Container created from %s", fn.Image.URI)
	} else {
		u.Notice("Invoking %s (%s)", fn.Handler, fn.Runtime)
	}
	result, err := s.invoke(ctx, prepared, event)
	if err != nil {
		return err
	}
	var timeout *emulator.TimeoutError
	if errors.As(result.Failure, &timeout) {
		u.Notice("Function '%s' timed out after %g seconds", fn.LogicalID, timeout.Timeout.Seconds())
	}
	if o.FailOnFunctionError && result.Failure != nil {
		return errFunctionFailed
	}
	return nil
}

// invoke runs one invocation in an environment of its own and writes its
// result.
func (s *session) invoke(ctx context.Context, fn *emulator.Prepared, event []byte) (*emulator.Result, error) {
	env, err := s.emulator.Start(ctx, fn)
	if err != nil {
		return nil, err
	}
	var sweeping sync.WaitGroup
	sweeping.Go(s.emulator.Sweep) // while the interpreter starts
	defer sweeping.Wait()
	result, err := env.Invoke(ctx, emulator.Request{Payload: event, Stream: s.results})
	if err == nil {
		err = s.write(result)
	}
	// Lambda ends an environment without a signal, and so do we.
	now, cancel := context.WithCancel(context.WithoutCancel(ctx))
	cancel()
	return result, errors.Join(err, env.Stop(now))
}

// write writes a result as the function gave it. The line break that a
// terminal wants is not part of it.
func (s *session) write(result *emulator.Result) error {
	if _, err := s.results.Write(result.Payload); err != nil {
		return fmt.Errorf("write result: %w", err)
	}
	if s.ui.StdoutIsTerminal {
		_, _ = io.WriteString(s.ui.Stderr, "\n")
	}
	return nil
}
