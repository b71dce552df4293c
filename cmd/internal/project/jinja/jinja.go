// Package jinja renders Jinja2, as templates of projects use it. The engine is
// gonja; this package gives it the environment of cookiecutter, limits, and
// errors that say file and line.
//
// It knows nothing of files and of cookiecutter: what to render, and where the
// result goes, is the caller's affair.
package jinja

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/nikolalohinski/gonja/v2/config"
	"github.com/nikolalohinski/gonja/v2/exec"
	"github.com/nikolalohinski/gonja/v2/loaders"
	"github.com/nikolalohinski/gonja/v2/nodes"
	"github.com/nikolalohinski/gonja/v2/parser"
	"github.com/nikolalohinski/gonja/v2/tokens"
)

// Limits. A template is somebody's program: it must not take the machine with
// it.
const (
	maxOutput = 64 << 20 // bytes
	maxTime   = 10 * time.Second
	maxRange  = 100_000 // as Jinja's own sandbox has it
	maxDepth  = 200     // tags in tags, brackets in brackets, macros in macros
)

// Options are the settings of an environment that change how text between tags
// is taken. Without them it is Jinja with keep_trailing_newline, as cookiecutter
// has it.
type Options struct {
	TrimBlocks   bool // the line break behind a {% %} belongs to it
	LStripBlocks bool // and the spaces between it and the beginning of its line
}

// An Error says what is wrong in a template, and where.
type Error struct {
	File    string
	Line    int
	Message string
}

func (e *Error) Error() string { return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Message) }

// Render renders a template; file names it in messages. Variables are nil, bool,
// int, float64, string, []any and *Dict. The error is an *Error.
func Render(file, source string, variables map[string]any, o Options) (string, error) {
	return render(file, source, variables, o, time.Now().Add(maxTime))
}

func render(file, source string, variables map[string]any, o Options, deadline time.Time) (string, error) {
	settings := config.New()
	settings.StrictUndefined = true
	settings.KeepTrailingNewline = true
	settings.TrimBlocks, settings.LeftStripBlocks = o.TrimBlocks, o.LStripBlocks
	if line, _, _ := strings.Cut(source, "\n"); strings.HasSuffix(line, "\r") {
		settings.NewlineSequence = "\r\n" // cookiecutter keeps them as the first one is
	}
	r := &run{file: file, line: 1, deadline: deadline}
	if err := r.guard(func() error { return r.render(source, variables, settings) }); err != nil {
		return "", r.locate(err)
	}
	return r.out.String(), nil
}

// A run is one render.
type run struct {
	file     string
	line     int // that was come to
	deadline time.Time
	depth    int // of tags when parsing, of macros when rendering
	out      strings.Builder
	// fault is the first error of a macro or of a limit: gonja makes text of
	// errors that pass through a call.
	fault *Error
}

func (r *run) render(source string, variables map[string]any, settings *config.Config) error {
	if err := r.check(tokens.LexAll(source, settings)); err != nil {
		return err
	}
	const name = "/template"
	loader, err := loaders.NewMemoryLoader(map[string]string{name: source})
	if err != nil {
		return err
	}
	environment := r.environment()
	template, err := exec.NewTemplate(name, settings, loader, environment)
	if err != nil {
		return err
	}
	for key, value := range variables {
		environment.Context.Set(key, toValue(value))
	}
	renderer := exec.NewRenderer(environment, r, settings, loader, template)
	for _, node := range template.Root().Nodes {
		r.line = node.Position().Line
		if err := nodes.Walk(renderer, node); err != nil {
			return err
		}
	}
	return nil
}

// check refuses what gonja does not: it takes an error of its lexer for the end
// of the template, and a string in front of % for the number 0; brackets in
// brackets overflow its stack.
func (r *run) check(stream *tokens.Stream) error {
	depth, before := 0, tokens.EOF
	for ; !stream.EOF(); stream.Next() {
		token := stream.Current()
		r.line = max(r.line, token.Line) // an error has none
		switch token.Type {
		case tokens.Error:
			return fmt.Errorf("this cannot be read: %s", token.Val)
		case tokens.LeftBrace, tokens.LeftBracket, tokens.LeftParenthesis, tokens.Not:
			depth++
		case tokens.BlockEnd, tokens.VariableEnd:
			depth = 0
		case tokens.Modulo:
			if before == tokens.String {
				return errors.New("the operator % of strings is not supported: the filter format is")
			}
		}
		if depth > maxDepth {
			return errors.New("the expression is nested too deeply")
		}
		before = token.Type
	}
	r.line = 1
	return nil
}

// Write takes what is rendered.
func (r *run) Write(text []byte) (int, error) {
	if r.out.Len()+len(text) > maxOutput {
		return 0, r.fail(fmt.Errorf("the result is larger than %d MB", maxOutput>>20))
	}
	return r.out.Write(text)
}

// inTime is an error once rendering has taken too long.
func (r *run) inTime() error {
	if time.Now().After(r.deadline) {
		return r.fail(fmt.Errorf("rendering takes longer than %v", maxTime))
	}
	return nil
}

// guard makes errors of panics: what Python has exceptions for, gonja leaves to
// the runtime of Go.
func (r *run) guard(do func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = r.fail(errors.New(strings.TrimPrefix(fmt.Sprint(p), "runtime error: ")))
		}
	}()
	return do()
}

// fail remembers an error where it happened.
func (r *run) fail(err error) error {
	if r.fault == nil {
		r.fault = r.locate(err)
	}
	return r.fault
}

// locate finds where an error happened: the innermost place is the right one, and
// gonja says it in words.
func (r *run) locate(err error) *Error {
	if r.fault != nil {
		return r.fault
	}
	line := r.line
	for {
		if syntax, is := err.(*parser.SyntaxError); is {
			if syntax.Line > 0 {
				line = syntax.Line
			}
			return &Error{r.file, line, message(syntax.Message)}
		}
		for _, what := range []string{"render expression", "render condition", "execute controlStructure"} {
			_, _ = fmt.Sscanf(err.Error(), "Unable to "+what+" at line %d", &line)
		}
		inner := errors.Unwrap(err)
		if value, is := inner.(*exec.Value); is { // that of an expression, which is not always an error
			inner, _ = value.Interface().(error)
		}
		if inner == nil {
			return &Error{r.file, line, message(strings.TrimSuffix(err.Error(), ": "))}
		}
		err = inner
	}
}

// message is what gonja says, in words of Jinja.
func message(text string) string {
	for _, undefined := range []string{`Unable to evaluate name "([^"]+)"$`, `(?s)[Uu]nable to evaluate ([^: ]+): (?:attribute|item) .* not found$`} {
		if match := regexp.MustCompile(undefined).FindStringSubmatch(text); match != nil {
			return match[1] + " is not defined"
		}
	}
	if strings.HasPrefix(text, "Unbalanced parenthesis") {
		return "the parentheses are not balanced, or hold an if, which is supported only at the end of an expression"
	}
	return strings.ReplaceAll(text, "ControlStructure", "tag")
}
