package emulator

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"time"

	"sam/bootstraps"
	"sam/emulator/telemetry"
	"sam/rapi"
)

const (
	// initLimit is how long AWS lets the init phase take before it starts it
	// again as part of the first invocation.
	initLimit = 10 * time.Second
	// drainLimit bounds the wait for what a process that is gone had sent.
	drainLimit = 100 * time.Millisecond
	// measureEvery is the time between two looks at the memory of an
	// environment that is busy with short invocations.
	measureEvery = 20 * time.Millisecond
)

// An Environment is an execution environment: a runtime's process with its
// Runtime API, its log and its temporary directory. It serves one invocation
// at a time, and must be stopped.
type Environment struct {
	emulator *Emulator
	function *Prepared
	log      *logWriter
	scratch  *scratch // holds its temporary directory and its /opt
	sandbox  Sandbox  // nil if its processes are plain ones of the host
	view     view
	deadline *deadline

	rt        *rapi.Runtime
	telemetry *telemetry.Hub
	init      *initPhase
	instance  Instance
	helpers   sync.WaitGroup // goroutines that end with the process
	peak      int64          // memory in bytes over all processes it had
	measured  time.Time      // when that was found out
	warm      bool           // somebody has waited for its init
	ended     bool           // its process is, and it is of no more use

	hasDebugPort bool
}

// Start starts an execution environment. It returns once the process exists;
// the init phase goes on.
func (e *Emulator) Start(ctx context.Context, fn *Prepared) (*Environment, error) {
	env := &Environment{emulator: e, function: fn, log: newLogWriter(e.log, fn.LogFormat), deadline: newDeadline()}
	if err := env.takeDebugPort(ctx); err != nil {
		return nil, err
	}
	var err error
	if env.scratch, err = newScratch(); err != nil {
		env.releaseDebugPort()
		return nil, err
	}
	if err = env.settleDown(ctx); err == nil {
		err = env.startProcess(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, env.leave())
	}
	return env, nil
}

// settleDown makes the directories of the environment, and its sandbox if there
// can be one.
func (env *Environment) settleDown(ctx context.Context) error {
	opt, err := env.function.opt(filepath.Join(env.scratch.dir, "opt"))
	if err != nil {
		return err
	}
	if env.sandbox, err = env.emulator.sandbox(ctx, env.function, opt); err != nil {
		return err
	}
	switch {
	case env.function.image != nil:
		env.view = env.function.containerView(opt)
		return nil
	case env.sandbox != nil:
		env.view = env.function.lambdaView(opt)
		return nil
	}
	env.view = env.function.hostView(opt, env.function.tmp(env.scratch.tmp()))
	return os.Mkdir(env.scratch.tmp(), 0o700)
}

// leave frees what Start and settleDown took.
func (env *Environment) leave() error {
	var err error
	if env.sandbox != nil {
		err = env.sandbox.Close()
	}
	env.releaseDebugPort()
	return errors.Join(err, env.scratch.remove())
}

// runner is what starts its processes.
func (env *Environment) runner() Runner {
	if env.sandbox != nil {
		return env.sandbox
	}
	return env.emulator.config.Runner
}

func (env *Environment) startProcess(ctx context.Context) error {
	extensions, err := env.extensionsOf()
	if err != nil {
		return err
	}
	init := env.newInitPhase()
	config := init.config(extensions)
	if networked, ok := env.sandbox.(Networked); ok {
		if config.Listener, err = networked.Listen(); err != nil {
			return err
		}
	}
	rt, err := rapi.Listen(config) // before the processes, which connect at once
	if err != nil {
		return err
	}
	env.log.observe(init.hub)
	init.start()
	instance, err := env.startInstance(ctx, rt, extensions)
	if err != nil {
		init.hub.Close()
		return errors.Join(err, rt.Close())
	}
	env.rt, env.init, env.telemetry, env.instance, env.ended = rt, init, init.hub, instance, false
	return nil
}

func (env *Environment) startInstance(ctx context.Context, rt *rapi.Runtime, extensions []string) (Instance, error) {
	if len(extensions) > 0 {
		return env.startEnsemble(ctx, rt, extensions)
	}
	instance, err := env.launch(ctx, rt.Addr(), env.scratch.mark())
	if invalid, ok := errors.AsType[*bootstraps.EntrypointError](err); ok {
		return notStarted{invalid}, nil // a failure of the function's, which an invocation tells
	}
	return instance, err
}

// Stop ends the environment: the process group, by force once ctx is done,
// the Runtime API, and the temporary directory. Extensions get the time that
// Lambda gives them, whatever ctx says.
func (env *Environment) Stop(ctx context.Context) error {
	env.deadline.stop()
	if ctx.Err() != nil && env.sandbox != nil && len(env.rt.Extensions()) == 0 {
		_ = env.sandbox.Close() // takes the process along; leave has the error
	}
	err := env.stopProcess(ctx, spindown)
	env.log.flush()
	return errors.Join(err, env.leave())
}

func (env *Environment) stopProcess(ctx context.Context, reason string) error {
	env.ended = true
	err := env.shutDown(ctx, reason)
	env.helpers.Wait()
	env.removeLeftovers()
	_ = env.rt.Close()
	env.telemetry.Close()
	return err
}

// kill ends the process at once, as Lambda does: without extensions a runtime
// gets no signal that it could handle.
func (env *Environment) kill(failure error) error {
	reason := afterFailure
	if _, late := failure.(*TimeoutError); late {
		reason = afterTimeout
	}
	env.measured = time.Time{} // there is no later look at this process
	env.measure()
	return env.stopProcess(ended, reason)
}

// Invoke runs one invocation to its end. What the function did, its failures
// and timeouts included, is the Result; the error is one of the emulator or the
// cause of ctx's end, and the environment is of no more use then.
func (env *Environment) Invoke(ctx context.Context, req Request) (*Result, error) {
	inv, err := env.begin(ctx, req, func(error) {})
	if err != nil {
		return nil, err
	}
	if err := inv.answer(); err != nil {
		return nil, err
	}
	inv.watch()
	if inv.err != nil {
		return nil, inv.err
	}
	inv.result.Log = inv.log
	return inv.result, nil
}

// resultOf parts what a function did from what happened to the emulator.
func resultOf(err error) (failure, emulatorErr error) {
	if errorType(err) != "" {
		return err, nil
	}
	return nil, err
}

// await waits for the runtime to do something. The error is *ExitError,
// *ExtensionError, *bootstraps.EntrypointError, *TimeoutError, or the cause of
// ctx's end.
func (env *Environment) await(ctx context.Context, happened <-chan struct{}) error {
	var otherwise error
	select {
	case <-happened:
	case <-ctx.Done():
		otherwise = context.Cause(ctx)
	case <-env.deadline.missed:
		otherwise = &TimeoutError{Timeout: env.function.Timeout}
	case <-env.instance.Exited():
		// What the process had sent before it ended wins over its end.
		drain, cancel := context.WithTimeout(context.Background(), drainLimit)
		defer cancel()
		env.rt.Drain(drain)
		otherwise = env.exitError()
	}
	select {
	case <-happened:
		return nil
	default:
		return otherwise
	}
}

// exitError tells why there is no process any more.
func (env *Environment) exitError() error {
	reason := error(&ExitError{State: env.instance.Exit()})
	if known, ok := env.instance.(interface{ why() error }); ok {
		reason = known.why()
	}
	exit, isExit := reason.(*ExitError)
	if kind := env.rt.ExtensionFailure(); kind != "" && isExit { // of one in the runtime's process
		return &ExtensionError{Type: kind, Reason: exit.Error()}
	}
	return reason
}

// settle measures memory, ends a process that an invocation has made useless,
// and lets the output of the invocation arrive.
func (env *Environment) settle(failure error) error {
	switch failure.(type) {
	case *TimeoutError, *ExitError, *InitError, *ExtensionError:
		if err := env.kill(failure); err != nil {
			return err
		}
	default:
		env.measure()
	}
	env.flush()
	return nil
}

// An initResult is how the init phase ended.
type initResult struct {
	duration time.Duration // 0 if it has been reported or is part of the invocation
	spent    time.Duration // of the invocation's time
	failure  error         // *InitError, *ExitError, *TimeoutError, *ExtensionError, *bootstraps.EntrypointError, or nil
	payload  []byte        // the error as the runtime posted it, or nil
}

// awaitInit waits for the end of the init phase. As on AWS, an init that
// exceeds its limit is started again and is part of the invocation then.
func (env *Environment) awaitInit(ctx context.Context) (initResult, error) {
	if env.warm {
		return initResult{}, nil
	}
	env.warm = true
	limit := env.initLimit()
	result, err := env.initOutcome(ctx, limit)
	if _, timedOut := result.failure.(*TimeoutError); timedOut {
		env.log.platform(initReport(env.function.LogFormat, limit, result.failure, time.Now()))
		if err := env.kill(result.failure); err != nil {
			return result, err
		}
		if err := env.startProcess(ctx); err != nil {
			return result, err
		}
		result, err = env.initOutcome(ctx, env.function.Timeout)
		result.spent, result.duration = result.duration, 0
	}
	env.flush() // what it printed is not the invocation's
	return result, err
}

func (env *Environment) initOutcome(ctx context.Context, limit time.Duration) (result initResult, err error) {
	ctx, cancel := context.WithDeadlineCause(ctx, env.init.began.Add(limit), &TimeoutError{Timeout: limit})
	defer cancel()
	if err := env.await(ctx, env.rt.Initialized()); err != nil {
		result.duration = time.Since(env.init.began)
		result.failure, err = resultOf(err)
		env.init.end(env.rt, result.failure)
		return result, err
	}
	result.duration = env.rt.InitDuration()
	if failure, payload := env.rt.InitFailure(); failure != nil {
		result.failure, result.payload = &InitError{Type: failure.Type}, payload
	}
	return result, nil
}

// flush lets everything that the process has written so far arrive in the log.
func (env *Environment) flush() {
	flush(env.instance)
	env.log.flush()
}

func flush(instance Instance) {
	if flusher, ok := instance.(Flusher); ok {
		flusher.Flush()
	}
}

// measure looks at the peak of the memory. It costs more than a short
// invocation, in which it can hardly have changed.
func (env *Environment) measure() {
	meter, ok := env.instance.(Meter)
	if now := time.Now(); ok && now.Sub(env.measured) > measureEvery {
		env.peak, env.measured = max(env.peak, meter.PeakMemory()), now
	}
}

// usedMB is the highest memory so far, rounded up.
func (env *Environment) usedMB() int { return int((env.peak + 1<<20 - 1) >> 20) }

// ready returns once the init phase is over, however it ended, or ctx is done.
// An init that exceeds its limit is over too: it goes on in the invocation.
func (env *Environment) ready(ctx context.Context) {
	limit := time.NewTimer(env.emulator.initLimit)
	defer limit.Stop()
	select {
	case <-env.rt.Initialized():
	case <-env.instance.Exited():
	case <-limit.C:
	case <-ctx.Done():
	}
}

// usable tells whether it can serve another invocation.
func (env *Environment) usable() bool {
	select {
	case <-env.instance.Exited():
		return false
	case <-env.deadline.missed: // in the moment in which the invocation ended
		return false
	default:
		return !env.ended
	}
}
