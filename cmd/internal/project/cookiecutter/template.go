// Package cookiecutter makes projects from templates of cookiecutter: directories
// with a cookiecutter.json, whose names and contents are Jinja2. It finds them
// (on this machine, in archives, behind URLs and in git), reads what they ask, and
// writes what they make of the answers.
//
// Who is asked, and what happens to a project that failed, belongs to the caller.
package cookiecutter

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"sam/cmd/internal/project/jinja"
)

// contextFile asks for the variables of a template.
const contextFile = "cookiecutter.json"

// A Template is one that was read.
type Template struct {
	dir     string // with cookiecutter.json
	project string // the directory in it that becomes the project; its name is Jinja
	// Variables are what the template wants to know, in its order.
	Variables []Variable

	verbatim []string // patterns of files whose contents are copied
	options  jinja.Options
	private  *jinja.Dict // what has a name with an underscore and is only passed on
}

// A Variable is something that a template asks for.
type Variable struct {
	Name string
	// Default is what it is without an answer: a string, a list of choices of
	// which the first counts, a bool or a *jinja.Dict. Strings in it are Jinja.
	Default any
	Prompt  string // how to ask for it; empty for variables that nobody is asked for
	private bool
}

// Open reads the template in a directory. name is what the user calls it.
func Open(dir, name string) (*Template, error) {
	data, err := os.ReadFile(filepath.Join(dir, contextFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s is no template: it has no %s", name, contextFile)
	}
	if err != nil {
		return nil, fmt.Errorf("read the template: %w", err)
	}
	values, err := decode(data)
	if err != nil {
		return nil, err
	}
	t := &Template{dir: dir, private: jinja.NewDict()}
	if t.project, err = projectDir(dir, name); err != nil {
		return nil, err
	}
	return t, t.take(values)
}

// projectDir is the directory of a template whose name is Jinja.
func projectDir(dir, name string) (string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return "", fmt.Errorf("read the template: %w", err)
	}
	for _, entry := range entries {
		if entry.IsDir() && strings.Contains(entry.Name(), "cookiecutter") && strings.Contains(entry.Name(), "{{") {
			return entry.Name(), nil
		}
	}
	return "", fmt.Errorf("%s is no template: it has no directory with a name such as {{cookiecutter.project_name}}", name)
}

// take sorts what cookiecutter.json has into variables and settings.
func (t *Template) take(values *jinja.Dict) error {
	prompts, _ := values.Get("__prompts__")
	for _, key := range values.Keys() {
		value, _ := values.Get(key)
		var err error
		switch {
		case key == "__prompts__":
		case key == "_extensions":
			if list, isList := value.([]any); !isList || len(list) > 0 {
				err = fmt.Errorf("%s: _extensions: extensions of Jinja are Python code, which sam does not run", contextFile)
			}
		case key == "_copy_without_render":
			t.verbatim, err = patterns(value)
		case key == "_jinja2_env_vars":
			err = t.setOptions(value)
		case strings.HasPrefix(key, "__"):
			t.Variables = append(t.Variables, Variable{Name: key, Default: value, private: true})
		case strings.HasPrefix(key, "_"):
			t.private.Set(key, value)
		default:
			if list, isList := value.([]any); isList && len(list) == 0 {
				err = fmt.Errorf("%s: %s: the list of choices is empty", contextFile, key)
			}
			t.Variables = append(t.Variables, Variable{Name: key, Default: value, Prompt: prompt(key, prompts)})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// prompt is how a template wants a variable to be asked for.
func prompt(key string, prompts any) string {
	if d, isDict := prompts.(*jinja.Dict); isDict {
		switch text, _ := d.Get(key); text := text.(type) {
		case string:
			return text
		case *jinja.Dict:
			if question, isText := first(text.Get("__prompt__")).(string); isText {
				return question
			}
		}
	}
	return key
}

func first(v any, _ bool) any { return v }

func patterns(value any) ([]string, error) {
	list, isList := value.([]any)
	if !isList {
		return nil, fmt.Errorf("%s: _copy_without_render: it is not a list of patterns", contextFile)
	}
	var all []string
	for _, v := range list {
		pattern, isText := v.(string)
		if _, err := match(pattern, ""); !isText || err != nil {
			return nil, fmt.Errorf("%s: _copy_without_render: %v is no pattern of file names", contextFile, v)
		}
		all = append(all, pattern)
	}
	return all, nil
}

func (t *Template) setOptions(value any) error {
	settings, isDict := value.(*jinja.Dict)
	if !isDict {
		return fmt.Errorf("%s: _jinja2_env_vars: it is not a map of settings", contextFile)
	}
	for _, key := range settings.Keys() {
		on, _ := settings.Get(key)
		switch key {
		case "trim_blocks":
			t.options.TrimBlocks = on == true
		case "lstrip_blocks":
			t.options.LStripBlocks = on == true
		case "keep_trailing_newline":
		default:
			return fmt.Errorf("%s: _jinja2_env_vars: the setting %s of Jinja is not supported", contextFile, key)
		}
	}
	return nil
}

// decode reads cookiecutter.json, whose keys have an order.
func decode(data []byte) (*jinja.Dict, error) {
	decoder := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff"))))
	decoder.UseNumber()
	value, err := decodeValue(decoder)
	if err == nil {
		if _, err = decoder.Token(); err == nil {
			err = errors.New("something follows the end of the object")
		} else if errors.Is(err, io.EOF) {
			err = nil
		}
	}
	if err != nil {
		line := 1 + bytes.Count(data[:min(int(decoder.InputOffset()), len(data))], []byte("\n"))
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			err = errors.New("it ends too early")
		}
		return nil, fmt.Errorf("%s:%d: the file is not JSON: %w", contextFile, line, err)
	}
	d, isDict := value.(*jinja.Dict)
	if !isDict {
		return nil, fmt.Errorf("%s:1: the file is not a JSON object", contextFile)
	}
	return d, nil
}

// ParseContext reads values for variables, as of --extra-context: a JSON object.
func ParseContext(text string) (*jinja.Dict, error) {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	value, err := decodeValue(decoder)
	d, isDict := value.(*jinja.Dict)
	if err != nil || !isDict || decoder.More() {
		return nil, fmt.Errorf(`%q is not a JSON object, such as {"project_name": "shop"}`, text)
	}
	return d, nil
}

// decodeValue reads a value. Numbers are strings: to cookiecutter they are.
func decodeValue(decoder *json.Decoder) (any, error) {
	token, err := decoder.Token()
	if err != nil {
		return nil, err
	}
	switch token := token.(type) {
	case json.Number:
		return token.String(), nil
	case json.Delim:
		if token == '[' {
			return decodeList(decoder)
		}
		return decodeDict(decoder)
	}
	return token, nil
}

func decodeList(decoder *json.Decoder) (any, error) {
	list := []any{}
	for decoder.More() {
		value, err := decodeValue(decoder)
		if err != nil {
			return nil, err
		}
		list = append(list, value)
	}
	_, err := decoder.Token()
	return list, err
}

func decodeDict(decoder *json.Decoder) (any, error) {
	d := jinja.NewDict()
	for decoder.More() {
		key, err := decoder.Token()
		if err != nil {
			return nil, err
		}
		value, err := decodeValue(decoder)
		if err != nil {
			return nil, err
		}
		d.Set(key.(string), value)
	}
	_, err := decoder.Token()
	return d, err
}
