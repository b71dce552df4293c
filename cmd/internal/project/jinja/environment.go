package jinja

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"regexp"
	"slices"
	"sort"
	"strings"
	"unicode"

	"github.com/google/uuid"
	"github.com/nikolalohinski/gonja/v2/builtins"
	"github.com/nikolalohinski/gonja/v2/exec"
)

// environment is gonja's, with what cookiecutter adds to Jinja. What gonja does
// differently from Jinja2, and templates of projects have, is replaced.
func (r *run) environment() *exec.Environment {
	methods := builtins.Methods
	methods.Str, methods.Dict = exec.NewMethodSet(stringMethods()), exec.NewMethodSet(dictMethods())
	return &exec.Environment{
		Context: exec.EmptyContext().Update(builtins.GlobalFunctions).Update(exec.NewContext(map[string]any{
			"none": nil, "dict": dict, "range": numbers, "random_ascii_string": randomString, "uuid4": uuid.NewString,
		})),
		Filters: exec.NewFilterSet(map[string]exec.FilterFunction{}).Update(builtins.Filters).Update(exec.NewFilterSet(map[string]exec.FilterFunction{
			"d": otherwise, "default": otherwise, "dictsort": dictsort, "format": format, "jsonify": jsonify, "slugify": slugify,
		})),
		Tests: exec.NewTestSet(map[string]exec.TestFunction{}).Update(builtins.Tests).Update(exec.NewTestSet(map[string]exec.TestFunction{
			// gonja takes none for something undefined.
			"defined":   func(_ *exec.Context, in *exec.Value, _ *exec.VarArgs) (bool, error) { return !in.IsError(), nil },
			"undefined": func(_ *exec.Context, in *exec.Value, _ *exec.VarArgs) (bool, error) { return in.IsError(), nil },
		})),
		ControlStructures: r.tags(),
		Methods:           methods,
	}
}

// dict has its keys in order; those of gonja come as chance has it.
func dict(args *exec.VarArgs) *exec.Value {
	d := exec.NewDict()
	for _, key := range slices.Sorted(maps.Keys(args.KwArgs)) {
		d.Pairs = append(d.Pairs, &exec.Pair{Key: exec.AsValue(key), Value: args.KwArgs[key]})
	}
	return exec.AsValue(d)
}

// numbers is range. gonja's is a channel, which most filters do not know.
func numbers(args *exec.VarArgs) ([]any, error) {
	bounds := []int{0, 0, 1}
	for i, arg := range args.Args {
		if !arg.IsInteger() || i == len(bounds) {
			return nil, errors.New("range takes up to three whole numbers")
		}
		bounds[i] = arg.Integer()
	}
	if len(args.Args) == 1 {
		bounds[0], bounds[1] = 0, bounds[0]
	}
	list := []any{}
	for i, step := bounds[0], bounds[2]; step > 0 && i < bounds[1] || step < 0 && i > bounds[1]; i += step {
		if len(list) == maxRange {
			return nil, fmt.Errorf("the range is longer than %d", maxRange)
		}
		list = append(list, i)
	}
	return list, nil
}

func randomString(args *exec.VarArgs) (string, error) {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	var length int
	err := args.Take(exec.PositionalArgument("length", nil, exec.IntArgument(&length)))
	b := make([]byte, min(max(length, 0), maxRange))
	for i := range b {
		b[i] = letters[rand.IntN(len(letters))]
	}
	return string(b), err
}

// otherwise is gonja's default, which has to be told what: without it, an empty
// string.
func otherwise(e *exec.Evaluator, in *exec.Value, args *exec.VarArgs) *exec.Value {
	if len(args.Args) == 0 {
		args.Args = append(args.Args, args.GetKeywordArgument("default_value", ""))
		delete(args.KwArgs, "default_value")
	}
	filter, _ := builtins.Filters.Get("default")
	return filter(e, in, args)
}

// dictsort is gonja's, whose pairs a loop does not take apart.
func dictsort(_ *exec.Evaluator, in *exec.Value, args *exec.VarArgs) *exec.Value {
	if in.IsError() {
		return in
	}
	if err := args.Take(); err != nil {
		return exec.AsValue(err)
	}
	keys := in.Keys()
	sort.Sort(exec.CaseInsensitive(keys))
	return exec.AsValue(list(in, keys, pair))
}

// format is Python's operator %. gonja's is Go's fmt, for which a number is no %s.
func format(_ *exec.Evaluator, in *exec.Value, args *exec.VarArgs) *exec.Value {
	if in.IsError() {
		return in
	}
	var problem error
	rest := args.Args
	text := regexp.MustCompile(`%[-+ #0]*\d*(\.\d+)?.`).ReplaceAllStringFunc(in.String(), func(place string) string {
		if place == "%%" {
			return "%"
		}
		if len(rest) == 0 {
			problem = errors.New("format: there is a place without a value")
			return ""
		}
		value := rest[0]
		rest = rest[1:]
		switch kind := place[len(place)-1]; {
		case kind == 's':
			return fmt.Sprintf(place, value.String())
		case strings.IndexByte("doxX", kind) >= 0 && value.IsNumber():
			return fmt.Sprintf(place, value.Integer())
		case strings.IndexByte("eEfFgG", kind) >= 0 && value.IsNumber():
			return fmt.Sprintf(place, value.Float())
		}
		problem = fmt.Errorf("format: %s cannot be %s", place, value)
		return ""
	})
	if problem == nil && len(rest) > 0 {
		problem = errors.New("format: there is a value without a place")
	}
	if problem != nil {
		return exec.AsValue(problem)
	}
	return exec.AsValue(text)
}

// jsonify is cookiecutter's: JSON with sorted keys.
func jsonify(_ *exec.Evaluator, in *exec.Value, args *exec.VarArgs) *exec.Value {
	if in.IsError() {
		return in
	}
	var indent int
	if err := args.Take(exec.PositionalArgument("indent", exec.AsValue(4), exec.IntArgument(&indent))); err != nil {
		return exec.AsValue(err)
	}
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetIndent("", strings.Repeat(" ", max(indent, 0)))
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(in.ToGoSimpleType(false)); err != nil {
		return exec.AsValue(err)
	}
	return exec.AsValue(strings.TrimSuffix(b.String(), "\n"))
}

// slugify is cookiecutter's: words in lower case with hyphens between.
func slugify(_ *exec.Evaluator, in *exec.Value, args *exec.VarArgs) *exec.Value {
	if in.IsError() {
		return in
	}
	words := strings.FieldsFunc(strings.ToLower(in.String()), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	return exec.AsValue(strings.Join(words, args.GetKeywordArgument("separator", "-").String()))
}

// stringMethods are gonja's where they do what Python's do, and else our own.
func stringMethods() map[string]exec.Method[string] {
	methods := map[string]exec.Method[string]{
		"lstrip": strip(strings.TrimLeft), "replace": replace, "rsplit": split(true), "rstrip": strip(strings.TrimRight),
		"split": split(false), "strip": strip(strings.Trim),
	}
	for _, name := range []string{
		"capitalize", "casefold", "endswith", "find", "format", "isalnum", "isalpha", "isascii", "isdecimal", "isdigit", "islower",
		"isnumeric", "isspace", "istitle", "isupper", "join", "lower", "partition", "removeprefix", "removesuffix", "rpartition",
		"splitlines", "startswith", "swapcase", "title", "upper", "zfill",
	} {
		methods[name], _ = builtins.Methods.Str.Get(name)
	}
	return methods
}

// replace is gonja's, which insists on a count.
func replace(s string, _ *exec.Value, args *exec.VarArgs) (any, error) {
	var from, to string
	count := -1
	err := args.Take(
		exec.PositionalArgument("old", nil, exec.StringArgument(&from)),
		exec.PositionalArgument("new", nil, exec.StringArgument(&to)),
		exec.PositionalArgument("count", exec.AsValue(count), exec.IntArgument(&count)),
	)
	return strings.Replace(s, from, to, count), err
}

// strip is gonja's, which insists on characters.
func strip(trim func(s, characters string) string) exec.Method[string] {
	return func(s string, _ *exec.Value, args *exec.VarArgs) (any, error) {
		var characters string
		err := args.Take(exec.PositionalArgument("chars", exec.AsValue(" \t\n\r\v\f"), exec.StringArgument(&characters)))
		return trim(s, characters), err
	}
}

// split is gonja's, which insists on a separator, and splits once less.
func split(fromRight bool) exec.Method[string] {
	return func(s string, _ *exec.Value, args *exec.VarArgs) (any, error) {
		separator, most := "", -1
		if err := args.Take(
			exec.PositionalArgument("sep", exec.AsValue(""), exec.StringArgument(&separator)),
			exec.PositionalArgument("maxsplit", exec.AsValue(most), exec.IntArgument(&most)),
		); err != nil {
			return nil, err
		}
		parts := strings.Split(s, separator)
		if separator == "" {
			parts, separator = strings.Fields(s), " "
		}
		switch rest := len(parts) - most; {
		case most < 0 || rest <= 1:
		case fromRight:
			parts = slices.Concat([]string{strings.Join(parts[:rest], separator)}, parts[rest:])
		default:
			parts = append(parts[:most:most], strings.Join(parts[most:], separator))
		}
		return parts, nil
	}
}

// dictMethods are those that change nothing. gonja's lose the order of the keys.
func dictMethods() map[string]exec.Method[map[string]any] {
	each := func(of func(key, value *exec.Value) any) exec.Method[map[string]any] {
		return func(_ map[string]any, self *exec.Value, args *exec.VarArgs) (any, error) {
			return list(self, self.Keys(), of), args.Take()
		}
	}
	get, _ := builtins.Methods.Dict.Get("get")
	return map[string]exec.Method[map[string]any]{
		"get":    get,
		"items":  each(pair),
		"keys":   each(func(key, _ *exec.Value) any { return key }),
		"values": each(func(_, value *exec.Value) any { return value }),
	}
}

func pair(key, value *exec.Value) any { return []any{key, value} }

// list is what of makes of the items of a dict.
func list(dict *exec.Value, keys exec.ValuesList, of func(key, value *exec.Value) any) []any {
	items := []any{}
	for _, key := range keys {
		value, _ := dict.GetItem(key.Interface())
		items = append(items, of(key, value))
	}
	return items
}
