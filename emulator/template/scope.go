package template

import (
	"errors"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

var (
	// errUnresolved says that a value exists only after a deployment.
	errUnresolved = errors.New("cannot be resolved locally")
	errCircular   = errors.New("refers to itself")
)

// maxDepth bounds how many references are followed one after another. There
// are fewer in a template that does not refer to itself.
const maxDepth = 100

// scope is what references resolve to.
type scope struct {
	values    map[string]string // parameters and pseudo parameters
	resources *yaml.Node
	options   Options
	depth     int // of references that are being followed
}

func newScope(root *yaml.Node, o Options) scope {
	s := scope{resources: child(root, "Resources"), options: o}
	s.values = map[string]string{
		"AWS::AccountId": o.Account,
		"AWS::Partition": "aws",
		"AWS::Region":    o.Region,
		"AWS::StackName": "local",
		"AWS::StackId":   fmt.Sprintf("arn:aws:cloudformation:%s:%s:stack/local/51af3dc0-da77-11e4-872e-1234567db123", o.Region, o.Account),
		"AWS::URLSuffix": "amazonaws.com",
	}
	parameters := child(root, "Parameters")
	if parameters == nil || parameters.Kind != yaml.MappingNode {
		return s
	}
	for i := 0; i+1 < len(parameters.Content); i += 2 {
		name := parameters.Content[i].Value
		if value := child(parameters.Content[i+1], "Default"); value != nil && value.Kind == yaml.ScalarNode {
			s.values[name] = value.Value
		}
		if value, given := o.Parameters[name]; given {
			s.values[name] = value
		}
	}
	return s
}

// text resolves a scalar or an intrinsic that gives one.
func (s *scope) text(n *yaml.Node) (string, error) {
	n = dealias(n)
	name, arg := intrinsic(n)
	switch {
	case name == "Ref" && arg.Kind == yaml.ScalarNode:
		return s.ref(arg.Value)
	case name == "Fn::GetAtt":
		return s.getAtt(arg)
	case name == "Fn::Sub" && arg.Kind == yaml.ScalarNode:
		return s.sub(arg.Value)
	case name == "" && n.Kind == yaml.ScalarNode:
		if n.Tag == "!!null" {
			return "", nil
		}
		return n.Value, nil
	}
	return "", errUnresolved
}

// intrinsic takes a function call apart, in its short or its long form. The
// name is empty if the node is none.
func intrinsic(n *yaml.Node) (name string, arg *yaml.Node) {
	if tag := n.Tag; strings.HasPrefix(tag, "!") && !strings.HasPrefix(tag, "!!") {
		name = "Fn::" + tag[1:]
		if tag == "!Ref" || tag == "!Condition" {
			name = tag[1:]
		}
		return name, n
	}
	if n.Kind == yaml.MappingNode && len(n.Content) == 2 {
		key := n.Content[0].Value
		if key == "Ref" || key == "Condition" || strings.HasPrefix(key, "Fn::") {
			return key, dealias(n.Content[1])
		}
	}
	return "", nil
}

func (s *scope) ref(name string) (string, error) {
	if value, ok := s.values[name]; ok {
		return value, nil
	}
	switch resource := child(s.resources, name); {
	case resource == nil:
		return "", errUnresolved
	case isFunction(resource):
		if given := child(resource, "Properties", "FunctionName"); given != nil {
			s.depth++
			defer func() { s.depth-- }()
			if s.depth > maxDepth {
				return "", errCircular
			}
			return s.text(given)
		}
	}
	return name, nil // the logical id, as SAM CLI has it
}

// getAtt resolves the ARN of a function, the one attribute that is known
// before a deployment.
func (s *scope) getAtt(arg *yaml.Node) (string, error) {
	var resource, attribute string
	switch {
	case arg.Kind == yaml.SequenceNode && len(arg.Content) == 2:
		resource, attribute = arg.Content[0].Value, arg.Content[1].Value
	case arg.Kind == yaml.ScalarNode:
		resource, attribute, _ = strings.Cut(arg.Value, ".")
	}
	node := child(s.resources, resource)
	if attribute != "Arn" || node == nil || !isFunction(node) {
		return "", errUnresolved
	}
	name, err := s.ref(resource)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("arn:aws:lambda:%s:%s:function:%s", s.options.Region, s.options.Account, name), nil
}

// sub replaces ${Name} and ${Name.Attribute}; ${!Name} stays as ${Name}.
func (s *scope) sub(text string) (string, error) {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, "${")
		b.WriteString(before)
		if !found {
			return b.String(), nil
		}
		name, after, closed := strings.Cut(rest, "}")
		if !closed {
			b.WriteString("${" + rest)
			return b.String(), nil
		}
		text = after
		if literal, isLiteral := strings.CutPrefix(name, "!"); isLiteral {
			b.WriteString("${" + literal + "}")
			continue
		}
		resolve := s.ref
		if strings.Contains(name, ".") {
			resolve = func(name string) (string, error) {
				return s.getAtt(&yaml.Node{Kind: yaml.ScalarNode, Value: name})
			}
		}
		value, err := resolve(strings.TrimSpace(name))
		if err != nil {
			return "", err
		}
		b.WriteString(value)
	}
}
