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

// splitQuoted splits at spaces outside of quotes, and removes the quotes. A
// backslash takes the character behind it as it is.
func splitQuoted(s string) []string {
	var words []string
	var word strings.Builder
	var quote rune
	inWord, escaped := false, false
	for _, r := range s {
		switch {
		case escaped:
			word.WriteRune(r)
			escaped = false
		case r == '\\':
			escaped, inWord = true, true
		case quote != 0 && r == quote:
			quote = 0
		case quote == 0 && (r == '"' || r == '\''):
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
	if inWord {
		words = append(words, word.String())
	}
	return words
}

// readParameters reads a map of parameters, in YAML, JSON or TOML. A list is
// its elements with commas between, null is an empty string.
func readParameters(file string, into map[string]string) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("read parameters: %w", err)
	}
	unmarshal := yaml.Unmarshal
	if filepath.Ext(file) == ".toml" {
		unmarshal = toml.Unmarshal
	}
	var parameters map[string]any
	if err := unmarshal(data, &parameters); err != nil {
		return fmt.Errorf("%s is not a map of parameters: %w", file, err)
	}
	for name, value := range parameters {
		if _, isMap := value.(map[string]any); isMap {
			return fmt.Errorf("%s: the parameter %s is a map, and not a string", file, name)
		}
		into[name] = parameterText(value)
	}
	return nil
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
