package environ

import "strings"

// parseDotenv reads lines of the form
//
//	export NAME="a value"  # and a comment
//
// where "export", the quotes and the comment may be missing. Between quotes a
// value may have several lines; double quotes know the escapes of C, single
// ones only \\ and \'. Unquoted, a # begins a comment after a blank. Nothing
// is expanded: ${NAME} stays as it is.
//
// All of them are for all functions.
func parseDotenv(text string) (map[string]map[string]string, error) {
	vars := map[string]string{}
	p := dotenv{text: text}
	for p.nextEntry() {
		start := p.at
		name := p.name()
		if name == "" || !p.take("=") {
			return nil, errorAt(text, start, "expected NAME=value, or JSON that begins with {")
		}
		value, err := p.value()
		if err != nil {
			return nil, err
		}
		vars[name] = value
	}
	return map[string]map[string]string{allFunctions: vars}, nil
}

// A dotenv is a position in the text of a .env file.
type dotenv struct {
	text string
	at   int
}

const blanks = " \t\r"

// nextEntry goes to the next line that is neither empty nor a comment.
func (p *dotenv) nextEntry() bool {
	for {
		p.skip(blanks + "\n")
		if p.at == len(p.text) {
			return false
		}
		if p.text[p.at] != '#' {
			return true
		}
		p.restOfLine()
	}
}

func (p *dotenv) name() string {
	name := p.word()
	if name == "export" && p.skip(blanks) {
		name = p.word()
	}
	p.skip(blanks)
	return name
}

func (p *dotenv) word() string {
	rest := p.text[p.at:]
	if n := strings.IndexAny(rest, "=#\n"+blanks); n >= 0 {
		rest = rest[:n]
	}
	p.at += len(rest)
	return rest
}

func (p *dotenv) value() (string, error) {
	afterSign := p.at
	p.skip(blanks)
	for _, quote := range []string{`"`, `'`} {
		if start := p.at; p.take(quote) {
			value, ok := p.quoted(quote[0])
			if !ok {
				return "", errorAt(p.text, start, "the closing quote is missing")
			}
			end := p.at
			if rest := strings.Trim(p.restOfLine(), blanks); rest != "" && rest[0] != '#' {
				return "", errorAt(p.text, end, "expected the end of the line after the closing quote")
			}
			return value, nil
		}
	}
	p.at = afterSign // the blanks decide whether a # begins a comment
	line := p.restOfLine()
	for i := 1; i < len(line); i++ {
		if line[i] == '#' && strings.IndexByte(blanks, line[i-1]) >= 0 {
			line = line[:i]
			break
		}
	}
	return strings.Trim(line, blanks), nil
}

// quoted reads to the closing quote and past it.
func (p *dotenv) quoted(quote byte) (value string, ok bool) {
	const single, double = `\'`, `\'"abfnrtv`
	const codes = "\\'\"\a\b\f\n\r\t\v"
	escapes := double
	if quote == '\'' {
		escapes = single
	}
	var b strings.Builder
	for ; p.at < len(p.text); p.at++ {
		c := p.text[p.at]
		if c == quote {
			p.at++
			return b.String(), true
		}
		if c == '\\' && p.at+1 < len(p.text) {
			if i := strings.IndexByte(escapes, p.text[p.at+1]); i >= 0 {
				c = codes[i]
				p.at++
			}
		}
		b.WriteByte(c)
	}
	return "", false
}

// restOfLine reads to the end of the line, and past the newline.
func (p *dotenv) restOfLine() string {
	line, _, found := strings.Cut(p.text[p.at:], "\n")
	p.at += len(line)
	if found {
		p.at++
	}
	return line
}

// skip reads past any of chars and reports whether there were some.
func (p *dotenv) skip(chars string) bool {
	rest := strings.TrimLeft(p.text[p.at:], chars)
	moved := len(p.text)-len(rest) > p.at
	p.at = len(p.text) - len(rest)
	return moved
}

// take reads past token if it is next.
func (p *dotenv) take(token string) bool {
	ok := strings.HasPrefix(p.text[p.at:], token)
	if ok {
		p.at += len(token)
	}
	return ok
}
