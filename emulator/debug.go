package emulator

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"time"

	"sam/bootstraps"
)

// What is different for a function that is debugged.

const (
	// debugTimeout takes the place of a debugged function's timeout. It is the
	// longest in whole days that fits into what runtimes count the remaining
	// milliseconds with, 31 bits.
	debugTimeout = 24 * 24 * time.Hour
	// lookEvery is the time between two looks at whether a debugger listens.
	lookEvery = 20 * time.Millisecond
)

// prepareDebugger finds the debugger of a function, if it has one.
func (e *Emulator) prepareDebugger(ctx context.Context, p *Prepared) error {
	if p.Debug == nil {
		return nil
	}
	if p.Function.Image != "" {
		return errors.New("functions that are images cannot be debugged yet")
	}
	debuggee := bootstraps.Debuggee{Runtime: p.runtime, Interpreter: p.Interpreter, Bootstrap: p.bootstrap, Handler: p.Handler, TaskRoot: p.dir, Layers: p.layers, Contained: p.image != nil}
	var err error
	p.Debugger, err = e.config.Finder.Debugger(ctx, debuggee, *p.Debug)
	p.options.Debugger = p.Debugger
	p.Timeout = debugTimeout
	return err
}

// initLimit is how long the init phase may take.
func (env *Environment) initLimit() time.Duration {
	if env.function.Debugger != nil {
		return env.function.Timeout
	}
	return env.emulator.initLimit
}

// takeDebugPort waits until no other environment has the debug port: the one
// before may not have ended yet. releaseDebugPort must follow.
func (env *Environment) takeDebugPort(ctx context.Context) error {
	if env.function.Debugger == nil {
		return nil
	}
	select {
	case env.emulator.debugPort <- struct{}{}:
		env.hasDebugPort = true
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (env *Environment) releaseDebugPort() {
	if env.hasDebugPort {
		env.hasDebugPort = false
		<-env.emulator.debugPort
	}
}

// sayWaiting tells the user when the debugger of a process listens.
func (env *Environment) sayWaiting(instance Instance) {
	debugger, tell := env.function.Debugger, env.emulator.config.Waiting
	if debugger == nil || tell == nil {
		return
	}
	env.helpers.Go(func() {
		if debugger.Address == "" || awaitListener(instance.Exited(), debugger.Address) {
			tell(env.function)
		}
	})
}

// awaitListener returns whether somebody listens on an address of this host
// before the end. Debuggers take a connection for their client, so it looks
// for the socket instead.
func awaitListener(end <-chan struct{}, address string) bool {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			if listens(address) {
				return true
			}
		case <-end:
			return false
		}
	}
}

// listens looks an IPv4 socket up, on that address or on all, in the kernel's
// list: each line has the address in the byte order of the machine, the port,
// the peer, and the state, 0A for one that listens.
func listens(address string) bool {
	sockets, err := os.ReadFile("/proc/net/tcp")
	if err != nil {
		return true // nothing tells: let the user try
	}
	port := netip.MustParseAddrPort(address).Port()
	for _, host := range []string{"0100007F", "7F000001", "00000000"} {
		if bytes.Contains(sockets, fmt.Appendf(nil, ": %s:%04X 00000000:0000 0A ", host, port)) {
			return true
		}
	}
	all6, err := os.ReadFile("/proc/net/tcp6") // Node.js 4
	return err == nil && bytes.Contains(all6, fmt.Appendf(nil, ": %032d:%04X %032d:0000 0A ", 0, port, 0))
}
