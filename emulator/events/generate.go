package events

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"go.yaml.in/yaml/v3"
)

// Epoch is the time of events that need not be of any time in particular. Its
// digits differ, so that a format that drops some is noticed.
var Epoch = time.Date(2020, time.January, 2, 3, 4, 5, 678e6, time.UTC)

// Generate returns the payload as JSON, indented by two. values are those of
// flags, by name; a flag that is not among them has its default. Ids follow from
// the time: the same time has the same ids.
func (e *Event) Generate(values map[string]string, at time.Time) ([]byte, error) {
	for _, flag := range e.Flags {
		if value, given := values[flag.Name]; given {
			if err := flag.check(value); err != nil {
				return nil, err
			}
		}
	}
	g := &generator{
		event: e, values: values, at: at.UTC(),
		random: rand.New(rand.NewPCG(uint64(at.UnixNano()), 0)),
		done:   make(map[string]string),
	}
	payload, err := g.render(&e.payload)
	if err != nil {
		return nil, err
	}
	var indented bytes.Buffer
	if err := json.Indent(&indented, []byte(payload), "", "  "); err != nil {
		return nil, err
	}
	indented.WriteByte('\n')
	return indented.Bytes(), nil
}

// check says what the flag takes, if it does not take value.
func (f *Flag) check(value string) error {
	var err error
	wants := ""
	switch f.Type {
	case "base64":
		_, err = base64.StdEncoding.DecodeString(value)
		wants = "base64"
	case "json":
		err = json.Unmarshal([]byte(value), new(json.RawMessage))
		wants = "JSON"
	case "strings":
		err = json.Unmarshal([]byte(value), new(map[string]string))
		wants = "a JSON object of strings"
	}
	if err != nil {
		return fmt.Errorf("--%s: %q is not %s", f.Name, value, wants)
	}
	return nil
}

// A generator makes one payload.
type generator struct {
	event  *Event
	values map[string]string
	at     time.Time
	random *rand.Rand
	done   map[string]string // JSON of the values with a name
}

// render returns a value as JSON. Keys keep the order of the file.
func (g *generator) render(node *yaml.Node) (string, error) {
	value, err := g.plain(node)
	if err != nil {
		return "", err
	}
	return encode(node.Tag, value)
}

// plain returns a value as JSON, before it is encoded.
func (g *generator) plain(node *yaml.Node) (string, error) {
	var parts []string
	switch node.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(node.Content); i += 2 {
			key, err := g.expand(node.Content[i].Value)
			if err != nil {
				return "", err
			}
			value, err := g.render(node.Content[i+1])
			if err != nil {
				return "", err
			}
			parts = append(parts, quote(key)+":"+value)
		}
		return "{" + strings.Join(parts, ",") + "}", nil
	case yaml.SequenceNode:
		for _, item := range node.Content {
			value, err := g.render(item)
			if err != nil {
				return "", err
			}
			parts = append(parts, value)
		}
		return "[" + strings.Join(parts, ",") + "]", nil
	}
	if name, whole := wholeReference(node.Value); whole {
		if value, found, err := g.named(name); found {
			return value, err
		}
	}
	text, err := g.expand(node.Value)
	switch node.Tag {
	case "!!int", "!!float", "!!bool", "!!null":
		return text, err
	}
	return quote(text), err
}

// wholeReference tells whether a text is nothing but a reference.
func wholeReference(text string) (name string, whole bool) {
	name, opens := strings.CutPrefix(text, "${")
	name, closes := strings.CutSuffix(name, "}")
	return name, opens && closes
}

// expand replaces the references in a text.
func (g *generator) expand(text string) (string, error) {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, "${")
		b.WriteString(before)
		if !found {
			return b.String(), nil
		}
		var name string
		name, text, _ = strings.Cut(rest, "}")
		value, err := g.resolve(name)
		if err != nil {
			return "", err
		}
		b.WriteString(value)
	}
}

// resolve returns what a reference stands for: a value with a name, a flag, the
// time, or an id.
func (g *generator) resolve(name string) (string, error) {
	if value, found, err := g.named(name); found {
		return textOf(value), err
	}
	if value, given := g.values[name]; given {
		return value, nil
	}
	if value, found := g.event.defaults[name]; found {
		return value, nil
	}
	kind, argument, _ := strings.Cut(name, ":")
	switch kind {
	case "uuid":
		return g.uuid(), nil
	case "hex":
		return g.id("0123456789abcdef", argument)
	case "digits":
		return g.id("0123456789", argument)
	case "alnum":
		return g.id("abcdefghijklmnopqrstuvwxyz0123456789", argument)
	case "upper":
		return g.id("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", argument)
	case "base64":
		return g.id("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", argument)
	}
	if shift, isTime := strings.CutPrefix(kind, "time"); isTime {
		return g.time(shift, argument)
	}
	return "", fmt.Errorf("nothing is named %s", name)
}

// named returns the value of a name as JSON. It is made once, so that an id is
// the same wherever it is named.
func (g *generator) named(name string) (value string, found bool, err error) {
	if value, done := g.done[name]; done {
		return value, true, nil
	}
	node, found := g.event.let[name]
	if !found {
		return "", false, nil
	}
	value, err = g.render(&node)
	g.done[name] = value
	return value, true, err
}

// uuid returns a random one, as AWS's are.
func (g *generator) uuid() string {
	var id uuid.UUID
	binary.BigEndian.PutUint64(id[:8], g.random.Uint64())
	binary.BigEndian.PutUint64(id[8:], g.random.Uint64())
	id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80 // version 4
	return id.String()
}

// id returns an id of so many characters: ${hex:32} is 32 hexadecimal digits.
func (g *generator) id(alphabet, length string) (string, error) {
	n, err := strconv.Atoi(length)
	id := make([]byte, max(n, 0))
	for i := range id {
		id[i] = alphabet[g.random.IntN(len(alphabet))]
	}
	return string(id), err
}

// time returns the time, or one that is shifted from it, such as +1h. The format
// is one of package time, or what has passed since 1970: whole seconds, seconds
// with a fraction, or milliseconds.
func (g *generator) time(shift, format string) (string, error) {
	at := g.at
	if shift != "" {
		by, err := time.ParseDuration(shift)
		if err != nil {
			return "", err
		}
		at = at.Add(by)
	}
	switch format {
	case "":
		format = "2006-01-02T15:04:05.000Z"
	case "epoch":
		return strconv.FormatInt(at.Unix(), 10), nil
	case "epoch.000":
		return strconv.FormatFloat(float64(at.UnixMilli())/1000, 'f', 3, 64), nil
	case "epoch-ms":
		return strconv.FormatInt(at.UnixMilli(), 10), nil
	}
	return at.Format(format), nil
}
