package emulator

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/uuid"

	"sam/bootstraps"
	"sam/emulator/code"
	"sam/emulator/environ"
)

// A Prepared function has what it takes to start its execution environments:
// code in a directory, an interpreter, a command line.
type Prepared struct {
	Function
	// Interpreter is what runs it. If it is not Exact it stands in for the
	// version that the function asks for.
	Interpreter bootstraps.Interpreter

	args  []string
	dir   string
	input environ.Input // lacks what differs between environments
}

// Prepare finds the function's interpreter and unpacks its code. The error
// may be *bootstraps.UnknownRuntimeError, *bootstraps.MissingError, or one of
// package code.
func (e *Emulator) Prepare(ctx context.Context, fn Function) (*Prepared, error) {
	rt, err := bootstraps.Parse(fn.Runtime)
	if err != nil {
		return nil, err
	}
	interpreter, err := e.config.Finder.Find(ctx, rt)
	if err != nil {
		return nil, err
	}
	dir, err := code.Open(ctx, fn.Code, e.config.CacheDir)
	if err != nil {
		return nil, err
	}
	bootstrap, err := bootstraps.Install(rt.Language, e.config.CacheDir)
	if err != nil {
		return nil, err
	}
	sdk := e.config.SDK.Path(rt, interpreter)
	p := &Prepared{Function: fn, Interpreter: interpreter, dir: dir, input: environ.Input{
		Function: environ.Function{
			Name: fn.LogicalID, FunctionName: fn.FunctionName,
			Runtime: fn.Runtime, Handler: fn.Handler,
			MemoryMB: fn.MemoryMB, TimeoutSeconds: int(fn.Timeout / time.Second),
			Region: fn.Region, Account: fn.Account,
			LogFormat: string(fn.LogFormat), LogLevel: fn.LogLevel,
			Variables: fn.Variables,
		},
		Overrides:   e.config.Overrides,
		Shell:       e.config.Shell,
		Credentials: e.config.Credentials,
		TaskRoot:    dir,
		RuntimeDir:  bootstrap,
		SDKDir:      sdk,
		LangDir:     filepath.Dir(interpreter.Path),
	}}
	command := bootstraps.Command(rt, interpreter, bootstrap, bootstraps.Options{
		MemoryMB:     fn.MemoryMB,
		SDKDir:       sdk,
		BytecodeDir:  filepath.Join(e.config.CacheDir, "bytecode"),
		HostPackages: e.config.HostPackages,
		NodeOptions:  p.variable("NODE_OPTIONS"),
	})
	p.args = wrap(p.variable("AWS_LAMBDA_EXEC_WRAPPER"), dir, command)
	return p, nil
}

// environ is the complete environment of a process that talks to the given
// Runtime API.
func (p *Prepared) environ(runtimeAPI, tmp string) []string {
	in := p.input
	in.RuntimeAPI, in.TmpDir = runtimeAPI, tmp
	in.LogStream = environ.LogStream(time.Now(), uuid.New())
	return environ.Build(in)
}

// variable is the value of one of the function's environment variables.
func (p *Prepared) variable(name string) string {
	for _, variable := range environ.Build(p.input) {
		if value, found := strings.CutPrefix(variable, name+"="); found {
			return value
		}
	}
	return ""
}

// wrap puts a wrapper script before the runtime's command, which it gets as
// its arguments. One that cannot be run ends the runtime as AWS's own start
// script does.
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-modify.html#runtime-wrapper
func wrap(wrapper, taskRoot string, command []string) []string {
	if wrapper == "" {
		return command
	}
	path := wrapper
	if below, found := strings.CutPrefix(wrapper, "/var/task/"); found {
		path = filepath.Join(taskRoot, below)
	}
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return []string{"/bin/sh", "-c", `echo "$0: does not exist" >&2; exit 127`, wrapper}
	case info.Mode()&0o111 == 0:
		return []string{"/bin/sh", "-c", `echo "$0: is not an executable" >&2; exit 126`, wrapper}
	}
	return append([]string{path}, command...)
}
