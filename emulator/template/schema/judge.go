package schema

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"sync"
	"unicode/utf8"
)

// A Fault is a value that a schema does not allow.
type Fault struct {
	Path    []string // to the value
	Keyword string   // of JSON Schema, which the value violates
	Got     any      // the value
	// Want is what the keyword tells: the keys that are unknown or missing, the
	// types or values that are allowed, or the titles of the alternatives.
	Want []string
	// Title says what the value is, Description what a pattern or a ban is about,
	// and Known, of a map, which keys it may have. They are empty where the
	// schema does not tell.
	Title, Description string
	Known              []string
}

// A judge collects what is wrong.
type judge struct {
	faults []Fault
	errs   []error // of the schemas themselves
}

// A place is a value in its context.
type place struct {
	path               []string
	title, description string // of the nearest schema that has them
}

func (p place) child(key string) place { return place{path: append(slices.Clip(p.path), key)} }

func (j *judge) fault(s map[string]any, value any, at place, keyword string, want ...string) {
	properties, _ := s["properties"].(map[string]any)
	j.faults = append(j.faults, Fault{
		Path: at.path, Keyword: keyword, Got: value, Want: want,
		Title: at.title, Description: at.description, Known: slices.Sorted(maps.Keys(properties)),
	})
}

// allows reports whether s allows value.
func (j *judge) allows(s schema, value any) bool {
	var inner judge
	inner.check(s, value, place{})
	j.errs = append(j.errs, inner.errs...)
	return len(inner.faults) == 0
}

// check judges value by one schema. A value of a wrong type or not among those
// listed is not looked into, as there is nothing to be learnt from it.
func (j *judge) check(in schema, value any, at place) {
	s, ok := in.any.(map[string]any)
	if !ok {
		return // true; no schema here is false
	}
	if title, ok := s["title"].(string); ok {
		at.title, at.description = title, ""
	}
	if description, ok := s["description"].(string); ok {
		at.description = description
	}
	sub := func(part any) schema { return schema{in.file, part} }

	if types := list(s["type"]); types != nil && !slices.ContainsFunc(types, func(t string) bool { return is(value, t) }) {
		j.fault(s, value, at, "type", types...)
		return
	}
	if want, ok := s["const"]; ok && !equal(value, want) {
		j.fault(s, value, at, "const", text(want))
		return
	}
	if enum, ok := s["enum"].([]any); ok && !slices.ContainsFunc(enum, func(want any) bool { return equal(value, want) }) {
		j.fault(s, value, at, "enum", list(enum)...)
		return
	}
	if ref, ok := s["$ref"].(string); ok {
		if target, ok := j.follow(in, ref); ok {
			j.check(target, value, at)
		}
	}
	switch v := value.(type) {
	case string:
		j.checkString(s, v, at)
	case int, float64:
		j.checkNumber(s, v, at)
	case []any:
		j.checkList(s, sub, v, at)
	case map[string]any:
		j.checkMap(s, sub, v, at)
	}
	j.combine(s, sub, value, at)
}

func (j *judge) checkString(s map[string]any, v string, at place) {
	if pattern, ok := s["pattern"].(string); ok && !matches(pattern, v) {
		j.fault(s, v, at, "pattern", pattern)
	}
	if most, ok := s["maxLength"].(int); ok && utf8.RuneCountInString(v) > most {
		j.fault(s, v, at, "maxLength", strconv.Itoa(most))
	}
}

func (j *judge) checkNumber(s map[string]any, v any, at place) {
	for keyword, outside := range map[string]func(v, limit float64) bool{
		"minimum":          func(v, limit float64) bool { return v < limit },
		"maximum":          func(v, limit float64) bool { return v > limit },
		"exclusiveMaximum": func(v, limit float64) bool { return v >= limit },
	} {
		if limit, ok := s[keyword].(int); ok && outside(number(v), float64(limit)) {
			j.fault(s, v, at, keyword, strconv.Itoa(limit))
		}
	}
}

func (j *judge) checkList(s map[string]any, sub func(any) schema, v []any, at place) {
	j.checkSize(s, v, len(v), at, "minItems", "maxItems")
	prefix, _ := s["prefixItems"].([]any)
	for i, item := range v {
		part := s["items"]
		if i < len(prefix) {
			part = prefix[i]
		}
		j.check(sub(part), item, at.child(strconv.Itoa(i)))
	}
}

func (j *judge) checkSize(s map[string]any, v any, size int, at place, least, most string) {
	if limit, ok := s[least].(int); ok && size < limit {
		j.fault(s, v, at, least, strconv.Itoa(limit))
	}
	if limit, ok := s[most].(int); ok && size > limit {
		j.fault(s, v, at, most, strconv.Itoa(limit))
	}
}

func (j *judge) checkMap(s map[string]any, sub func(any) schema, v map[string]any, at place) {
	j.checkSize(s, v, len(v), at, "minProperties", "maxProperties")
	missing := func(names []string) []string {
		return slices.DeleteFunc(names, func(name string) bool { _, ok := v[name]; return ok })
	}
	if names := missing(list(s["required"])); len(names) > 0 {
		j.fault(s, v, at, "required", names...)
	}
	properties, _ := s["properties"].(map[string]any)
	patterns, _ := s["patternProperties"].(map[string]any)
	var unknown []string
	for _, key := range slices.Sorted(maps.Keys(v)) {
		part, known := properties[key]
		if known {
			j.check(sub(part), v[key], at.child(key))
		}
		for pattern, part := range patterns {
			if matches(pattern, key) {
				known = true
				j.check(sub(part), v[key], at.child(key))
			}
		}
		if rest, ok := s["additionalProperties"]; ok && !known {
			if rest == false {
				unknown = append(unknown, key)
			} else {
				j.check(sub(rest), v[key], at.child(key))
			}
		}
		if names, ok := s["propertyNames"]; ok && !j.allows(sub(names), key) {
			j.fault(s, v, at, "propertyNames", key)
		}
	}
	if len(unknown) > 0 {
		j.fault(s, v, at, "additionalProperties", unknown...)
	}
	dependent, _ := s["dependentRequired"].(map[string]any)
	for key, names := range dependent {
		if names := missing(list(names)); v[key] != nil && len(names) > 0 {
			j.fault(s, v, at, "dependentRequired", append([]string{key}, names...)...)
		}
	}
	dependent, _ = s["dependentSchemas"].(map[string]any)
	for key, part := range dependent {
		if _, ok := v[key]; ok {
			j.check(sub(part), v, at)
		}
	}
}

// combine judges by the schemas that s combines.
func (j *judge) combine(s map[string]any, sub func(any) schema, value any, at place) {
	if not, ok := s["not"]; ok && j.allows(sub(not), value) {
		j.fault(s, value, at, "not")
	}
	all, _ := s["allOf"].([]any)
	for _, part := range all {
		j.check(sub(part), value, at)
	}
	for keyword, most := range map[string]int{"anyOf": len(list(s["anyOf"])), "oneOf": 1} {
		parts, ok := s[keyword].([]any)
		if !ok {
			continue
		}
		var titles []string
		allowed := 0
		for _, part := range parts {
			if j.allows(sub(part), value) {
				allowed++
			}
			if alternative, ok := part.(map[string]any); ok {
				titles = append(titles, text(alternative["title"]))
			}
		}
		if allowed == 0 || allowed > most {
			j.fault(s, value, at, keyword, titles...)
		}
	}
	if condition, ok := s["if"]; ok {
		then := "else"
		if j.allows(sub(condition), value) {
			then = "then"
		}
		j.check(sub(s[then]), value, at)
	}
}

// is reports whether value is of a type of JSON Schema.
func is(value any, typ string) bool {
	switch v := value.(type) {
	case string:
		return typ == "string"
	case bool:
		return typ == "boolean"
	case int:
		return typ == "integer" || typ == "number"
	case float64:
		return typ == "number" || typ == "integer" && v == float64(int64(v))
	case []any:
		return typ == "array"
	case map[string]any:
		return typ == "object"
	}
	return typ == "null"
}

// equal compares scalars, which is all that schemas here compare with.
func equal(a, b any) bool {
	if is(a, "number") && is(b, "number") {
		return number(a) == number(b)
	}
	return !is(a, "array") && !is(a, "object") && a == b
}

func number(value any) float64 {
	if i, ok := value.(int); ok {
		return float64(i)
	}
	f, _ := value.(float64)
	return f
}

// list returns the strings of a list, or of a string alone.
func list(value any) []string {
	values, ok := value.([]any)
	if !ok && value != nil {
		return []string{text(value)}
	}
	var texts []string
	for _, value := range values {
		texts = append(texts, text(value))
	}
	return texts
}

func text(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case int:
		return strconv.Itoa(v)
	case bool:
		return strconv.FormatBool(v)
	}
	return ""
}

var patterns sync.Map // *regexp.Regexp by pattern

func matches(pattern, s string) bool {
	compiled, ok := patterns.Load(pattern)
	if !ok {
		compiled = regexp.MustCompile(pattern)
		patterns.Store(pattern, compiled)
	}
	return compiled.(*regexp.Regexp).MatchString(s)
}
