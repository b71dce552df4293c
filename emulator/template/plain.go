package template

import (
	"encoding/json"
	"strconv"
)

// plain is the value as JSON and JSON Schema have it; what is unresolved is
// the text that says so.
func (v *Value) plain() any {
	switch v.Kind {
	case Null:
		return nil
	case Bool:
		return v.Text == "true"
	case Int, Float:
		if n, err := strconv.Atoi(v.Text); err == nil {
			return n
		}
		f, err := strconv.ParseFloat(v.Text, 64)
		if err != nil {
			return v.Text
		}
		return f
	case List:
		list := make([]any, len(v.Items))
		for i, item := range v.Items {
			list[i] = item.plain()
		}
		return list
	case Map:
		m := make(map[string]any, len(v.Entries))
		for _, entry := range v.Entries {
			m[entry.Key] = entry.Value.plain()
		}
		return m
	}
	return v.Text
}

// jsonText is the value as JSON.
func jsonText(v *Value) ([]byte, error) { return json.Marshal(v.plain()) }
