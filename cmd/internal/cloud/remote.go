package cloud

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/spf13/cobra"

	"sam/cmd/internal/command"
	"sam/cmd/internal/config"
	"sam/cmd/internal/ui"
)

// remoteOptions are what `sam remote invoke` is told.
type remoteOptions struct {
	stackOptions
	Function   string
	Event      string
	EventFile  string
	Output     string
	TenantID   string
	Execution  string
	Parameters []string
}

func newRemote(u *ui.UI, h *config.Host) *cobra.Command {
	group := command.NewGroup("remote", "", `  sam remote invoke Ratings --stack-name shop -e '{"id": 7}'`)
	group.AddCommand(newRemoteInvoke(u, h))
	return group
}

func newRemoteInvoke(u *ui.UI, h *config.Host) *cobra.Command {
	var o remoteOptions
	cmd := &cobra.Command{
		Use:   "invoke [flags] [FUNCTION]",
		Short: "Invoke a function that is deployed",
		Long: `Invoke a function that is deployed, and print its result. FUNCTION is a logical id
of the stack, which may be left out if the stack has one function; without
--stack-name it is the name of a function or its ARN.

The result goes to standard output, as it comes if the function streams it (its
URL has the invoke mode RESPONSE_STREAM); the end of the log goes to standard
error. The exit code is 1 if the function fails.`,
		Example: `  sam remote invoke Ratings --stack-name ratings --event '{"title": "Emma"}'
  sam remote invoke Ratings --stack-name ratings --parameter InvocationType=Event < /dev/null`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				o.Function = args[0]
			}
			return runRemoteInvoke(cmd.Context(), u, &o)
		},
	}
	asDeployed(cmd, h)
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVarP(&o.Event, "event", "e", "", "`Event`, in JSON (default {})")
	flags.StringVar(&o.EventFile, "event-file", "", "`File` with the event; - is standard input")
	flags.StringArrayVar(&o.Parameters, "parameter", nil, "Parameters of the Invoke API, as `Key=Value`: InvocationType, LogType, Qualifier, ClientContext")
	flags.StringVar(&o.TenantID, "tenant-id", "", "`Tenant` of a function that isolates tenants")
	flags.StringVar(&o.Execution, "durable-execution-name", "", "`Name` of the execution of a durable function")
	addOutputFlag(flags, &o.Output, "text")
	o.addFlags(flags)
	o.ReadTimeout = 0 // functions take up to 15 minutes
	flags.Lookup("cli-read-timeout").DefValue = "0"
	return cmd
}

func runRemoteInvoke(ctx context.Context, u *ui.UI, o *remoteOptions) error {
	if err := checkOutput(o.Output, "text"); err != nil {
		return err
	}
	in, err := o.input(u)
	if err != nil {
		return err
	}
	client, name, err := o.find(ctx, u)
	if err != nil {
		return err
	}
	in.FunctionName = aws.String(name)
	r := &remoteResult{ui: u, json: o.Output == "json"}
	url, err := client.GetFunctionUrlConfig(ctx, &lambda.GetFunctionUrlConfigInput{FunctionName: in.FunctionName, Qualifier: in.Qualifier})
	// Who may invoke need not be allowed to ask; most functions have no URL.
	if err == nil && url.InvokeMode == types.InvokeModeResponseStream && in.InvocationType != types.InvocationTypeEvent && !r.json {
		return r.stream(ctx, client, in)
	}
	return r.invoke(ctx, client, in)
}

// find finds the function.
func (o *remoteOptions) find(ctx context.Context, u *ui.UI) (*lambda.Client, string, error) {
	if o.StackName == "" {
		if o.Function == "" {
			return nil, "", &usageError{"neither a function nor a stack was named", "name the function, or the stack with --stack-name"}
		}
		cfg, err := o.load(ctx, u)
		return lambda.NewFromConfig(cfg), o.Function, err
	}
	s, err := o.open(ctx, u)
	if err != nil {
		return nil, "", err
	}
	functions, err := s.functions(ctx)
	if err != nil {
		return nil, "", err
	}
	f, err := choose(functions, o.Function, o.StackName)
	return lambda.NewFromConfig(s.cfg), f.name, err
}

// input is the request, but for the function.
func (o *remoteOptions) input(u *ui.UI) (*lambda.InvokeInput, error) {
	if o.Event != "" && o.EventFile != "" {
		return nil, &usageError{"--event and --event-file were both given", "leave out one of them"}
	}
	in := &lambda.InvokeInput{Payload: []byte(o.Event), LogType: types.LogTypeTail}
	var err error
	switch o.EventFile {
	case "":
	case "-":
		in.Payload, err = io.ReadAll(u.Stdin)
	default:
		in.Payload, err = os.ReadFile(o.EventFile)
	}
	if err != nil {
		return nil, fmt.Errorf("read the event: %w", err)
	}
	if len(in.Payload) == 0 {
		in.Payload = []byte("{}")
	}
	if o.TenantID != "" {
		in.TenantId = aws.String(o.TenantID)
	}
	if o.Execution != "" {
		in.DurableExecutionName = aws.String(o.Execution)
	}
	parameters, err := keyValues("parameter", o.Parameters)
	for _, key := range sorted(parameters) {
		value := parameters[key]
		switch key {
		case "InvocationType":
			if in.InvocationType = types.InvocationType(value); in.InvocationType == types.InvocationTypeEvent {
				in.LogType = "" // there is none to wait for
			}
		case "LogType":
			in.LogType = types.LogType(value)
		case "Qualifier":
			in.Qualifier = aws.String(value)
		case "ClientContext":
			in.ClientContext = aws.String(value)
		default:
			return nil, wrongValue("parameter", "%q is none of InvocationType, LogType, Qualifier and ClientContext", key)
		}
	}
	return in, err
}

// errRemoteFunctionFailed says that the function's error has been printed.
var errRemoteFunctionFailed = fmt.Errorf("the function failed: %w", command.ErrShown)

// A remoteResult prints what becomes of an invocation.
type remoteResult struct {
	ui   *ui.UI
	json bool
}

// once keeps a request from being repeated: the function may have run.
func once(o *lambda.Options) { o.RetryMaxAttempts, o.Retryer = 1, aws.NopRetryer{} }

func (r *remoteResult) invoke(ctx context.Context, client *lambda.Client, in *lambda.InvokeInput) error {
	out, err := client.Invoke(ctx, in, once)
	if err != nil {
		return err
	}
	if r.json {
		err = ui.PrintJSON(r.ui.Stdout, struct {
			StatusCode                                         int32
			ExecutedVersion, FunctionError, LogResult, Payload string
		}{out.StatusCode, aws.ToString(out.ExecutedVersion), aws.ToString(out.FunctionError), aws.ToString(out.LogResult), string(out.Payload)})
	} else {
		r.log(out.LogResult)
		_, err = r.ui.Stdout.Write(out.Payload)
		r.end()
	}
	if err == nil && out.FunctionError != nil {
		return errRemoteFunctionFailed
	}
	return err
}

func (r *remoteResult) stream(ctx context.Context, client *lambda.Client, in *lambda.InvokeInput) error {
	out, err := client.InvokeWithResponseStream(ctx, &lambda.InvokeWithResponseStreamInput{
		FunctionName: in.FunctionName, Payload: in.Payload, LogType: in.LogType, Qualifier: in.Qualifier, ClientContext: in.ClientContext, TenantId: in.TenantId,
		InvocationType: types.ResponseStreamingInvocationType(in.InvocationType),
	}, once)
	if err != nil {
		return err
	}
	events := out.GetStream()
	defer events.Close()
	var failure error
	for e := range events.Events() {
		switch e := e.(type) {
		case *types.InvokeWithResponseStreamResponseEventMemberPayloadChunk:
			if _, err := r.ui.Stdout.Write(e.Value.Payload); err != nil {
				return fmt.Errorf("write the result: %w", err)
			}
		case *types.InvokeWithResponseStreamResponseEventMemberInvokeComplete:
			r.end()
			r.log(e.Value.LogResult)
			if code := aws.ToString(e.Value.ErrorCode); code != "" {
				failure = fmt.Errorf("the function failed: %s%s", code, behind(aws.ToString(e.Value.ErrorDetails)))
			}
		}
	}
	return errors.Join(failure, events.Err())
}

// log prints the end of a log, which the API gives in base64.
func (r *remoteResult) log(encoded *string) {
	if text, err := base64.StdEncoding.DecodeString(aws.ToString(encoded)); err == nil {
		_, _ = r.ui.Stderr.Write(text)
	}
}

// end ends the line on a terminal.
func (r *remoteResult) end() {
	if r.ui.StdoutIsTerminal {
		_, _ = io.WriteString(r.ui.Stderr, "\n")
	}
}
