package emulator

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"sam/bootstraps"
	"sam/bootstraps/golang"
	"sam/emulator/code"
	"sam/emulator/environ"
)

// A Prepared function has what it takes to start its execution environments:
// code in a directory, an interpreter, a command line.
type Prepared struct {
	Function
	// Interpreter is what runs it. If it is not Exact it stands in for the
	// version that the function asks for; if it has no Path none is needed.
	Interpreter bootstraps.Interpreter
	// Backend is the name of the Backend whose containers it runs in, or empty: the
	// host.
	Backend string
	// Debugger is what its user attaches to, or nil. Timeout is a very long time
	// then.
	Debugger *bootstraps.Debugger

	runtime    bootstraps.Runtime
	containers Containers // what it runs in, of the image, or nil
	image      *Image
	bootstrap  string // directory of the bootstrap, "" if none is needed
	options    bootstraps.Options
	dir        string        // of the code
	layers     []string      // directories
	input      environ.Input // lacks what differs between environments
}

// Prepare finds the function's interpreter and unpacks its code. The error
// names the function, and may be *bootstraps.UnknownRuntimeError,
// *bootstraps.MissingError, or one of package code.
func (e *Emulator) Prepare(ctx context.Context, fn Function) (*Prepared, error) {
	if fn.Unrunnable != nil {
		return nil, fmt.Errorf("function %s cannot be run locally: %w", fn.LogicalID, fn.Unrunnable)
	}
	p, err := e.prepare(ctx, fn)
	if err != nil {
		return nil, fmt.Errorf("function %s: %w", fn.LogicalID, err)
	}
	return p, nil
}

func (e *Emulator) prepare(ctx context.Context, fn Function) (*Prepared, error) {
	rt := bootstraps.Runtime{Language: bootstraps.Custom} // of an image
	var err error
	if fn.Image == "" {
		if rt, err = bootstraps.Parse(fn.Runtime); err != nil {
			return nil, err
		}
	}
	p := &Prepared{Function: fn, runtime: rt}
	if err := e.place(ctx, p); err != nil {
		return nil, err
	}
	if rt.Interpreted() {
		if p.bootstrap, err = bootstraps.Install(rt.Language, e.config.CacheDir); err != nil {
			return nil, err
		}
		if p.image == nil {
			e.rehearse(ctx, p)
		}
	}
	if fn.Image == "" {
		if err := p.openCode(ctx, e.config.CacheDir); err != nil {
			return nil, err
		}
	}
	p.options = bootstraps.Options{
		MemoryMB:     fn.MemoryMB,
		SDKDir:       e.config.SDK.Path(rt, p.Interpreter),
		BytecodeDir:  filepath.Join(e.config.CacheDir, "bytecode"),
		HostPackages: e.config.HostPackages || p.image != nil, // what an image has is meant for its functions
		TaskRoot:     p.dir,
		Handler:      fn.Handler,
	}
	p.input = environ.Input{
		Function: environ.Function{
			Name: fn.LogicalID, FunctionName: fn.FunctionName,
			Runtime: cmp.Or(fn.Runtime, string(bootstraps.Custom)), Handler: fn.Handler,
			MemoryMB: fn.MemoryMB, TimeoutSeconds: int(fn.Timeout / time.Second),
			Region: fn.Region, Account: fn.Account,
			LogFormat: string(fn.LogFormat), LogLevel: fn.LogLevel,
			Variables: fn.Variables,
		},
		Overrides:      fn.Overrides,
		Shell:          e.config.Shell,
		Credentials:    e.config.Credentials,
		LambdaEndpoint: e.config.LambdaEndpoint,
	}
	return p, e.prepareDebugger(ctx, p)
}

// rehearse makes starts on an interpreter faster that is new to us. Functions
// run without it as well.
func (e *Emulator) rehearse(ctx context.Context, p *Prepared) {
	begin := func() {
		e.notice("Preparing %s %s for faster starts, once", p.runtime.Language.Name(), p.Interpreter.Version)
	}
	if err := bootstraps.Rehearse(ctx, p.runtime, p.Interpreter, p.bootstrap, begin); err != nil {
		e.config.Logger.Debug("starts will be slower", "runtime", p.Runtime, "error", err)
	}
}

// openCode finds the directories of the function's code and of its layers.
func (p *Prepared) openCode(ctx context.Context, cacheDir string) (err error) {
	if p.InlineCode != "" {
		// AWS names the file so, whatever the handler says.
		name := map[bootstraps.Language]string{bootstraps.NodeJS: "index.js", bootstraps.Python: "index.py"}[p.runtime.Language]
		if name == "" {
			return fmt.Errorf("code is inline in the template, which is for Node.js and Python only: give CodeUri a directory")
		}
		p.dir, err = code.Inline(ctx, name, p.InlineCode, cacheDir)
	} else {
		p.dir, err = code.Open(ctx, p.Code, cacheDir)
	}
	if err != nil {
		return err
	}
	p.layers = make([]string, len(p.Layers))
	for i, layer := range p.Layers {
		if p.layers[i], err = code.Open(ctx, layer, cacheDir); err != nil {
			return fmt.Errorf("layer: %w", err)
		}
	}
	return nil
}

// opt returns the directory that stands in for /opt: the one layer, or one
// that is made at path and shows several as one.
func (p *Prepared) opt(path string) (string, error) {
	switch len(p.layers) {
	case 0:
		return "", nil
	case 1:
		return p.layers[0], nil
	}
	return path, code.Merge(p.layers, path)
}

// tmp is the temporary directory of a process whose environment has one.
func (p *Prepared) tmp(own string) string {
	if p.Debugger != nil && p.Debugger.HostTmp {
		return os.TempDir()
	}
	return own
}

// spec is what a process of the function is started with. A function that does
// not know the Runtime API gets an adapter, to be run or closed.
func (p *Prepared) spec(runtimeAPI string, at *view) (Spec, *golang.Adapter, error) {
	in := p.inputFor(runtimeAPI, at)
	if p.Function.Image != "" {
		spec, err := p.imageSpec(in, at)
		return spec, nil, err
	}
	if !p.runtime.Interpreted() {
		return p.programSpec(in, at)
	}
	env := environ.Build(in)
	if p.Debugger != nil {
		own := p.Debugger.Environment(func(name string) string { return variable(env, name) })
		env = append(slices.Clip(own), env...) // the first of a name counts
	}
	options := p.options
	options.OptDir, options.SDKDir, options.BytecodeDir = at.opt, at.sdk, at.bytecode
	options.NodeOptions = variable(env, "NODE_OPTIONS")
	command := bootstraps.Command(p.runtime, p.Interpreter, p.bootstrap, options)
	if p.image == nil {
		env = append(env, bootstraps.Environment(p.runtime, p.Interpreter)...)
	}
	env = p.withImage(env)
	args := wrap(variable(env, "AWS_LAMBDA_EXEC_WRAPPER"), at.hostTask, at.hostOpt, command)
	return Spec{Args: at.paths(args), Dir: at.task, Env: env}, nil, nil
}

// inputFor is what the variables of one environment come from.
func (p *Prepared) inputFor(runtimeAPI string, at *view) environ.Input {
	in := p.input
	in.RuntimeAPI, in.LogStream = runtimeAPI, environ.LogStream(time.Now(), uuid.New())
	in.TaskRoot, in.OptDir, in.SDKDir, in.TmpDir = at.task, at.opt, at.sdk, at.tmp
	if p.runtime.Interpreted() {
		in.RuntimeDir, in.LangDir = at.runtime, at.lang
	}
	return in
}

// imageSpec is the spec of a function that is an image: what the image brings, or
// the template puts in its place. The error is a *bootstraps.EntrypointError.
func (p *Prepared) imageSpec(in environ.Input, at *view) (Spec, error) {
	entrypoint, command := p.Entrypoint, p.Command
	if len(entrypoint) == 0 {
		entrypoint = p.image.Entrypoint
	}
	if len(command) == 0 {
		command = p.image.Command
	}
	if len(command) > 0 {
		in.Function.Handler = command[0] // where AWS's runtimes take it from
	}
	args := slices.Concat(entrypoint, command)
	if len(args) == 0 {
		return Spec{}, &bootstraps.EntrypointError{Message: "the image " + p.image.Name + " has neither an entry point nor a command: ImageConfig can name one"}
	}
	return Spec{Args: args, Dir: p.workDir(at), Env: p.withImage(environ.Build(in))}, nil
}

// withImage adds the variables of the image that it runs in. Those of an image that
// it is itself count more.
func (p *Prepared) withImage(env []string) []string {
	if p.image == nil {
		return env
	}
	if p.Function.Image != "" {
		env = p.image.prevail(env, p.Variables)
	}
	return p.image.complete(env)
}

// workDir is the working directory of what is started.
func (p *Prepared) workDir(at *view) string {
	if p.Function.Image != "" {
		return cmp.Or(p.Dir, p.image.Dir, "/")
	}
	return at.task
}

// programSpec is the spec of a function that is a program itself.
func (p *Prepared) programSpec(in environ.Input, at *view) (Spec, *golang.Adapter, error) {
	program, err := bootstraps.Program(p.runtime, p.Handler, at.hostTask, at.hostOpt)
	if err != nil {
		return Spec{}, nil, at.inWords(err)
	}
	command, err := bootstraps.ProgramCommand(program, p.Debugger)
	if err != nil {
		return Spec{}, nil, err
	}
	var adapter *golang.Adapter
	if p.runtime.Language == bootstraps.Go && golang.SpeaksRPC(program) {
		if adapter, err = golang.New(); err != nil {
			return Spec{}, nil, err
		}
		in.ServerPort = adapter.Port()
	}
	return Spec{Args: at.paths(command), Dir: at.task, Env: p.withImage(environ.Build(in))}, adapter, nil
}

// variable is the value of an environment variable.
func variable(env []string, name string) string {
	for _, variable := range env {
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
func wrap(wrapper, taskRoot, opt string, command []string) []string {
	if wrapper == "" {
		return command
	}
	path := wrapper
	if below, found := strings.CutPrefix(wrapper, "/var/task/"); found {
		path = filepath.Join(taskRoot, below)
	}
	if below, found := strings.CutPrefix(wrapper, "/opt/"); found && opt != "" {
		path = filepath.Join(opt, below)
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
