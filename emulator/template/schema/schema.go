// Package schema holds the AWS SAM specification of 2016-10-31, as it is today,
// as JSON Schemas. It says what a template may contain, and leaves to others
// what depends on another place in the template.
package schema

import (
	"embed"
	"fmt"
	"io/fs"
	"maps"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"
)

//go:embed *.yaml
var files embed.FS

// compiler compiles each schema when it is first asked for. The lock is there
// because a Compiler is not safe for concurrent use.
var compiler struct {
	sync.Mutex
	*jsonschema.Compiler
	documents map[string]any // by URL
}

// Compile returns the schema called name. A resource type such as
// AWS::Serverless::Function names the schema of its properties, after Globals
// were merged into them. "template" is the schema of a template without the
// properties of its resources, and "call" the one of an intrinsic function in
// its long form. The error is fs.ErrNotExist if there is no such schema, as for
// most resource types.
//
// A schema judges what JSON is made of: map[string]any, []any, string, bool,
// numbers and nil.
func Compile(name string) (*jsonschema.Schema, error) {
	file := strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(name, "AWS::"), "::", "-")) + ".yaml"
	if _, err := fs.Stat(files, file); err != nil {
		return nil, err
	}
	compiler.Lock()
	defer compiler.Unlock()
	if compiler.Compiler == nil {
		compiler.Compiler = jsonschema.NewCompiler()
		compiler.UseLoader(loader{})
		compiler.documents = map[string]any{}
	}
	s, err := compiler.Compiler.Compile("schema:///" + file)
	if err != nil {
		return nil, fmt.Errorf("compile schema %s: %w", file, err)
	}
	return s, nil
}

// loader reads the schemas that others refer to. Compile has the lock.
type loader struct{}

// Load implements jsonschema.URLLoader.
func (loader) Load(url string) (any, error) {
	data, err := files.ReadFile(path.Base(url))
	if err != nil {
		return nil, err
	}
	var document any
	if err := yaml.Unmarshal(data, &document); err != nil {
		return nil, err
	}
	compiler.documents[url] = document
	return document, nil
}

// A Subject is what a schema tells about the values that it judges.
type Subject struct {
	Title       string   // what the value is, like "a list of strings"
	Description string   // its rule, where the rule is not plain from the error's kind
	Properties  []string // what the value, a map, may contain; sorted
}

// elsewhere are the keywords whose schemas judge another value than the schema
// in which they are.
var elsewhere = []string{"$defs", "properties", "patternProperties", "additionalProperties", "items", "prefixItems"}

// About tells about the schema at location, the SchemaURL of an error of a
// schema from Compile.
func About(location string) Subject {
	file, pointer, _ := strings.Cut(location, "#")
	compiler.Lock()
	node := compiler.documents[file]
	compiler.Unlock()

	var about Subject
	about.read(node)
	for _, token := range strings.Split(pointer, "/")[1:] {
		if slices.Contains(elsewhere, token) {
			about = Subject{}
		}
		node = child(node, token)
		about.read(node)
	}
	if schema, ok := node.(map[string]any); ok {
		properties, _ := schema["properties"].(map[string]any)
		about.Properties = slices.Sorted(maps.Keys(properties))
	}
	return about
}

// read takes what node says, which is nearer than what was read before.
func (s *Subject) read(node any) {
	schema, _ := node.(map[string]any)
	if title, ok := schema["title"].(string); ok {
		*s = Subject{Title: title}
	}
	if description, ok := schema["description"].(string); ok {
		s.Description = description
	}
}

// child follows one token of a JSON pointer in a URL.
func child(node any, token string) any {
	token, _ = url.PathUnescape(token)
	token = strings.NewReplacer("~1", "/", "~0", "~").Replace(token)
	switch n := node.(type) {
	case map[string]any:
		return n[token]
	case []any:
		if i, err := strconv.Atoi(token); err == nil && i < len(n) {
			return n[i]
		}
	}
	return nil
}
