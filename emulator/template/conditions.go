package template

import "strings"

// expandConditions replaces loops among the conditions by what they make.
func (s *scope) expandConditions() {
	if s.conditions == nil || s.conditions.Kind != Map {
		return
	}
	expanded := &Value{Kind: Map, At: s.conditions.At}
	for _, entry := range s.conditions.Entries {
		if strings.HasPrefix(entry.Key, "Fn::ForEach::") {
			expanded.Entries = append(expanded.Entries, s.forEach(entry)...)
		} else {
			expanded.Entries = append(expanded.Entries, entry)
		}
	}
	s.conditions = expanded
}

// condition is the value of a named condition: a Bool, or Unresolved.
func (s *scope) condition(at *Value, name string) *Value {
	value, evaluated := s.known[name]
	switch {
	case evaluated && value == nil:
		return s.fault(at, "the condition %s depends on itself", name)
	case evaluated:
		return value
	}
	definition := s.conditions.Get(name)
	if definition == nil {
		return s.fault(at, "there is no condition %s", name)
	}
	s.known[name] = nil
	value = s.evaluate(definition)
	s.known[name] = value
	return value
}

// evaluate is the value of a condition function.
func (s *scope) evaluate(v *Value) *Value {
	s.depth++
	defer func() { s.depth-- }()
	if s.depth > maxDepth {
		return s.fault(v, "conditions are nested deeper than %d levels", maxDepth)
	}
	name, arg := v.function()
	switch name {
	case "Condition":
		return s.condition(v, arg.Text)
	case "Fn::Equals":
		args, bad := s.arguments(v, name, arg, 2, 2)
		if bad != nil {
			return bad
		}
		if hole := firstUnresolved(args); hole.Kind == Unresolved {
			return unresolved(v, "%s", hole.Text)
		}
		return newBool(v, equal(args[0], args[1]))
	case "Fn::Not", "Fn::And", "Fn::Or":
		return s.combine(v, name, arg)
	}
	if v.Kind == Bool || v.Kind == String && (v.Text == "true" || v.Text == "false") {
		return newBool(v, v.Text == "true")
	}
	return s.fault(v, "a condition is Fn::And, Fn::Equals, Fn::If, Fn::Not, Fn::Or or Condition")
}

// combine evaluates the conditions of Fn::And, Fn::Or and Fn::Not. One that is
// not known matters only if the others leave the result open.
func (s *scope) combine(v *Value, name string, arg *Value) *Value {
	if arg.Kind != List || len(arg.Items) == 0 || name == "Fn::Not" && len(arg.Items) != 1 {
		return s.fault(v, "%s takes a list of conditions", name)
	}
	var hole *Value
	for _, item := range arg.Items {
		value := s.evaluate(item)
		switch {
		case value.Kind == Unresolved:
			hole = value
		case name == "Fn::Not":
			return newBool(v, value.Text != "true")
		case (value.Text == "true") == (name == "Fn::Or"):
			return newBool(v, name == "Fn::Or")
		}
	}
	if hole != nil {
		return unresolved(v, "%s", hole.Text)
	}
	return newBool(v, name == "Fn::And")
}

func newBool(at *Value, is bool) *Value {
	text := "false"
	if is {
		text = "true"
	}
	return &Value{Kind: Bool, Text: text, At: at.At}
}

// equal compares as CloudFormation does: scalars by their text.
func equal(a, b *Value) bool {
	if a.IsScalar() && b.IsScalar() {
		return a.Text == b.Text
	}
	if a.Kind != b.Kind || len(a.Items) != len(b.Items) || len(a.Entries) != len(b.Entries) {
		return false
	}
	for i := range a.Items {
		if !equal(a.Items[i], b.Items[i]) {
			return false
		}
	}
	for _, entry := range a.Entries {
		if other := b.Get(entry.Key); other == nil || !equal(entry.Value, other) {
			return false
		}
	}
	return true
}

// forEach expands a loop of AWS::LanguageExtensions: the value of a key
// Fn::ForEach::Name is [variable, collection, {template}].
func (s *scope) forEach(entry Entry) []Entry {
	v := entry.Value
	if v.Kind != List || len(v.Items) != 3 || !v.Items[0].IsScalar() || v.Items[2].Kind != Map {
		s.fault(v, "%s takes a variable, a list of values, and a map", entry.Key)
		return nil
	}
	values := s.resolve(v.Items[1])
	if values.Kind != List {
		s.otherwise(v, entry.Key, values, "a list of values that is known")
		return nil
	}
	variable := v.Items[0].Text
	if _, nested := s.loops[variable]; nested {
		s.fault(v, "%s: the variable %s is that of a loop around it", entry.Key, variable)
		return nil
	}
	var entries []Entry
	for _, value := range values.Items {
		if !value.IsScalar() {
			s.otherwise(v, entry.Key, value, "strings")
			continue
		}
		if s.loops == nil {
			s.loops = make(map[string]*Value)
		}
		s.loops[variable] = value
		entries = append(entries, s.resolve(v.Items[2]).Entries...)
	}
	delete(s.loops, variable)
	return entries
}

// loopText replaces the variables of loops in a key.
func (s *scope) loopText(text string) string {
	if len(s.loops) == 0 {
		return text
	}
	for name, value := range s.loops {
		text = strings.NewReplacer("${"+name+"}", value.Text, "&{"+name+"}", alphanumeric(value.Text)).Replace(text)
	}
	return text
}

func alphanumeric(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return -1
	}, text)
}
