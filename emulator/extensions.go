package emulator

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"sam/bootstraps"
	"sam/emulator/environ"
	"sam/rapi"
)

// Extensions, as AWS runs them.
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html

const (
	// maxExtensions is how many files AWS starts.
	maxExtensions = 10
	// shutdownLimit is how long an environment with external extensions may
	// take to shut down; the runtime has the first 30 % of it.
	shutdownLimit        = 2 * time.Second
	runtimeShutdownLimit = shutdownLimit * 3 / 10
	// internalShutdownLimit is the runtime's if it has extensions in its process
	// only.
	internalShutdownLimit = 500 * time.Millisecond
	// deliveryLimit is how long the shutdown waits for extensions to take the
	// last telemetry.
	deliveryLimit = 250 * time.Millisecond
)

// Why an environment is shut down, as extensions are told.
const (
	spindown     = "spindown"
	afterTimeout = "timeout"
	afterFailure = "failure"
)

// extensionsOf are the paths of an environment's external extensions: on the host,
// or in the image that the function is packaged as.
func (env *Environment) extensionsOf() ([]string, error) {
	image, ok := env.sandbox.(Lister)
	if !ok || env.function.Function.Image == "" {
		return extensionFiles(env.view.hostOpt)
	}
	const dir = "/opt/extensions"
	names, err := image.List(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("look for extensions: %w", err)
	}
	for i, name := range names {
		names[i] = filepath.Join(dir, name)
	}
	return names, nil
}

// extensionFiles are the paths of the external extensions in a directory that
// stands in for /opt, which may be empty.
func extensionFiles(opt string) ([]string, error) {
	if opt == "" {
		return nil, nil
	}
	dir := filepath.Join(opt, "extensions")
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("look for extensions: %w", err)
	}
	var files []string
	for _, entry := range entries {
		path := filepath.Join(dir, entry.Name())
		if info, err := os.Stat(path); err == nil && !info.IsDir() {
			files = append(files, path)
		}
	}
	return files, nil
}

// hasExtensions tells whether a layer brings external extensions.
func (p *Prepared) hasExtensions() bool {
	return slices.ContainsFunc(p.layers, func(layer string) bool {
		files, err := extensionFiles(layer)
		return err == nil && len(files) > 0
	})
}

// An ensemble is the runtime of an environment with its external extensions.
// The end of any of the processes is that of all.
type ensemble struct {
	env       *Environment
	rt        *rapi.Runtime
	abandon   context.CancelFunc // gives up the start of the runtime
	starting  sync.WaitGroup     // the start of the runtime
	watching  sync.WaitGroup     // for the ends of the processes
	shutting  sync.Once
	sidecars  []*sidecar
	runtime   Instance // nil if it was not started; valid once starting is over, or under mu
	runtimeMu sync.Mutex

	ending sync.Once
	ended  chan struct{} // closed at the first end
	reason error         // valid once ended is closed
}

// A sidecar is the process of an external extension.
type sidecar struct {
	Instance
	name   string
	output *logStream
}

// startEnsemble starts the extensions. It returns once their processes exist:
// that of the runtime is started when they all have registered.
func (env *Environment) startEnsemble(ctx context.Context, rt *rapi.Runtime, files []string) (*ensemble, error) {
	starting, abandon := context.WithCancel(context.WithoutCancel(ctx))
	e := &ensemble{env: env, rt: rt, abandon: abandon, ended: make(chan struct{})}
	if len(files) > maxExtensions {
		e.end(&ExtensionError{
			Type: "Extension.LaunchError", Name: filepath.Base(files[maxExtensions]), Cause: "TooManyExtensions",
			Reason: fmt.Sprintf("Extension limit (%d) reached: %s holds %d", maxExtensions, filepath.Dir(files[0]), len(files)),
		})
		return e, nil
	}
	variables := env.function.withImage(environ.BuildExtension(env.function.inputFor(rt.Addr(), &env.view)))
	for _, file := range files {
		err := e.startSidecar(ctx, file, variables)
		if failure, ok := errors.AsType[*ExtensionError](err); ok {
			e.end(failure)
			return e, nil
		}
		if err != nil {
			return nil, errors.Join(err, e.Stop(ended))
		}
	}
	e.starting.Go(func() { e.startRuntime(starting) })
	return e, nil
}

// startSidecar starts the process of an extension. The error is an
// *ExtensionError if its file is at fault.
func (e *ensemble) startSidecar(ctx context.Context, file string, variables []string) error {
	x := &sidecar{name: filepath.Base(file), output: e.env.log.ofExtension()}
	shown := e.env.view.path(file)
	instance, err := e.env.runner().Start(ctx, Spec{Args: []string{shown}, Dir: e.env.function.workDir(&e.env.view), Env: variables, Output: x.output})
	if err != nil {
		why, ok := errors.AsType[*bootstraps.EntrypointError](bootstraps.StartError(shown, file, err))
		if !ok {
			return err
		}
		cause := "UnknownError"
		if errors.Is(err, fs.ErrPermission) {
			cause = "PermissionDenied"
		}
		return &ExtensionError{Type: "Extension.LaunchError", Name: x.name, Cause: cause, Reason: why.Message}
	}
	x.Instance = instance
	e.sidecars = append(e.sidecars, x)
	e.env.emulator.config.Logger.Debug("extension started", "function", e.env.function.LogicalID, "file", file)
	e.watching.Go(func() {
		<-x.Exited()
		kind := e.rt.ExtensionFailure()
		if kind == "" {
			kind = "Extension.Crash"
		}
		e.end(&ExtensionError{Type: kind, Name: x.name, Reason: exitWords(x.Exit()) + " (extension " + x.name + ")"})
	})
	return nil
}

// exitWords tell how an extension ended, as AWS does.
func exitWords(state ExitState) string {
	switch {
	case state.Signal != "":
		return "signal: " + state.Signal
	case state.Code != 0:
		return fmt.Sprintf("exit status %d", state.Code)
	}
	return "exit code 0"
}

// startRuntime starts the runtime when the extensions have registered.
func (e *ensemble) startRuntime(ctx context.Context) {
	select {
	case <-e.rt.ExtensionsRegistered():
	case <-e.ended:
		return
	case <-ctx.Done():
		return
	}
	instance, err := e.env.launch(ctx, e.rt.Addr(), "") // the extensions outlive it
	if err != nil {
		e.end(err)
		return
	}
	e.runtimeMu.Lock()
	e.runtime = instance
	e.runtimeMu.Unlock()
	e.watching.Go(func() {
		<-instance.Exited()
		e.end(&ExitError{State: instance.Exit()})
	})
}

// end says that the ensemble is at its end, and why, unless it was before.
func (e *ensemble) end(why error) {
	e.ending.Do(func() {
		e.reason = why
		close(e.ended)
	})
}

// why is valid once Exited is closed.
func (e *ensemble) why() error { return e.reason }

// Exited implements Instance: it is closed when the first process has ended.
func (e *ensemble) Exited() <-chan struct{} { return e.ended }

// Exit implements Instance. What there is to say, why does.
func (e *ensemble) Exit() ExitState { return ExitState{} }

// Stop implements Instance.
func (e *ensemble) Stop(ctx context.Context) error {
	e.abandon()
	e.starting.Wait()
	processes := e.processes()
	errs := make([]error, len(processes))
	var all sync.WaitGroup
	for i, process := range processes {
		all.Go(func() { errs[i] = process.Stop(ctx) })
	}
	all.Wait()
	e.watching.Wait()
	for _, x := range e.sidecars {
		x.output.flush()
	}
	if sweeper, ok := e.env.runner().(Sweeper); ok {
		sweeper.Sweep(e.env.scratch.mark()) // daemons
	}
	return errors.Join(errs...)
}

// shutDown stops the runtime, tells the extensions why, and gives those that
// want to know the rest of the time.
func (e *ensemble) shutDown(reason string) (err error) {
	e.shutting.Do(func() {
		e.abandon()
		e.starting.Wait()
		deadline := time.Now().Add(shutdownLimit)
		if e.runtime != nil {
			ctx, cancel := context.WithTimeout(context.Background(), runtimeShutdownLimit)
			err = e.runtime.Stop(ctx)
			cancel()
		}
		ctx, cancel := context.WithTimeout(context.Background(), deliveryLimit)
		e.env.telemetry.Flush(ctx)
		cancel()
		e.rt.Shutdown(reason, deadline)
		e.stopSidecars(deadline)
		err = errors.Join(err, e.Stop(ended))
	})
	return err
}

// stopSidecars lets extensions that were told to shut down end by themselves
// until the deadline, and ends the others.
func (e *ensemble) stopSidecars(deadline time.Time) {
	registered := e.rt.Extensions()
	var all sync.WaitGroup
	for _, x := range e.sidecars {
		told := slices.ContainsFunc(registered, func(r rapi.Extension) bool {
			return r.Name == x.name && slices.Contains(r.Events, rapi.EventShutdown)
		})
		all.Go(func() {
			if told {
				late := time.NewTimer(time.Until(deadline))
				defer late.Stop()
				select {
				case <-x.Exited():
				case <-late.C:
				}
			}
			_ = x.Stop(ended) // Stop does it again, and reports its error
		})
	}
	all.Wait()
}

// processes are those that were started.
func (e *ensemble) processes() []Instance {
	e.runtimeMu.Lock()
	defer e.runtimeMu.Unlock()
	var list []Instance
	for _, x := range e.sidecars {
		list = append(list, x.Instance)
	}
	if e.runtime != nil {
		list = append(list, e.runtime)
	}
	return list
}

// Flush implements Flusher.
func (e *ensemble) Flush() {
	for _, process := range e.processes() {
		flush(process)
	}
}

// Pid implements Identified: it is the runtime's, 0 if that was not started.
func (e *ensemble) Pid() int {
	e.runtimeMu.Lock()
	defer e.runtimeMu.Unlock()
	if process, ok := e.runtime.(Identified); ok {
		return process.Pid()
	}
	return 0
}

// PeakMemory implements Meter: extensions share the function's memory. In a
// sandbox each process tells that of all.
func (e *ensemble) PeakMemory() (peak int64) {
	for _, process := range e.processes() {
		meter, ok := process.(Meter)
		switch {
		case !ok:
		case e.env.sandbox != nil:
			peak = max(peak, meter.PeakMemory())
		default:
			peak += meter.PeakMemory()
		}
	}
	return peak
}

// shutDown ends the processes as Lambda does, for a reason. Without extensions
// it sends no signal that a runtime could handle, and ctx says how long it may
// take; else there are limits of their own.
func (env *Environment) shutDown(ctx context.Context, reason string) error {
	if e, ok := env.instance.(*ensemble); ok {
		return e.shutDown(reason)
	}
	if len(env.rt.Extensions()) > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(context.WithoutCancel(ctx), internalShutdownLimit)
		defer cancel()
	}
	return env.instance.Stop(ctx)
}
