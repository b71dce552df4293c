package bootstraps

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/agnivade/levenshtein"
)

// Language is the language of a runtime.
type Language string

// The languages of Lambda's runtimes. Custom is whatever its functions are
// written in.
const (
	Custom Language = "provided"
	DotNet Language = "dotnet"
	Go     Language = "go"
	Java   Language = "java"
	NodeJS Language = "nodejs"
	Python Language = "python"
	Ruby   Language = "ruby"
)

// Name returns the language's name as people write it.
func (l Language) Name() string { return l.traits().name }

// Runtime is a Lambda runtime identifier, taken apart.
type Runtime struct {
	ID       string // "nodejs20.x"
	Language Language
	Version  string // what an exact interpreter's begins with: "20", "8.10"; "" without one
}

// Interpreted says whether an interpreter runs the functions. Without one they
// are programs themselves.
func (rt Runtime) Interpreted() bool { return rt.Language.traits().program != "" }

// runtimes lists what AWS has ever offered, for functions outlive their
// runtimes. https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
var runtimes = []Runtime{
	{"dotnetcore1.0", DotNet, "1.0"},
	{"dotnetcore2.0", DotNet, "2.0"},
	{"dotnetcore2.1", DotNet, "2.1"},
	{"dotnetcore3.1", DotNet, "3.1"},
	{"dotnet5.0", DotNet, "5.0"},
	{"dotnet6", DotNet, "6.0"},
	{"dotnet8", DotNet, "8.0"},
	{"dotnet10", DotNet, "10.0"},
	{"go1.x", Go, ""},
	{"java8", Java, "8"},
	{"java8.al2", Java, "8"},
	{"java8.al2023", Java, "8"},
	{"java11", Java, "11"},
	{"java11.al2023", Java, "11"},
	{"java17", Java, "17"},
	{"java17.al2023", Java, "17"},
	{"java21", Java, "21"},
	{"java25", Java, "25"},
	{"nodejs", NodeJS, "0.10"},
	{"nodejs4.3", NodeJS, "4.3"},
	{"nodejs4.3-edge", NodeJS, "4.3"},
	{"nodejs6.10", NodeJS, "6.10"},
	{"nodejs8.10", NodeJS, "8.10"},
	{"nodejs10.x", NodeJS, "10"},
	{"nodejs12.x", NodeJS, "12"},
	{"nodejs14.x", NodeJS, "14"},
	{"nodejs16.x", NodeJS, "16"},
	{"nodejs18.x", NodeJS, "18"},
	{"nodejs20.x", NodeJS, "20"},
	{"nodejs22.x", NodeJS, "22"},
	{"nodejs24.x", NodeJS, "24"},
	{"nodejs26.x", NodeJS, "26"},
	{"provided", Custom, ""},
	{"provided.al2", Custom, ""},
	{"provided.al2023", Custom, ""},
	{"python2.7", Python, "2.7"},
	{"python3.6", Python, "3.6"},
	{"python3.7", Python, "3.7"},
	{"python3.8", Python, "3.8"},
	{"python3.9", Python, "3.9"},
	{"python3.10", Python, "3.10"},
	{"python3.11", Python, "3.11"},
	{"python3.12", Python, "3.12"},
	{"python3.13", Python, "3.13"},
	{"python3.14", Python, "3.14"},
	{"ruby2.5", Ruby, "2.5"},
	{"ruby2.7", Ruby, "2.7"},
	{"ruby3.2", Ruby, "3.2"},
	{"ruby3.3", Ruby, "3.3"},
	{"ruby3.4", Ruby, "3.4"},
	{"ruby4.0", Ruby, "4.0"},
}

// Runtimes returns every runtime, by language and the oldest first.
func Runtimes() []Runtime { return slices.Clone(runtimes) }

// Parse takes a runtime identifier apart. The error is an
// *UnknownRuntimeError.
func Parse(id string) (Runtime, error) {
	for _, rt := range runtimes {
		if rt.ID == id {
			return rt, nil
		}
	}
	known := make([]string, len(runtimes))
	for i, rt := range runtimes {
		known[i] = rt.ID
	}
	return Runtime{}, &UnknownRuntimeError{ID: id, Known: known}
}

// UnknownRuntimeError says that a runtime identifier is none of Lambda's.
type UnknownRuntimeError struct {
	ID    string
	Known []string // every identifier that Parse accepts
}

func (e *UnknownRuntimeError) Error() string { return fmt.Sprintf("unsupported runtime %q", e.ID) }

// Hint says what to write instead.
func (e *UnknownRuntimeError) Hint() string {
	if nearest := e.Nearest(); nearest != "" {
		return fmt.Sprintf("did you mean %s?", nearest)
	}
	return "use one of " + strings.Join(e.Known, ", ")
}

// Nearest returns the identifier that was probably meant, or "".
func (e *UnknownRuntimeError) Nearest() string {
	const tooFar = 3
	nearest, distance := "", tooFar
	for _, id := range e.Known {
		// Of equally near ones the last: "nodejs21.x" is meant to be recent.
		if d := levenshtein.ComputeDistance(essence(e.ID), essence(id)); d <= distance && d < tooFar {
			nearest, distance = id, d
		}
	}
	return nearest
}

// essence drops what people get wrong: "node20", "NodeJS20" and "nodejs20.x"
// have the same, and so have "dotnet8.0" and "dotnet8".
func essence(id string) string {
	id = strings.TrimSuffix(strings.TrimSuffix(strings.ToLower(id), ".x"), ".0")
	id = strings.Replace(id, "nodejs", "node", 1)
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, id)
}
