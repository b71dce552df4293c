package jinja

import "github.com/nikolalohinski/gonja/v2/exec"

// A Dict is a map that remembers the order of its keys.
type Dict struct {
	keys   []string
	values map[string]any
}

// NewDict returns an empty one.
func NewDict() *Dict { return &Dict{values: make(map[string]any)} }

// Set gives a key a value.
func (d *Dict) Set(key string, value any) {
	if _, known := d.values[key]; !known {
		d.keys = append(d.keys, key)
	}
	d.values[key] = value
}

// Get returns the value of a key, and whether there is one.
func (d *Dict) Get(key string) (any, bool) {
	value, found := d.values[key]
	return value, found
}

// Keys returns the keys in the order in which they came.
func (d *Dict) Keys() []string { return d.keys }

// toValue is a variable as gonja has it.
func toValue(v any) any {
	switch v := v.(type) {
	case *Dict:
		dict := exec.NewDict()
		for _, key := range v.keys {
			dict.Pairs = append(dict.Pairs, &exec.Pair{Key: exec.AsValue(key), Value: exec.AsValue(toValue(v.values[key]))})
		}
		return dict
	case []any:
		list := make([]any, len(v))
		for i, item := range v {
			list[i] = toValue(item)
		}
		return list
	}
	return v
}
