package scaffold

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"sam/cmd/internal/ui"
)

// A prompter asks whoever sits at the terminal.
type prompter struct {
	ui    *ui.UI
	asker *ui.Asker
}

func newPrompter(u *ui.UI) *prompter {
	return &prompter{u, ui.NewAsker(u, errors.New("there was no answer"))}
}

// ask returns the answer to a question, or its default, which check accepts.
func (p *prompter) ask(ctx context.Context, question, byDefault string, check func(string) error) (string, error) {
	for {
		answer, err := p.asker.Text(ctx, p.ui.OnStderr(ui.Bold, question), byDefault)
		if err != nil {
			return "", err
		}
		if err := check(answer); err != nil {
			p.refuse(err)
			continue
		}
		return answer, nil
	}
}

// refuse says why an answer is none, and what would be one.
func (p *prompter) refuse(err error) {
	text := err.Error()
	var hinter interface{ Hint() string }
	if errors.As(err, &hinter) {
		text += ": " + hinter.Hint()
	}
	p.ui.Notice("%s", strings.ToUpper(text[:1])+text[1:])
}

// choose returns one of several, chosen by its number or its name; the first
// is the default. accept may take other answers.
func (p *prompter) choose(ctx context.Context, question string, options, descriptions []string, accept func(string) error) (string, error) {
	width := 0
	for _, option := range options {
		width = max(width, len(option))
	}
	p.ui.Notice("%s", p.ui.OnStderr(ui.Bold, question))
	for i, option := range options {
		p.ui.Notice("  %d  %s", i+1, strings.TrimRight(fmt.Sprintf("%-*s  %s", width, option, descriptions[i]), " "))
	}
	answer, err := p.ask(ctx, "Number or name", "1", func(answer string) error {
		n, err := strconv.Atoi(answer)
		switch {
		case err == nil && n >= 1 && n <= len(options), slices.Contains(options, answer):
			return nil
		case err != nil && accept != nil:
			return accept(answer)
		}
		return fmt.Errorf("%q is none of these", answer)
	})
	if n, numberErr := strconv.Atoi(answer); err == nil && numberErr == nil && !slices.Contains(options, answer) {
		answer = options[n-1]
	}
	return answer, err
}
