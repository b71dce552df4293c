package cookiecutter

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"

	"sam/cmd/internal/project/jinja"
)

// The programs that a template may have run, before and after its files are
// written.
const (
	PreGenerate  = "pre_gen_project"
	PostGenerate = "post_gen_project"
)

// Hooks returns the names of the programs that the template would run.
func (t *Template) Hooks() []string {
	var names []string
	for _, hook := range []string{"pre_prompt", PreGenerate, PostGenerate} {
		if file := t.hook(hook); file != "" {
			names = append(names, file)
		}
	}
	return names
}

// hook is the file of a hook, or "".
func (t *Template) hook(name string) string {
	for _, suffix := range []string{".py", ".sh", ""} {
		file := filepath.Join("hooks", name+suffix)
		if info, err := os.Stat(filepath.Join(t.dir, file)); err == nil && info.Mode().IsRegular() {
			return file
		}
	}
	return ""
}

// RunHook renders a hook and runs it in the project, unless there is none. What
// it prints goes to output.
func (t *Template) RunHook(ctx context.Context, name string, answers *jinja.Dict, project string, output io.Writer) error {
	file := t.hook(name)
	if file == "" {
		return nil
	}
	source, err := os.ReadFile(filepath.Join(t.dir, file))
	if err != nil {
		return fmt.Errorf("read a hook of the template: %w", err)
	}
	rendered, err := t.render(file, string(source), answers)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "sam-hook-")
	if err != nil {
		return fmt.Errorf("make a directory for a hook of the template: %w", err)
	}
	defer os.RemoveAll(dir)
	program := filepath.Join(dir, filepath.Base(file))
	if err := os.WriteFile(program, []byte(rendered), 0o700); err != nil {
		return fmt.Errorf("write a hook of the template: %w", err)
	}
	cmd := exec.CommandContext(ctx, program)
	switch {
	case strings.HasSuffix(file, ".py"):
		cmd = exec.CommandContext(ctx, "python3", program)
	case !strings.HasPrefix(rendered, "#!"):
		cmd = exec.CommandContext(ctx, "/bin/sh", program)
	}
	cmd.Dir, cmd.Stdout, cmd.Stderr = project, output, output
	defer confine(cmd, true)()
	err = cmd.Run()
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.Is(err, exec.ErrNotFound):
		return fmt.Errorf("%s needs python3, which is not installed", file)
	case err != nil:
		return fmt.Errorf("%s failed: %w", file, err)
	}
	return nil
}

// confine lets cmd outlive neither its context nor this program; in a session of its
// own, what it starts does not either. Only outside of one it can ask for a password.
//
// The caller starts cmd and calls release when it has ended, in one goroutine:
// the kernel takes the end of the thread that has started a process for the end
// of the parent, and threads that goroutines had to themselves do end.
func confine(cmd *exec.Cmd, ownSession bool) (release func()) {
	runtime.LockOSThread()
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: ownSession, Pdeathsig: syscall.SIGKILL}
	if ownSession {
		cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	}
	cmd.WaitDelay = time.Second // for what left the group but holds the output
	return runtime.UnlockOSThread
}
