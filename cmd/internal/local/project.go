package local

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"sam/cmd/internal/config"
	"sam/emulator"
	"sam/emulator/environ"
	"sam/emulator/template"
)

// A project is what a template, and the files beside it, say at one moment.
type project struct {
	path      string // of the template
	template  *template.Template
	functions []template.Function
	overrides environ.Overrides
}

// readProject reads the template and the file of --env-vars, and says what is
// in vain in that.
func (s *session) readProject(h *config.Host) (*project, error) {
	t, err := readTemplate(h, &s.options.templateOptions, s.aws.Region, s.sayOnce)
	if err != nil {
		return nil, err
	}
	p := &project{path: t.File, template: t, functions: t.Functions()}
	return p, s.readOverrides(p)
}

// readOverrides reads --env-vars and names what it has in vain.
func (s *session) readOverrides(p *project) error {
	file := s.options.EnvVars
	if file == "" {
		return nil
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("read the file of --env-vars: %w", err)
	}
	if p.overrides, err = environ.ParseOverrides(data); err != nil {
		return fmt.Errorf("could not read environment variables overrides from file %s: %w", file, err)
	}
	var functions []environ.Function
	for i := range p.functions {
		functions = append(functions, environmentOf(&p.functions[i]))
	}
	for _, unused := range p.overrides.Unused(functions...) {
		if unused.Variable == "" {
			s.sayOnce("%s: there is no function %s in the template: its values are not used", file, unused.Section)
		} else {
			s.sayOnce("%s: %s of %s is not passed on: declare it in the template, under Environment.Variables", file, unused.Variable, unused.Section)
		}
	}
	return nil
}

// environmentOf is a function as far as --env-vars is concerned.
func environmentOf(fn *template.Function) environ.Function {
	return environ.Function{Name: fn.LogicalID, FunctionName: fn.FunctionName, Variables: fn.Variables}
}

// function finds a function by its path among nested stacks, its logical id or
// its FunctionName; without a name it is the only one.
func (p *project) function(name string) (*template.Function, error) {
	if name == "" && len(p.functions) == 1 {
		return &p.functions[0], nil
	}
	for _, named := range []func(*template.Function) string{
		func(fn *template.Function) string { return fn.FullPath() },
		func(fn *template.Function) string { return fn.LogicalID },
		func(fn *template.Function) string { return fn.FunctionName },
		func(fn *template.Function) string { return fn.ResourceID },
	} {
		i := slices.IndexFunc(p.functions, func(fn template.Function) bool { return name != "" && named(&fn) == name })
		if i >= 0 {
			return &p.functions[i], nil
		}
	}
	switch {
	case len(p.functions) == 0:
		return nil, fmt.Errorf("there is no function in the template %s", p.path)
	case name == "":
		return nil, fmt.Errorf("you must provide a function identifier (function's Logical ID in the template). Possible options in your template: %s", p.choices())
	}
	return nil, fmt.Errorf("function %s not found in template. Possible options in your template: %s", name, p.choices())
}

// choices lists the functions as SAM CLI does.
func (p *project) choices() string {
	var ids []string
	for _, fn := range p.functions {
		ids = append(ids, "'"+fn.FullPath()+"'")
	}
	return "[" + strings.Join(ids, ", ") + "]"
}

// definition is a function as the emulator is told of it.
func (p *project) definition(fn *template.Function, region string) emulator.Function {
	definition := emulator.Function{
		Path: fn.FullPath(), LogicalID: fn.LogicalID, FunctionName: fn.FunctionName,
		Runtime: fn.Runtime, Handler: fn.Handler, InlineCode: fn.InlineCode,
		MemoryMB: fn.MemoryMB, EphemeralMB: fn.EphemeralMB, Timeout: fn.Timeout, Reserved: fn.Reserved,
		LogFormat: emulator.LogFormat(fn.LogFormat), LogLevel: fn.LogLevel,
		Region: region, Account: account,
		Variables: fn.Variables, Overrides: p.overrides.For(environmentOf(fn)),
		Unrunnable: fn.Unrunnable,
	}
	var err, layerErr error
	if image := fn.Image; image != nil {
		definition.Image, definition.Entrypoint, definition.Command, definition.Dir = image.URI, image.EntryPoint, image.Command, image.WorkingDirectory
		if info, statErr := os.Stat(image.URI); statErr == nil && info.Mode().IsRegular() {
			definition.Image, err = filepath.Abs(image.URI)
		}
	} else {
		definition.Code, err = filepath.Abs(fn.Code)
	}
	definition.Layers, layerErr = layerPaths(fn)
	if definition.Unrunnable == nil {
		definition.Unrunnable = errors.Join(err, layerErr)
	}
	return definition
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
