package bootstraps

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

const explicitFlag = "--runtime-path"

// An ExplicitError says that the interpreter that the user chose for a runtime
// cannot run it.
type ExplicitError struct {
	Runtime Runtime
	Path    string // as the user wrote it
	From    string // the flag or the environment variable
	Err     error
}

func (e *ExplicitError) Error() string {
	if e.From == explicitFlag {
		return fmt.Sprintf("%s %s=%s: %v", e.From, e.Runtime.ID, e.Path, e.Err)
	}
	return fmt.Sprintf("%s=%s: %v", e.From, e.Path, e.Err)
}

func (e *ExplicitError) Unwrap() error { return e.Err }

// Hint says what to choose instead.
func (e *ExplicitError) Hint() string {
	if !e.Runtime.Interpreted() {
		return "leave " + e.From + " out"
	}
	return fmt.Sprintf("give the path of a %s executable, or leave %s out to have one found",
		e.Runtime.Language.Name(), e.From)
}

// explicit returns the interpreter that the user chose, whatever its version.
func (s *search) explicit(ctx context.Context, rt Runtime, chosen string) (Interpreter, error) {
	from := cmp.Or(s.ExplicitFrom[rt.ID], explicitFlag)
	if !rt.Interpreted() {
		return Interpreter{}, &ExplicitError{Runtime: rt, Path: chosen, From: from, Err: errors.New("its functions run without an interpreter")}
	}
	given, err := s.askExplicit(ctx, rt, s.expandExplicit(chosen))
	switch {
	case ctx.Err() != nil:
		return Interpreter{}, err
	case err != nil:
		return Interpreter{}, &ExplicitError{Runtime: rt, Path: chosen, From: from, Err: err}
	}
	return newInterpreter(rt, given, from), nil
}

func (s *search) expandExplicit(path string) string {
	// Shells leave the ~ of ID=~/path alone.
	if below, ok := strings.CutPrefix(path, "~/"); ok && s.Home != "" {
		return filepath.Join(s.Home, below)
	}
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(s.Dir, path)
}

func (s *search) askExplicit(ctx context.Context, rt Runtime, path string) (answer, error) {
	if !filepath.IsAbs(path) {
		return answer{}, errors.New("it is not absolute")
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return answer{}, errors.New("no such file")
	case err != nil:
		return answer{}, err
	case info.IsDir():
		return answer{}, errors.New("it is a directory")
	case !executable(info):
		return answer{}, errors.New("it is not executable")
	}
	lang := rt.Language
	given, err := s.ask(ctx, lang, path, info)
	if err == nil && given.silent() {
		// Who insists on it may have repaired it since it was asked.
		given, err = s.askAnew(ctx, lang, path, info)
	}
	switch {
	case err != nil:
		return answer{}, err
	case given.silent():
		return answer{}, s.diagnose(ctx, lang, path, info, given.err)
	case !usable(rt, given.best(rt)):
		return answer{}, fmt.Errorf("%s %s cannot run %s", lang.Name(), given.best(rt), rt.ID)
	}
	return given, nil
}

// diagnose finds out whether a file that is no interpreter of lang is one of
// another language.
func (s *search) diagnose(ctx context.Context, lang Language, path string, info fs.FileInfo, reason error) error {
	for _, other := range slices.Sorted(maps.Keys(traitsOf)) {
		if other == lang || other.traits().program == "" {
			continue
		}
		if given, err := s.ask(ctx, other, path, info); err == nil && !given.silent() {
			return fmt.Errorf("it is %s %s, not %s", other.Name(), strings.Join(given.Versions, " and "), lang.Name())
		}
	}
	return fmt.Errorf("it does not run as %s: %w", lang.Name(), reason)
}
