package bootstraps

import (
	"context"
	"fmt"
	"slices"
	"strconv"
)

// inspected is the first Node.js that speaks the protocol of Chrome's DevTools:
// those before it have V8's own.
var inspected = version{8}

// nodeDebugger has Node.js wait for a debugger before the first line.
func nodeDebugger(_ context.Context, _ *Finder, to Debuggee, d Debug) (*Debugger, error) {
	debugger := &Debugger{Address: d.address()}
	v := parseVersion(to.Interpreter.Version)
	switch {
	case slices.Compare(v, inspected) >= 0:
		debugger.flags = []string{"--inspect-brk=" + d.address()}
	case slices.Compare(v, version{6}) >= 0:
		// With the address in --debug-brk it would not wait.
		debugger.flags = []string{"--debug-brk", "--debug-port=" + d.address(), "--nolazy"}
	default:
		debugger.flags = []string{"--debug-brk=" + strconv.Itoa(d.Port), "--nolazy"}
		debugger.Notes = []string{fmt.Sprintf(
			"Node.js %s knows no address for its debugger: port %d is open to every network that this machine is on", to.Interpreter.Version, d.Port)}
	}
	debugger.flags = append(slices.Clip(d.Args), debugger.flags...)
	return debugger, nil
}

func nodeAttachment(in Interpreter, port int) Attachment {
	a := Attachment{
		Type: "node", Address: loopback, Port: port,
		ContinueOnEntry: true, // the first line is the bootstrap's
		SkipFiles:       []string{"<node_internals>/**"},
	}
	if slices.Compare(parseVersion(in.Version), inspected) < 0 {
		a.Protocol, a.ContinueOnEntry = "legacy", false
	}
	return a
}
