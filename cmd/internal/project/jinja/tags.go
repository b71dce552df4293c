package jinja

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/ncruces/go-strftime"
	"github.com/nikolalohinski/gonja/v2/builtins"
	controls "github.com/nikolalohinski/gonja/v2/builtins/control_structures"
	"github.com/nikolalohinski/gonja/v2/exec"
	"github.com/nikolalohinski/gonja/v2/nodes"
	"github.com/nikolalohinski/gonja/v2/parser"
	"github.com/nikolalohinski/gonja/v2/tokens"
)

// tags are those that a project's template may have, each with limits.
func (r *run) tags() *exec.ControlStructureSet {
	set := map[string]parser.ControlStructureParser{"now": r.limited("now", parseNow), "raw": r.limited("raw", parseRaw)}
	for _, name := range []string{"autoescape", "call", "filter", "for", "if", "macro", "set", "with"} {
		parse, _ := builtins.ControlStructures.Get(name)
		set[name] = r.limited(name, parse)
	}
	for _, name := range []string{"block", "extends", "from", "import", "include"} {
		set[name] = func(_, args *parser.Parser) (nodes.ControlStructure, error) {
			return nil, args.Error("{% "+name+" %} is not supported in templates of projects", args.Current())
		}
	}
	return exec.NewControlStructureSet(set)
}

// limited is the parser of a tag that heeds the limits.
func (r *run) limited(name string, parse parser.ControlStructureParser) parser.ControlStructureParser {
	return func(p, args *parser.Parser) (nodes.ControlStructure, error) {
		place := args.Current()
		if place.Line == 0 { // it has no arguments
			place = p.Current()
		}
		r.line = place.Line
		if r.depth++; r.depth > maxDepth {
			return nil, p.Error("the tags are nested too deeply", place)
		}
		defer func() { r.depth-- }()
		structure, err := parse(p, args)
		var syntax *parser.SyntaxError
		if errors.As(err, &syntax) && strings.HasPrefix(syntax.Message, "Unexpected EOF, expected tag") {
			return nil, p.Error("{% "+name+" %} has no {% end"+name+" %}", place)
		}
		if err != nil {
			return nil, err
		}
		if loop, is := structure.(*controls.ForControlStructure); is && loop.Recursive {
			return nil, p.Error("recursive loops are not supported in templates of projects", place)
		}
		return &tag{structure.(exec.ControlStructure), place, r}, nil
	}
}

// A tag is one of those that may be in a template.
type tag struct {
	exec.ControlStructure
	place *tokens.Token
	run   *run
}

func (t *tag) Position() *tokens.Token { return t.place }

func (t *tag) Execute(renderer *exec.Renderer, block *nodes.ControlStructureBlock) error {
	t.run.line = t.place.Line
	if err := t.run.inTime(); err != nil {
		return err
	}
	if err := t.ControlStructure.Execute(renderer, block); err != nil {
		return err
	}
	if macro, is := t.ControlStructure.(*controls.MacroControlStructure); is {
		t.run.limitCalls(renderer.Environment.Context, macro.Name)
	}
	return nil
}

// limitCalls has a macro heed the limits.
func (r *run) limitCalls(context *exec.Context, name string) {
	value, _ := context.Get(name)
	call := value.(exec.Macro)
	context.Set(name, exec.Macro(func(args *exec.VarArgs) *exec.Value {
		if r.depth++; r.depth > maxDepth {
			return exec.AsValue(r.fail(fmt.Errorf("the macro %s calls itself too often", name)))
		}
		defer func() { r.depth-- }()
		if err := r.inTime(); err != nil {
			return exec.AsValue(err)
		}
		result := call(args)
		if err, is := result.Interface().(error); is {
			return exec.AsValue(r.fail(err))
		}
		return result
	}))
}

// raw is {% raw %}. gonja's heeds no hyphens, and panics if there is nothing in it.
type raw struct{ *nodes.Wrapper }

func parseRaw(p, _ *parser.Parser) (nodes.ControlStructure, error) {
	content, _, err := p.WrapUntil("endraw")
	return raw{content}, err
}

func (t raw) Execute(r *exec.Renderer, _ *nodes.ControlStructureBlock) error {
	return r.ExecuteWrapper(t.Wrapper)
}

// now is {% now 'utc', '%Y' %}, an extension that cookiecutter always has on.
type now struct {
	place        *tokens.Token
	zone, layout nodes.Expression // layout may be nil
}

func parseNow(_, args *parser.Parser) (nodes.ControlStructure, error) {
	n := &now{place: args.Current()}
	var err error
	if n.zone, err = args.ParseExpression(); err != nil {
		return nil, err
	}
	if args.Match(tokens.Comma) != nil {
		if n.layout, err = args.ParseExpression(); err != nil {
			return nil, err
		}
	}
	if !args.End() {
		return nil, args.Error("{% now %} takes a time zone and a format", args.Current())
	}
	return n, nil
}

func (n *now) Position() *tokens.Token { return n.place }
func (n *now) String() string          { return "now" }

func (n *now) Execute(r *exec.Renderer, _ *nodes.ControlStructureBlock) error {
	zone, layout := r.Eval(n.zone), exec.AsValue("%Y-%m-%d")
	if n.layout != nil {
		layout = r.Eval(n.layout)
	}
	for _, v := range []*exec.Value{zone, layout} {
		if v.IsError() {
			return v
		}
	}
	location, err := time.LoadLocation(strings.NewReplacer("utc", "UTC", "local", "Local").Replace(zone.String()))
	if err != nil {
		return fmt.Errorf("there is no time zone %q", zone.String())
	}
	_, err = io.WriteString(r.Output, strftime.Format(layout.String(), time.Now().In(location)))
	return err
}
