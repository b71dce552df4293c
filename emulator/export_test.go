package emulator

import (
	"time"

	"sam/bootstraps"
	"sam/emulator/environ"
)

// Scripted is a function whose process is a script: it needs no interpreter.
func Scripted(fn Function) *Prepared {
	return &Prepared{Function: fn, runtime: bootstraps.Runtime{Language: bootstraps.NodeJS}, input: environ.Input{Function: environ.Function{Name: fn.LogicalID}}}
}

// LimitInit changes how long the init phase may take.
func (e *Emulator) LimitInit(limit time.Duration) { e.initLimit = limit }

// Spec is what the function's process is started with.
func (p *Prepared) Spec(runtimeAPI, tmp string) Spec {
	at := p.hostView("", tmp)
	spec, _, err := p.spec(runtimeAPI, &at)
	if err != nil {
		panic(err)
	}
	return spec
}

// Idle is the number of environments of a function that wait for work.
func (f *Fleet) Idle(function string) int {
	p := f.pools[function]
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.idle)
}
