package bootstraps

import (
	"fmt"
	"slices"
	"strings"
)

// A MissingError says that this host has no interpreter for a runtime.
type MissingError struct {
	Runtime Runtime
	// ExactOnly says whether only the exact version would have done.
	ExactOnly bool
	// Looked lists the places that were searched: "PATH", then directories.
	Looked []string
	// Nearest would stand in if ExactOnly did not forbid it, or is nil.
	Nearest *Interpreter
}

func (e *MissingError) Error() string {
	text := fmt.Sprintf("no %s found to run %s", e.wanted(), e.Runtime.ID)
	if e.Nearest != nil {
		text += fmt.Sprintf(" (the nearest is %s, %s)", e.Nearest.Version, e.Nearest.Path)
	}
	return text
}

// wanted describes the interpreters that would have done.
func (e *MissingError) wanted() string {
	name := e.Runtime.Language.Name()
	if e.onlyExact() {
		return name + " " + e.Runtime.Version
	}
	return fmt.Sprintf("%s %s or newer", name, oldest(e.Runtime))
}

// onlyExact says whether no other version may stand in, or none exists that
// could: Python 2 ended with 2.7.
func (e *MissingError) onlyExact() bool {
	t := e.Runtime.Language.traits()
	return e.ExactOnly || t.line(parseVersion(e.Runtime.Version)) < len(t.lines)-1
}

// Details says where was looked.
func (e *MissingError) Details() string { return "Looked in: " + strings.Join(e.Looked, ", ") }

// Hint says what to install or to write.
func (e *MissingError) Hint() string {
	t, install := e.Runtime.Language.traits(), e.Runtime.Version
	point := fmt.Sprintf("point to one with %s %s=/path/to/%s", explicitFlag, e.Runtime.ID, t.program)
	if slices.Compare(parseVersion(install), oldest(e.Runtime)) < 0 {
		if e.ExactOnly {
			return "let a newer version stand in: nothing that old runs here"
		}
		install = oldest(e.Runtime).String()
	}
	what := t.name + " " + install
	if !e.onlyExact() {
		what += " or newer"
	}
	hint := fmt.Sprintf("install %s (%s)", what, strings.Join(e.ways(install), ", "))
	if e.Nearest != nil {
		hint += fmt.Sprintf(", let %s stand in", e.Nearest.Version)
	}
	return hint + ", or " + point
}

// ways lists commands that install a version.
func (e *MissingError) ways(install string) []string {
	var ways []string
	for _, w := range e.Runtime.Language.traits().ways {
		command := strings.ReplaceAll(w.command, "%s", install)
		if anyVersion := command == w.command; anyVersion && e.onlyExact() || slices.Compare(parseVersion(install), w.since) < 0 {
			continue
		}
		ways = append(ways, command)
	}
	return ways
}
