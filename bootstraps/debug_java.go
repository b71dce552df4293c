package bootstraps

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
)

// javaDebugger has the JVM wait for a debugger before the first class.
func javaDebugger(_ context.Context, _ *Finder, to Debuggee, d Debug) (*Debugger, error) {
	if !to.Contained && !hasJDWP(to.Interpreter.Path) {
		return nil, &DebugError{
			Reason: fmt.Sprintf("Java %s (%s) cannot be debugged: it lacks the library jdwp", to.Interpreter.Version, to.Interpreter.Path),
			Next: fmt.Sprintf("install a JDK, and point to it with %s %s=/path/to/java if there are several",
				explicitFlag, to.Runtime.ID),
		}
	}
	agent := "-agentlib:jdwp=transport=dt_socket,server=y,suspend=y,quiet=y,address=" + d.address()
	return &Debugger{Address: d.address(), flags: append(slices.Clip(d.Args), agent)}, nil
}

// hasJDWP says whether a JVM can be debugged: runtimes that were made small may
// lack it. Java 8 has its libraries in a directory for each processor.
func hasJDWP(java string) bool {
	lib := filepath.Join(filepath.Dir(java), "../lib")
	found, _ := filepath.Glob(filepath.Join(lib, "*", "libjdwp.so"))
	return isFile(filepath.Join(lib, "libjdwp.so")) || len(found) > 0
}

func javaAttachment(_ Interpreter, port int) Attachment {
	return Attachment{Type: "java", HostName: loopback, Port: port}
}
