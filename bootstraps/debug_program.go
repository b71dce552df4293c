package bootstraps

import (
	"context"
	"debug/elf"
	"slices"
	"strings"
)

// programDebugger finds Delve, which debugs the programs of Go.
func programDebugger(_ context.Context, f *Finder, to Debuggee, d Debug) (*Debugger, error) {
	if program, err := Program(to.Runtime, to.Handler, to.TaskRoot, ""); err == nil {
		if err := checkDebuggable(program); err != nil {
			return nil, err
		}
	}
	dlv := f.lookUp("dlv", d, "$GOBIN", "$GOPATH/bin ~/go/bin")
	if dlv == "" {
		return nil, &DebugError{
			Reason: "the function cannot be debugged: there is no dlv, the debugger of Go",
			Next:   "install it (go install github.com/go-delve/delve/cmd/dlv@latest), or give its directory with --debugger-path",
		}
	}
	program := []string{dlv, "exec", "--headless", "--listen=" + d.address()}
	args := slices.Clone(d.Args)
	for i, arg := range args {
		if api, found := strings.CutPrefix(arg, "-delveAPI="); found { // SAM CLI's spelling
			args[i] = "--api-version=" + api
		}
	}
	if !slices.ContainsFunc(args, func(arg string) bool { return strings.HasPrefix(arg, "--api-version") }) {
		args = append(args, "--api-version=2")
	}
	return &Debugger{Address: d.address(), program: append(program, args...)}, nil
}

// checkDebuggable says what Delve needs of a program and would complain about
// in words that help less. Whatever else is wrong with it shows when it starts.
func checkDebuggable(program string) error {
	file, err := elf.Open(program)
	if err != nil {
		if isFile(program) {
			return &DebugError{
				Reason: program + " cannot be debugged: it is no program of Go",
				Next:   "leave --debug-port out, or start a debugger in the program itself",
			}
		}
		return nil
	}
	defer file.Close()
	switch {
	case file.Section(".gopclntab") == nil && file.Section(".go.buildinfo") == nil && file.Section(".note.go.buildid") == nil:
		return &DebugError{
			Reason: program + " cannot be debugged: it is no program of Go",
			Next:   "leave --debug-port out, and attach a debugger of its language to the process",
		}
	case file.Section(".debug_info") == nil && file.Section(".zdebug_info") == nil:
		return &DebugError{
			Reason: program + " cannot be debugged: it was built without what debuggers need",
			Next:   `build it without -ldflags='-s -w', and with -gcflags='all=-N -l' to see all variables`,
		}
	}
	return nil
}

func programAttachment(_ Interpreter, port int) Attachment {
	return Attachment{Type: "go", Mode: "remote", Host: loopback, Port: port}
}
