package local

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"unicode"

	"github.com/spf13/pflag"

	"sam/bootstraps"
	"sam/cmd/internal/config"
	"sam/cmd/internal/ui"
	"sam/emulator"
)

// debugOptions are what all commands that run functions can be told about
// debuggers.
type debugOptions struct {
	Ports    []int // the first is the debugger's; none: nothing is debugged
	Args     string
	Path     string
	Function string // for servers; empty: the only one
}

func (o *debugOptions) addFlags(flags *pflag.FlagSet) {
	flags.IntSliceVarP(&o.Ports, "debug-port", "d", nil, "Have the function wait for a debugger on this `port` of 127.0.0.1, without limits of time")
	config.FromEnv(flags, "debug-port", "SAM_DEBUG_PORT")
	flags.StringVar(&o.Args, "debug-args", "", "More `arguments` of the interpreter, or of dlv, when a function is debugged")
	config.FromEnv(flags, "debug-args", "DEBUGGER_ARGS")
	flags.StringVar(&o.Path, "debugger-path", "", "`Directory` with a debugger: debugpy, the gem debug, dlv, or what --debug-args names")
}

// open returns what functions are debugged with, or nil, and names what is in
// vain. A port that is taken stops us before anything starts.
func (o *debugOptions) open(u *ui.UI, h *config.Host) (*bootstraps.Debug, error) {
	if len(o.Ports) == 0 {
		for _, given := range []struct{ flag, value string }{
			{"--debug-args", o.Args}, {"--debugger-path", o.Path}, {"--debug-function", o.Function},
		} {
			if given.value != "" {
				u.Notice("%s has no effect without --debug-port", given.flag)
			}
		}
		return nil, nil
	}
	for _, port := range o.Ports {
		if port < 1 || port > 65535 {
			return nil, fmt.Errorf("--debug-port: %d is not a port: they go from 1 to 65535", port)
		}
	}
	if len(o.Ports) > 1 {
		u.Notice("--debug-port: the debugger listens on the first, %d; the others need not be opened, since functions run on this host", o.Ports[0])
	}
	debug := &bootstraps.Debug{Port: o.Ports[0]}
	var err error
	if debug.Args, err = splitWords(o.Args); err != nil {
		return nil, fmt.Errorf("--debug-args: %w", err)
	}
	if o.Path != "" {
		debug.Path = absolute(h, o.Path)
		if info, err := os.Stat(debug.Path); err != nil || !info.IsDir() {
			return nil, fmt.Errorf("--debugger-path: there is no directory %s", o.Path)
		}
	}
	return debug, checkFree(debug.Port)
}

// checkFree refuses a port that a debugger could not listen on.
func checkFree(port int) error {
	listener, err := net.Listen("tcp4", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return &debugPortError{port, "something else listens there"}
	case errors.Is(err, syscall.EACCES):
		return &debugPortError{port, "this user may not listen there"}
	case err != nil:
		return fmt.Errorf("listen on the debug port: %w", err)
	}
	return listener.Close()
}

// A debugPortError says that no debugger can listen on a port.
type debugPortError struct {
	port   int
	reason string
}

func (e *debugPortError) Error() string {
	return fmt.Sprintf("--debug-port: %d cannot be used: %s", e.port, e.reason)
}

// Hint says what to do about it.
func (e *debugPortError) Hint() string {
	return "choose another one, or end what is left of an earlier session (ss -ltnp shows it)"
}

// splitWords splits a line as a shell does, without replacing anything in it.
func splitWords(line string) ([]string, error) {
	var words []string
	var word strings.Builder
	var quote rune // that is open, or 0
	inWord, escaped := false, false
	for _, r := range line {
		switch {
		case escaped:
			word.WriteRune(r)
			escaped = false
		case r == '\\' && quote != '\'':
			inWord, escaped = true, true
		case r == quote:
			quote = 0
		case quote == 0 && (r == '"' || r == '\''):
			quote, inWord = r, true
		case quote == 0 && unicode.IsSpace(r):
			if inWord {
				words = append(words, word.String())
				word.Reset()
			}
			inWord = false
		default:
			word.WriteRune(r)
			inWord = true
		}
	}
	switch {
	case quote != 0:
		return nil, fmt.Errorf("a quote (%c) is not closed in: %s", quote, line)
	case escaped:
		return nil, fmt.Errorf("nothing follows the backslash at the end of: %s", line)
	case inWord:
		words = append(words, word.String())
	}
	return words, nil
}

// sayWaiting tells how to attach to a function.
func (s *session) sayWaiting(fn *emulator.Prepared) {
	for _, note := range fn.Debugger.Notes {
		s.sayOnce("%s: %s", fn.LogicalID, note)
	}
	if address := fn.Debugger.Address; address != "" {
		s.ui.Notice("%s waits for a debugger on %s (sam local debug-config has a configuration of VS Code for it)", fn.LogicalID, address)
	}
}

// chooseDebugged decides which of the functions that are served is debugged, and
// makes sure that it can be.
func (s *server) chooseDebugged(ctx context.Context, p *project) error {
	if s.debug == nil {
		return nil
	}
	fn, err := p.function(s.options.Debugging.Function)
	switch {
	case s.options.Debugging.Function != "":
		if err != nil {
			return fmt.Errorf("--debug-function: %w", err)
		}
	case len(s.only) == 1:
		fn, err = p.function(s.only[0])
	case err != nil && len(p.functions) > 0:
		return fmt.Errorf("--debug-port: one of the functions can be debugged: choose it with --debug-function. Possible options in your template: %s", p.choices())
	}
	if err != nil {
		return err
	}
	if len(s.only) > 0 && !slices.Contains(s.only, fn.FullPath()) {
		return fmt.Errorf("--debug-function: %s is not among the functions that are served", fn.FullPath())
	}
	s.debugged = fn.FullPath()
	if s.options.Cold {
		s.ui.Notice("--cold does not apply to %s: the debugger keeps its environment", s.debugged)
	}
	_, err = s.emulator.Prepare(ctx, s.definition(p, fn))
	if impossible, ok := errors.AsType[*bootstraps.DebugError](err); ok {
		return fmt.Errorf("function %s: %w", fn.LogicalID, impossible)
	}
	return nil // whatever else is wrong shows at the request that needs it
}
