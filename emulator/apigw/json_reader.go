package apigw

import (
	"bytes"
	"encoding/json"
	"iter"
	"slices"
	"strings"
	"unicode/utf8"
)

// What functions return is taken apart by what follows. With encoding/json a
// response takes three times as long: it checks a value again at every
// level at which it is to stay as it was written. Here json.Valid checks the whole
// once, and after that nothing can be missing or out of place.

// A member is one of an object. Its value is as it was written.
type member struct {
	name  string
	value json.RawMessage
}

// members yields the names and values of a valid object in the order of the
// text.
func members(object []byte) iter.Seq2[[]byte, json.RawMessage] {
	return func(yield func([]byte, json.RawMessage) bool) {
		rest := skipSpace(object[1:])
		for rest[0] != '}' {
			n := stringLength(rest)
			name := unquoted(rest[:n])
			rest = skipSpace(rest[n:])
			rest = skipSpace(rest[len(":"):])
			n = valueLength(rest)
			if !yield(name, rest[:n:n]) {
				return
			}
			rest = skipSpace(rest[n:])
			if rest[0] == ',' {
				rest = skipSpace(rest[1:])
			}
		}
	}
}

// sortedMembers are the members of a valid object by name. Of several of the
// same name there is the last, as encoding/json has it.
func sortedMembers(object []byte) []member {
	all := make([]member, 0, 8) // room for what most responses have of headers
	for name, value := range members(object) {
		all = append(all, member{string(name), value})
	}
	slices.SortStableFunc(all, func(a, b member) int { return strings.Compare(a.name, b.name) })
	kept := all[:0]
	for i, m := range all {
		if i+1 == len(all) || all[i+1].name != m.name {
			kept = append(kept, m)
		}
	}
	return kept
}

func skipSpace(text []byte) []byte {
	for i, c := range text {
		if c != ' ' && c != '\n' && c != '\t' && c != '\r' {
			return text[i:]
		}
	}
	return nil
}

// valueLength is the length of the value that text begins with, which belongs to
// a valid object.
func valueLength(text []byte) int {
	switch text[0] {
	case '"':
		return stringLength(text)
	case '{', '[':
	default:
		return bytes.IndexAny(text, ",} \n\t\r")
	}
	depth := 0
	for i := 0; ; i++ {
		switch text[i] {
		case '"':
			i += stringLength(text[i:]) - 1
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
}

// stringLength is the length of the string that text begins with, quotes
// included.
func stringLength(text []byte) int {
	for i := 1; ; i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
}

// unquoted is the text of a valid string. It shares the memory of raw if it is
// written there without escapes, as most are.
func unquoted(raw []byte) []byte {
	inner := raw[1 : len(raw)-1]
	escape := bytes.IndexByte(inner, '\\')
	if escape < 0 && utf8.Valid(inner) {
		return inner
	}
	if !utf8.Valid(inner) || bytes.Contains(inner, []byte(`\u`)) {
		var text string
		_ = json.Unmarshal(raw, &text) // raw is valid
		return []byte(text)
	}
	text := make([]byte, 0, len(inner))
	for ; escape >= 0; escape = bytes.IndexByte(inner, '\\') {
		text = append(text, inner[:escape]...)
		text = append(text, unescaped(inner[escape+1]))
		inner = inner[escape+2:]
	}
	return append(text, inner...)
}

// unescaped is what a letter after a backslash stands for; others than these
// stand for themselves.
func unescaped(c byte) byte {
	if i := strings.IndexByte("bfnrt", c); i >= 0 {
		return "\b\f\n\r\t"[i]
	}
	return c
}
