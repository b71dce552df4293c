package bootstraps

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// An Interpreter is a program of this host that was run and told its version.
// That of a runtime which needs none has no Path, and is Exact.
type Interpreter struct {
	Path    string // the binary itself, behind symbolic links and launchers
	Version string // "3.11.7"
	Exact   bool   // whether its version is the runtime's
	Origin  string // where it was found: "--runtime-path", "PATH", "nvm", ...
}

// A Finder finds interpreters on this host. Its fields are all that it knows
// of the host; several goroutines may use it at once.
type Finder struct {
	// Home is the user's home directory, or "".
	Home string
	// Path is the PATH list.
	Path string
	// Env returns the variables that tell where version managers keep things,
	// NVM_DIR for example. It may be nil.
	Env func(string) string
	// Dir is the current directory, absolute: explicit paths start there, and
	// its node_modules may hold a Node.js.
	Dir string
	// Root is where /opt, /usr/local and the like are looked for; "" is "/".
	Root string

	// Explicit maps a runtime's identifier to the interpreter that the user
	// chose for it, ExplicitFrom to the flag or the environment variable that
	// says so; where it has no entry that is --runtime-path.
	Explicit     map[string]string
	ExplicitFrom map[string]string
	// ExactOnly refuses interpreters of another version than the runtime's.
	ExactOnly bool

	// CacheFile remembers what interpreters answered; "" remembers nothing.
	CacheFile string
	// ProbeLimit is how long an interpreter may take to answer; 0 is 5 s.
	ProbeLimit time.Duration
}

// Found is what a Finder found for a runtime: an interpreter or an error.
type Found struct {
	Runtime     Runtime
	Interpreter *Interpreter
	Err         error
}

// Find returns the interpreter to run rt with: the one that the user chose;
// else the first of the exact version; else, unless ExactOnly, the nearest
// newer one, or else the nearest older one. Stand-ins can run the bootstrap,
// and Python's have the same major version. A file is run only if its name
// makes it a better choice than what is known already, and not again until it
// changes.
//
// The error is a *MissingError, an *ExplicitError or the end of ctx.
func (f *Finder) Find(ctx context.Context, rt Runtime) (Interpreter, error) {
	s := search{f, loadAnswers(f.CacheFile)}
	defer s.answers.save()
	return s.find(ctx, rt)
}

// All finds an interpreter for each of Runtimes. It runs files again that
// failed to answer an earlier Find.
func (f *Finder) All(ctx context.Context) []Found {
	s := search{f, loadAnswers(f.CacheFile)}
	defer s.answers.save()
	s.answers.forgetSilent()
	all := make([]Found, len(runtimes))
	for i, rt := range runtimes {
		all[i].Runtime = rt
		if in, err := s.find(ctx, rt); err != nil {
			all[i].Err = err
		} else {
			all[i].Interpreter = &in
		}
	}
	return all
}

// A search is one Find, or the many of one All.
type search struct {
	*Finder
	answers *answers
}

func (s *search) find(ctx context.Context, rt Runtime) (Interpreter, error) {
	if path, ok := s.Explicit[rt.ID]; ok {
		return s.explicit(ctx, rt, path)
	}
	if !rt.Interpreted() {
		return Interpreter{Exact: true}, nil
	}
	var looked []string
	var others []*candidate
	for _, p := range s.places(rt) {
		looked = append(looked, p.where)
		exact, rest, err := s.exact(ctx, rt, p)
		if err != nil {
			return Interpreter{}, err
		}
		if exact != nil {
			return *exact, nil
		}
		others = append(others, rest...)
	}
	nearest, err := s.nearest(ctx, rt, others)
	if err != nil {
		return Interpreter{}, err
	}
	if nearest == nil || s.ExactOnly && !nearest.Exact {
		return Interpreter{}, &MissingError{Runtime: rt, ExactOnly: s.ExactOnly, Looked: looked, Nearest: nearest}
	}
	return *nearest, nil
}

// exact returns the newest interpreter of rt's version in a place, or nil and
// what else is there.
func (s *search) exact(ctx context.Context, rt Runtime, p place) (*Interpreter, []*candidate, error) {
	want := parseVersion(rt.Version)
	candidates := p.list()
	slices.SortStableFunc(candidates, func(a, b *candidate) int { return slices.Compare(b.hint, a.hint) })
	var others []*candidate
	for _, c := range candidates {
		if c.hint.agrees(want) && !c.resolve(rt.Language) {
			continue
		}
		if c.hint.agrees(want) { // and so does the name behind symbolic links
			in, err := s.try(ctx, rt, c)
			if err != nil {
				return nil, nil, err
			}
			if in == nil {
				continue
			}
			if in.Exact {
				return in, nil, nil
			}
		}
		others = append(others, c)
	}
	return nil, others, nil
}

// nearest returns the best stand-in, or nil. Names decide in which order
// candidates are tried, answers decide which is best.
func (s *search) nearest(ctx context.Context, rt Runtime, candidates []*candidate) (*Interpreter, error) {
	want := parseVersion(rt.Version)
	slices.SortStableFunc(candidates, func(a, b *candidate) int { return compareStandIns(a.hint, b.hint, want) })
	var best *Interpreter
	var bestVersion version
	for _, c := range candidates {
		if best != nil && compareStandIns(c.hint, bestVersion, want) >= 0 {
			break
		}
		if !c.resolve(rt.Language) {
			continue
		}
		in, err := s.try(ctx, rt, c)
		if err != nil {
			return nil, err
		}
		if in != nil && (best == nil || compareStandIns(c.hint, bestVersion, want) < 0) {
			best, bestVersion = in, c.hint
		}
	}
	return best, nil
}

// resolve finds the file behind a candidate and whether there is any.
func (c *candidate) resolve(lang Language) bool {
	if c.file != "" {
		return true
	}
	for _, name := range c.names {
		path := filepath.Join(c.dir, name)
		info, err := os.Stat(path)
		if err != nil || !executable(info) {
			continue
		}
		file, err := filepath.EvalSymlinks(path)
		if err != nil || launcher(file, lang) {
			continue
		}
		if v := versionIn(filepath.Base(file), lang); len(v) > len(c.hint) {
			c.hint = v
		}
		c.file, c.info = file, info
		return true
	}
	return false
}

// try makes a resolved candidate an Interpreter, or nil if it cannot run rt.
// Its hint becomes what it answers.
func (s *search) try(ctx context.Context, rt Runtime, c *candidate) (*Interpreter, error) {
	given, err := s.ask(ctx, rt.Language, c.file, c.info)
	if err != nil {
		return nil, err
	}
	if c.hint = given.best(rt); !usable(rt, c.hint) {
		return nil, nil
	}
	in := newInterpreter(rt, given, c.origin)
	return &in, nil
}

// ask returns what an executable file answers, from memory if it can. The
// error is only ever the end of ctx.
func (s *search) ask(ctx context.Context, lang Language, file string, info fs.FileInfo) (answer, error) {
	if known, ok := s.answers.lookup(lang, file, info); ok {
		return known, nil
	}
	return s.askAnew(ctx, lang, file, info)
}

func (s *search) askAnew(ctx context.Context, lang Language, file string, info fs.FileInfo) (answer, error) {
	versions, real, err := s.probe(ctx, lang, file)
	if ctx.Err() != nil {
		return answer{}, fmt.Errorf("look for %s: %w", lang.Name(), context.Cause(ctx))
	}
	given := answer{real: real, err: err}
	for _, v := range versions {
		given.Versions = append(given.Versions, v.String())
	}
	if err != nil {
		given.SilentAt = time.Now().Unix()
		// What did not even start may have met a limit on processes.
		_, ran := err.(*silenceError)
		given.fleeting = !ran
	} else {
		// What leads to another file may lead elsewhere next time.
		own, err := filepath.EvalSymlinks(file)
		given.fleeting = err != nil || own != real
	}
	s.answers.add(lang, file, info, given)
	return given, nil
}

func newInterpreter(rt Runtime, given answer, origin string) Interpreter {
	v := given.best(rt)
	return Interpreter{Path: given.real, Version: v.String(), Exact: v.agrees(parseVersion(rt.Version)), Origin: origin}
}

// usable says whether an interpreter of a version can run rt at all.
func usable(rt Runtime, v version) bool {
	t := rt.Language.traits()
	line := t.line(v)
	return slices.Compare(v, t.lines[line]) >= 0 && line == t.line(parseVersion(rt.Version))
}

// oldest returns the first version that can run rt's bootstrap.
func oldest(rt Runtime) version {
	t := rt.Language.traits()
	return t.lines[t.line(parseVersion(rt.Version))]
}

func executable(info fs.FileInfo) bool {
	return info.Mode().IsRegular() && info.Mode().Perm()&0o111 != 0
}

// launcher says whether a file only starts the interpreter that some
// configuration names. Many version managers put scripts into a directory
// called shims; others (volta, snap, mise) link to a program of their own.
func launcher(file string, lang Language) bool {
	return filepath.Base(filepath.Dir(file)) == "shims" || !strings.Contains(filepath.Base(file), lang.traits().program)
}
