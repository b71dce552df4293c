package bootstraps

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Debug is how the user wants a function to be debugged.
type Debug struct {
	Port int      // that the debugger listens on, of the loopback interface
	Args []string // more arguments, of the interpreter or of the debugger
	Path string   // directory with a debugger, absolute, or ""
}

func (d *Debug) address() string {
	return net.JoinHostPort(loopback, strconv.Itoa(d.Port))
}

// loopback is where debuggers listen: whoever reaches one can run anything.
const loopback = "127.0.0.1"

// A Debugger is what a function is started with so that its user can attach.
type Debugger struct {
	// Address is where it listens, or "" if nobody but itself knows.
	Address string
	// Notes are sentences that the user should know beside that.
	Notes []string
	// HostTmp says that clients look for the process in the temporary directory
	// of the host, which has to be the function's, too.
	HostTmp bool

	program     []string // goes before the program that the function is
	flags       []string // of the interpreter, before all others
	arguments   []string // of the bootstrap, behind all others
	environment []string
	pythonPath  string // where Python finds the debugger, behind the function's own
	foreign     bool   // the user brings a debugger, which flags start
}

// Environment returns the environment variables that the debugger needs, beside
// or in place of the function's own, which variable returns.
func (d *Debugger) Environment(variable func(name string) string) []string {
	if d.pythonPath == "" {
		return d.environment
	}
	path := d.pythonPath
	if own := variable("PYTHONPATH"); own != "" {
		path = own + ":" + path
	}
	return append(slices.Clip(d.environment), "PYTHONPATH="+path)
}

// A DebugError says why no debugger can attach to a function.
type DebugError struct {
	Reason string
	Next   string // what to do about it
}

func (e *DebugError) Error() string { return e.Reason }

// Hint says what to do next.
func (e *DebugError) Hint() string { return e.Next }

// Debuggee is what the debugger of a function depends on.
type Debuggee struct {
	Runtime     Runtime
	Interpreter Interpreter
	Bootstrap   string // directory
	Handler     string
	TaskRoot    string   // directory of the code
	Layers      []string // directories
	// Contained says that it runs in a container, with an interpreter of its image.
	Contained bool
}

// Debugger finds the debugger of a function. The error is a *DebugError or the
// end of ctx.
func (f *Finder) Debugger(ctx context.Context, to Debuggee, d Debug) (*Debugger, error) {
	t := to.Runtime.Language.traits()
	if to.Contained {
		if !t.debugsAnywhere {
			return nil, &DebugError{
				Reason: "functions in " + t.name + " cannot be debugged in containers yet",
				Next:   "debug it with an interpreter of the host: --backend host",
			}
		}
		debugger, err := t.debugger(ctx, f, to, d)
		if debugger != nil {
			debugger.Notes = append(debugger.Notes, "the debugger knows "+to.TaskRoot+" as /var/task: map it (localRoot and remoteRoot in VS Code)")
		}
		return debugger, err
	}
	// What was written for containers means these things here.
	inContainer := []string{"/var/task", to.TaskRoot, "0.0.0.0", loopback}
	if d.Path != "" {
		inContainer = append(inContainer, "/tmp/lambci_debug_files", d.Path)
	}
	d.Args = slices.Clone(d.Args)
	for i, arg := range d.Args {
		d.Args[i] = strings.NewReplacer(inContainer...).Replace(arg)
	}
	return t.debugger(ctx, f, to, d)
}

// ProgramCommand is the command line that starts a program of a function's, under
// a debugger if that is not nil. The error is a *DebugError.
func ProgramCommand(program string, debugger *Debugger) ([]string, error) {
	if debugger == nil {
		return []string{program}, nil
	}
	if err := checkDebuggable(program); err != nil {
		return nil, err
	}
	return append(slices.Clone(debugger.program), program), nil
}

// runVersed has an interpreter answer a question about the packages that a
// function brings, or that its host has. What it prints is "" if it cannot.
func (f *Finder) runVersed(ctx context.Context, in Interpreter, args []string, env ...string) (string, error) {
	if f.Home != "" { // users have packages of their own
		env = append(env, "HOME="+f.Home)
	}
	out, _, err := f.run(ctx, in.Path, args, env...)
	if ctx.Err() != nil {
		return "", fmt.Errorf("look for the debugger: %w", context.Cause(ctx))
	}
	if err != nil {
		return "", nil
	}
	return strings.TrimSpace(out), nil
}

// lookUp finds a program in the directory of --debugger-path, on PATH, or in one
// of the directories in lists such as "$GOBIN".
func (f *Finder) lookUp(program string, d Debug, lists ...string) string {
	dirs := append([]string{d.Path}, filepath.SplitList(f.Path)...)
	for _, list := range lists {
		dirs = append(dirs, f.dir(list))
	}
	for _, dir := range dirs {
		path := filepath.Join(dir, program)
		if info, err := os.Stat(path); filepath.IsAbs(dir) && err == nil && executable(info) {
			return path
		}
	}
	return ""
}

// An Attachment tells VS Code how to attach to a function: a configuration of its
// launch.json. It maps no paths, since functions run where their sources are.
// https://code.visualstudio.com/docs/debugtest/debugging-configuration
type Attachment struct {
	Name    string `json:"name"`
	Type    string `json:"type"`
	Request string `json:"request"`

	Mode            string    `json:"mode,omitempty"`
	Protocol        string    `json:"protocol,omitempty"`
	Address         string    `json:"address,omitempty"`
	Host            string    `json:"host,omitempty"`
	HostName        string    `json:"hostName,omitempty"`
	Port            int       `json:"port,omitempty"`
	Connect         *endpoint `json:"connect,omitempty"`
	DebugPort       string    `json:"debugPort,omitempty"`
	LocalFS         bool      `json:"localfs,omitempty"`
	ProcessID       string    `json:"processId,omitempty"`
	ContinueOnEntry bool      `json:"continueOnAttach,omitempty"`
	SkipFiles       []string  `json:"skipFiles,omitempty"`
}

// An endpoint is where the debugger of a Python function listens.
type endpoint struct {
	Host string `json:"host"`
	Port int    `json:"port"`
}

// Attach returns the Attachment for functions of rt, on an interpreter whose
// Version may be unknown.
func Attach(name string, rt Runtime, in Interpreter, port int) Attachment {
	in.Version = cmp.Or(in.Version, rt.Version)
	a := rt.Language.traits().attach(in, port)
	a.Name, a.Request = name, "attach"
	return a
}
