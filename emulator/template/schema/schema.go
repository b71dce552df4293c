// Package schema holds the AWS SAM specification of 2016-10-31, as it is today,
// as JSON Schemas (draft 2020-12), and judges templates by them. It leaves to
// others what depends on another place in the template.
//
// It judges by itself because sam must start fast: the library that the tests
// hold it against compiles the metaschemas of five drafts when a program
// starts, which would cost every command 3 ms and 1.7 MB.
package schema

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"
)

//go:embed *.yaml
var files embed.FS

// Check judges value by the schema called name. A resource type such as
// AWS::Serverless::Function names the schema of its properties, after Globals
// were merged into them. "template" is the schema of a template without the
// properties of its resources, and "call" the one of an intrinsic function in
// its long form. The error is fs.ErrNotExist if there is no such schema, as for
// most resource types.
//
// The value consists of map[string]any, []any, string, bool, int, float64 and
// nil. Faults are sorted by path.
func Check(name string, value any) ([]Fault, error) {
	file := fileOf(name)
	if _, err := fs.Stat(files, file); err != nil {
		return nil, err
	}
	var j judge
	if s, ok := j.follow(schema{file: file}, ""); ok {
		j.check(s, value, place{})
	}
	slices.SortStableFunc(j.faults, func(a, b Fault) int { return slices.Compare(a.Path, b.Path) })
	return j.faults, errors.Join(j.errs...)
}

func fileOf(name string) string {
	return strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(name, "AWS::"), "::", "-")) + ".yaml"
}

// A schema is a part of a file.
type schema struct {
	file string // that its references are relative to
	any         // map[string]any or bool
}

var documents sync.Map // by file, decoded when first needed

func document(file string) (any, error) {
	if document, ok := documents.Load(file); ok {
		return document, nil
	}
	data, err := files.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var document any
	if err := yaml.Unmarshal(data, &document); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	documents.Store(file, document)
	return document, nil
}

// follow resolves a reference of s: a file, a pointer into the same file, or
// both.
func (j *judge) follow(s schema, ref string) (schema, bool) {
	file, pointer, _ := strings.Cut(ref, "#")
	if file == "" {
		file = s.file
	}
	target, err := document(file)
	for _, key := range strings.Split(pointer, "/")[1:] {
		parent, _ := target.(map[string]any)
		target = parent[key]
	}
	if err == nil && target == nil {
		err = fmt.Errorf("nothing is at %s, to which %s refers", ref, s.file)
	}
	if err != nil {
		j.errs = append(j.errs, fmt.Errorf("read schema: %w", err))
		return schema{}, false
	}
	return schema{file, target}, true
}
