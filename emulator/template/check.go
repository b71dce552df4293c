package template

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"github.com/agnivade/levenshtein"

	"sam/emulator/template/schema"
)

// Check says everything that is wrong in the template and in those nested in
// it, sorted by place. The error is one of the schemas, not of the template.
func (t *Template) Check() ([]*Error, error) {
	found, err := t.checkAll()
	if err != nil {
		return nil, err
	}
	found = append(found, t.Faults()...)
	slices.SortStableFunc(found, func(a, b *Error) int {
		if a.File != b.File {
			return strings.Compare(a.File, b.File)
		}
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		if a.Col != b.Col {
			return a.Col - b.Col
		}
		return strings.Compare(a.Message, b.Message)
	})
	return slices.CompactFunc(found, func(a, b *Error) bool { return a.Position == b.Position && a.Message == b.Message }), nil
}

func (t *Template) checkAll() ([]*Error, error) {
	found, err := checkSchema("template", "", t.root, Resource{})
	if err != nil {
		return nil, err
	}
	inGlobals := make(map[Position]bool) // what was said there is not said again for every function
	for _, fault := range found {
		inGlobals[fault.Position] = true
	}
	for _, r := range t.resources {
		properties := r.Value.Get("Properties")
		if properties == nil {
			properties = &Value{Kind: Map, At: r.At}
		}
		faults, err := checkSchema(r.Type, r.ID, properties, r)
		if err != nil {
			return nil, err
		}
		found = append(found, slices.DeleteFunc(faults, func(e *Error) bool { return inGlobals[e.Position] })...)
		found = append(found, t.checkReferences(r)...)
		if climbs := t.checkCode(r); climbs != nil {
			found = append(found, climbs)
		}
	}
	found = append(found, t.checkCycles()...)
	found = append(found, t.checkRoutes()...)
	t.resolveEverything()
	for _, nested := range t.nested {
		faults, err := nested.checkAll()
		if err != nil {
			return nil, err
		}
		found = append(found, faults...)
	}
	return found, nil
}

// resolveEverything makes the scope find the references that lead nowhere.
func (t *Template) resolveEverything() {
	for _, r := range t.resources {
		t.scope.resource = r.ID
		for _, entry := range r.Value.Entries {
			if entry.Key != "Condition" && entry.Key != "DependsOn" {
				t.scope.resolve(entry.Value)
			}
		}
	}
	t.scope.resource = ""
	t.scope.resolve(t.root.Get("Outputs"))
	if conditions := t.scope.conditions; conditions != nil && conditions.Kind == Map {
		for _, entry := range conditions.Entries {
			t.scope.condition(entry.Value, entry.Key)
		}
	}
}

// checkSchema judges a value by the schema of that name, if there is one.
func checkSchema(name, resource string, value *Value, r Resource) ([]*Error, error) {
	faults, err := schema.Check(name, value.plain())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("check %s: %w", name, err)
	}
	var found []*Error
	for _, fault := range faults {
		found = append(found, explain(fault, name, resource, value, r)...)
	}
	return found, nil
}

// explain words a fault, with the place of the value that it is about.
func explain(fault schema.Fault, name, resource string, root *Value, r Resource) []*Error {
	value, at := follow(root, fault.Path)
	if len(fault.Path) == 0 && resource != "" {
		at = r.At
	}
	subject := fault.Title
	if subject == "" {
		subject = name
	}
	what := "it"
	if len(fault.Path) > 0 {
		what = "property " + strings.Join(fault.Path, ".")
	}
	if name == "template" {
		what = strings.Join(fault.Path, ".")
	}
	one := func(at Position, format string, args ...any) []*Error {
		return []*Error{{Position: at, Resource: resource, Message: fmt.Sprintf(format, args...)}}
	}
	switch fault.Keyword {
	case "additionalProperties":
		var found []*Error
		for _, key := range fault.Want {
			text := fmt.Sprintf("property %s is not defined for %s", key, subject)
			if near := nearest(key, fault.Known); near != "" {
				text += fmt.Sprintf(" (did you mean %s?)", near)
			} else if fault.Description != "" {
				text += ": " + fault.Description
			}
			found = append(found, one(value.KeyPosition(key), "%s", text)...)
		}
		return found
	case "required", "dependentRequired":
		return one(at, "property %s is required for %s", strings.Join(fault.Want, ", "), subject)
	case "type":
		return one(at, "%s is %v, and takes %s", what, value.Kind, fallback(fault.Title, strings.Join(fault.Want, " or ")))
	case "minProperties", "minItems":
		if fault.Want[0] == "1" {
			return one(at, "%s must not be empty", what)
		}
		return one(at, "%s needs at least %s entries", what, fault.Want[0])
	case "enum", "const":
		return one(at, "%s is %q, and takes %s", what, value.text(), strings.Join(fault.Want, ", "))
	}
	takes := ", and takes " + fallback(fault.Title, strings.Join(fault.Want, " or "))
	if fault.Description != "" {
		takes = ": " + fault.Description
	}
	if value.IsScalar() {
		return one(at, "%s is %q%s", what, value.Text, takes)
	}
	return one(at, "%s is %v%s", what, value.Kind, takes)
}

func fallback(text, otherwise string) string {
	if text != "" {
		return text
	}
	return otherwise
}

// follow finds the value at a path, and the place of its key.
func follow(v *Value, path []string) (*Value, Position) {
	at := v.At
	for _, key := range path {
		next := v.Get(key)
		if i, err := strconv.Atoi(key); err == nil && v.Kind == List && i < len(v.Items) {
			next = v.Items[i]
			at = next.At
		} else {
			at = v.KeyPosition(key)
		}
		if next == nil {
			break
		}
		v = next
	}
	return v, at
}

// nearest is the candidate that a misspelt name most likely means, or "".
func nearest(name string, candidates []string) string {
	best, least := "", 1+len(name)/3
	for _, candidate := range candidates {
		if d := levenshtein.ComputeDistance(strings.ToLower(name), strings.ToLower(candidate)); d < least || d == least && best == "" {
			best, least = candidate, d
		}
	}
	return best
}
