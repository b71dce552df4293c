package template

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v3"
)

// maxSize bounds a template in bytes. CloudFormation's own limit is 1 MB.
const maxSize = 16 << 20

// An Error is a fault in a template.
type Error struct {
	File      string // as the user named it
	Line, Col int    // from 1; 0 if the fault has no place
	Resource  string // logical id, or empty
	Message   string
}

// Error has the form file:line:column: resource: message.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.File)
	if e.Line > 0 {
		fmt.Fprintf(&b, ":%d", e.Line)
	}
	if e.Col > 0 {
		fmt.Fprintf(&b, ":%d", e.Col)
	}
	b.WriteString(": ")
	if e.Resource != "" {
		b.WriteString(e.Resource + ": ")
	}
	b.WriteString(e.Message)
	return b.String()
}

// A MissingError says that there is no template.
type MissingError struct {
	Path string // absolute
}

func (e *MissingError) Error() string { return "Template file not found at " + e.Path }

// A Template is a template that was read.
type Template struct {
	file  string
	root  *yaml.Node
	scope scope
}

// Options are what a template's values may depend on.
type Options struct {
	// Parameters override the defaults of the template's parameters.
	Parameters map[string]string
	// Region and Account are the values of AWS::Region and AWS::AccountId.
	Region, Account string
}

// Default returns the name of the template in dir that is used when none is
// named, or "template.yaml" if there is none.
func Default(dir string) string {
	for _, name := range []string{"template.yaml", "template.yml", "template.json"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			return name
		}
	}
	return "template.yaml"
}

// Read reads the template at path. The error is *MissingError, *Error, or one
// of the file system.
func Read(path string, o Options) (*Template, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		abs, absErr := filepath.Abs(path)
		if absErr != nil {
			abs = path
		}
		return nil, &MissingError{Path: abs}
	case err != nil:
		return nil, fmt.Errorf("read template: %w", err)
	case info.IsDir():
		return nil, &Error{File: path, Message: "is a directory, not a template"}
	case info.Size() > maxSize:
		return nil, &Error{File: path, Message: fmt.Sprintf("is larger than a template may be (%d MB)", maxSize>>20)}
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read template: %w", err)
	}
	return parse(path, data, o)
}

func parse(path string, data []byte, o Options) (*Template, error) {
	if err := checkJSON(path, data); err != nil {
		return nil, err
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return nil, syntaxError(path, err)
	}
	if len(doc.Content) == 0 {
		return nil, &Error{File: path, Message: "the template is empty"}
	}
	t := &Template{file: path, root: doc.Content[0]}
	if t.root.Kind != yaml.MappingNode {
		return nil, t.errorAt(t.root, "", "a template is a mapping with a Resources section")
	}
	t.scope = newScope(t.root, o)
	return t, nil
}

// checkJSON finds the line of a fault in JSON, which the YAML reader would
// describe in its own terms.
func checkJSON(path string, data []byte) error {
	trimmed := bytes.TrimLeft(data, " \t\r\n")
	if !bytes.HasPrefix(trimmed, []byte("{")) || filepath.Ext(path) != ".json" {
		return nil
	}
	var syntax *json.SyntaxError
	if err := json.Unmarshal(data, new(json.RawMessage)); errors.As(err, &syntax) {
		before := data[:min(int(syntax.Offset), len(data))]
		return &Error{
			File: path, Line: 1 + bytes.Count(before, []byte("\n")), Col: len(before) - bytes.LastIndexByte(before, '\n') - 1,
			Message: "the template is not valid JSON: " + syntax.Error(),
		}
	}
	return nil
}

// syntaxError takes the line out of the YAML reader's message, which is the
// only place where it puts it.
func syntaxError(path string, err error) error {
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
	return &Error{File: path, Line: line, Message: "the template is not valid YAML: " + message}
}

func (t *Template) errorAt(n *yaml.Node, resource, format string, args ...any) error {
	return &Error{File: t.file, Line: n.Line, Col: n.Column, Resource: resource, Message: fmt.Sprintf(format, args...)}
}

// child returns the value of a key of a mapping, or nil.
func child(n *yaml.Node, keys ...string) *yaml.Node {
	for _, key := range keys {
		n = dealias(n)
		if n == nil || n.Kind != yaml.MappingNode {
			return nil
		}
		n = lookup(n, key)
	}
	return dealias(n)
}

func lookup(n *yaml.Node, key string) *yaml.Node {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}

func dealias(n *yaml.Node) *yaml.Node {
	if n != nil && n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}
