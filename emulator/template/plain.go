package template

import "encoding/json"

// Plain is the value as encoding/json and JSON Schema have it: numbers are
// json.Number, what is unresolved is the text that says so.
func (v *Value) Plain() any {
	switch v.Kind {
	case Null:
		return nil
	case Bool:
		return v.Text == "true"
	case Int, Float:
		return json.Number(v.Text)
	case List:
		list := make([]any, len(v.Items))
		for i, item := range v.Items {
			list[i] = item.Plain()
		}
		return list
	case Map:
		m := make(map[string]any, len(v.Entries))
		for _, entry := range v.Entries {
			m[entry.Key] = entry.Value.Plain()
		}
		return m
	}
	return v.Text
}

// jsonText is the value as JSON.
func jsonText(v *Value) ([]byte, error) { return json.Marshal(v.Plain()) }
