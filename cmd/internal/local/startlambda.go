package local

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"sam/cmd/internal/config"
	"sam/cmd/internal/ui"
)

// StartLambdaOptions are what `sam local start-lambda` is told.
type StartLambdaOptions struct {
	serverOptions
	Functions []string // to serve; none: all
}

// NewStartLambda returns the command `sam local start-lambda`.
func newStartLambdaCommand(u *ui.UI, h *config.Host, program *Program) *cobra.Command {
	return newStartLambda(h, func(ctx context.Context, o *StartLambdaOptions) error {
		return u.Gathering(func(u *ui.UI) error { return runStartLambda(ctx, u, h, program, o) })
	})
}

func newStartLambda(h *config.Host, run func(context.Context, *StartLambdaOptions) error) *cobra.Command {
	var o StartLambdaOptions
	cmd := &cobra.Command{
		Use:   "start-lambda [flags] [FUNCTION...]",
		Short: "Serve the Lambda API, for AWS SDKs and the AWS CLI",
		Long: `Serve the part of the Lambda API that invokes functions, until an interrupt.

AWS SDKs and the AWS CLI reach the functions of the template through it: point
them at its address, as endpoint URL or in AWS_ENDPOINT_URL_LAMBDA. Functions have
that variable set, and so call each other. FUNCTION limits what is served.`,
		Example: `  sam local start-lambda
  aws lambda invoke --endpoint-url http://127.0.0.1:3001 --function-name Ratings out.json`,
		Args: func(_ *cobra.Command, args []string) error {
			o.Functions = o.takeParameters(args)
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.setDebug(cmd)
			return run(cmd.Context(), &o)
		},
	}
	cmd.ValidArgsFunction = completeFunctions(h, &o.templateOptions, another)
	cmd.Flags().SortFlags = false
	o.addFlags(cmd.Flags(), 3001)
	_ = cmd.RegisterFlagCompletionFunc("debug-function", completeFunctions(h, &o.templateOptions, anyFunction)) // the flag is there
	return cmd
}

func runStartLambda(ctx context.Context, u *ui.UI, h *config.Host, program *Program, o *StartLambdaOptions) error {
	if err := o.check(); err != nil {
		return err
	}
	lambda, err := listen(o.Host, o.Port, nil, newLogger(u, o.Debug))
	if err != nil {
		return err
	}
	defer lambda.close()
	srv, p, err := openServer(ctx, u, h, program, &o.serverOptions, lambda.loopback())
	if err != nil {
		return err
	}
	defer srv.close()
	if srv.only, err = p.paths(o.Functions); err != nil {
		return err
	}
	if err := srv.chooseDebugged(ctx, p); err != nil {
		return err
	}
	srv.apply(p)
	u.Notice("Starting the Local Lambda Service. You can now invoke your functions through its endpoint.")
	return srv.serve(ctx, service{lambda, srv.lambdaAPI(), ""})
}

// paths are those of the functions with the given names.
func (p *project) paths(names []string) ([]string, error) {
	var paths, unknown []string
	for _, name := range names {
		fn, err := p.function(name)
		if err != nil {
			unknown = append(unknown, name)
			continue
		}
		paths = append(paths, fn.FullPath())
	}
	if len(unknown) > 0 {
		return nil, fmt.Errorf("%s not found. Possible options in your template: %s", strings.Join(unknown, ", "), p.choices())
	}
	return paths, nil
}
