package cookiecutter

import (
	"fmt"
	"strings"

	"sam/cmd/internal/project/jinja"
)

// A Question is a variable whose default, or whose choices, are known.
type Question struct {
	Variable
	Text    string   // the default, if there are no choices
	Choices []string // the first is the default
}

// Answer gives each variable of the template a value: that of given, else what
// ask returns for it, else its default. ask may be nil. Each default is rendered
// with the variables before it.
func (t *Template) Answer(given *jinja.Dict, ask func(Question) (string, error)) (*jinja.Dict, error) {
	answers := jinja.NewDict()
	for _, key := range t.private.Keys() {
		value, _ := t.private.Get(key)
		answers.Set(key, value)
	}
	for _, v := range t.Variables {
		value, err := t.answer(v, answers, given, ask)
		if err != nil {
			return nil, err
		}
		answers.Set(v.Name, value)
	}
	return answers, nil
}

func (t *Template) answer(v Variable, answers, given *jinja.Dict, ask func(Question) (string, error)) (any, error) {
	value, isGiven := given.Get(v.Name)
	if _, isText := v.Default.(string); isText && isGiven {
		return givenText(v.Name, value) // some defaults make no sense: they refer to what is to be given
	}
	rendered, err := t.renderValue(v.Default, answers)
	if err != nil {
		return nil, fmt.Errorf("%s: %s: %w", contextFile, v.Name, err)
	}
	if !isGiven && (v.private || ask == nil) {
		if choices, are := rendered.([]any); are {
			return choices[0], nil
		}
		return rendered, nil
	}
	question := Question{Variable: v}
	switch rendered := rendered.(type) {
	case *jinja.Dict:
		if isGiven {
			if _, isDict := value.(*jinja.Dict); !isDict {
				return nil, fmt.Errorf("%s is a JSON object, and not %v", v.Name, value)
			}
			return value, nil
		}
		return rendered, nil // nobody types one
	case []any:
		for _, choice := range rendered {
			question.Choices = append(question.Choices, fmt.Sprint(choice))
		}
	case bool:
		question.Choices = []string{"yes", "no"}
		if !rendered {
			question.Choices = []string{"no", "yes"}
		}
	case nil:
	default:
		question.Text = fmt.Sprint(rendered)
	}
	answer := ""
	if isGiven {
		answer, err = givenText(v.Name, value)
	} else {
		answer, err = ask(question)
	}
	if err != nil {
		return nil, err
	}
	return question.take(answer, rendered)
}

// givenText is a given value as somebody would type it.
func givenText(name string, value any) (string, error) {
	switch value := value.(type) {
	case string:
		return value, nil
	case bool:
		if value {
			return "yes", nil
		}
		return "no", nil
	}
	return "", fmt.Errorf("%s takes a string", name)
}

// take makes the value of a variable of an answer to its question.
func (q *Question) take(answer string, rendered any) (any, error) {
	if _, isBool := rendered.(bool); isBool {
		switch strings.ToLower(answer) {
		case "yes", "y", "true", "t", "on", "1":
			return true, nil
		case "no", "n", "false", "f", "off", "0":
			return false, nil
		}
		return nil, fmt.Errorf("%s is yes or no, and not %q", q.Name, answer)
	}
	if q.Choices == nil {
		return answer, nil
	}
	for _, choice := range q.Choices {
		if answer == choice {
			return choice, nil
		}
	}
	return nil, fmt.Errorf("%s is one of %s, and not %q", q.Name, strings.Join(q.Choices, ", "), answer)
}

// renderValue renders the strings in a default.
func (t *Template) renderValue(value any, answers *jinja.Dict) (any, error) {
	switch value := value.(type) {
	case string:
		return t.render("default", value, answers)
	case []any:
		list := []any{}
		for _, v := range value {
			rendered, err := t.renderValue(v, answers)
			if err != nil {
				return nil, err
			}
			list = append(list, rendered)
		}
		return list, nil
	case *jinja.Dict:
		d := jinja.NewDict()
		for _, key := range value.Keys() {
			v, _ := value.Get(key)
			name, err := t.render("default", key, answers)
			if err != nil {
				return nil, err
			}
			rendered, err := t.renderValue(v, answers)
			if err != nil {
				return nil, err
			}
			d.Set(name, rendered)
		}
		return d, nil
	}
	return value, nil
}

func (t *Template) render(file, source string, answers *jinja.Dict) (string, error) {
	return jinja.Render(file, source, map[string]any{"cookiecutter": answers}, t.options)
}
