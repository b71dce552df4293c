package template

import "strings"

func (s *scope) callSub(v, arg *Value) *Value {
	if arg.Kind != List {
		return s.withText(v, "Fn::Sub", arg, func(text string) *Value { return s.sub(v, text, nil) })
	}
	if len(arg.Items) != 2 || arg.Items[0].Kind != String || arg.Items[1].Kind != Map {
		return s.fault(v, "Fn::Sub takes a string, or a list of a string and a map of variables")
	}
	variables := s.resolve(arg.Items[1])
	return s.sub(v, arg.Items[0].Text, variables)
}

// sub replaces ${Name} and ${Name.Attribute}; ${!Name} becomes ${Name}.
func (s *scope) sub(v *Value, text string, variables *Value) *Value {
	var b strings.Builder
	var hole *Value // the first variable without a value; the others may be faulty as well
	for {
		before, rest, found := strings.Cut(text, "${")
		b.WriteString(before)
		name, after, closed := strings.Cut(rest, "}")
		switch {
		case !closed && found:
			b.WriteString("${" + rest)
			fallthrough
		case !found:
			if hole != nil {
				return hole
			}
			return newString(v.At, b.String())
		}
		text = after
		if literal, isLiteral := strings.CutPrefix(name, "!"); isLiteral {
			b.WriteString("${" + literal + "}")
			continue
		}
		value := s.variable(v, strings.TrimSpace(name), variables)
		if !value.IsScalar() && hole == nil {
			hole = s.otherwise(v, "Fn::Sub", value, "strings for its variables ("+name+")")
		}
		b.WriteString(value.text())
	}
}

func (s *scope) variable(v *Value, name string, variables *Value) *Value {
	if value := variables.Get(name); value != nil {
		return value
	}
	if resource, attribute, isAttribute := strings.Cut(name, "."); isAttribute {
		return s.getAtt(v, resource, attribute)
	}
	return s.ref(v, name)
}
