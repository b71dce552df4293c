package template

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// parseYAML reads a document in YAML, by the rules of YAML 1.1 as
// CloudFormation and SAM CLI apply them.
func parseYAML(file string, data []byte) (*Value, []*Error, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return nil, nil, syntaxError(file, err)
	}
	if len(doc.Content) == 0 {
		return nil, nil, &Error{Position: Position{File: file}, Message: "the template is empty"}
	}
	r := &yamlReader{builder: newBuilder(file)}
	root, err := r.value(doc.Content[0], 0)
	return root, r.faults, err
}

// syntaxError takes the line out of the YAML reader's message, which is the
// only place where it puts it.
func syntaxError(file string, err error) error {
	message := strings.TrimPrefix(err.Error(), "yaml: ")
	line := 0
	if rest, found := strings.CutPrefix(message, "line "); found {
		number, text, _ := strings.Cut(rest, ": ")
		if _, scanErr := fmt.Sscanf(number, "%d", &line); scanErr == nil {
			message = text
		}
		if strings.HasPrefix(text, "did not find expected") {
			line++ // the reader counts these lines from 0
		}
	}
	return &Error{Position: Position{File: file, Line: line}, Message: "the template is not valid YAML: " + message}
}

type yamlReader struct {
	*builder
	expanding []*yaml.Node // aliases on the way to here
}

func (r *yamlReader) value(n *yaml.Node, depth int) (*Value, error) {
	if err := r.count(n.Line, n.Column, depth); err != nil {
		return nil, err
	}
	if n.Kind == yaml.AliasNode {
		for _, outer := range r.expanding {
			if outer == n.Alias {
				return nil, r.errorf(n.Line, n.Column, "the alias *%s stands for something that contains it", n.Value)
			}
		}
		r.expanding = append(r.expanding, n.Alias)
		defer func() { r.expanding = r.expanding[:len(r.expanding)-1] }()
		v, err := r.value(n.Alias, depth)
		if err == nil && v.IsScalar() {
			v.At = r.at(n.Line, n.Column) // this use of it
		}
		return v, err
	}
	v := &Value{At: r.at(n.Line, n.Column)}
	var err error
	switch n.Kind {
	case yaml.ScalarNode:
		v.Kind, v.Text = scalar(n)
	case yaml.SequenceNode:
		v.Kind = List
		v.Items = make([]*Value, len(n.Content))
		for i, item := range n.Content {
			if v.Items[i], err = r.value(item, depth+1); err != nil {
				return nil, err
			}
		}
	case yaml.MappingNode:
		if err = r.mapping(v, n, depth); err != nil {
			return nil, err
		}
	}
	return r.call(n, v), nil
}

// call turns the short form of a function, a tag, into the long one, a map.
func (r *yamlReader) call(n *yaml.Node, v *Value) *Value {
	tag, local := strings.CutPrefix(n.Tag, "!")
	if !local || tag == "" || strings.HasPrefix(tag, "!") {
		return v
	}
	name := "Fn::" + tag
	switch tag {
	case "Ref", "Condition":
		name = tag
	case "GetAtt":
		if v.Kind != List { // Resource.Attribute: the attribute may have dots
			resource, attribute, _ := strings.Cut(v.Text, ".")
			v = &Value{Kind: List, At: v.At, Items: []*Value{newString(v.At, resource), newString(v.At, attribute)}}
		}
	}
	return &Value{Kind: Map, At: v.At, Entries: []Entry{{Key: name, At: v.At, Value: v}}}
}

func (r *yamlReader) mapping(v *Value, n *yaml.Node, depth int) error {
	v.Kind = Map
	seen := make(map[string]int, len(n.Content)/2)
	var merged []*Value
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, node := n.Content[i], n.Content[i+1]
		for key.Kind == yaml.AliasNode {
			key = key.Alias
		}
		if key.Kind != yaml.ScalarNode {
			return r.errorf(key.Line, key.Column, "a key is %s, and not a string", kindOf(key))
		}
		value, err := r.value(node, depth+1)
		if err != nil {
			return err
		}
		if key.Tag == "!!merge" {
			if merged, err = r.mergeSources(merged, value); err != nil {
				return err
			}
			continue
		}
		r.add(v, seen, Entry{Key: key.Value, At: r.at(key.Line, key.Column), Value: value})
	}
	for _, source := range merged { // what is written out wins, then the first source
		for _, entry := range source.Entries {
			if _, known := seen[entry.Key]; !known {
				r.add(v, seen, entry)
			}
		}
	}
	return nil
}

func (r *yamlReader) mergeSources(merged []*Value, value *Value) ([]*Value, error) {
	sources := []*Value{value}
	if value.Kind == List {
		sources = value.Items
	}
	for _, source := range sources {
		if source.Kind != Map {
			return nil, r.errorf(source.At.Line, source.At.Col, "<< merges maps, and this is %v", source.Kind)
		}
	}
	return append(merged, sources...), nil
}

func kindOf(n *yaml.Node) Kind {
	if n.Kind == yaml.SequenceNode {
		return List
	}
	return Map
}
