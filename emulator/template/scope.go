package template

import (
	"fmt"
	"path/filepath"
	"strings"
)

// Options are what a template's values may depend on.
type Options struct {
	// Parameters override the defaults of the template's parameters.
	Parameters map[string]string
	// Imports are the values of Fn::ImportValue.
	Imports map[string]string
	// Region and Account are the values of AWS::Region and AWS::AccountId.
	Region, Account string
	// BaseDir is where relative paths of code start; empty means the
	// template's directory.
	BaseDir string
}

// A scope is what references resolve to in one template.
type scope struct {
	file       string
	options    Options
	parameters map[string]*Value
	mappings   *Value
	conditions *Value
	resources  map[string]*Value // by logical id
	known      map[string]*Value // conditions that were evaluated; nil while one is
	loops      map[string]*Value // the variables of Fn::ForEach
	including  []string          // files of AWS::Include on the way to here
	depth      int
	faults     []*Error
	unused     []string // overrides of parameters that there are not
}

func newScope(file string, root *Value, o Options) *scope {
	s := &scope{
		file: file, options: o,
		mappings: root.Get("Mappings"), conditions: root.Get("Conditions"),
		resources: make(map[string]*Value), known: make(map[string]*Value),
	}
	if resources := root.Get("Resources"); resources != nil {
		s.addResources(resources.Entries)
	}
	s.readParameters(root.Get("Parameters"))
	return s
}

// addResources makes resources known to references.
func (s *scope) addResources(entries []Entry) {
	for _, entry := range entries {
		s.resources[entry.Key] = entry.Value
	}
}

// noValue is what AWS::NoValue resolves to: it removes the property that has
// it.
var noValue = &Value{Kind: Unresolved, Text: "AWS::NoValue"}

// fault records an error and gives the value that stands for what it spoils.
func (s *scope) fault(at *Value, format string, args ...any) *Value {
	err := at.errorf("", format, args...)
	s.faults = append(s.faults, err)
	return &Value{Kind: Unresolved, Text: err.Message, At: at.At}
}

func unresolved(at *Value, format string, args ...any) *Value {
	return &Value{Kind: Unresolved, Text: fmt.Sprintf(format, args...), At: at.At}
}

// resolve replaces the functions in a value by what they give, and leaves
// Unresolved what exists only after a deployment.
func (s *scope) resolve(v *Value) *Value {
	if v == nil {
		return nil
	}
	s.depth++
	defer func() { s.depth-- }()
	if s.depth > maxDepth {
		return s.fault(v, "references are nested deeper than %d levels: does one refer to itself?", maxDepth)
	}
	switch v.Kind {
	case List:
		return s.resolveList(v)
	case Map:
		if name, arg := v.function(); name != "" && !strings.HasPrefix(name, "Fn::ForEach::") {
			return s.call(v, name, arg)
		}
		return s.resolveMap(v)
	}
	return v
}

func (s *scope) resolveList(v *Value) *Value {
	out := &Value{Kind: List, At: v.At, Items: make([]*Value, 0, len(v.Items))}
	for _, item := range v.Items {
		if resolved := s.resolve(item); resolved != noValue {
			out.Items = append(out.Items, resolved)
		}
	}
	return out
}

func (s *scope) resolveMap(v *Value) *Value {
	out := &Value{Kind: Map, At: v.At, Entries: make([]Entry, 0, len(v.Entries))}
	for _, entry := range v.Entries {
		if strings.HasPrefix(entry.Key, "Fn::ForEach::") {
			out.Entries = append(out.Entries, s.forEach(entry)...)
			continue
		}
		if entry.Key == "Fn::Transform" {
			out.Entries = append(out.Entries, s.include(entry.Value, v).Entries...)
			continue
		}
		if resolved := s.resolve(entry.Value); resolved != noValue {
			out.Entries = append(out.Entries, Entry{Key: s.loopText(entry.Key), At: entry.At, Value: resolved})
		}
	}
	return out
}

// ref resolves Ref.
func (s *scope) ref(at *Value, name string) *Value {
	if value, ok := s.loops[name]; ok {
		return value
	}
	if value, ok := s.parameters[name]; ok {
		return value
	}
	if name == "AWS::NoValue" {
		return noValue
	}
	if text, ok := s.pseudo(name); ok {
		return newString(at.At, text)
	}
	if strings.HasPrefix(name, "AWS::") {
		return unresolved(at, "%s is not known locally", name)
	}
	resource := s.resources[name]
	if resource == nil {
		return s.fault(at, "there is no parameter or resource %s", name)
	}
	return s.refResource(at, name, resource)
}

// pseudo is the value of a pseudo parameter, as SAM CLI has it.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html
func (s *scope) pseudo(name string) (string, bool) {
	partition, suffix := "aws", "amazonaws.com"
	switch {
	case strings.HasPrefix(s.options.Region, "cn-"):
		partition, suffix = "aws-cn", "amazonaws.com.cn"
	case strings.HasPrefix(s.options.Region, "us-gov-"):
		partition = "aws-us-gov"
	}
	switch name {
	case "AWS::AccountId":
		return s.options.Account, true
	case "AWS::Region":
		return s.options.Region, true
	case "AWS::Partition":
		return partition, true
	case "AWS::URLSuffix":
		return suffix, true
	case "AWS::StackName":
		return "local", true
	case "AWS::StackId":
		return fmt.Sprintf("arn:%s:cloudformation:%s:%s:stack/local/51af3dc0-da77-11e4-872e-1234567db123", partition, s.options.Region, s.options.Account), true
	}
	return "", false
}

// dir is where relative paths of the template start.
func (s *scope) dir() string { return filepath.Dir(s.file) }
