package bootstraps

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

const defaultProbeLimit = 5 * time.Second

// A silenceError says how a file that ran failed to answer.
type silenceError struct{ reason error }

func (e *silenceError) Error() string { return e.reason.Error() }
func (e *silenceError) Unwrap() error { return e.reason }

// probe runs file and returns the versions and the path of the interpreter that
// it leads to. The error is a *silenceError if the file ran; any other says
// nothing about the file.
func (f *Finder) probe(ctx context.Context, lang Language, file string) (versions []version, real string, err error) {
	t := lang.traits()
	var stdout, stderr string
	for _, question := range t.questions {
		if stdout, stderr, err = f.run(ctx, file, question); err == nil {
			break
		}
	}
	if err != nil {
		return nil, "", err
	}
	if versions, real, err = t.answer(lang, file, stdout, stderr); err == nil {
		real, err = filepath.EvalSymlinks(real)
	}
	if err != nil {
		return nil, "", &silenceError{err}
	}
	return versions, real, nil
}

// answer finds in what a file prints its versions, and the interpreter that it
// leads to.
func (t *traits) answer(lang Language, file, stdout, stderr string) ([]version, string, error) {
	if t.read != nil {
		return t.read(file, stdout, stderr)
	}
	return readLine(lang, stdout)
}

// run returns what file prints, with env as its environment beside PATH.
func (f *Finder) run(ctx context.Context, file string, args []string, env ...string) (stdout, stderr string, err error) {
	limit := f.ProbeLimit
	if limit == 0 {
		limit = defaultProbeLimit
	}
	limited, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("no answer within %v", limit))
	defer cancel()

	var out, errs tail
	cmd := exec.CommandContext(limited, file, args...)
	cmd.Dir = "/" // the current one may be gone, and must not matter
	// Functions do not get the host's environment. What needs more of it than
	// this to run would fail them.
	cmd.Env = append([]string{"PATH=" + f.Path}, env...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	defer confine(cmd)()
	if err := cmd.Start(); err != nil {
		return "", "", err
	}
	err = cmd.Wait()
	switch {
	case ctx.Err() != nil:
		return "", "", context.Cause(ctx)
	case limited.Err() != nil:
		return "", "", &silenceError{context.Cause(limited)}
	case err != nil:
		if said := errs.lastLines(1); len(said) > 0 {
			err = fmt.Errorf("%w: %s", err, said[0])
		}
		return "", "", &silenceError{err}
	}
	return out.String(), errs.String(), nil
}

// readLine reads the answer of an interpreter that runs scripts. Nothing else
// may be there.
func readLine(lang Language, answer string) ([]version, string, error) {
	line, ended := strings.CutSuffix(answer, "\n")
	fields := strings.Split(line, "\t")
	if !ended || len(fields) != 3 || fields[0] != string(lang) {
		return nil, "", errNoInterpreter
	}
	v := parseVersion(fields[1])
	if len(v) != 3 {
		return nil, "", fmt.Errorf("its version is %q", fields[1])
	}
	if !filepath.IsAbs(fields[2]) {
		return nil, "", fmt.Errorf("it calls itself %q", fields[2])
	}
	return []version{v}, fields[2], nil
}

var errNoInterpreter = errors.New("its output is not an interpreter's")

// A tail keeps the end of what a process prints.
type tail struct{ kept []byte }

const tailSize = 4 << 10

func (t *tail) Write(p []byte) (int, error) {
	t.kept = append(t.kept, p[max(0, len(p)-tailSize):]...)
	if excess := len(t.kept) - tailSize; excess > 0 {
		t.kept = append(t.kept[:0], t.kept[excess:]...)
	}
	return len(p), nil
}

func (t *tail) String() string { return string(t.kept) }

// lastLines returns the last n lines, but no blank ones.
func (t *tail) lastLines(n int) []string {
	var lines []string
	for line := range strings.Lines(t.String()) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines[max(0, len(lines)-n):]
}
