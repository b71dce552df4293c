package emulator

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"

	"sam/bootstraps"
)

// A Backend is a way to run functions in containers.
type Backend struct {
	// Name is what users call it.
	Name string
	// Open makes it ready. It is called once, when the first function needs it;
	// the error says why it cannot be used.
	Open func(ctx context.Context) (Containers, error)
	// OnRequest says that it is used by nobody who has not asked for it.
	OnRequest bool
}

// backend is one that is opened once.
type backend struct {
	Backend
	once       sync.Once
	containers Containers
	err        error
}

func (b *backend) open(ctx context.Context) (Containers, error) {
	b.once.Do(func() { b.containers, b.err = b.Open(ctx) })
	return b.containers, b.err
}

// A NowhereError says why a function can run neither on the host nor in a
// container.
type NowhereError struct {
	// Ways are those that there are, and what each of them lacks, best first.
	Ways []Lack
}

// A Lack is what a way to run functions lacks.
type Lack struct {
	Way string
	Err error
}

func (e *NowhereError) Error() string {
	names := make([]string, len(e.Ways))
	for i, way := range e.Ways {
		names[i] = way.Way
	}
	return "it can be run by none of " + strings.Join(names, ", ")
}

// Details say what each way lacks, and what could be done about it.
func (e *NowhereError) Details() string {
	var text strings.Builder
	for i, way := range e.Ways {
		if i > 0 {
			text.WriteByte('\n')
		}
		fmt.Fprintf(&text, "  %s: %v", way.Way, way.Err)
		var detailed interface{ Details() string }
		if errors.As(way.Err, &detailed) {
			fmt.Fprintf(&text, "\n    %s", detailed.Details())
		}
		var hinter interface{ Hint() string }
		if errors.As(way.Err, &hinter) && hinter.Hint() != "" {
			fmt.Fprintf(&text, "\n    %s", hinter.Hint())
		}
	}
	return text.String()
}

// place decides where a function runs: on the host if that has an interpreter for
// it, else in a container of the first backend that can have its image.
func (e *Emulator) place(ctx context.Context, p *Prepared) (err error) {
	var ways []Lack
	if !e.config.NoHost && p.Function.Image == "" {
		if p.Interpreter, err = e.config.Finder.Find(ctx, p.runtime); err == nil {
			return nil
		}
		if _, missing := errors.AsType[*bootstraps.MissingError](err); !missing {
			return err
		}
		ways = append(ways, Lack{"host", err})
	}
	// One of several may have the image already.
	for _, local := range []bool{true, false} {
		if local && len(e.backends) == 1 {
			continue
		}
		for _, b := range e.backends {
			if err = e.contain(ctx, b, p, local); err == nil {
				return nil
			}
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			if !local {
				ways = append(ways, Lack{b.Name, err})
			}
		}
	}
	switch len(ways) {
	case 0:
		return ErrNoContainers
	case 1:
		return ways[0].Err
	}
	return &NowhereError{ways}
}

// ErrNoContainers says that a function takes containers, and there is no Backend.
var ErrNoContainers = errors.New("it is packaged as a container image, which does not run on the host")

// ImageName is the name of the image that it runs in, or empty: none.
func (p *Prepared) ImageName() string {
	if p.image == nil {
		return ""
	}
	return p.image.Name
}

// contain has a function run in containers of a backend.
func (e *Emulator) contain(ctx context.Context, b *backend, p *Prepared, local bool) error {
	containers, err := b.open(ctx)
	if err != nil {
		return err
	}
	image, err := containers.Image(ctx, e.config.ImageOf(&p.Function), local)
	if err != nil {
		return err
	}
	if p.runtime.Interpreted() {
		if p.Interpreter, err = e.interpreterIn(ctx, containers, image, p.runtime); err != nil {
			return err
		}
	} else {
		p.Interpreter = bootstraps.Interpreter{Exact: true}
	}
	p.Backend, p.containers, p.image = b.Name, containers, image
	return nil
}

// interpreterIn finds the interpreter of an image, by running what it has.
func (e *Emulator) interpreterIn(ctx context.Context, containers Containers, image *Image, rt bootstraps.Runtime) (bootstraps.Interpreter, error) {
	var sandbox Sandbox // made when there is somebody to ask
	defer func() {
		if sandbox != nil {
			_ = sandbox.Close()
		}
	}()
	found, err := e.config.Finder.FindInImage(ctx, rt, bootstraps.ImageContent{
		ID: image.ID, MemoryFile: filepath.Join(e.config.CacheDir, "images.json"),
		Run: func(args []string) (string, error) {
			if sandbox == nil {
				var err error
				if sandbox, err = containers.Sandbox(ctx, Layout{Image: image, TmpMB: defaultTmpMB}); err != nil {
					return "", err
				}
			}
			return output(ctx, sandbox, Spec{Args: args, Dir: "/", Env: image.Env})
		},
	})
	if missing, ok := errors.AsType[*bootstraps.MissingError](err); ok {
		return found, &ImageError{Image: image.Name, Err: missing, Advice: "name an image that has one with --invoke-image"}
	}
	return found, err
}

// output is what a process prints.
func output(ctx context.Context, runner Runner, spec Spec) (string, error) {
	var printed strings.Builder
	spec.Output = &printed
	instance, err := runner.Start(ctx, spec)
	if err != nil {
		return "", err
	}
	select {
	case <-instance.Exited():
	case <-ctx.Done():
		return "", errors.Join(context.Cause(ctx), instance.Stop(ended))
	}
	if state := instance.Exit(); state != (ExitState{}) {
		return "", &bootstraps.RefusalError{Err: &ExitError{State: state}}
	}
	return printed.String(), nil
}
