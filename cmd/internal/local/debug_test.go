package local

import (
	"slices"
	"testing"
)

func TestSplitWords(t *testing.T) {
	for _, tt := range []struct {
		line string
		want []string
	}{
		{"", nil},
		{"  -m  debugpy ", []string{"-m", "debugpy"}},
		{`--title "two words" 'and "more"'`, []string{"--title", "two words", `and "more"`}},
		{`"" a\ b "\"" '\'`, []string{"", "a b", `"`, `\`}},
		{`--x="a b"c`, []string{"--x=a bc"}},
	} {
		if got, err := splitWords(tt.line); err != nil || !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q, %v; want %q", tt.line, got, err, tt.want)
		}
	}
	for _, line := range []string{`"a`, `it's`, `end\`} {
		if got, err := splitWords(line); err == nil {
			t.Errorf("%s: %q", line, got)
		}
	}
}
