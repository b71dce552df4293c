package environ

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// allFunctions is the section of an --env-vars file that applies to every
// function.
const allFunctions = "Parameters"

// Overrides are the values of an --env-vars file. The zero value has none.
type Overrides struct {
	sections map[string]map[string]string
}

// ParseOverrides reads the content of an --env-vars file. It is either JSON,
//
//	{"Parameters": {"NAME": "for every function"},
//	 "LogicalIdOrFunctionName": {"NAME": "for this one"}}
//
// or, if it begins with neither { nor [, a .env file, which applies to every
// function. A value in JSON becomes a string as in SAM CLI: true and false, a
// number as it is written, and "" for null, an object or a list. An error names
// the line and the column, but not the file.
func ParseOverrides(data []byte) (Overrides, error) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	parse := parseDotenv
	if start := bytes.TrimSpace(data); len(start) > 0 && (start[0] == '{' || start[0] == '[') {
		parse = parseJSON
	}
	sections, err := parse(string(data))
	if err != nil {
		return Overrides{}, err
	}
	for section, vars := range sections {
		for name, value := range vars {
			if strings.ContainsRune(name+value, 0) {
				return Overrides{}, fmt.Errorf("%q in %q holds a NUL character, which no environment variable can", name, section)
			}
		}
	}
	return Overrides{sections}, nil
}

// parseJSON walks the top level by itself: the decoder would not say where a
// section is that has the wrong type.
func parseJSON(text string) (map[string]map[string]string, error) {
	var syntax *json.SyntaxError
	if err := json.Unmarshal([]byte(text), new(json.RawMessage)); errors.As(err, &syntax) {
		return nil, errorAt(text, int(syntax.Offset)-1, err.Error())
	}
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	if start, err := decoder.Token(); err != nil || start != json.Delim('{') {
		return nil, errorAt(text, int(decoder.InputOffset())-1, `expected an object like {"Function": {"NAME": "value"}}`)
	}
	sections := map[string]map[string]string{}
	for decoder.More() {
		key, err := decoder.Token()
		if err != nil {
			return nil, err
		}
		end := int(decoder.InputOffset())
		var value any
		if err := decoder.Decode(&value); err != nil {
			return nil, err
		}
		section, ok := value.(map[string]any)
		if !ok {
			return nil, errorAt(text, end, fmt.Sprintf(`the value of %q must be an object like {"NAME": "value"}`, key))
		}
		vars := make(map[string]string, len(section))
		for name, value := range section {
			vars[name] = stringify(value)
		}
		sections[key.(string)] = vars
	}
	return sections, nil
}

// stringify makes a JSON value a string, by SAM CLI's rule but for numbers, which
// Python would write in its own way (1.50 as 1.5).
func stringify(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case json.Number:
		return v.String()
	}
	return ""
}

// errorAt says where in text something is wrong. Lines and columns begin with
// 1, and a column is a character.
func errorAt(text string, offset int, problem string) error {
	before := text[:offset]
	line := 1 + strings.Count(before, "\n")
	column := 1 + utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:])
	return fmt.Errorf("line %d, column %d: %s", line, column, problem)
}

// For returns the values for fn, declared or not: those for all functions, and
// over them those for its FunctionName and its logical ID.
func (o Overrides) For(fn Function) map[string]string {
	vars := map[string]string{}
	for _, section := range []string{allFunctions, fn.FunctionName, fn.Name} {
		maps.Copy(vars, o.sections[section])
	}
	return vars
}

// An Unused value is one that reaches no function.
type Unused struct {
	Section  string // top-level key of the file
	Variable string // "" if Section is the name of no function
}

// Unused returns, sorted, what is in the file but reaches none of functions,
// which should be all of the template's: sections that name no function, and
// variables that no function of the section declares.
func (o Overrides) Unused(functions ...Function) []Unused {
	var unused []Unused
	for section, vars := range o.sections {
		var readers []Function
		for _, fn := range functions {
			if section == allFunctions || section == fn.Name || section == fn.FunctionName {
				readers = append(readers, fn)
			}
		}
		if len(readers) == 0 && section != allFunctions {
			unused = append(unused, Unused{Section: section})
			continue
		}
		for name := range vars {
			if !slices.ContainsFunc(readers, func(fn Function) bool { return fn.declares(name) }) {
				unused = append(unused, Unused{section, name})
			}
		}
	}
	slices.SortFunc(unused, func(a, b Unused) int {
		return cmp.Or(cmp.Compare(a.Section, b.Section), cmp.Compare(a.Variable, b.Variable))
	})
	return unused
}

func (f Function) declares(name string) bool {
	_, ok := f.Variables[name]
	return ok
}
