package emulatortest

import (
	"context"
	"io"
	"strings"
	"sync"

	"sam/emulator"
	"sam/rapi/rapitest"
)

// A Scripted Runner plays a script in place of a process: the n-th process
// that it starts, counted from 0, does what Play(n) says and then exits with
// Exit.
type Scripted struct {
	Play func(n int) rapitest.Script
	Exit emulator.ExitState

	mu      sync.Mutex
	started int
}

// Start implements emulator.Runner.
func (s *Scripted) Start(_ context.Context, spec emulator.Spec) (emulator.Instance, error) {
	s.mu.Lock()
	script := s.Play(s.started)
	s.started++
	s.mu.Unlock()
	ctx, cancel := context.WithCancel(context.WithValue(context.Background(), outputKey{}, spec.Output))
	instance := &scriptedInstance{cancel: cancel, exited: make(chan struct{}), exit: s.Exit}
	go func() {
		defer close(instance.exited)
		if err := script.Run(ctx, variable(spec.Env, "AWS_LAMBDA_RUNTIME_API")); err != nil && ctx.Err() == nil {
			_, _ = io.WriteString(spec.Output, "script: "+err.Error()+"\n")
		}
	}()
	return instance, nil
}

// Started is the number of processes so far.
func (s *Scripted) Started() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.started
}

type outputKey struct{}

// Print writes to the scripted process's standard output.
func Print(text string) rapitest.Action {
	return func(ctx context.Context, _ *rapitest.Runtime) error {
		_, err := io.WriteString(ctx.Value(outputKey{}).(io.Writer), text)
		return err
	}
}

func variable(env []string, name string) string {
	for _, variable := range env {
		if value, found := strings.CutPrefix(variable, name+"="); found {
			return value
		}
	}
	return ""
}

type scriptedInstance struct {
	cancel context.CancelFunc
	exited chan struct{}
	exit   emulator.ExitState
}

func (i *scriptedInstance) Exited() <-chan struct{} { return i.exited }

func (i *scriptedInstance) Exit() emulator.ExitState { return i.exit }

func (i *scriptedInstance) Stop(context.Context) error {
	i.cancel()
	<-i.exited
	return nil
}
