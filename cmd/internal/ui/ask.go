package ui

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// An Asker asks questions on standard error, and reads the answers. It must be
// the only one to read standard input, of which it reads ahead.
type Asker struct {
	UI       *UI
	noAnswer error
	lines    *bufio.Reader
	answers  chan answerLine // nil: nothing was asked yet
}

// An answerLine is a line of standard input, or why there is none.
type answerLine struct {
	text string
	err  error
}

// NewAsker returns an Asker whose questions fail with noAnswer once standard input
// has ended.
func NewAsker(u *UI, noAnswer error) *Asker {
	return &Asker{UI: u, noAnswer: noAnswer, lines: bufio.NewReader(u.Stdin)}
}

// line returns the next line. The end of ctx does not end the reading, which
// goes on until there is a line for the next who asks.
func (a *Asker) line(ctx context.Context) (string, error) {
	if a.answers == nil {
		a.answers = make(chan answerLine, 1)
		go func() {
			text, err := a.lines.ReadString('\n')
			a.answers <- answerLine{text, err}
		}()
	}
	select {
	case l := <-a.answers:
		a.answers = nil
		return l.text, l.err
	case <-ctx.Done():
		a.UI.Notice("")
		return "", context.Cause(ctx)
	}
}

// Text asks for a text; no answer is the default.
func (a *Asker) Text(ctx context.Context, question, byDefault string) (string, error) {
	if byDefault != "" {
		question += " [" + byDefault + "]"
	}
	_, _ = fmt.Fprint(a.UI.Stderr, question+": ")
	line, err := a.line(ctx)
	if errors.Is(err, io.EOF) && line == "" {
		a.UI.Notice("")
		return "", a.noAnswer
	}
	if ctx.Err() != nil {
		return "", context.Cause(ctx)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("read the answer: %w", err)
	}
	if line = strings.TrimSpace(line); line == "" {
		return byDefault, nil
	}
	return line, nil
}

// Yes asks a question that is answered by yes or no, until it is.
func (a *Asker) Yes(ctx context.Context, question string, byDefault bool) (bool, error) {
	choice := " [y/N]"
	if byDefault {
		choice = " [Y/n]"
	}
	for {
		answer, err := a.Text(ctx, question+choice, "")
		if err != nil {
			return false, err
		}
		switch strings.ToLower(answer) {
		case "":
			return byDefault, nil
		case "y", "yes":
			return true, nil
		case "n", "no":
			return false, nil
		}
	}
}

// Secret asks for a text that the terminal does not show.
func (a *Asker) Secret(ctx context.Context, question string) (string, error) {
	terminal, isFile := a.UI.Stdin.(*os.File)
	if !isFile || !a.UI.StdinIsTerminal {
		return a.Text(ctx, question, "")
	}
	state, err := unix.IoctlGetTermios(int(terminal.Fd()), unix.TCGETS)
	if err != nil {
		return a.Text(ctx, question, "")
	}
	silent := *state
	silent.Lflag &^= unix.ECHO
	if err := unix.IoctlSetTermios(int(terminal.Fd()), unix.TCSETS, &silent); err != nil {
		return "", err
	}
	answer, err := a.Text(ctx, question, "")
	a.UI.Notice("")
	return answer, errors.Join(err, unix.IoctlSetTermios(int(terminal.Fd()), unix.TCSETS, state))
}
