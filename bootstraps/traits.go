package bootstraps

import (
	"context"
	"io"
	"slices"
)

// traits are what the package has to know of a language to find interpreters
// and to start its bootstrap. Whatever differs between languages is here.
type traits struct {
	name    string   // as people write it
	program string   // what an interpreter is called
	others  []string // its other names on PATH
	// numbered is what a version is appended to for the name of an interpreter
	// of just that one ("python" for python3.8), or "".
	numbered string
	// versionOf turns the digits and dots in a name into those of a version. It
	// may be nil.
	versionOf func(numbers string) string
	// lines are the versions that can stand in for one another, each from the
	// first that runs the bootstrap. All but the last have ended.
	lines []version

	// question are the arguments that make an interpreter print one line: its
	// language, its version and the file that it is, with tabs between.
	question []string
	// layouts are where interpreters are beside PATH, best first.
	layouts []layout
	ways    []way

	// command follows the interpreter in the command line of the bootstrap in dir.
	command func(rt Runtime, in Interpreter, dir string, o Options) []string
	// bundle changes the bootstrap's files before they are installed. It may be
	// nil.
	bundle func(files map[string][]byte)
	sdk    *sdkTraits // nil if AWS's runtimes bring no SDK
}

// A layout is where a version manager, or a habit, puts interpreters.
type layout struct {
	origin   string // what users call it
	root     string // see Finder.dir
	patterns string // below root, with spaces between; what "*" stands for may tell a version
}

// A way is a command that installs an interpreter.
type way struct {
	command string  // %s is a version; without it the version is the system's choice
	since   version // the first that it knows
}

// sdkTraits are how an AWS SDK is installed.
type sdkTraits struct {
	defaults []string // the packages that everybody gets
	allowed  string   // regexp of a package and, behind the first group, a version
	naming   string   // the same for people
	// perMinor says whether each minor version has a directory of its own.
	perMinor bool
	install  func(s SDK, ctx context.Context, in Interpreter, dir, old string, packages []string, progress io.Writer) error
}

var traitsOf = map[Language]*traits{
	NodeJS: &nodeTraits,
	Python: &pythonTraits,
}

func (l Language) traits() *traits { return traitsOf[l] }

// line returns which of the lines a version belongs to.
func (t *traits) line(v version) int {
	line := 0
	for i, oldest := range t.lines {
		if slices.Compare(v, oldest[:1]) >= 0 {
			line = i
		}
	}
	return line
}
