package emulator

import (
	"cmp"
	"context"
	"os"

	"sam/bootstraps"
	"sam/bootstraps/golang"
)

// processorMB is the memory with which a function has one processor.
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
const processorMB = 1769

// launch starts the process, and what it needs to speak the Runtime API. A mark
// has the processes of the environment end with it.
func (env *Environment) launch(ctx context.Context, runtimeAPI, mark string) (Instance, error) {
	spec, adapter, err := env.function.spec(runtimeAPI, &env.view)
	if err != nil {
		return nil, err
	}
	spec.Output, spec.Mark = &env.log.output, mark
	spec.MemoryLimit, spec.Processors = env.emulator.limits(env.function)
	instance, err := env.runner().Start(ctx, spec)
	if err != nil {
		if adapter != nil {
			adapter.Close()
		}
		switch {
		case env.function.Function.Image != "":
			err = &bootstraps.EntrypointError{Message: err.Error()}
		case !env.function.runtime.Interpreted():
			err = bootstraps.StartError(spec.Args[0], env.view.host(spec.Args[0]), err)
		}
		return nil, err
	}
	if adapter != nil {
		env.adapt(adapter, instance, runtimeAPI)
	}
	env.sayWaiting(instance)
	env.emulator.config.Logger.Debug("process started", "function", env.function.LogicalID,
		"command", spec.Args, "directory", spec.Dir, "runtime API", runtimeAPI, "temporary directory", cmp.Or(env.view.tmp, "/tmp"))
	return instance, nil
}

// limits are those of the processes of a function.
func (e *Emulator) limits(p *Prepared) (memory int64, processors float64) {
	if p.Debugger == nil && !e.config.NoMemoryLimit {
		memory = int64(p.MemoryMB) << 20
	}
	if e.config.LimitCPU {
		processors = float64(p.MemoryMB) / processorMB
	}
	return memory, processors
}

// adapt has a process served that speaks net/rpc, until it ends.
func (env *Environment) adapt(adapter *golang.Adapter, instance Instance, runtimeAPI string) {
	ctx, cancel := context.WithCancel(context.Background())
	env.helpers.Go(func() {
		<-instance.Exited()
		cancel()
	})
	env.helpers.Go(func() {
		adapter.Run(ctx, runtimeAPI, func(lines string) {
			flush(instance) // what the function printed comes before
			env.log.platform(lines)
		})
		_ = instance.Stop(ended)
	})
}

// notStarted stands for a process that could not be started.
type notStarted struct{ reason error }

func (n notStarted) why() error { return n.reason }

// Exited implements Instance.
func (notStarted) Exited() <-chan struct{} { return ended.Done() }

// Exit implements Instance.
func (notStarted) Exit() ExitState { return ExitState{} }

// Stop implements Instance.
func (notStarted) Stop(context.Context) error { return nil }

// removeLeftovers removes what a process that was killed has left outside of
// the environment's directories.
func (env *Environment) removeLeftovers() {
	process, ok := env.instance.(Identified)
	if !ok {
		return
	}
	for _, file := range bootstraps.Leftovers(env.function.runtime, env.function.Interpreter, env.view.tmp, process.Pid()) {
		_ = os.Remove(file) // it may be gone
	}
}
