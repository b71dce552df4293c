package template

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A Template is a template that was read, with the stacks nested in it.
type Template struct {
	// File is the template's path as the user named it.
	File string
	// StackPath is where it stands among nested stacks: "" at the top, else
	// the logical ids on the way to it, with slashes between.
	StackPath string

	root      *Value
	scope     *scope
	resources []Resource
	nested    []*Template
	faults    []*Error
	warnings  []error
	// unemulated is what Unemulated says of this template alone.
	unemulated []error
}

// A Resource is a resource that exists: it has no condition, or one that is
// true.
type Resource struct {
	ID   string
	Type string
	At   Position // of its logical id
	// Value is the resource as the template has it, Globals merged into its
	// Properties.
	Value *Value
}

// Built is where `sam build` puts the template of a project that it has built.
const Built = ".aws-sam/build/template.yaml"

// Default returns the name of the template in dir that is used when none is
// named: that of a build, else the project's own, or "template.yaml" if there is
// none.
func Default(dir string) string {
	if _, err := os.Stat(filepath.Join(dir, Built)); err == nil {
		return Built
	}
	return DefaultSource(dir)
}

// DefaultSource is Default without regard to builds.
func DefaultSource(dir string) string {
	for _, name := range []string{"template.yaml", "template.yml", "template.json"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			return name
		}
	}
	return "template.yaml"
}

// Read reads the template at path, and the local templates nested in it. The
// error is *MissingError, *Error, or one of the file system; faults that leave
// the rest of the template usable are in Faults.
func Read(path string, o Options) (*Template, error) {
	return read(path, "", nil, o)
}

func read(path, stackPath string, outer []string, o Options) (*Template, error) {
	root, faults, err := readFile(path)
	if err != nil {
		return nil, err
	}
	if root.Kind != Map {
		return nil, root.errorf("", "a template is a map with a Resources section, and this is %v", root.Kind)
	}
	t := &Template{File: path, StackPath: stackPath, root: root, faults: faults, scope: newScope(path, root, o)}
	resources := root.Get("Resources")
	switch {
	case resources == nil:
		return nil, root.errorf("", "'Resources' section is required")
	case resources.Kind != Map:
		return nil, resources.errorf("", "'Resources' is a map of logical ids to resources, and this is %v", resources.Kind)
	}
	t.findResources(resources)
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("read template: %w", err)
	}
	t.readNested(append(slices.Clone(outer), abs))
	for _, name := range t.scope.unused {
		t.warnings = append(t.warnings, fmt.Errorf("%s has no parameter %s: its override is not used", path, name))
	}
	return t, nil
}

// findResources lists the resources that exist.
func (t *Template) findResources(resources *Value) {
	globals := t.root.Get("Globals")
	entries := t.expand(resources)
	t.scope.addResources(entries) // those that loops and included files made
	for _, entry := range entries {
		if entry.Value.Kind != Map {
			t.faults = append(t.faults, entry.Value.errorf(entry.Key, "a resource is a map with a Type, and this is %v", entry.Value.Kind))
			continue
		}
		r := Resource{ID: entry.Key, Type: entry.Value.Get("Type").text(), At: entry.At, Value: entry.Value}
		if condition := entry.Value.Get("Condition"); condition.IsScalar() && condition != nil {
			exists := t.scope.condition(condition, condition.Text)
			if exists.Text == "false" {
				continue
			}
			if exists.Kind == Unresolved {
				t.warn(condition, r.ID, "the condition %s is not known locally (%s), and taken for true", condition.Text, exists.Text)
			}
		}
		r.Value = mergeGlobals(globals, r)
		t.resources = append(t.resources, r)
	}
}

// expand replaces loops and included files among the resources by what they
// stand for.
func (t *Template) expand(resources *Value) []Entry {
	var entries []Entry
	for _, entry := range resources.Entries {
		switch {
		case strings.HasPrefix(entry.Key, "Fn::ForEach::"):
			entries = append(entries, t.scope.forEach(entry)...)
		case entry.Key == "Fn::Transform":
			entries = append(entries, t.scope.include(entry.Value, resources).Entries...)
		default:
			entries = append(entries, entry)
		}
	}
	return entries
}

func (t *Template) warn(at *Value, resource, format string, args ...any) {
	t.warnings = append(t.warnings, at.errorf(resource, format, args...))
}

// Faults are what is wrong in the template and those nested in it, sorted by
// place.
func (t *Template) Faults() []*Error {
	faults := append(slices.Clone(t.faults), t.scope.faults...)
	for _, nested := range t.nested {
		faults = append(faults, nested.Faults()...)
	}
	slices.SortStableFunc(faults, func(a, b *Error) int {
		if a.File != b.File {
			return strings.Compare(a.File, b.File)
		}
		return a.Line - b.Line
	})
	return faults
}

// Warnings are about what was assumed or left out.
func (t *Template) Warnings() []error {
	warnings := slices.Clone(t.warnings)
	for _, nested := range t.nested {
		warnings = append(warnings, nested.Warnings()...)
	}
	return warnings
}

// Files are the absolute paths of the files that were read so far, or looked for
// in vain: the template, those nested in it and those that these include. All are
// known once Routes has returned.
func (t *Template) Files() []string {
	var files []string
	for _, file := range t.scope.files {
		if abs, err := filepath.Abs(file); err == nil { // else there is no current directory to watch from
			files = append(files, abs)
		}
	}
	for _, nested := range t.nested {
		files = append(files, nested.Files()...)
	}
	slices.Sort(files)
	return slices.Compact(files)
}

// property resolves a property of a resource.
func (t *Template) property(r Resource, path ...string) *Value {
	t.scope.resource = r.ID
	defer func() { t.scope.resource = "" }()
	return t.scope.resolve(r.Value.Get(append([]string{"Properties"}, path...)...))
}
