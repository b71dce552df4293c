package emulator

import (
	"context"
	"fmt"
	"time"
)

// FleetOptions say how a Fleet keeps environments.
type FleetOptions struct {
	// MaxConcurrency bounds the environments of a function that has no bound
	// of its own.
	MaxConcurrency int
	// IdleTimeout is how long an environment is kept without work.
	IdleTimeout time.Duration
	// Cold gives every invocation an environment of its own.
	Cold bool
	// Eager starts an environment of every function ahead of its invocations.
	Eager bool
}

// A ThrottledError says that an invocation was refused because all
// environments that its function may have were busy for too long.
type ThrottledError struct {
	Function string // its path
	Limit    int    // environments that it may have
}

func (e *ThrottledError) Error() string {
	return fmt.Sprintf("%s has no environment free: it may have %d", e.Function, e.Limit)
}

// A Fleet runs the functions of a template in environments that it keeps warm.
// All methods may be called from any goroutine.
type Fleet struct{}

// Invoke runs an invocation of the function with the given path. It returns as
// soon as the result is known; what ends an invocation behind that is the
// Fleet's affair. The function runs on if ctx ends, as it does on AWS when the
// caller goes away.
//
// The error is *UnknownFunctionError, *ThrottledError, one of Prepare and Start,
// or the cause of ctx's end.
func (f *Fleet) Invoke(ctx context.Context, function string, req Request) (*Result, error) {
	return nil, nil
}

// Functions are the functions that the Fleet runs, in the order of the
// template.
func (f *Fleet) Functions() []Function { return nil }

// An UnknownFunctionError says that a Fleet has no such function.
type UnknownFunctionError struct {
	Function string
}

func (e *UnknownFunctionError) Error() string { return "there is no function " + e.Function }
