package local

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/go-hclog"

	"sam/cmd/internal/config"
	"sam/cmd/internal/ui"
	"sam/emulator"
	"sam/emulator/environ"
	"sam/emulator/process"
	"sam/emulator/template"
)

// A session is what a command has before it runs a function: the template's
// functions and an emulator for them.
type session struct {
	ui        *ui.UI
	options   *options
	region    string
	functions []template.Function
	overrides environ.Overrides
	emulator  *emulator.Emulator
	results   io.Writer
	close     func()
}

func newSession(ctx context.Context, u *ui.UI, h *config.Host, o *options) (*session, error) {
	s := &session{ui: u, options: o, results: u.Stdout, close: func() {}}
	o.sayIneffective(u)
	t, aws, err := readTemplate(ctx, u, h, &o.templateOptions)
	if err != nil {
		return nil, err
	}
	s.region, s.functions = aws.Region, t.Functions()
	if err := s.readOverrides(); err != nil {
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
		s.close = func() { _ = file.Close() }
		s.results, log = file, file
	}
	s.emulator = emulator.New(emulator.Config{
		Runner: process.New(), Finder: finder, SDK: newSDK(h),
		CacheDir: h.CacheDir(), HostPackages: o.HostPackages,
		Overrides: s.overrides, Shell: h.Lookup, Credentials: environ.Credentials(aws.Credentials),
		Log: log, Logger: newLogger(u, o.Debug),
	})
	return s, nil
}

func newLogger(u *ui.UI, debug bool) hclog.Logger {
	if !debug {
		return hclog.NewNullLogger()
	}
	return hclog.New(&hclog.LoggerOptions{Name: "sam", Level: hclog.Debug, Output: u.Stderr})
}

// readOverrides reads --env-vars and names what it has in vain.
func (s *session) readOverrides() error {
	file := s.options.EnvVars
	if file == "" {
		return nil
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("read the file of --env-vars: %w", err)
	}
	if s.overrides, err = environ.ParseOverrides(data); err != nil {
		return fmt.Errorf("could not read environment variables overrides from file %s: %w", file, err)
	}
	var functions []environ.Function
	for _, fn := range s.functions {
		functions = append(functions, environ.Function{Name: fn.LogicalID, FunctionName: fn.FunctionName, Variables: fn.Variables})
	}
	for _, unused := range s.overrides.Unused(functions...) {
		if unused.Variable == "" {
			s.ui.Notice("%s: there is no function %s in the template: its values are not used", file, unused.Section)
		} else {
			s.ui.Notice("%s: %s of %s is not passed on: declare it in the template, under Environment.Variables", file, unused.Variable, unused.Section)
		}
	}
	return nil
}

// function finds a function by its path among nested stacks, its logical id or
// its FunctionName; without a name it is the only one.
func (s *session) function(name string) (*template.Function, error) {
	if name == "" && len(s.functions) == 1 {
		return &s.functions[0], nil
	}
	for _, named := range []func(*template.Function) string{
		func(fn *template.Function) string { return fn.FullPath() },
		func(fn *template.Function) string { return fn.LogicalID },
		func(fn *template.Function) string { return fn.FunctionName },
		func(fn *template.Function) string { return fn.ResourceID },
	} {
		i := slices.IndexFunc(s.functions, func(fn template.Function) bool { return name != "" && named(&fn) == name })
		if i >= 0 {
			return &s.functions[i], nil
		}
	}
	var ids []string
	for _, fn := range s.functions {
		ids = append(ids, "'"+fn.FullPath()+"'")
	}
	options := "[" + strings.Join(ids, ", ") + "]"
	switch {
	case len(s.functions) == 0:
		return nil, fmt.Errorf("there is no function in the template %s", s.options.Template)
	case name == "":
		return nil, fmt.Errorf("you must provide a function identifier (function's Logical ID in the template). Possible options in your template: %s", options)
	}
	return nil, fmt.Errorf("function %s not found in template. Possible options in your template: %s", name, options)
}

// prepare makes a function ready to run and says what the user should know
// about how it will.
func (s *session) prepare(ctx context.Context, fn *template.Function) (*emulator.Prepared, error) {
	if fn.Unrunnable != nil {
		return nil, fmt.Errorf("function %s cannot be run locally: %w", fn.LogicalID, fn.Unrunnable)
	}
	for _, warning := range fn.Warnings {
		s.ui.Notice("%v", warning)
	}
	code, err := filepath.Abs(fn.Code)
	if err != nil {
		return nil, fmt.Errorf("find the code of %s: %w", fn.LogicalID, err)
	}
	layers, err := layerPaths(fn)
	if err != nil {
		return nil, err
	}
	prepared, err := s.emulator.Prepare(ctx, emulator.Function{
		LogicalID: fn.LogicalID, FunctionName: fn.FunctionName,
		Runtime: fn.Runtime, Handler: fn.Handler, Code: code, InlineCode: fn.InlineCode, Layers: layers,
		MemoryMB: fn.MemoryMB, Timeout: fn.Timeout,
		LogFormat: emulator.LogFormat(fn.LogFormat), LogLevel: fn.LogLevel,
		Region: s.region, Account: account, Variables: fn.Variables,
	})
	if err != nil {
		return nil, fmt.Errorf("function %s: %w", fn.LogicalID, err)
	}
	if in := prepared.Interpreter; !in.Exact {
		s.ui.Notice("%s is not installed: %s (%s) stands in", fn.Runtime, in.Path, in.Version)
	}
	return prepared, nil
}

// layerPaths are the layers of a function that are here.
func layerPaths(fn *template.Function) ([]string, error) {
	var paths []string
	for _, layer := range fn.Layers {
		if layer.Path == "" {
			continue // a warning has said so
		}
		path, err := filepath.Abs(layer.Path)
		if err != nil {
			return nil, fmt.Errorf("find the layer %s: %w", layer.Name, err)
		}
		paths = append(paths, path)
	}
	return paths, nil
}
