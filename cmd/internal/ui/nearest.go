package ui

import (
	"strings"

	"github.com/agnivade/levenshtein"
)

// Nearest returns the one of names that was probably meant by a word, or "" if
// none is near.
func Nearest(word string, names []string) string {
	best, least := "", (len(word)+2)/3
	for _, name := range names {
		if d := levenshtein.ComputeDistance(strings.ToLower(word), strings.ToLower(name)); d < least || d == least && best == "" {
			best, least = name, d
		}
	}
	return best
}
