package command

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"
)

// ErrInterrupted is why the context of WatchSignals has ended.
var ErrInterrupted = errors.New("interrupted")

// WatchSignals returns a context that an interrupt, a request to terminate or
// the end of the terminal ends. A second one ends the program. It is for main.
func WatchSignals() context.Context {
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
			cancel(ErrInterrupted)
		}
	}()
	return ctx
}
