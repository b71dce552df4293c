package cloud

import (
	"bufio"
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
	ui    *ui.UI
	lines *bufio.Reader
}

func newAsker(u *ui.UI) *asker { return &asker{ui: u, lines: bufio.NewReader(u.Stdin)} }

var errNoAnswer = &problem{"there is nobody to answer: standard input has ended", "give the answers as flags: sam delete --no-prompts, sam deploy without --guided and --confirm-changeset", nil}

// text asks for a text; no answer is the default.
func (a *asker) text(question, byDefault string) (string, error) {
	if byDefault != "" {
		question += " [" + byDefault + "]"
	}
	_, _ = fmt.Fprint(a.ui.Stderr, question+": ")
	line, err := a.lines.ReadString('\n')
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
func (a *asker) yes(question string, byDefault bool) (bool, error) {
	choice := " [y/N]"
	if byDefault {
		choice = " [Y/n]"
	}
	for {
		answer, err := a.text(question+choice, "")
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
func (a *asker) secret(question string) (string, error) {
	terminal, isFile := a.ui.Stdin.(*os.File)
	if !isFile || !a.ui.StdinIsTerminal {
		return a.text(question, "")
	}
	state, err := unix.IoctlGetTermios(int(terminal.Fd()), unix.TCGETS)
	if err != nil {
		return a.text(question, "")
	}
	silent := *state
	silent.Lflag &^= unix.ECHO
	if err := unix.IoctlSetTermios(int(terminal.Fd()), unix.TCSETS, &silent); err != nil {
		return "", err
	}
	answer, err := a.text(question, "")
	a.ui.Notice("")
	return answer, errors.Join(err, unix.IoctlSetTermios(int(terminal.Fd()), unix.TCSETS, state))
}
