package template

import (
	"bytes"
	"encoding/json"
	"errors"
	"sort"
	"strings"
	"unicode/utf8"
)

// parseJSON reads a document in JSON.
func parseJSON(file string, data []byte) (*Value, []*Error, error) {
	r := &jsonReader{builder: newBuilder(file), decoder: json.NewDecoder(bytes.NewReader(data)), data: data, lines: lineStarts(data)}
	var syntax *json.SyntaxError
	if err := json.Unmarshal(data, new(json.RawMessage)); errors.As(err, &syntax) {
		line, col := r.place(max(int(syntax.Offset)-1, 0))
		return nil, nil, r.errorf(line, col, "the template is not valid JSON: %v", syntax)
	}
	r.decoder.UseNumber()
	root, err := r.value(0)
	return root, r.faults, err
}

type jsonReader struct {
	*builder
	decoder *json.Decoder
	data    []byte
	lines   []int // offsets at which lines start
	// The last place, from which the next is counted: a document may be one line.
	offset, col int
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

// place is where an offset is: line, and column in characters.
func (r *jsonReader) place(offset int) (line, col int) {
	line = sort.SearchInts(r.lines, offset+1)
	if begin := r.lines[line-1]; begin > r.offset || offset < r.offset || r.col == 0 {
		r.offset, r.col = begin, 1
	}
	r.col += utf8.RuneCount(r.data[r.offset:offset])
	r.offset = offset
	return line, r.col
}

// position is that of the token that is read next.
func (r *jsonReader) position() (line, col int) {
	offset := int(r.decoder.InputOffset())
	for offset < len(r.data) && strings.IndexByte(" \t\r\n,:", r.data[offset]) >= 0 {
		offset++
	}
	return r.place(offset)
}

func (r *jsonReader) value(depth int) (*Value, error) {
	line, col := r.position()
	token, err := r.decoder.Token()
	if err != nil {
		return nil, err
	}
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
		line, col := r.position()
		key, err := r.decoder.Token()
		if err != nil {
			return err
		}
		name := key.(string) // the decoder lets nothing else be a key
		value, err := r.value(depth + 1)
		if err != nil {
			return err
		}
		r.add(v, seen, Entry{Key: name, At: r.at(line, col), Value: value})
	}
	_, err := r.decoder.Token()
	return err
}
