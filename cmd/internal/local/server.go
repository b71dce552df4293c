package local

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/spf13/pflag"

	"sam/cmd/internal/config"
	"sam/cmd/internal/ui"
	"sam/emulator"
	"sam/emulator/lambdaapi"
	"sam/emulator/template"
	"sam/emulator/watch"
)

// grace is how long requests may go on after an interrupt.
const grace = 5 * time.Second

// askEvery is how long it is good to know that no files have changed. Who
// saves and then sends a request cannot be as fast.
const askEvery = time.Millisecond

// projectFile begins the watcher's name for a file that the template is made
// of, or that belongs to it; no function's path does.
const projectFile = "file:"

// serverOptions are what start-api and start-lambda can both be told.
type serverOptions struct {
	options
	Host           string
	Port           int
	WarmContainers string
	MaxConcurrency int
	IdleTimeout    time.Duration
	Cold           bool
	NoWatch        bool
}

func (o *serverOptions) addFlags(flags *pflag.FlagSet, port int) {
	flags.StringVar(&o.Host, "host", "127.0.0.1", "`Address` or name to listen on")
	flags.IntVarP(&o.Port, "port", "p", port, "`Port` to listen on; 0 takes a free one and prints it")
	flags.StringVar(&o.WarmContainers, "warm-containers", "LAZY", "When environments are started, `EAGER or LAZY`: all at once, or at the first request; they stay warm in both cases")
	flags.IntVar(&o.MaxConcurrency, "max-concurrency", 10, "`Number` of environments that a function may have at the same time")
	flags.DurationVar(&o.IdleTimeout, "idle-timeout", 10*time.Minute, "`Time` after which an environment without requests is stopped")
	flags.BoolVar(&o.Cold, "cold", false, "Start a fresh environment for every request")
	flags.BoolVar(&o.NoWatch, "no-watch", false, "Do not look for changes of code and template")
	o.options.addFlags(flags)
	flags.StringVar(&o.Debugging.Function, "debug-function", "", "`Function` that is debugged; needed if there are several")
}

// check refuses what makes no sense, before anything is started.
func (o *serverOptions) check() error {
	o.WarmContainers = strings.ToUpper(o.WarmContainers)
	switch {
	case len(o.Debugging.Ports) > 0 && o.Debugging.Ports[0] == o.Port:
		return errors.New("--port and --debug-port are the same: the debugger needs its own")
	case o.WarmContainers != "EAGER" && o.WarmContainers != "LAZY":
		return fmt.Errorf("--warm-containers: %q is neither EAGER nor LAZY", o.WarmContainers)
	case o.WarmContainers == "EAGER" && o.Cold:
		return errors.New("--cold and --warm-containers EAGER exclude each other")
	case o.Host == "":
		return errors.New("--host is empty: 127.0.0.1 is this machine alone, 0.0.0.0 every network that it is on")
	case o.MaxConcurrency < 1:
		return fmt.Errorf("--max-concurrency: %d is not a number of environments: it takes 1 or more", o.MaxConcurrency)
	case o.IdleTimeout <= 0:
		return fmt.Errorf("--idle-timeout: %v is not a time to wait: it takes something like 90s or 10m", o.IdleTimeout)
	}
	return checkPort("--port", o.Port)
}

func checkPort(flag string, port int) error {
	if port < 0 || port > 65535 {
		return fmt.Errorf("%s: %d is not a port: they go from 0 to 65535", flag, port)
	}
	return nil
}

// A server runs the functions of a template for as long as it is not
// interrupted, and goes along with their changes.
type server struct {
	*session
	host    *config.Host
	options *serverOptions
	fleet   *emulator.Fleet
	watcher *watch.Watcher // nil with --no-watch
	lambda  *lambdaapi.API // nil if it is not served
	only    []string       // paths of the functions to serve; none: all
	// debugged is the path of the function that is debugged, or empty.
	debugged string

	// changed, if set, is given the project and its routes whenever they have
	// been read.
	changed func(*project, []template.Route)
	files   atomic.Pointer[[]string]  // the watcher's names of the project's files
	asked   atomic.Pointer[time.Time] // when the watcher's Await was called last
	active  atomic.Int64              // requests
	failure string                    // why the last reading did not count
}

// openServer reads the template and opens the session that runs it. Close must
// be called.
func openServer(ctx context.Context, u *ui.UI, h *config.Host, program *Program, o *serverOptions, lambdaEndpoint string) (*server, *project, error) {
	session, err := newSession(ctx, u, h, program, &o.options, lambdaEndpoint)
	if err != nil {
		return nil, nil, err
	}
	p, err := session.readProject(h)
	if err == nil {
		err = session.handOverAll(ctx, p.functions)
	}
	if err != nil {
		session.close()
		return nil, nil, err
	}
	s := &server{session: session, host: h, options: o}
	s.asked.Store(new(time.Time))
	s.fleet = session.emulator.NewFleet(emulator.FleetOptions{
		MaxConcurrency: o.MaxConcurrency, IdleTimeout: o.IdleTimeout,
		Cold: o.Cold, Eager: o.WarmContainers == "EAGER",
		Prepared: s.sayStandIn,
		Failed:   func(_ string, err error) { u.Notice("%v", err) },
	})
	if !o.NoWatch {
		s.watcher = watch.New(watch.Options{
			Changed: s.reload,
			Warn:    func(sentence string) { u.Notice("%s", sentence) },
			Exclude: s.written(),
		})
	}
	return s, p, nil
}

// written are the files that this program itself writes to: the log, and
// wherever the shell has sent its output.
func (s *server) written() []string {
	var files []string
	if s.options.LogFile != "" {
		files = append(files, absolute(s.host, s.options.LogFile))
	}
	for _, stream := range []string{"/proc/self/fd/1", "/proc/self/fd/2"} {
		if file, err := os.Readlink(stream); err == nil && filepath.IsAbs(file) {
			files = append(files, file)
		}
	}
	return files
}

// absolute is a path that does not depend on the current directory.
func absolute(h *config.Host, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(h.Dir, path)
}

// apply makes a project the one that is served, and returns the number of its
// routes.
func (s *server) apply(p *project) int {
	var functions []emulator.Function
	targets := make(map[string][]string)
	for i := range p.functions {
		fn := &p.functions[i]
		if len(s.only) > 0 && !slices.Contains(s.only, fn.FullPath()) {
			continue
		}
		definition := s.definition(p, fn)
		functions = append(functions, definition)
		for _, warning := range fn.Warnings {
			s.sayOnce("%v", warning)
		}
		targets[definition.Path] = filesOf(&definition)
	}
	routes := p.template.Routes()
	sayProblems(p.template, s.sayOnce)
	files := p.template.Files()
	if s.options.EnvVars != "" {
		files = append(files, absolute(s.host, s.options.EnvVars))
	}
	for i, file := range files {
		files[i] = projectFile + file
		targets[files[i]] = []string{file}
	}
	s.files.Store(&files)
	s.fleet.Update(functions)
	if s.changed != nil {
		s.changed(p, routes)
	}
	if s.watcher != nil {
		s.watcher.Set(targets)
	}
	return len(routes)
}

// definition is a function as the fleet is told of it.
func (s *server) definition(p *project, fn *template.Function) emulator.Function {
	definition := p.definition(fn, s.aws.Region)
	if definition.Path == s.debugged {
		definition.Debug = s.debug
	}
	return definition
}

// filesOf are the files and directories that a function's environments are
// made of.
func filesOf(fn *emulator.Function) []string {
	var files []string
	switch {
	case fn.Unrunnable != nil || fn.InlineCode != "":
	case filepath.IsAbs(fn.Image): // an archive
		files = append(files, fn.Image)
	case fn.Image == "":
		files = append(files, fn.Code)
	}
	return append(files, fn.Layers...)
}

// reload takes up changes: those of the project's files, and of the code of
// functions.
func (s *server) reload(names []string) {
	var files, functions []string
	for _, name := range names {
		if file, found := strings.CutPrefix(name, projectFile); found {
			files = append(files, filepath.Base(file))
		} else {
			functions = append(functions, name)
		}
	}
	if len(files) > 0 {
		s.reloadProject(strings.Join(files, ", "))
	}
	// Of what nobody has used there is nothing to say. That also ends the
	// matter where what we say is itself written into a function's directory.
	if renewed := s.fleet.Renew(functions...); len(renewed) > 0 {
		s.ui.Notice("Changed: %s", strings.Join(renewed, ", "))
	}
}

// reloadProject reads the project again. One that cannot be read leaves what is
// served as it is, and is complained about once.
func (s *server) reloadProject(changed string) {
	p, err := s.readProject(s.host)
	if err != nil {
		if s.failure != err.Error() {
			s.ui.Notice("Changed: %s, but cannot be used: %v\nWhat was read before stays in use", changed, err)
		}
		s.failure = err.Error()
		return
	}
	s.failure = ""
	s.ui.Notice("Changed: %s", changed)
	s.apply(p)
}

// Invoke runs a function in the state that its files are in now.
func (s *server) Invoke(ctx context.Context, function string, req emulator.Request) (*emulator.Result, error) {
	if s.watcher != nil {
		if err := s.watcher.AwaitKnown(ctx, function); err != nil { // settled has done the rest
			return nil, err
		}
	}
	return s.fleet.Invoke(ctx, function, req)
}

// Functions are the functions that are served.
func (s *server) Functions() []emulator.Function { return s.fleet.Functions() }

// settled has a request wait for changes of the project that are under way.
func (s *server) settled(handler http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.active.Add(1)
		defer s.active.Add(-1)
		if s.watcher == nil || s.awaitFiles(r.Context()) == nil {
			handler.ServeHTTP(w, r)
		}
	})
}

// awaitFiles waits until the project's files are complete. Under load it asks
// the kernel about changes only every so often.
func (s *server) awaitFiles(ctx context.Context) error {
	files, now := *s.files.Load(), time.Now()
	if now.Sub(*s.asked.Load()) < askEvery {
		return s.watcher.AwaitKnown(ctx, files...)
	}
	if err := s.watcher.Await(ctx, files...); err != nil {
		return err
	}
	s.asked.Store(&now)
	return nil
}

// A service is what is served on an endpoint.
type service struct {
	*endpoint
	handler http.Handler
	note    string // about it, behind its URL
}

// serve serves until ctx ends, or something breaks. Requests that are being
// served then may go on for a while; nothing is left running.
func (s *server) serve(ctx context.Context, services ...service) error {
	leaveRoom()
	failures := make(chan error, len(services))
	for _, service := range services {
		go func() { failures <- service.serve(s.settled(service.handler)) }()
		s.ui.Notice(" * Running on %s%s", service.url(), service.note)
	}
	s.ui.Notice("Press CTRL+C to quit")
	var err error
	serving := len(services)
	select {
	case <-ctx.Done():
	case err = <-failures:
		serving--
	}
	grace := grace
	if s.debug != nil {
		grace = 0 // a debugger may never come
	}
	if active := s.active.Load(); active > 0 && grace > 0 {
		s.ui.Notice("Stopping: %d requests have %v to end; CTRL+C again stops at once", active, grace)
	}
	limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	var stopping sync.WaitGroup
	for _, service := range services {
		stopping.Go(func() { service.shutdown(limit) })
	}
	for range serving {
		err = errors.Join(err, <-failures)
	}
	stopping.Wait()
	if s.lambda != nil {
		err = errors.Join(err, s.lambda.Close(limit))
	}
	s.fleet.Close(limit)
	return err
}

// leaveRoom tunes Go's runtime for a program that passes on what others
// compute. Half of the processors are left to the functions' processes: with
// all of them Go wakes a thread for nearly every request, only to find that it
// is in their way. And garbage may grow to twice what is in use, which is
// next to nothing. `make bench` shows it (BenchmarkServe).
func leaveRoom() {
	runtime.GOMAXPROCS(max(1, runtime.GOMAXPROCS(0)/2))
	debug.SetGCPercent(200)
}

// lambdaAPI is the handler of the Lambda API.
func (s *server) lambdaAPI() *lambdaapi.API {
	s.lambda = lambdaapi.New(lambdaapi.Config{
		Functions: s, Hosts: []string{s.options.Host}, Notice: func(err error) { s.ui.Notice("%v", err) },
	})
	return s.lambda
}

// close frees what openServer opened. The functions are stopped by then, or
// were never started.
func (s *server) close() {
	s.fleet.Close(context.Background())
	if s.watcher != nil {
		s.watcher.Close()
	}
	s.session.close()
}
