package template

import (
	"bytes"
	"encoding/json"
	"errors"
	"sort"
	"strings"
)

// parseJSON reads a document in JSON.
func parseJSON(file string, data []byte) (*Value, []*Error, error) {
	r := &jsonReader{builder: newBuilder(file), decoder: json.NewDecoder(bytes.NewReader(data)), lines: lineStarts(data)}
	var syntax *json.SyntaxError
	if err := json.Unmarshal(data, new(json.RawMessage)); errors.As(err, &syntax) {
		line, col := r.place(int(syntax.Offset) - 1)
		return nil, nil, r.errorf(line, col, "the template is not valid JSON: %v", syntax)
	}
	r.decoder.UseNumber()
	root, err := r.value(0)
	return root, r.faults, err
}

type jsonReader struct {
	*builder
	decoder *json.Decoder
	lines   []int // offsets at which lines start
}

func lineStarts(data []byte) []int {
	starts := []int{0}
	for i, c := range data {
		if c == '\n' {
			starts = append(starts, i+1)
		}
	}
	return starts
}

func (r *jsonReader) place(offset int) (line, col int) {
	line = sort.SearchInts(r.lines, offset+1)
	return line, offset - r.lines[line-1] + 1
}

// position is that of the token that was read last: where it ends, which is
// in its line.
func (r *jsonReader) position() (line, col int) {
	return r.place(max(int(r.decoder.InputOffset())-1, 0))
}

func (r *jsonReader) value(depth int) (*Value, error) {
	token, err := r.decoder.Token()
	if err != nil {
		return nil, err
	}
	line, col := r.position()
	if err := r.count(line, col, depth); err != nil {
		return nil, err
	}
	v := &Value{At: r.at(line, col)}
	switch token := token.(type) {
	case json.Delim:
		if token == '[' {
			return v, r.list(v, depth)
		}
		return v, r.object(v, depth)
	case string:
		v.Kind, v.Text = String, token
	case json.Number:
		v.Kind, v.Text = Int, token.String()
		if strings.ContainsAny(v.Text, ".eE") {
			v.Kind = Float
		}
	case bool:
		v.Kind, v.Text = Bool, "false"
		if token {
			v.Text = "true"
		}
	}
	if v.Kind == String || v.Kind == Int { // the column where it begins
		v.At.Col = max(col-len(v.Text)-1, 1)
	}
	return v, nil
}

func (r *jsonReader) list(v *Value, depth int) error {
	v.Kind = List
	for r.decoder.More() {
		item, err := r.value(depth + 1)
		if err != nil {
			return err
		}
		v.Items = append(v.Items, item)
	}
	_, err := r.decoder.Token()
	return err
}

func (r *jsonReader) object(v *Value, depth int) error {
	v.Kind = Map
	seen := make(map[string]int)
	for r.decoder.More() {
		key, err := r.decoder.Token()
		if err != nil {
			return err
		}
		line, col := r.position()
		name := key.(string) // the decoder lets nothing else be a key
		value, err := r.value(depth + 1)
		if err != nil {
			return err
		}
		r.add(v, seen, Entry{Key: name, At: r.at(line, max(col-len(name)-1, 1)), Value: value})
	}
	_, err := r.decoder.Token()
	return err
}
