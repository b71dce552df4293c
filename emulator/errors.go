package emulator

import (
	"encoding/json"
	"fmt"
	"time"

	"sam/bootstraps"
)

// A TimeoutError says that an invocation took longer than the function's
// timeout.
type TimeoutError struct {
	Timeout time.Duration
}

// Error is the sentence of AWS's logs.
func (e *TimeoutError) Error() string {
	return fmt.Sprintf("Task timed out after %.2f seconds", e.Timeout.Seconds())
}

// An ExitError says that the runtime's process ended in the middle of an
// invocation or of its init.
type ExitError struct {
	State ExitState
}

// Error is the sentence of AWS's logs.
func (e *ExitError) Error() string { return e.State.String() }

// An InitError says that the runtime reported that its init failed.
type InitError struct {
	Type string // such as Runtime.ImportModuleError
}

func (e *InitError) Error() string { return "init failed: " + e.Type }

// An ExtensionError says that an extension could not be started, or ended before
// its time.
type ExtensionError struct {
	Type   string // such as Extension.Crash
	Name   string // the extension's
	Cause  string // why it could not be started: PermissionDenied, TooManyExtensions or UnknownError
	Reason string
}

// Error is the sentence of AWS's logs.
func (e *ExtensionError) Error() string { return e.Reason }

// A FunctionError says that the function, or its runtime, answered with an
// error.
type FunctionError struct {
	Type string // the error type for logs, such as Runtime.Unknown
}

func (e *FunctionError) Error() string { return "function failed: " + e.Type }

// errorType is the error type in AWS's log lines and payloads.
func errorType(err error) string {
	switch e := err.(type) {
	case *TimeoutError:
		return "Sandbox.Timedout"
	case *ExitError:
		return "Runtime.ExitError"
	case *bootstraps.EntrypointError:
		return "Runtime.InvalidEntrypoint"
	case *InitError:
		return e.Type
	case *ExtensionError:
		return e.Type
	case *FunctionError:
		return e.Type
	}
	return ""
}

// errorPayload is what the caller of a function gets when the runtime could
// not say itself what went wrong.
func errorPayload(requestID string, err error) []byte {
	payload, marshalErr := json.Marshal(struct {
		Type    string `json:"errorType"`
		Message string `json:"errorMessage"`
	}{errorType(err), fmt.Sprintf("RequestId: %s Error: %v", requestID, err)})
	if marshalErr != nil {
		panic(marshalErr) // two strings always marshal
	}
	return payload
}
