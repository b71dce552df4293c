// Package ui is how commands talk to whoever runs them: results on standard
// output, everything else on standard error.
//
// It owns the streams and what is known about them. What is said, and in
// which words, belongs to the commands.
package ui

import (
	"fmt"
	"io"
	"os"

	"github.com/mattn/go-isatty"
)

// A UI holds the streams of a command.
type UI struct {
	Stdin  io.Reader
	Stdout io.Writer // results, and nothing else
	Stderr io.Writer // logs, notices, errors

	StdinIsTerminal, StdoutIsTerminal, StderrIsTerminal bool

	Colour bool // whether terminals get colours
}

// System returns the UI on the streams of this process.
func System(colour bool) *UI {
	return &UI{
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		StdinIsTerminal:  isatty.IsTerminal(os.Stdin.Fd()),
		StdoutIsTerminal: isatty.IsTerminal(os.Stdout.Fd()),
		StderrIsTerminal: isatty.IsTerminal(os.Stderr.Fd()),
		Colour:           colour,
	}
}

// A Style is how text looks on a terminal: parameters of the control sequence
// SGR (ECMA-48).
type Style string

// The styles that there are.
const (
	Bold  Style = "1"
	Red   Style = "31"
	Green Style = "32"
)

// OnStdout returns text as it goes to standard output.
func (u *UI) OnStdout(style Style, text string) string {
	return style.of(text, u.Colour && u.StdoutIsTerminal)
}

// OnStderr returns text as it goes to standard error.
func (u *UI) OnStderr(style Style, text string) string {
	return style.of(text, u.Colour && u.StderrIsTerminal)
}

func (s Style) of(text string, on bool) string {
	if !on {
		return text
	}
	return "\x1b[" + string(s) + "m" + text + "\x1b[0m"
}

// Notice prints a line that is not a result.
func (u *UI) Notice(format string, args ...any) {
	_, _ = fmt.Fprintf(u.Stderr, format+"\n", args...)
	if g, gathers := u.Stderr.(*gatherer); gathers {
		g.flush()
	}
}

// Gathering has a server run with an Stderr that gathers its many lines.
func (u *UI) Gathering(run func(*UI) error) error {
	g := &gatherer{to: u.Stderr}
	g.init()
	defer g.flush()
	gathering := *u
	gathering.Stderr = g
	return run(&gathering)
}
