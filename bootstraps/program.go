package bootstraps

import (
	"bufio"
	"cmp"
	"debug/elf"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
)

// Functions of these are programs themselves.
var (
	goTraits     = traits{name: "Go", debugger: programDebugger, attach: programAttachment}
	customTraits = traits{name: "custom", debugger: programDebugger, attach: programAttachment}
)

// Program returns the path of the program that a function of rt is: the
// handler of go1.x names a file of the code; the others have a file called
// bootstrap in the code, else in a layer. Empty directories mean that there is
// none. The error is an *EntrypointError.
func Program(rt Runtime, handler, taskRoot, optDir string) (string, error) {
	if rt.Language == Go {
		return filepath.Join(taskRoot, handler), nil // starting it fails if it is not there
	}
	var looked []string
	for _, dir := range []string{taskRoot, optDir} {
		if dir == "" {
			continue
		}
		path := filepath.Join(dir, "bootstrap")
		if info, err := os.Stat(path); err == nil && !info.IsDir() {
			return path, nil
		}
		looked = append(looked, path)
	}
	return "", &EntrypointError{fmt.Sprintf("Couldn't find valid bootstrap(s): %v", looked)}
}

// An EntrypointError says that the program that a function is cannot be
// started: AWS's Runtime.InvalidEntrypoint.
type EntrypointError struct {
	Message string // AWS's words, and why
}

func (e *EntrypointError) Error() string { return e.Message }

// StartError makes an *EntrypointError of the error that starting a program
// ended with, if it is the program's fault. Else it returns err. The program is
// in file; the process that was to be it may know it by another name.
func StartError(program, file string, err error) error {
	errno, ok := errors.AsType[syscall.Errno](err)
	var reason string
	switch {
	case !ok:
		return err
	case errno == syscall.ENOEXEC:
		reason = foreign(file)
	case errno == syscall.EACCES:
		reason = "it is not executable: chmod +x makes it so"
	case errno == syscall.ENOENT:
		reason = cmp.Or(missingLoader(file), "the handler has to name a program in the function's code")
	default:
		return err
	}
	return &EntrypointError{fmt.Sprintf("fork/exec %s: %v (%s)", program, errno, reason)}
}

// foreign says why this machine cannot run a program.
func foreign(program string) string {
	// Lambda's names of its processors.
	names := map[elf.Machine]string{elf.EM_X86_64: "x86_64", elf.EM_AARCH64: "arm64"}
	here := map[string]string{"amd64": "x86_64"}
	file, err := elf.Open(program)
	if err == nil {
		defer file.Close()
		its, ours := cmp.Or(names[file.Machine], file.Machine.String()), cmp.Or(here[runtime.GOARCH], runtime.GOARCH)
		if its != ours {
			return fmt.Sprintf("it is built for %s, and this machine is %s", its, ours)
		}
	}
	return "it is neither a program for Linux nor a script that begins with #!"
}

// missingLoader says which other program the kernel wants to start in place of
// one that is there: the interpreter of a script, or the loader of a program
// that is linked dynamically. It is "" if the file is not there itself.
func missingLoader(program string) string {
	file, err := os.Open(program)
	if err != nil {
		return ""
	}
	defer file.Close()
	line, _ := bufio.NewReader(io.LimitReader(file, 256)).ReadString('\n')
	if script, found := strings.CutPrefix(line, "#!"); found {
		interpreter, _, _ := strings.Cut(strings.TrimLeft(strings.TrimSuffix(script, "\n"), " \t"), " ")
		if strings.HasSuffix(interpreter, "\r") {
			return "its lines end as on Windows: dos2unix makes it a script of Linux"
		}
		return "its first line names " + interpreter + ", which is not here"
	}
	return "the loader that it is linked for is not here: link it statically, or for this system"
}
