package packaging

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"syscall"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"sam/emulator/template"
)

// A document is the text of a template, with the values in it. It is changed in
// the places that change and nowhere else: comments, order, blank lines, quotes
// and short functions stay as they were written.
type document struct {
	file  string // as the user named it
	text  string
	root  *template.Value
	lines []int // offsets at which lines begin
	json  bool
}

func readDocument(file string) (*document, error) {
	data, err := os.ReadFile(file)
	if errors.Is(err, syscall.EISDIR) {
		return nil, fmt.Errorf("%s is a directory: name the template in it", file)
	}
	if err != nil {
		return nil, fmt.Errorf("read template: %w", err)
	}
	root, err := template.Parse(file, data)
	if err != nil {
		return nil, err
	}
	d := &document{file: file, text: strings.TrimPrefix(string(data), "\ufeff"), root: root}
	d.json = json.Valid([]byte(d.text))
	breaks := "\n\r\u0085\u2028\u2029" // what YAML 1.1 takes for line breaks
	if d.json {
		breaks = "\n"
	}
	d.lines = []int{0}
	for i := 0; i < len(d.text); {
		r, size := utf8.DecodeRuneInString(d.text[i:])
		i += size
		if r == '\r' && strings.HasPrefix(d.text[i:], "\n") {
			i, r = i+1, '\n'
		}
		if strings.ContainsRune(breaks, r) {
			d.lines = append(d.lines, i)
		}
	}
	return d, nil
}

// offset is that of a position.
func (d *document) offset(at template.Position) int {
	offset := d.lines[at.Line-1]
	for range at.Col - 1 {
		_, size := utf8.DecodeRuneInString(d.text[offset:])
		offset += size
	}
	return offset
}

// content is the offset of a value behind its anchor and tag.
func (d *document) content(v *template.Value) int {
	offset := d.offset(v.At)
	for strings.HasPrefix(d.text[offset:], "&") || strings.HasPrefix(d.text[offset:], "!") {
		word := strings.IndexAny(d.text[offset:]+"\n", " \t\r\n")
		offset = len(d.text) - len(strings.TrimLeft(d.text[offset+word:], " \t"))
	}
	return offset
}

// An edit replaces a part of the text.
type edit struct {
	begin, end int
	text       string
}

// apply makes all edits, none of which may overlap another.
func (d *document) apply(edits []edit) (string, error) {
	slices.SortFunc(edits, func(a, b edit) int { return a.begin - b.begin })
	var b strings.Builder
	end := 0
	for i, e := range edits {
		if i > 0 && e == edits[i-1] {
			continue // two resources share what an alias stands for
		}
		if e.begin < end {
			return "", fmt.Errorf("%s: an alias is used as two different properties: write out %q", d.file, d.text[e.begin:e.end])
		}
		b.WriteString(d.text[end:e.begin])
		b.WriteString(e.text)
		end = e.end
	}
	b.WriteString(d.text[end:])
	return b.String(), nil
}

// replace replaces a scalar of a map, but not the anchor in front of it.
func (d *document) replace(v, owner *template.Value, by func(quoted bool) string) (edit, error) {
	begin := d.content(v)
	rest := d.text[begin:]
	inFlow := d.isFlow(owner)
	length := -1
	if !inFlow && strings.IndexAny(rest, "|>") == 0 {
		length = blockLength(rest, owner.Entries[0].At.Col-1)
	} else {
		length = scalarLength(rest, v.Text)
	}
	if length < 0 {
		return edit{}, &template.Error{Position: v.At, Message: fmt.Sprintf("%q is written over several lines: write it in one", v.Text)}
	}
	quoted := inFlow || rest != "" && (rest[0] == '"' || rest[0] == '\'')
	return edit{begin, begin + length, by(quoted)}, nil
}

// blockLength is the length of a scalar's notation that begins with | or >, in a
// map whose keys are indented: all lines that are indented further.
func blockLength(text string, indent int) int {
	end := strings.IndexByte(text+"\n", '\n')
	for at := end; at < len(text); {
		line, _, _ := strings.Cut(text[at+1:], "\n")
		content := strings.TrimLeft(line, " ")
		if strings.TrimSpace(content) != "" {
			if len(line)-len(content) <= indent {
				break
			}
			end = at + 1 + len(strings.TrimRight(line, "\r"))
		}
		at += 1 + len(line)
	}
	return end
}

// scalarLength is the length of a scalar's notation at the beginning of the
// text, or -1 if it is a plain one of several lines.
func scalarLength(text, value string) int {
	if strings.HasPrefix(text, "*") { // an alias
		if length := strings.IndexAny(text, " \t\r\n,]}"); length >= 0 {
			return length
		}
		return len(text)
	}
	if text == "" || text[0] != '"' && text[0] != '\'' {
		if strings.HasPrefix(text, value) {
			return len(value)
		}
		return -1
	}
	for i := 1; i < len(text); i++ {
		switch {
		case text[i] == '\\' && text[0] == '"':
			i++
		case text[i] == text[0] && text[0] == '\'' && strings.HasPrefix(text[i+1:], "'"):
			i++
		case text[i] == text[0]:
			return i + 1
		}
	}
	return -1
}

// insert adds a property in front of the others of a map that has some.
func (d *document) insert(m *template.Value, key string, by func(quoted bool) string) edit {
	at := d.offset(m.Entries[0].At)
	if d.isFlow(m) {
		if d.json {
			key = quote(key)
		}
		return edit{at, at, key + ": " + by(true) + ", "}
	}
	line := d.text[d.lines[m.Entries[0].At.Line-1]:at]
	indent := strings.Repeat(" ", utf8.RuneCountInString(line))
	return edit{at, at, key + ": " + by(false) + "\n" + indent}
}

// isFlow tells whether a map is written with braces.
func (d *document) isFlow(m *template.Value) bool {
	return strings.HasPrefix(d.text[d.content(m):], "{") || d.json
}

// location is how a property says where an artifact is.
func (d *document) location(f form, at object) func(quoted bool) string {
	return func(quoted bool) string {
		if f == uri {
			return d.scalar("s3://"+at.bucket+"/"+at.key, quoted)
		}
		var pairs []string
		for _, pair := range [][2]string{{f.bucket, at.bucket}, {f.key, at.key}, {f.version, at.version}} {
			if pair[1] == "" {
				continue
			}
			if d.json {
				pair[0] = quote(pair[0])
			}
			pairs = append(pairs, pair[0]+": "+quote(pair[1]))
		}
		return "{" + strings.Join(pairs, ", ") + "}"
	}
}

// scalar writes a text, in quotes if it is to be or needs to be.
func (d *document) scalar(text string, quoted bool) string {
	var plain string
	if !quoted && yaml.Unmarshal([]byte(text), &plain) == nil && plain == text {
		return text
	}
	return quote(text)
}

// quote writes a text in a way that YAML and JSON both understand.
func quote(text string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < ' ':
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
