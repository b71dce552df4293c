package packaging

import (
	"strings"

	"sam/emulator/template"
)

// JSON writes a template in JSON, with the order of its keys, and with the long
// forms of functions, which are all that JSON has.
func JSON(file, text string) (string, error) {
	root, err := template.Parse(file, []byte(text))
	if err != nil {
		return "", err
	}
	var b strings.Builder
	writeJSON(&b, root, "\n")
	b.WriteByte('\n')
	return b.String(), nil
}

// writeJSON writes a value; newline is a line break and the indentation.
func writeJSON(b *strings.Builder, v *template.Value, newline string) {
	inner := newline + "    "
	switch v.Kind {
	case template.Null:
		b.WriteString("null")
	case template.Bool, template.Int, template.Float:
		b.WriteString(number(v.Text))
	case template.List:
		writeJSONItems(b, "[]", len(v.Items), newline, func(i int) { writeJSON(b, v.Items[i], inner) })
	case template.Map:
		writeJSONItems(b, "{}", len(v.Entries), newline, func(i int) {
			b.WriteString(quote(v.Entries[i].Key) + ": ")
			writeJSON(b, v.Entries[i].Value, inner)
		})
	default:
		b.WriteString(quote(v.Text))
	}
}

func writeJSONItems(b *strings.Builder, brackets string, n int, newline string, write func(i int)) {
	b.WriteString(brackets[:1])
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(newline + "    ")
		write(i)
	}
	if n > 0 {
		b.WriteString(newline)
	}
	b.WriteString(brackets[1:])
}

// number is a canonical number of YAML as JSON has it.
func number(text string) string {
	sign, digits := "", text
	if strings.HasPrefix(text, "-") {
		sign, digits = "-", text[1:]
	}
	if strings.HasPrefix(digits, ".") {
		digits = "0" + digits
	}
	return sign + digits
}
