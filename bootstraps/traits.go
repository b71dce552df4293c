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
	program string   // what an interpreter is called; "" if functions are programs themselves
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

	// questions are the arguments of a probe: the first that the interpreter
	// knows makes it answer.
	questions [][]string
	// read finds in the answer what versions file has, and the interpreter that
	// it leads to. If it is nil the answer is one line: the language, the version
	// and the interpreter, with tabs between.
	read func(file, stdout, stderr string) (versions []version, real string, err error)
	// layouts are where interpreters are beside PATH, best first.
	layouts []layout
	ways    []way

	// command follows the interpreter in the command line of the bootstrap in dir.
	command func(rt Runtime, in Interpreter, dir string, o Options) []string
	// environment is what Environment returns. It may be nil.
	environment func(in Interpreter) []string
	// debugger is what Finder.Debugger does; attach has the fields of an Attachment
	// that differ between languages.
	debugger func(ctx context.Context, f *Finder, to Debuggee, d Debug) (*Debugger, error)
	// debugsAnywhere says that the debugger is in the interpreter: it needs no files
	// of the host.
	debugsAnywhere bool
	attach         func(in Interpreter, port int) Attachment
	// leftovers returns patterns of the files that a process leaves in temporary
	// directories when it is killed, with %d for its id. It may be nil.
	leftovers func(in Interpreter, tmp string) []string
	// compiled is the file that compiler makes of the bootstrap, if it has to be.
	compiled, compiler string
	// bundle changes the bootstrap's files before they are installed. It may be
	// nil.
	bundle func(files map[string][]byte)
	// rehearse makes later starts faster: see Rehearse. It may be nil.
	rehearse func(ctx context.Context, in Interpreter, dir string, begin func()) error
	sdk      *sdkTraits // nil if there is none to install
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
	Custom: &customTraits,
	DotNet: &dotnetTraits,
	Go:     &goTraits,
	Java:   &javaTraits,
	NodeJS: &nodeTraits,
	Python: &pythonTraits,
	Ruby:   &rubyTraits,
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
