package cloud

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// units of time, by their first letters.
var units = []struct {
	names string
	is    time.Duration
}{
	{"s sec secs second seconds", time.Second},
	{"m min mins minute minutes", time.Minute},
	{"h hr hrs hour hours", time.Hour},
	{"d day days", 24 * time.Hour},
	{"w week weeks", 7 * 24 * time.Hour},
}

// layouts are the notations of a time; without a zone it is UTC.
var layouts = []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02 15:04", "2006-01-02"}

// parseTime reads a time as people write it: in numbers, or from now.
func parseTime(text string, now time.Time) (time.Time, error) {
	words := strings.ToLower(strings.TrimSpace(text))
	midnight := now.Truncate(24 * time.Hour)
	switch words {
	case "now":
		return now, nil
	case "today":
		return midnight, nil
	case "yesterday":
		return now.Add(-24 * time.Hour), nil
	}
	for _, layout := range layouts {
		if t, err := time.Parse(layout, strings.TrimSpace(text)); err == nil {
			return t, nil
		}
	}
	if number, isAgo := strings.CutSuffix(words, "ago"); isAgo {
		if d, ok := parseDuration(strings.TrimSpace(number)); ok {
			return now.Add(-d), nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is no time: write one such as 2006-01-02T15:04:05Z, \"10min ago\" or yesterday", text)
}

// parseDuration reads a number and a unit.
func parseDuration(text string) (time.Duration, bool) {
	digits := strings.TrimLeft(text, "0123456789")
	number, err := strconv.Atoi(text[:len(text)-len(digits)])
	if err != nil {
		return 0, false
	}
	for _, unit := range units {
		for name := range strings.FieldsSeq(unit.names) {
			if strings.TrimSpace(digits) == name {
				return time.Duration(number) * unit.is, true
			}
		}
	}
	return 0, false
}
