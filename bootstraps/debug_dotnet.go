package bootstraps

import (
	"context"
	"path/filepath"
	"slices"
)

// dotnetDebugger has the bootstrap wait for a debugger, and say for which
// process: .NET has no debugger that listens.
func dotnetDebugger(_ context.Context, _ *Finder, to Debuggee, d Debug) (*Debugger, error) {
	debugger := &Debugger{
		environment: []string{"_AWS_LAMBDA_DOTNET_DEBUGGING=1"}, // AWS's own name
		Notes:       []string{"Debuggers of .NET attach to a process, which the log names; the debug port is not used"},
		HostTmp:     true, // they talk to it through pipes there
	}
	if dotnetProgram(to.TaskRoot, to.Handler) != "" {
		hook := filepath.Join(to.Bootstrap, "LambdaBootstrap.dll")
		debugger.environment = append(debugger.environment, "DOTNET_STARTUP_HOOKS="+hook)
		if slices.Compare(parseVersion(to.Interpreter.Version), version{3}) < 0 {
			return nil, &DebugError{
				Reason: ".NET " + to.Interpreter.Version + " cannot have a program wait for its debugger",
				Next:   "run it on .NET 3.1 or newer, or wait in its Main until Debugger.IsAttached",
			}
		}
	}
	if len(d.Args) > 0 {
		debugger.Notes = append(debugger.Notes, "--debug-args has no effect: nothing starts the debugger of a .NET function")
	}
	return debugger, nil
}

func dotnetAttachment(Interpreter, int) Attachment {
	return Attachment{Type: "coreclr", ProcessID: "${command:pickProcess}"}
}
