package bootstraps

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// pythonDebugger has the bootstrap wait for a client of debugpy, or starts a
// debugger that the user names: one in place of the bootstrap's file, as SAM CLI
// does, or one that the function starts by itself.
func pythonDebugger(ctx context.Context, f *Finder, to Debuggee, d Debug) (*Debugger, error) {
	debugger := &Debugger{flags: slices.Clip(d.Args)}
	switch v := parseVersion(to.Interpreter.Version); {
	case slices.Compare(v, version{3, 11}) >= 0:
		// Python has its own library compiled in, without what debuggers need.
		debugger.flags = append([]string{"-X", "frozen_modules=off"}, debugger.flags...)
	case v[0] == 3 && slices.Compare(v, version{3, 7}) < 0:
		// The bootstrap would start Python anew, without the debugger.
		debugger.environment = []string{"LC_CTYPE=C.UTF-8"}
	}
	if namesProgram(d.Args) {
		debugger.foreign, debugger.pythonPath = true, d.Path
		return debugger, nil
	}
	path := pythonPath(to, d)
	// The package alone: it imports the rest when it is used.
	debugpy, err := f.runVersed(ctx, to.Interpreter, []string{"-c", "import debugpy; print(debugpy.__path__[0])"}, "PYTHONPATH="+strings.Join(path, ":"))
	switch {
	case err != nil:
		return nil, err
	case debugpy != "":
		debugger.Address = d.address()
		debugger.arguments = []string{filepath.Dir(debugpy), strconv.Itoa(d.Port)}
		return debugger, nil
	}
	// The debugger of 2018, which only functions themselves can start.
	for _, dir := range path {
		if isFile(filepath.Join(dir, "ptvsd", "__init__.py")) {
			debugger.Notes = []string{"The function brings ptvsd, and has to start it itself"}
			return debugger, nil
		}
	}
	return nil, &DebugError{
		Reason: fmt.Sprintf("Python %s (%s) cannot be debugged: it has no debugpy, and the function brings none", to.Interpreter.Version, to.Interpreter.Path),
		Next:   fmt.Sprintf("install it (%s -m pip install debugpy), or start another debugger with --debug-args", to.Interpreter.Path),
	}
}

// pythonPath are the directories where a function finds modules, and the user's
// debuggers.
func pythonPath(to Debuggee, d Debug) []string {
	path := []string{to.TaskRoot}
	numbers := parseVersion(to.Interpreter.Version)
	for _, layer := range to.Layers {
		own := fmt.Sprintf("lib/python%s/site-packages", numbers[:min(2, len(numbers))])
		path = append(path, filepath.Join(layer, "python", own), filepath.Join(layer, "python"))
	}
	if d.Path != "" {
		path = append(path, d.Path)
	}
	return path
}

// namesProgram says whether Python's arguments name something to run, and do not
// only change how it runs things.
func namesProgram(args []string) bool {
	for i := 0; i < len(args); i++ {
		switch arg := args[i]; {
		case arg == "-X" || arg == "-W" || arg == "-Q":
			i++ // which takes the next
		case !strings.HasPrefix(arg, "-"), strings.HasPrefix(arg, "-m"), strings.HasPrefix(arg, "-c"):
			return true
		}
	}
	return false
}

func pythonAttachment(_ Interpreter, port int) Attachment {
	return Attachment{Type: "debugpy", Connect: &endpoint{loopback, port}}
}
