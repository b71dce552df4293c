package rapi

import "fmt"

// state is where the runtime of an execution environment stands. It belongs
// to the environment and never to a connection: runtimes post streamed
// responses and init errors on other connections than they ask for events on.
type state int

const (
	started       state = iota // the process may be starting, nothing was heard of it
	initFailed                 // it posted init/error
	restoreReady               // it waits in restore/next, as a SnapStart runtime does
	restoring                  // it was let out of restore/next and runs its hooks
	restoreFailed              // it posted restore/error
	ready                      // it waits in next
	running                    // it has an event
	responding                 // the body of its answer is arriving
	responded                  // its answer is complete, next is due
)

// String is the state's name as AWS's own Runtime API prints it.
func (s state) String() string {
	return [...]string{
		"RuntimeStarted", "RuntimeInitError", "RuntimeRestoreReady", "RuntimeRestoring", "RuntimeRestoreError",
		"RuntimeReady", "RuntimeRunning", "RuntimeInvocationResponse", "RuntimeResponseSent",
	}[s]
}

// transitionError is the refusal of a request that the state does not allow.
func transitionError(from, to state) *apiError {
	return &apiError{403, "InvalidStateTransition",
		fmt.Sprintf("State transition from %s to %s failed for runtime. Error: State transition is not allowed", from, to)}
}
