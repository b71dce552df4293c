package jinja

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
	"time"
)

// variables are those that the cases were recorded with.
func variables() map[string]any {
	inner := NewDict()
	inner.Set("x", "y")
	d := NewDict()
	d.Set("k", inner)
	d.Set("n", 2)
	all := NewDict()
	all.Set("name", "My App")
	all.Set("yes", true)
	all.Set("no", false)
	all.Set("list", []any{"a", "b", "C"})
	all.Set("d", d)
	all.Set("n", 7)
	all.Set("f", 1.5)
	all.Set("empty", "")
	all.Set("none", nil)
	return map[string]any{"cookiecutter": all}
}

type recorded struct {
	Source string
	Trim   bool    // with trim_blocks and lstrip_blocks
	Result *string // nil if Jinja2 refuses it
	Error  string
}

func readRecorded(t testing.TB) []recorded {
	data, err := os.ReadFile("testdata/jinja2.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []recorded
	if err := json.Unmarshal(data, &cases); err != nil {
		t.Fatal(err)
	}
	return cases
}

// TestAsJinja2 holds the package against what Jinja2 3.1.6 made of the same
// sources, in the environment of cookiecutter 2.7.1.
func TestAsJinja2(t *testing.T) {
	for _, c := range readRecorded(t) {
		got, err := Render("f", c.Source, variables(), Options{TrimBlocks: c.Trim, LStripBlocks: c.Trim})
		switch {
		case c.Result == nil && err == nil:
			t.Errorf("%q: %q; Jinja2 refuses it: %s", c.Source, got, c.Error)
		case c.Result != nil && (err != nil || got != *c.Result):
			t.Errorf("%q (trim %v):\ngot  %q %v\nwant %q", c.Source, c.Trim, got, err, *c.Result)
		}
	}
}

func TestErrorsHaveFileAndLine(t *testing.T) {
	for source, want := range map[string]string{
		"a\n{{ nope }}":                                           "f:2: nope is not defined",
		"a\nb {{ cookiecutter.nope.x }}":                          "f:2: cookiecutter.nope is not defined",
		"a\n\nb {{ cookiecutter.nope|upper }}":                    "f:3: cookiecutter.nope is not defined",
		"{{ cookiecutter.d['zz'] }}":                              "f:1: cookiecutter.d['zz'] is not defined",
		"\n\n{% if cookiecutter.nope %}{% endif %}":               "f:3: cookiecutter.nope is not defined",
		"{% for x in [1] %}\n{{ x.y }}{% endfor %}":               "f:2: x.y is not defined",
		"{% macro m() %}\n{{ nope }}{% endmacro %}\n{{ m() }}":    "f:2: nope is not defined",
		"\n{% if %}{% endif %}":                                   "f:2: expected either a number, string, keyword or identifier.",
		"\n{% if 1 %}\n\n":                                        "f:2: {% if %} has no {% endif %}",
		"{# c\n#}{% endif %}":                                     "f:2: tag 'endif' not found (or beginning not provided)",
		"{% include 'x' %}":                                       "f:1: {% include %} is not supported in templates of projects",
		"{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}": "f:1: recursive loops are not supported in templates of projects",
		"{% frob %}":                                              "f:1: tag 'frob' not found (or beginning not provided)",
		"{{ 1|frob }}":                                            "f:1: filter 'frob' not found",
		"{{ 1 is frob }}":                                         "f:1: test 'frob' not found",
		"\n{{ a ! }}":                                             `f:2: this cannot be read: Unexpected "!"`,
		"\n{{ 'a":                                                 "f:2: this cannot be read: a",
		"{{ '%s' % 1 }}":                                          "f:1: the operator % of strings is not supported: the filter format is",
		"\n{{ 1 % 0 }}":                                           "f:2: integer divide by zero",
		"{% if 1 %}\n{% if 1 % 0 %}{% endif %}{% endif %}":        "f:2: integer divide by zero",
		"{{ ('a' if 1 else 'b') }}":                               "f:1: the parentheses are not balanced, or hold an if, which is supported only at the end of an expression",
		"{{ range(1000000) }}":                                    "f:1: invalid call to function 'range': the range is longer than 100000",
		"{{ 'a' * 100000000 }}":                                   "f:1: the result is larger than 64 MB",
		"{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}":         "f:1: the macro m calls itself too often",
		"{{ " + strings.Repeat("[", 10000) + strings.Repeat("]", 10000) + "}}":     "f:1: the expression is nested too deeply",
		strings.Repeat("{% if 1 %}", 10000) + strings.Repeat("{% endif %}", 10000): "f:1: the tags are nested too deeply",
	} {
		_, err := Render("f", source, variables(), Options{})
		var placed *Error
		if !errors.As(err, &placed) || err.Error() != want {
			t.Errorf("%.40q: %.200v, want %s", source, err, want)
		}
	}
}

func TestTimeIsLimited(t *testing.T) {
	for _, source := range []string{
		"{% for a in range(9999) %}{% for b in range(9999) %}{% endfor %}{% endfor %}",
		"{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(99) }}",
	} {
		const want = "f:1: rendering takes longer than 10s"
		if _, err := render("f", source, nil, Options{}, time.Now().Add(50*time.Millisecond)); err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", source, err, want)
		}
	}
}

func TestLineBreaksAreKept(t *testing.T) {
	const source, want = "a\r\n{% if 1 %}\r\nb\r\n{%- endif %}\r\n", "a\r\n\r\nb\r\n"
	if got, err := Render("f", source, nil, Options{}); err != nil || got != want {
		t.Errorf("%q %v", got, err)
	}
}

func TestNow(t *testing.T) {
	got, err := Render("f", "{% now 'utc', '%Y' %} {% now 'utc' %}", nil, Options{})
	if now := time.Now().UTC(); err != nil || got != now.Format("2006 2006-01-02") {
		t.Errorf("%q %v", got, err)
	}
	if _, err := Render("f", "\n{% now 'Mars' %}", nil, Options{}); err == nil || err.Error() != `f:2: there is no time zone "Mars"` {
		t.Errorf("%v", err)
	}
}

// FuzzRender looks for sources that end the program.
func FuzzRender(f *testing.F) {
	for _, c := range readRecorded(f) {
		f.Add(c.Source)
	}
	f.Fuzz(func(t *testing.T, source string) {
		if strings.Contains(source, "*") {
			return // a string of any length, if it is one
		}
		_, err := Render("f", source, variables(), Options{})
		var placed *Error
		if err != nil && !errors.As(err, &placed) {
			t.Errorf("%q: %v has no place", source, err)
		}
	})
}
