package cloud

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/sys/unix"

	"sam/cmd/internal/ui"
)

// An asker asks questions on standard error, and reads the answers. It must be
// the only one to read standard input, of which it reads ahead.
type asker struct {
	ui      *ui.UI
	lines   *bufio.Reader
	answers chan answerLine // nil: nothing was asked yet
}

// An answerLine is a line of standard input, or why there is none.
type answerLine struct {
	text string
	err  error
}

func newAsker(u *ui.UI) *asker { return &asker{ui: u, lines: bufio.NewReader(u.Stdin)} }

var errNoAnswer = &problem{"there is nobody to answer: standard input has ended", "give the answers as flags: sam delete --no-prompts, sam deploy without --guided and --confirm-changeset", nil}

// line returns the next line. The end of ctx does not end the reading, which
// goes on until there is a line for the next who asks.
func (a *asker) line(ctx context.Context) (string, error) {
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
		a.ui.Notice("")
		return "", context.Cause(ctx)
	}
}

// text asks for a text; no answer is the default.
func (a *asker) text(ctx context.Context, question, byDefault string) (string, error) {
	if byDefault != "" {
		question += " [" + byDefault + "]"
	}
	_, _ = fmt.Fprint(a.ui.Stderr, question+": ")
	line, err := a.line(ctx)
	if errors.Is(err, io.EOF) && line == "" {
		a.ui.Notice("")
		return "", errNoAnswer
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("read the answer: %w", err)
	}
	if line = strings.TrimSpace(line); line == "" {
		return byDefault, nil
	}
	return line, nil
}

// yes asks a question that is answered by yes or no, until it is.
func (a *asker) yes(ctx context.Context, question string, byDefault bool) (bool, error) {
	choice := " [y/N]"
	if byDefault {
		choice = " [Y/n]"
	}
	for {
		answer, err := a.text(ctx, question+choice, "")
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

// secret asks for a text that the terminal does not show.
func (a *asker) secret(ctx context.Context, question string) (string, error) {
	terminal, isFile := a.ui.Stdin.(*os.File)
	if !isFile || !a.ui.StdinIsTerminal {
		return a.text(ctx, question, "")
	}
	state, err := unix.IoctlGetTermios(int(terminal.Fd()), unix.TCGETS)
	if err != nil {
		return a.text(ctx, question, "")
	}
	silent := *state
	silent.Lflag &^= unix.ECHO
	if err := unix.IoctlSetTermios(int(terminal.Fd()), unix.TCSETS, &silent); err != nil {
		return "", err
	}
	answer, err := a.text(ctx, question, "")
	a.ui.Notice("")
	return answer, errors.Join(err, unix.IoctlSetTermios(int(terminal.Fd()), unix.TCSETS, state))
}
