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
	options  *options
	aws      credentials.Result
	debug    *bootstraps.Debug // for the function that is debugged, or nil
	emulator *emulator.Emulator
	results  io.Writer
	close    func()

	mu   sync.Mutex
	said map[string]bool // notices that were given
}

// newSession opens a session. lambdaEndpoint is the URL by which functions
// call each other, or empty.
func newSession(ctx context.Context, u *ui.UI, h *config.Host, o *options, lambdaEndpoint string) (opened *session, err error) {
	runner, stop := o.Isolation.runner(o.HostPackages) // a sandbox is made meanwhile
	s := &session{ui: u, options: o, results: u.Stdout, close: stop, said: make(map[string]bool)}
	defer func() {
		if err != nil {
			s.close()
		}
	}()
	o.sayIneffective(u)
	if s.debug, err = o.Debugging.open(u, h); err != nil {
		return nil, err
	}
	if s.aws, err = resolveAWS(ctx, u, h, &o.templateOptions); err != nil {
		return nil, err
	}
	surroundings, err := o.Isolation.surroundings(h)
	if err != nil {
		return nil, err
	}
	finder, err := newFinder(h, o.RuntimePaths)
	if err != nil {
		return nil, err
	}
	finder.ExactOnly = o.ExactRuntime
	log := u.Stderr
	if o.LogFile != "" {
		file, err := os.Create(o.LogFile)
		if err != nil {
			return nil, fmt.Errorf("open log file: %w", err)
		}
		s.close = func() { stop(); _ = file.Close() }
		s.results, log = file, file
	}
	s.emulator = emulator.New(emulator.Config{
		Runner: runner, Surroundings: surroundings, Finder: finder, SDK: newSDK(h),
		CacheDir: h.CacheDir(), HostPackages: o.HostPackages, NoMemoryLimit: o.Isolation.NoMemory, LimitCPU: o.Isolation.LimitCPU && s.canLimitCPU(),
		Shell: h.Lookup, Credentials: environ.Credentials(s.aws.Credentials), LambdaEndpoint: lambdaEndpoint,
		Log: log, Notice: func(text string) { s.sayOnce("%s", text) }, Waiting: s.sayWaiting, Logger: newLogger(u, o.Debug),
	})
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
	if !s.said[notice] {
		s.said[notice] = true
		s.ui.Notice("%s", notice)
	}
}

// sayStandIn tells of an interpreter of another version than the function asks
// for.
func (s *session) sayStandIn(fn *emulator.Prepared) {
	if in := fn.Interpreter; !in.Exact {
		s.sayOnce("%s is not installed: %s (%s) stands in", fn.Runtime, in.Path, in.Version)
	}
}
