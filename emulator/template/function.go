package template

import (
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Defaults of a function's properties.
const (
	defaultMemoryMB    = 128
	defaultEphemeralMB = 512
	defaultTimeout     = 3 * time.Second
)

// A Function is a function of a template, Globals applied and references
// resolved.
type Function struct {
	LogicalID    string
	StackPath    string // of the template that it stands in
	FunctionName string // empty unless the template gives one
	ResourceID   string // what the CDK calls it; empty outside of the CDK
	Runtime      string
	Handler      string
	// Code is the path of its code, a directory or an archive, from the
	// current directory; empty if InlineCode is set.
	Code string
	// InlineCode is the source of its one file.
	InlineCode string
	// Image is what it is packaged as in place of code, or nil.
	Image    *Image
	MemoryMB int
	// EphemeralMB is the size of its /tmp.
	EphemeralMB int
	Timeout     time.Duration
	// Reserved is its ReservedConcurrentExecutions, or -1 if it reserves none.
	Reserved  int
	LogFormat string // Text, JSON, or empty
	LogLevel  string
	// Layers are its layers, in order.
	Layers []Layer
	// Variables are the environment variables that it declares. What cannot
	// be resolved is empty, and among the Warnings.
	Variables map[string]string
	Warnings  []error
	// Unrunnable says why it cannot be run locally, or is nil. It is an *Error
	// if the template is at fault.
	Unrunnable error
}

// FullPath names the function among those of nested stacks.
func (f *Function) FullPath() string {
	return strings.TrimPrefix(f.StackPath+"/"+f.LogicalID, "/")
}

// A Layer is a layer of a function.
type Layer struct {
	Name string // logical id or ARN
	Path string // of its content, from the current directory; empty if it is not local
}

func isFunction(kind string) bool {
	return kind == "AWS::Serverless::Function" || kind == "AWS::Lambda::Function"
}

// Functions returns the functions in the order of the template, those of
// nested stacks behind the others.
func (t *Template) Functions() []Function {
	var functions []Function
	for _, r := range t.resources {
		if isFunction(r.Type) {
			functions = append(functions, t.function(r))
		}
	}
	for _, nested := range t.nested {
		functions = append(functions, nested.Functions()...)
	}
	return functions
}

// properties reads the properties of one resource.
type properties struct {
	*Template
	resource Resource
	warnings []error
	err      error // the first
}

func (t *Template) function(r Resource) Function {
	p := properties{Template: t, resource: r}
	fn := Function{
		LogicalID:    r.ID,
		StackPath:    t.StackPath,
		FunctionName: p.optional("FunctionName"),
		ResourceID:   r.cdkID(),
		Runtime:      p.text("Runtime"),
		Handler:      p.text("Handler"),
		MemoryMB:     p.number(defaultMemoryMB, "MemorySize"),
		EphemeralMB:  p.number(defaultEphemeralMB, "EphemeralStorage", "Size"),
		Timeout:      time.Duration(p.number(int(defaultTimeout/time.Second), "Timeout")) * time.Second,
		LogFormat:    p.optional("LoggingConfig", "LogFormat"),
		LogLevel:     p.optional("LoggingConfig", "ApplicationLogLevel"),
		Reserved:     p.reserved(),
		Variables:    p.variables(),
		Layers:       p.layers(),
	}
	if p.optional("PackageType") == "Image" {
		p.image(&fn)
	} else {
		p.code(&fn)
	}
	if fn.Unrunnable == nil && fn.Image == nil {
		p.require("Runtime", fn.Runtime)
		p.require("Handler", fn.Handler)
	}
	fn.Warnings = p.warnings
	if p.err != nil {
		fn.Unrunnable = p.err
	}
	return fn
}

func (p *properties) find(path ...string) *Value { return p.property(p.resource, path...) }

func (p *properties) fail(at Position, format string, args ...any) {
	if p.err == nil {
		p.err = &Error{Position: at, Resource: p.resource.ID, Message: fmt.Sprintf(format, args...)}
	}
}

func (p *properties) warn(at *Value, format string, args ...any) {
	p.warnings = append(p.warnings, at.errorf(p.resource.ID, format, args...))
}

func (p *properties) require(name, value string) {
	if value == "" {
		p.fail(p.resource.At, "property %s is required", name)
	}
}

// text reads a string that the function cannot run without.
func (p *properties) text(path ...string) string {
	v := p.find(path...)
	switch name := strings.Join(path, "."); {
	case v == nil || v == noValue:
		return ""
	case v.Kind == Unresolved:
		p.fail(v.At, "property %s cannot be resolved locally: %s", name, v.Text)
	case !v.IsScalar():
		p.fail(v.At, "property %s is %v, and not a string", name, v.Kind)
	case strings.Contains(v.Text, "{{resolve:"):
		p.warn(v, "property %s has a dynamic reference, which is not resolved", name)
	}
	return v.text()
}

// optional reads a string that is left out if it is not known.
func (p *properties) optional(path ...string) string {
	return p.find(path...).text()
}

// number reads a whole number over 0; 0 is the default, as SAM CLI has it.
func (p *properties) number(otherwise int, path ...string) int {
	text := p.text(path...)
	if text == "" || text == "0" {
		return otherwise
	}
	value, err := strconv.Atoi(text)
	if err != nil || value < 0 {
		p.fail(p.find(path...).At, "property %s: %q is not a whole number", strings.Join(path, "."), text)
	}
	return value
}

// reserved reads ReservedConcurrentExecutions. Other than with number, 0 is a
// value: such a function is throttled always.
func (p *properties) reserved() int {
	v := p.find("ReservedConcurrentExecutions")
	if v.text() == "" {
		return -1
	}
	value, err := strconv.Atoi(v.Text)
	if err != nil || value < 0 {
		p.fail(v.At, "property ReservedConcurrentExecutions: %q is not a whole number", v.Text)
		return -1
	}
	return value
}

// variables are the declared environment variables, as strings by SAM's rule:
// what is no scalar is empty.
func (p *properties) variables() map[string]string {
	variables := make(map[string]string)
	declared := p.find("Environment", "Variables")
	switch {
	case declared == nil || declared == noValue:
		return variables
	case declared.Kind != Map:
		p.fail(declared.At, "property Environment.Variables is a map of names to values")
		return variables
	}
	for _, entry := range declared.Entries {
		value := entry.Value
		variables[entry.Key] = value.text()
		switch {
		case value.Kind == Unresolved:
			p.warn(value, "environment variable %s is empty: %s (--env-vars gives it a value)", entry.Key, value.Text)
		case value.Kind == List || value.Kind == Map:
			p.warn(value, "environment variable %s is empty: it is %v, and not a string", entry.Key, value.Kind)
		case strings.Contains(value.Text, "{{resolve:"):
			p.warn(value, "environment variable %s has a dynamic reference, which is not resolved (--env-vars gives it a value)", entry.Key)
		}
	}
	return variables
}

// code finds the function's code: inline, or a local path.
func (p *properties) code(fn *Function) {
	property := codeProperty(p.resource.Type)
	if fn.InlineCode = p.inline(); fn.InlineCode != "" {
		return
	}
	if climbs := p.checkCode(p.resource); climbs != nil {
		fn.Unrunnable = climbs
		return
	}
	uri := p.find(property)
	if asset := p.resource.asset(property); asset != nil {
		uri = asset
	}
	switch {
	case uri == nil || uri == noValue:
		fn.Code = p.path(".")
	case !uri.IsScalar() || strings.HasPrefix(uri.Text, "s3://"):
		fn.Unrunnable = errors.New("its " + property + " is not a local path")
		return
	default:
		fn.Code = p.path(filepath.FromSlash(uri.Text))
	}
}

func (p *properties) inline() string {
	if code := p.find("InlineCode"); code.IsScalar() {
		return code.text()
	}
	return p.find("Code").Get("ZipFile").text()
}

// path is a path of the template, seen from the current directory.
func (p *properties) path(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	base := p.scope.options.BaseDir
	if base == "" {
		base = filepath.Dir(p.File)
	}
	return filepath.Join(base, path)
}

// layers finds the content of the function's layers.
func (p *properties) layers() []Layer {
	list := p.resource.Value.Get("Properties", "Layers")
	if list == nil || list.Kind != List {
		return nil
	}
	var layers []Layer
	for _, item := range list.Items {
		if name, arg := item.function(); name == "Ref" && p.layer(arg.text()) != nil {
			layers = append(layers, *p.layer(arg.text()))
			continue
		}
		value := p.scope.resolve(item)
		if value == noValue {
			continue
		}
		name := value.text()
		if name == "" {
			name = "(unknown)"
		}
		p.warn(item, "the layer %s is not local, and left out", name)
		layers = append(layers, Layer{Name: name})
	}
	return layers
}

// layer is the layer with a logical id, or nil.
func (p *properties) layer(id string) *Layer {
	for _, r := range p.resources {
		if r.ID != id || isFunction(r.Type) || codeProperty(r.Type) == "" {
			continue
		}
		property := codeProperty(r.Type)
		content := p.property(r, property)
		if asset := r.asset(property); asset != nil {
			content = asset
		}
		if !content.IsScalar() || strings.HasPrefix(content.text(), "s3://") {
			return &Layer{Name: id}
		}
		return &Layer{Name: id, Path: p.path(content.text())}
	}
	return nil
}
