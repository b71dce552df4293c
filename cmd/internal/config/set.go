package config

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// A Setting is a key of a configuration file with its value.
type Setting struct {
	Key   string
	Value any // string, []string, or what TOML writes as Go does
}

func (s Setting) String() string {
	switch value := s.Value.(type) {
	case string:
		return s.Key + " = " + tomlString(value)
	case []string:
		var items []string
		for _, item := range value {
			items = append(items, tomlString(item))
		}
		return s.Key + " = [" + strings.Join(items, ", ") + "]"
	}
	return fmt.Sprintf("%s = %v", s.Key, s.Value)
}

func tomlString(text string) string {
	if !strings.ContainsAny(text, "'\n\r") && strings.Contains(text, `"`) {
		return "'" + text + "'"
	}
	quoted, err := toml.Marshal(map[string]string{"x": text})
	if err != nil {
		return strconv.Quote(text)
	}
	return strings.TrimSpace(strings.TrimPrefix(string(quoted), "x = "))
}

// Set gives keys of a table values, in the text of a configuration file in TOML,
// which may be empty. Everything else in it stays as it is written.
func Set(name string, text []byte, table []string, settings []Setting) ([]byte, error) {
	if len(bytes.TrimSpace(text)) == 0 {
		text = []byte("version = 0.1\n")
	}
	if text[len(text)-1] != '\n' {
		text = append(text, '\n')
	}
	if _, err := parseFile(name, text); err != nil {
		return nil, err
	}
	lines := statements(text)
	begin := slices.IndexFunc(lines, func(line string) bool { return slices.Equal(tableOf(line), table) })
	if begin < 0 {
		lines = append(lines, "\n", "["+strings.Join(table, ".")+"]\n")
		begin = len(lines) - 1
	}
	end := begin + 1
	for last := end; last < len(lines) && tableOf(lines[last]) == nil; last++ {
		if strings.TrimSpace(lines[last]) != "" {
			end = last + 1 // empty lines belong to what follows
		}
	}
	for _, setting := range settings {
		at := begin + 1 + slices.IndexFunc(lines[begin+1:end], func(line string) bool { return keyOf(line) == setting.Key })
		if at <= begin { // there is none
			lines = slices.Insert(lines, end, setting.String()+"\n")
			end++
		} else {
			lines[at] = setting.String() + "\n"
		}
	}
	text = []byte(strings.Join(lines, ""))
	_, err := parseFile(name, text) // such as a table that is written in another way
	return text, err
}

// statements splits a text into comments, empty lines, headers of tables, and
// keys with their values, which may take several lines.
func statements(text []byte) []string {
	var all []string
	begin := 0
	for end := 0; end < len(text); {
		end += bytes.IndexByte(text[end:], '\n') + 1
		if statement := text[begin:end]; toml.Unmarshal(statement, new(map[string]any)) == nil {
			all = append(all, string(statement))
			begin = end
		}
	}
	return all
}

// tableOf is the path of the table that a statement begins, or nil.
func tableOf(statement string) []string {
	if !strings.HasPrefix(strings.TrimSpace(statement), "[") {
		return nil
	}
	path := []string{}
	var content map[string]any
	if toml.Unmarshal([]byte(statement), &content) != nil {
		return path
	}
	for len(content) == 1 {
		for key, value := range content {
			path = append(path, key)
			content, _ = value.(map[string]any)
		}
	}
	return path
}

// keyOf is the key that a statement gives a value, or empty.
func keyOf(statement string) string {
	var content map[string]any
	if toml.Unmarshal([]byte(statement), &content) != nil || len(content) != 1 {
		return ""
	}
	return slices.Collect(maps.Keys(content))[0]
}
