package config

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/pflag"
)

// overridesFlag is the flag that takes a map as well: each of its arguments is
// a list of pairs in a notation with quotes.
const overridesFlag = "parameter-overrides"

// words are what a value of a configuration file would be on the command
// line, one for each time that the flag is given.
func words(flag *pflag.Flag, value any) ([]string, error) {
	switch v := value.(type) {
	case nil: // a YAML key without a value
		return nil, nil
	case []any:
		if _, repeatable := flag.Value.(pflag.SliceValue); !repeatable {
			return nil, mismatch(flag, v)
		}
		var all []string
		for _, element := range v {
			some, err := words(flag, element)
			if err != nil {
				return nil, err
			}
			all = append(all, some...)
		}
		return all, nil
	case map[string]any:
		if flag.Name != overridesFlag {
			return nil, mismatch(flag, v)
		}
		return pairs(v)
	}
	word, err := word(flag, value)
	return []string{word}, err
}

// word is a single value on the command line.
func word(flag *pflag.Flag, value any) (string, error) {
	takesBool := flag.Value.Type() == "bool"
	var text string
	switch v := value.(type) {
	case string:
		text = v
	case int, int64:
		text = fmt.Sprint(v)
	case bool:
		if !takesBool {
			return "", mismatch(flag, v)
		}
		return strconv.FormatBool(v), nil
	default:
		return "", mismatch(flag, v)
	}
	if !takesBool {
		return text, nil
	}
	text, err := boolean(text)
	if err != nil {
		return "", mismatch(flag, value)
	}
	return text, nil
}

// pairs are the pairs Key=Value of a map, in quotes as --parameter-overrides
// wants them.
func pairs(parameters map[string]any) ([]string, error) {
	var all []string
	for _, key := range slices.Sorted(maps.Keys(parameters)) {
		value, err := parameter(parameters[key])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", key, err)
		}
		all = append(all, `"`+strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(key+"="+value)+`"`)
	}
	return all, nil
}

// parameter is the text of a template parameter, as SAM CLI (Python) writes
// it: True and False are capitalized, a float shows that it is one, the
// elements of a list are trimmed and the empty ones left out.
func parameter(value any) (string, error) {
	switch v := value.(type) {
	case nil:
		return "", nil
	case string:
		return v, nil
	case bool:
		if v {
			return "True", nil
		}
		return "False", nil
	case int, int64, uint64:
		return fmt.Sprint(v), nil
	case float64:
		text := strconv.FormatFloat(v, 'f', -1, 64)
		if !strings.ContainsAny(text, ".IN") { // 2 is 2.0; +Inf and NaN are themselves
			text += ".0"
		}
		return text, nil
	case []any:
		var elements []string
		for _, element := range v {
			text, err := parameter(element)
			if err != nil {
				return "", err
			}
			if text != "" {
				elements = append(elements, strings.TrimSpace(text))
			}
		}
		return strings.Join(elements, ","), nil
	}
	return "", fmt.Errorf("a parameter takes a string, a number, true, false or a list, not %s", describe(value))
}

// mismatch says what a flag takes instead of a value.
func mismatch(flag *pflag.Flag, value any) error {
	takes := "a value of type " + flag.Value.Type()
	switch flag.Value.Type() {
	case "bool":
		takes = "true or false"
	case "int":
		takes = "a whole number"
	case "string":
		takes = "a string"
	case "intSlice":
		takes = "a whole number or a list of them"
	case "stringArray":
		takes = "a string or a list of strings"
	}
	if flag.Name == overridesFlag {
		takes = "a string, a list or a map"
	}
	return fmt.Errorf("--%s takes %s, not %s", flag.Name, takes, describe(value))
}

// describe names a value in a message.
func describe(value any) string {
	switch v := value.(type) {
	case string:
		return strconv.Quote(v)
	case bool, int, int64, uint64, float64:
		return fmt.Sprint(v)
	case []any:
		return "a list"
	case map[string]any:
		return "a table"
	case map[any]any: // what the YAML reader makes of it
		return "a table with keys that are not strings"
	}
	return "a date or time without quotes"
}
