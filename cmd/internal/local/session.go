package local

import (
	"context"
	"fmt"
	"io"
	"os"
	"sync"

	"github.com/hashicorp/go-hclog"

	"sam/bootstraps"
	"sam/cmd/internal/config"
	"sam/cmd/internal/credentials"
	"sam/cmd/internal/ui"
	"sam/emulator"
	"sam/emulator/environ"
	"sam/emulator/process"
)

// A session is what a command that runs functions has of the host: an
// emulator, credentials, and where results and logs go. The template is not
// part of it, since that may change while functions run.
type session struct {
	ui       *ui.UI
	program  *Program
	options  *options
	finder   *bootstraps.Finder
	aws      credentials.Result
	debug    *bootstraps.Debug // for the function that is debugged, or nil
	emulator *emulator.Emulator
	results  io.Writer
	close    func()

	mu   sync.Mutex
	said map[string]bool // notices that were given
	// held are notices that are given once it is certain that this program, and
	// none that it becomes, is the one to give them.
	held    []string
	holding bool
}

// newSession opens a session. lambdaEndpoint is the URL by which functions
// call each other, or empty.
func newSession(ctx context.Context, u *ui.UI, h *config.Host, program *Program, o *options, lambdaEndpoint string) (opened *session, err error) {
	if err := program.becomeContained(&o.Containers); err != nil {
		return nil, err
	}
	runner, stop := o.Isolation.runner(o.HostPackages || o.Containers.contained()) // a sandbox is made meanwhile
	s := &session{ui: u, program: program, options: o, results: u.Stdout, said: make(map[string]bool), holding: true}
	s.close = func() { stop(); s.release() }
	defer func() {
		if err != nil {
			s.close()
		}
	}()
	o.sayIneffective(s.sayOnce)
	if s.debug, err = o.Debugging.open(u, h); err != nil {
		return nil, err
	}
	if s.aws, err = resolveAWS(ctx, h, &o.templateOptions, s.sayOnce); err != nil {
		return nil, err
	}
	surroundings, err := o.Isolation.surroundings(h)
	if err != nil {
		return nil, err
	}
	if s.finder, err = newFinder(h, o.RuntimePaths); err != nil {
		return nil, err
	}
	s.finder.ExactOnly = o.ExactRuntime
	log := u.Stderr
	if o.LogFile != "" {
		file, err := os.Create(o.LogFile)
		if err != nil {
			return nil, fmt.Errorf("open log file: %w", err)
		}
		s.close = func() { stop(); s.release(); _ = file.Close() }
		s.results, log = file, file
	}
	c := emulator.Config{
		Runner: runner, Surroundings: surroundings, Finder: s.finder, SDK: newSDK(h),
		CacheDir: h.CacheDir(), HostPackages: o.HostPackages, NoMemoryLimit: o.Isolation.NoMemory, LimitCPU: o.Isolation.LimitCPU && (o.Containers.contained() || s.canLimitCPU()),
		Shell: h.Lookup, Credentials: environ.Credentials(s.aws.Credentials), LambdaEndpoint: lambdaEndpoint,
		Log: log, Notice: func(text string) { s.sayOnce("%s", text) }, Waiting: s.sayWaiting, Logger: newLogger(u, o.Debug),
	}
	s.contain(&c, h)
	s.emulator = emulator.New(c)
	return s, nil
}

// canLimitCPU says why --cpu-limit has no effect, if it has none.
func (s *session) canLimitCPU() bool {
	err := process.CanLimitCPU()
	if err != nil {
		s.sayOnce("--cpu-limit has no effect: %v", err)
	}
	return err == nil
}

func newLogger(u *ui.UI, debug bool) hclog.Logger {
	if !debug {
		return hclog.NewNullLogger()
	}
	return hclog.New(&hclog.LoggerOptions{Name: "sam", Level: hclog.Debug, Output: u.Stderr})
}

// sayOnce gives a notice, unless it was given before.
func (s *session) sayOnce(format string, args ...any) {
	notice := fmt.Sprintf(format, args...)
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.said[notice]:
		return
	case s.holding:
		s.held = append(s.held, notice)
	default:
		s.ui.Notice("%s", notice)
	}
	s.said[notice] = true
}

// release gives the notices that were held.
func (s *session) release() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, notice := range s.held {
		s.ui.Notice("%s", notice)
	}
	s.held, s.holding = nil, false
}

// sayStandIn tells of a container, and of an interpreter of another version than
// the function asks for.
func (s *session) sayStandIn(fn *emulator.Prepared) {
	where := "is not installed"
	if fn.Backend != "" {
		where = "is not in the image " + fn.ImageName()
		s.sayOnce("%s runs in %s, in a container of %s", fn.LogicalID, fn.Backend, fn.ImageName())
	}
	if in := fn.Interpreter; !in.Exact {
		s.sayOnce("%s %s: %s (%s) stands in", fn.Runtime, where, in.Path, in.Version)
	}
}
