package template

import (
	"errors"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// Defaults of a function's properties.
const (
	defaultMemoryMB = 128
	defaultTimeout  = 3 * time.Second
)

// A Function is a function of a template, Globals applied.
type Function struct {
	LogicalID    string
	FunctionName string // empty unless the template gives one
	Runtime      string
	Handler      string
	// CodeURI is the path of its code as the template has it: relative to
	// the template's directory, or absolute.
	CodeURI   string
	MemoryMB  int
	Timeout   time.Duration
	LogFormat string // Text, JSON, or empty
	LogLevel  string
	// Variables are the environment variables that it declares. What cannot
	// be resolved is empty, and among the Warnings.
	Variables map[string]string
	Warnings  []error
	// Unrunnable says why it cannot be run locally, or is nil. It is an *Error
	// if the template is at fault.
	Unrunnable error
}

func isFunction(resource *yaml.Node) bool {
	kind := child(resource, "Type")
	return kind != nil && (kind.Value == "AWS::Serverless::Function" || kind.Value == "AWS::Lambda::Function")
}

// Functions returns the functions in the order of the template. The error is
// *Error, about the template as a whole: a faulty function is Unrunnable.
func (t *Template) Functions() ([]Function, error) {
	resources := child(t.root, "Resources")
	if resources == nil {
		return nil, t.errorAt(t.root, "", "'Resources' section is required")
	}
	if resources.Kind != yaml.MappingNode {
		return nil, t.errorAt(resources, "", "'Resources' is a mapping of logical ids to resources")
	}
	var functions []Function
	for i := 0; i+1 < len(resources.Content); i += 2 {
		resource := dealias(resources.Content[i+1])
		if !isFunction(resource) {
			continue
		}
		functions = append(functions, t.function(resources.Content[i].Value, resource))
	}
	return functions, nil
}

// properties reads the properties of one function.
type properties struct {
	template *Template
	id       string
	own      *yaml.Node // Properties
	globals  *yaml.Node // of Globals.Function; nil for AWS::Lambda::Function
	warnings []error
	err      error // the first
}

func (t *Template) function(id string, resource *yaml.Node) Function {
	p := properties{template: t, id: id, own: child(resource, "Properties")}
	serverless := child(resource, "Type").Value == "AWS::Serverless::Function"
	if serverless {
		p.globals = child(t.root, "Globals", "Function")
	}
	fn := Function{
		LogicalID:    id,
		FunctionName: p.text("FunctionName"),
		Runtime:      p.text("Runtime"),
		Handler:      p.text("Handler"),
		MemoryMB:     p.number(defaultMemoryMB, "MemorySize"),
		Timeout:      time.Duration(p.number(int(defaultTimeout/time.Second), "Timeout")) * time.Second,
		LogFormat:    p.text("LoggingConfig", "LogFormat"),
		LogLevel:     p.text("LoggingConfig", "ApplicationLogLevel"),
		Variables:    p.variables(),
	}
	codeKey := "CodeUri"
	if !serverless {
		codeKey = "Code"
	}
	fn.CodeURI, fn.Unrunnable = p.code(codeKey)
	if p.text("PackageType") == "Image" {
		fn.Unrunnable = errors.New("it is packaged as a container image")
	}
	if fn.Unrunnable == nil {
		p.require(resource, "Runtime", fn.Runtime)
		p.require(resource, "Handler", fn.Handler)
	}
	fn.Warnings = p.warnings
	if p.err != nil {
		fn.Unrunnable = p.err
	}
	return fn
}

// find returns the node of a property: the function's own, else the globals'.
func (p *properties) find(path ...string) *yaml.Node {
	if n := child(p.own, path...); n != nil {
		return n
	}
	return child(p.globals, path...)
}

func (p *properties) fail(n *yaml.Node, format string, args ...any) {
	if p.err == nil {
		p.err = p.template.errorAt(n, p.id, format, args...)
	}
}

func (p *properties) require(resource *yaml.Node, name, value string) {
	if value == "" {
		p.fail(resource, "property %s is required", name)
	}
}

func (p *properties) text(path ...string) string {
	n := p.find(path...)
	if n == nil {
		return ""
	}
	value, err := p.template.scope.text(n)
	if err != nil {
		p.fail(n, "property %s %v", strings.Join(path, "."), err)
	}
	return value
}

// number reads a whole number over 0; 0 is the default, as SAM CLI has it.
func (p *properties) number(otherwise int, path ...string) int {
	text := p.text(path...)
	if text == "" || text == "0" {
		return otherwise
	}
	value, err := strconv.Atoi(text)
	if err != nil || value < 0 {
		p.fail(p.find(path...), "property %s: %q is not a whole number", strings.Join(path, "."), text)
	}
	return value
}

// variables merges the globals' environment variables with the function's.
func (p *properties) variables() map[string]string {
	variables := make(map[string]string)
	for _, from := range []*yaml.Node{p.globals, p.own} {
		n := child(from, "Environment", "Variables")
		if n == nil {
			continue
		}
		if n.Kind != yaml.MappingNode {
			p.fail(n, "property Environment.Variables is a mapping of names to values")
			return nil
		}
		for i := 0; i+1 < len(n.Content); i += 2 {
			name, node := n.Content[i].Value, n.Content[i+1]
			value, err := p.template.scope.text(node)
			if err != nil {
				p.warnings = append(p.warnings,
					p.template.errorAt(node, p.id, "environment variable %s %v, it is empty (give it a value with --env-vars)", name, err))
			}
			variables[name] = value
		}
	}
	return variables
}

// code reads where the function's code is.
func (p *properties) code(key string) (uri string, unrunnable error) {
	n := p.find(key)
	if n == nil {
		return ".", nil
	}
	uri, err := p.template.scope.text(n)
	if err != nil || strings.HasPrefix(uri, "s3://") {
		return "", errors.New("its " + key + " is not a local path")
	}
	return filepath.FromSlash(uri), nil
}
