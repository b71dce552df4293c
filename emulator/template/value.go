package template

import (
	"fmt"
	"strings"
)

// A Kind says what a Value is.
type Kind int

// The kinds of values.
const (
	Null Kind = iota
	Bool
	Int
	Float
	String
	List
	Map
	// Unresolved is a function of CloudFormation whose value exists only
	// after a deployment.
	Unresolved
)

// String is the kind's name in messages.
func (k Kind) String() string {
	return [...]string{"null", "a boolean", "an integer", "a number", "a string", "a list", "a map", "an unresolved value"}[k]
}

// A Position is a place in a template.
type Position struct {
	File      string // as the user named it
	Line, Col int    // from 1; 0 if it has no place
}

func (p Position) String() string {
	var b strings.Builder
	b.WriteString(p.File)
	if p.Line > 0 {
		fmt.Fprintf(&b, ":%d", p.Line)
	}
	if p.Line > 0 && p.Col > 0 {
		fmt.Fprintf(&b, ":%d", p.Col)
	}
	return b.String()
}

// A Value is a value of a template, with the place that it came from. Values
// are not changed once they were read: what replaces one is a new one.
type Value struct {
	Kind Kind
	// Text is a scalar as a string: "true", "1.5", "" for null. For an
	// Unresolved value it says why.
	Text string
	// Items are the elements of a List.
	Items []*Value
	// Entries are those of a Map, in the template's order.
	Entries []Entry
	At      Position
}

// An Entry is a key of a Map with its value.
type Entry struct {
	Key   string
	At    Position // of the key
	Value *Value
}

// Get follows keys through maps. It returns nil where one is missing, and is
// safe to call on nil.
func (v *Value) Get(keys ...string) *Value {
	for _, key := range keys {
		if v == nil || v.Kind != Map {
			return nil
		}
		next := v.entry(key)
		if next == nil {
			return nil
		}
		v = next.Value
	}
	return v
}

func (v *Value) entry(key string) *Entry {
	if v == nil || v.Kind != Map {
		return nil
	}
	for i := range v.Entries {
		if v.Entries[i].Key == key {
			return &v.Entries[i]
		}
	}
	return nil
}

// Children are the entries of a Map; none of anything else, nil included.
func (v *Value) Children() []Entry {
	if v == nil {
		return nil
	}
	return v.Entries
}

// KeyPosition is the place of a key, or that of the map if it lacks the key.
func (v *Value) KeyPosition(key string) Position {
	if entry := v.entry(key); entry != nil {
		return entry.At
	}
	return v.At
}

// IsScalar tells whether the value has a text.
func (v *Value) IsScalar() bool { return v != nil && v.Kind <= String }

// text is the text of a scalar, or "" of anything else.
func (v *Value) text() string {
	if v.IsScalar() {
		return v.Text
	}
	return ""
}

// function takes a function call apart: a map with one key that names one.
// The name is empty if the value is none.
func (v *Value) function() (name string, arg *Value) {
	if v == nil || v.Kind != Map || len(v.Entries) != 1 {
		return "", nil
	}
	switch key := v.Entries[0].Key; {
	case key == "Ref", key == "Condition" && v.Entries[0].Value.Kind == String, strings.HasPrefix(key, "Fn::"):
		return key, v.Entries[0].Value
	}
	return "", nil
}

// newString makes a string in the place of another value.
func newString(at Position, text string) *Value { return &Value{Kind: String, Text: text, At: at} }

// errorf makes an error about the value.
func (v *Value) errorf(resource, format string, args ...any) *Error {
	return &Error{Position: v.At, Resource: resource, Message: fmt.Sprintf(format, args...)}
}

// An Error is a fault in a template.
type Error struct {
	Position
	Resource string // logical id, or empty
	Message  string
}

// Error has the form file:line:column: resource: message.
func (e *Error) Error() string {
	text := e.Position.String() + ": "
	if e.Resource != "" {
		text += e.Resource + ": "
	}
	return text + e.Message
}
