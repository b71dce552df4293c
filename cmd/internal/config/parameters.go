package config

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"go.yaml.in/yaml/v3"
)

// ParameterOverrides reads the arguments of --parameter-overrides: both notations
// of SAM CLI, one or several to an argument, values in quotes if they hold
// spaces, and file:// in front of the name of a file with a map of them.
func ParameterOverrides(arguments []string) (map[string]string, error) {
	overrides := make(map[string]string)
	for _, argument := range arguments {
		for _, pair := range SplitPairs(argument) {
			if file, isFile := strings.CutPrefix(pair, "file://"); isFile {
				if err := readParameters(file, overrides); err != nil {
					return nil, fmt.Errorf("--parameter-overrides: %w", err)
				}
				continue
			}
			key, value, found := strings.Cut(pair, "=")
			if rest, long := strings.CutPrefix(pair, "ParameterKey="); long {
				key, value, found = strings.Cut(rest, ",ParameterValue=")
			}
			if !found || key == "" {
				return nil, fmt.Errorf("--parameter-overrides: %q is neither Key=Value nor ParameterKey=Key,ParameterValue=Value", pair)
			}
			overrides[key] = value
		}
	}
	return overrides, nil
}

// SplitPairs splits an argument into pairs Key=Value with spaces between, values
// in quotes if they hold some. Where that leaves something that is no pair, the
// argument is a single one: the shell has taken its quotes away.
func SplitPairs(argument string) []string {
	pairs := splitQuoted(argument)
	isNone := func(word string) bool { return !strings.Contains(word, "=") && !strings.HasPrefix(word, "file://") }
	if slices.ContainsFunc(pairs, isNone) {
		return []string{argument}
	}
	return pairs
}

// splitQuoted splits at spaces outside of quotes, and removes the quotes around
// words and values; others are part of the value, as in A={"b":1}. A backslash
// takes the character behind it as it is: a quote, a space or a backslash.
func splitQuoted(s string) []string {
	var words []string
	var word strings.Builder
	var quote rune
	inWord, escaped := false, false
	for _, r := range s {
		switch {
		case escaped:
			if !strings.ContainsRune(`"'\ `, r) {
				word.WriteByte('\\')
			}
			word.WriteRune(r)
			escaped = false
		case r == '\\':
			escaped, inWord = true, true
		case quote != 0 && r == quote:
			quote = 0
		case quote == 0 && (r == '"' || r == '\'') && (!inWord || strings.HasSuffix(word.String(), "=")):
			quote, inWord = r, true
		case quote == 0 && (r == ' ' || r == '\t' || r == '\n'):
			if inWord {
				words = append(words, word.String())
				word.Reset()
				inWord = false
			}
		default:
			word.WriteRune(r)
			inWord = true
		}
	}
	if escaped {
		word.WriteByte('\\')
	}
	if inWord {
		words = append(words, word.String())
	}
	return words
}

// readParameters reads a map of parameters, in YAML, JSON or TOML, or one of the
// forms that the AWS CLI has: a list of Key=Value or of ParameterKey with
// ParameterValue. The list of a value is its elements with commas between, null
// is an empty string.
func readParameters(file string, into map[string]string) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("read parameters: %w", err)
	}
	unmarshal := yaml.Unmarshal
	if filepath.Ext(file) == ".toml" {
		unmarshal = toml.Unmarshal
	}
	var content any
	if err := unmarshal(data, &content); err != nil {
		return fmt.Errorf("%s is not a map of parameters: %w", file, err)
	}
	parameters, isMap := content.(map[string]any)
	if inner, isPipeline := parameters["Parameters"].(map[string]any); isPipeline { // CodePipeline's form
		parameters = inner
	}
	if !isMap {
		if parameters, err = listed(content); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}
	for name, value := range parameters {
		if _, isMap := value.(map[string]any); isMap {
			return fmt.Errorf("%s: the parameter %s is a map, and not a string", file, name)
		}
		into[name] = parameterText(value)
	}
	return nil
}

// listed makes a map of a list of parameters.
func listed(content any) (map[string]any, error) {
	list, isList := content.([]any)
	if !isList && content != nil {
		return nil, fmt.Errorf("%s where a map or a list of parameters should be", describe(content))
	}
	parameters := make(map[string]any)
	for _, item := range list {
		switch item := item.(type) {
		case string:
			if name, value, isPair := strings.Cut(item, "="); isPair {
				parameters[name] = value
				continue
			}
		case map[string]any:
			if name, isText := item["ParameterKey"].(string); isText {
				parameters[name] = item["ParameterValue"]
				continue
			}
		}
		return nil, fmt.Errorf("%s is neither Key=Value nor a table with ParameterKey and ParameterValue", describe(item))
	}
	return parameters, nil
}

func parameterText(value any) string {
	switch value := value.(type) {
	case nil:
		return ""
	case []any:
		var texts []string
		for _, item := range value {
			texts = append(texts, parameterText(item))
		}
		return strings.Join(texts, ",")
	}
	return fmt.Sprint(value)
}
