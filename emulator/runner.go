package emulator

import (
	"context"
	"fmt"
	"io"
	"net"
)

// A Runner starts the process of an execution environment.
type Runner interface {
	// Start returns once the process exists; ctx bounds only that.
	Start(ctx context.Context, spec Spec) (Instance, error)
}

// A Spec is all that a Runner knows of the process it starts.
type Spec struct {
	// Args is the command line; Args[0] is the path of an executable.
	Args []string
	// Dir is the working directory: the function's code.
	Dir string
	// Env is the complete environment, as KEY=value.
	Env []string
	// Mark is the entry of Env that processes of no other environment have, or
	// empty: a plain Runner knows by it what descends from the process.
	Mark string
	// MemoryLimit is how many bytes of memory the process and what descends from
	// it may use together before they are killed; 0 sets no limit.
	MemoryLimit int64
	// Processors is how many processors they may use together; 0 sets no limit.
	Processors float64
	// Output receives what the process writes to stdout and stderr, in the order
	// in which it did. It gets one Write at a time, and none after Exited is
	// closed.
	Output io.Writer
}

// A Sweeper is a Runner that finds what a program has left that was killed.
type Sweeper interface {
	// Sweep ends the processes that have a Mark, and removes what nobody needs who
	// is alive. Without a Mark it does the latter.
	Sweep(mark string)
}

// A Sandboxer is a Runner that can give an execution environment processes,
// mounts and limits of its own.
type Sandboxer interface {
	// Sandbox makes a sandbox. The error is an *UnsandboxedError if the
	// environment shall do without one. ctx bounds only the making.
	Sandbox(ctx context.Context, layout Layout) (Sandbox, error)
}

// A Sandbox is where the processes of one execution environment live: what its
// Start starts sees the files of its Layout, and no processes but those of the
// sandbox. Between two processes its files stay.
type Sandbox interface {
	Runner
	// Close ends what is left in it, and returns when nothing of it exists.
	Close() error
}

// A Networked is a Sandbox with a network of its own.
type Networked interface {
	// Listen opens a free port of the sandbox's loopback interface, which its
	// processes can reach.
	Listen() (net.Listener, error)
}

// A Lister is a Sandbox that can tell what is in its file system.
type Lister interface {
	// List returns the names of a directory's files in their order. The error is
	// fs.ErrNotExist if there is no such directory.
	List(dir string) ([]string, error)
}

// An UnsandboxedError says why there is no sandbox, to who asked for one if
// possible.
type UnsandboxedError struct{ Err error }

func (e *UnsandboxedError) Error() string { return e.Err.Error() }
func (e *UnsandboxedError) Unwrap() error { return e.Err }

// A Layout is what a sandbox shows beside the system's own directories: nothing
// else of the host is there. In a container each Mount has one source, or none:
// then what the image has there is seen.
type Layout struct {
	// Image is what a container's file system begins as: in place of the system's
	// own directories. It is nil in other sandboxes.
	Image *Image
	// Mounts are made in this order.
	Mounts []Mount
	// Links are symbolic links, by where they are.
	Links map[string]string
	// TmpMB is the size of /tmp.
	TmpMB int
	// Hosts are further lines of /etc/hosts.
	Hosts []string
	// Nameservers take the place of the host's in /etc/resolv.conf.
	Nameservers []string
	// MemoryLimit and Processors are those of the Specs to come: a container has
	// them from the beginning.
	MemoryLimit int64
	Processors  float64
}

// A Mount shows files of the host in a sandbox.
type Mount struct {
	// Sources are the absolute paths of what is shown: one, or directories that
	// are laid over each other, later ones over earlier ones. None is an empty
	// directory.
	Sources []string
	// Target is where it is shown.
	Target string
	// Writable lets processes write to it.
	Writable bool
}

// An Instance is a process that a Runner started.
type Instance interface {
	// Exited is closed once the process is gone and its output drained.
	Exited() <-chan struct{}
	// Exit is valid only after Exited is closed.
	Exit() ExitState
	// Stop ends the whole tree, by force once ctx is done, and returns
	// when nothing is left. Calling it again is harmless.
	Stop(ctx context.Context) error
}

// A Flusher is an Instance that can tell when output has arrived.
type Flusher interface {
	// Flush returns once all that the process had written before the call is
	// with the writer of its Spec, or the process has exited.
	Flush()
}

// A Meter is an Instance that knows how much memory its processes use.
type Meter interface {
	// PeakMemory is the highest resident memory in bytes so far, or 0 if it
	// could not be measured.
	PeakMemory() int64
}

// An Identified is an Instance whose process has an id on this host.
type Identified interface {
	// Pid is the id, also once the process is gone.
	Pid() int
}

// An ExitState tells how a process ended.
type ExitState struct {
	Code   int    // exit status, if Signal is empty
	Signal string // name of the signal that ended it, such as "killed"
	// OutOfMemory tells that it was killed for exceeding its MemoryLimit.
	OutOfMemory bool
}

// String words the state as AWS's logs do.
func (s ExitState) String() string {
	switch {
	case s.Signal != "":
		return "Runtime exited with error: signal: " + s.Signal
	case s.Code != 0:
		return fmt.Sprintf("Runtime exited with error: exit status %d", s.Code)
	}
	return "Runtime exited without providing a reason"
}
