package apigw

import (
	"encoding/base64"
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf8"
)

// An object is JSON that is being written. encoding/json takes more than twice
// as long for an event: it reads maps by reflection, and sorts each by itself.
//
// Names are written as they are: they are keys of the formats, with nothing to
// escape.
type object struct{ buf []byte }

// open begins an object, the outermost of which has no name.
func (o *object) open(name string) {
	if name != "" {
		o.name(name)
	}
	o.buf = append(o.buf, '{')
}

func (o *object) close() { o.buf = append(o.buf, '}') }

// bytes is what was written.
func (o *object) bytes() []byte { return o.buf }

func (o *object) name(name string) {
	o.separate('{')
	o.buf = append(o.buf, '"')
	o.buf = append(o.buf, name...)
	o.buf = append(o.buf, '"', ':')
}

// separate writes a comma, unless what the opening byte begins has no member
// yet.
func (o *object) separate(opening byte) {
	if o.buf[len(o.buf)-1] != opening {
		o.buf = append(o.buf, ',')
	}
}

func (o *object) text(name, value string) {
	o.name(name)
	o.buf = appendText(o.buf, value)
}

func (o *object) number(name string, value int64) {
	o.name(name)
	o.buf = strconv.AppendInt(o.buf, value, 10)
}

func (o *object) boolean(name string, value bool) {
	o.name(name)
	o.buf = strconv.AppendBool(o.buf, value)
}

func (o *object) null(names ...string) {
	for _, name := range names {
		o.name(name)
		o.buf = append(o.buf, "null"...)
	}
}

func (o *object) texts(name string, values []string) {
	o.name(name)
	o.buf = append(o.buf, '[')
	for _, value := range values {
		o.separate('[')
		o.buf = appendText(o.buf, value)
	}
	o.buf = append(o.buf, ']')
}

// value writes whatever encoding/json can.
func (o *object) value(name string, value any) error {
	encoded, err := json.Marshal(value)
	if err != nil {
		return err
	}
	o.name(name)
	o.buf = append(o.buf, encoded...)
	return nil
}

// body writes the body of a request, as base64 or as text.
func (o *object) body(name string, body []byte, binary bool) {
	o.name(name)
	if !binary {
		o.buf = appendText(o.buf, string(body))
		return
	}
	o.buf = append(o.buf, '"')
	o.buf = base64.StdEncoding.AppendEncode(o.buf, body)
	o.buf = append(o.buf, '"')
}

// last writes an object with the last value of every name, or null if there is
// none.
func (o *object) last(name string, all pairs) {
	if len(all) == 0 {
		o.null(name)
		return
	}
	o.open(name)
	for values := range all.byName {
		o.pairName(values)
		o.buf = appendText(o.buf, values[len(values)-1].value)
	}
	o.close()
}

// lists writes an object with lists of the values of every name, or null if
// there is none.
func (o *object) lists(name string, all pairs) {
	if len(all) == 0 {
		o.null(name)
		return
	}
	o.open(name)
	for values := range all.byName {
		o.pairName(values)
		o.buf = append(o.buf, '[')
		for _, p := range values {
			o.separate('[')
			o.buf = appendText(o.buf, p.value)
		}
		o.buf = append(o.buf, ']')
	}
	o.close()
}

// joined writes an object with the values of every name joined by commas, or
// nothing at all if there is none.
func (o *object) joined(name string, all pairs) {
	if len(all) == 0 {
		return
	}
	o.open(name)
	for values := range all.byName {
		o.pairName(values)
		value := values[0].value
		if len(values) > 1 {
			value = values.join(",")
		}
		o.buf = appendText(o.buf, value)
	}
	o.close()
}

func (o *object) pairName(values pairs) {
	o.separate('{')
	o.buf = append(appendText(o.buf, values[0].name), ':')
}

// A pair is a header or a parameter.
type pair struct{ name, value string }

// pairs are sorted by name; those of the same name are in the order in which
// they came.
type pairs []pair

// byName yields the pairs of one name after the other.
func (all pairs) byName(yield func(pairs) bool) {
	for start := 0; start < len(all); {
		end := start + 1
		for end < len(all) && all[end].name == all[start].name {
			end++
		}
		if !yield(all[start:end]) {
			return
		}
		start = end
	}
}

// join joins the values.
func (all pairs) join(separator string) string {
	values := make([]string, len(all))
	for i, p := range all {
		values[i] = p.value
	}
	return strings.Join(values, separator)
}

// appendText appends a JSON string. A byte that is no UTF-8 becomes U+FFFD, as
// at AWS, where a body that is taken for text has been a Java string:
// https://github.com/aws/aws-lambda-dotnet/issues/417
func appendText(buf []byte, text string) []byte {
	buf = append(buf, '"')
	for {
		n := plainLength(text)
		buf = append(buf, text[:n]...)
		if n == len(text) {
			return append(buf, '"')
		}
		text = text[n:]
		if text[0] < utf8.RuneSelf {
			buf = appendEscaped(buf, text[0])
			text = text[1:]
			continue
		}
		r, size := utf8.DecodeRuneInString(text)
		if r == utf8.RuneError && size == 1 {
			buf = append(buf, `\ufffd`...)
		} else {
			buf = append(buf, text[:size]...)
		}
		text = text[size:]
	}
}

// plainLength is the length of the ASCII at the start of text that a JSON
// string has as it is.
func plainLength(text string) int {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c >= utf8.RuneSelf || c == '"' || c == '\\' {
			return i
		}
	}
	return len(text)
}

func appendEscaped(buf []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(buf, '\\', c)
	case '\n':
		return append(buf, '\\', 'n')
	case '\r':
		return append(buf, '\\', 'r')
	case '\t':
		return append(buf, '\\', 't')
	}
	const digits = "0123456789abcdef"
	return append(buf, '\\', 'u', '0', '0', digits[c>>4], digits[c&0xf])
}
