package template

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// readParameters gives the template's parameters their values: the override,
// else the default.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
func (s *scope) readParameters(parameters *Value) {
	s.parameters = make(map[string]*Value)
	if parameters == nil || parameters.Kind != Map {
		return
	}
	for _, entry := range parameters.Entries {
		s.parameters[entry.Key] = s.parameter(entry.Key, entry.Value)
	}
	for name := range s.options.Parameters {
		if _, known := s.parameters[name]; !known {
			s.unused = append(s.unused, name)
		}
	}
	slices.Sort(s.unused)
}

func (s *scope) parameter(name string, definition *Value) *Value {
	kind := definition.Get("Type").text()
	value := definition.Get("Default")
	if text, given := s.options.Parameters[name]; given {
		value = newString(definition.At, text)
	}
	if !value.IsScalar() {
		return unresolved(definition, "the parameter %s has no value (--parameter-overrides %[1]s=... gives it one)", name)
	}
	if strings.HasPrefix(kind, "AWS::SSM::Parameter::Value<") {
		return unresolved(definition, "the parameter %s is in the Systems Manager, which is not asked", name)
	}
	if !isListType(kind) {
		if complaint := check(definition, kind, value.Text); complaint != "" {
			return s.fault(value, "the parameter %s is %q: %s", name, value.Text, complaint)
		}
		return newString(value.At, value.Text)
	}
	list := &Value{Kind: List, At: value.At}
	for _, item := range strings.Split(value.Text, ",") {
		item = strings.TrimSpace(item)
		if complaint := check(definition, kind, item); complaint != "" {
			return s.fault(value, "the parameter %s has the element %q: %s", name, item, complaint)
		}
		list.Items = append(list.Items, newString(value.At, item))
	}
	return list
}

func isListType(kind string) bool {
	return kind == "CommaDelimitedList" || strings.HasPrefix(kind, "List<")
}

// check says what keeps a text from being a parameter's value, or "".
func check(definition *Value, kind, text string) string {
	number, err := strconv.ParseFloat(text, 64)
	if strings.Contains(kind, "Number") && err != nil {
		return "it is not a number"
	}
	if allowed := definition.Get("AllowedValues"); allowed != nil && allowed.Kind == List {
		if !slices.ContainsFunc(allowed.Items, func(v *Value) bool { return v.text() == text }) {
			return "the values allowed are " + listing(allowed)
		}
	}
	if pattern := definition.Get("AllowedPattern").text(); pattern != "" {
		if re, err := regexp.Compile("^(?:" + pattern + ")$"); err == nil && !re.MatchString(text) {
			return "it does not match the pattern " + pattern
		}
	}
	for _, bound := range []struct {
		name  string
		value float64
		upper bool
	}{
		{"MinLength", float64(len([]rune(text))), false}, {"MaxLength", float64(len([]rune(text))), true},
		{"MinValue", number, false}, {"MaxValue", number, true},
	} {
		limit, err := strconv.ParseFloat(definition.Get(bound.name).text(), 64)
		if err == nil && (bound.upper && bound.value > limit || !bound.upper && bound.value < limit) {
			return fmt.Sprintf("its %s is %v", bound.name, limit)
		}
	}
	return ""
}

func listing(list *Value) string {
	texts := make([]string, len(list.Items))
	for i, item := range list.Items {
		texts[i] = item.text()
	}
	return strings.Join(texts, ", ")
}
