// Command sam runs AWS Lambda functions on this machine.
package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"

	"sam/cmd/internal/cli"
	"sam/cmd/internal/config"
	"sam/cmd/internal/ui"
)

func main() {
	os.Exit(cli.Main(watchSignals, ui.System(), config.System(), os.Args[1:]))
}

var errInterrupted = errors.New("interrupted")

// watchSignals returns a context that an interrupt, a request to terminate or
// the end of the terminal ends. A second one ends the program.
func watchSignals() context.Context {
	ctx, cancel := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 2)
	if !signal.Ignored(syscall.SIGHUP) { // as nohup has it
		signal.Notify(signals, syscall.SIGHUP) // the terminal was closed
	}
	// SIGPIPE only so that a closed pipe is an error to handle, not the end.
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGPIPE)
	go func() {
		for interrupted := false; ; {
			if <-signals == syscall.SIGPIPE {
				continue
			}
			if interrupted {
				os.Exit(1) // the kernel kills the functions with us
			}
			interrupted = true
			cancel(errInterrupted)
		}
	}()
	return ctx
}
