package bootstraps

import (
	"cmp"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// A place is somewhere to look for interpreters of one language.
type place struct {
	origin string // what users call it: "PATH", "pyenv"
	where  string // what to show to somebody whose interpreter was not there
	list   func() []*candidate
}

// A candidate is a file that goes by the name of an interpreter, if it exists.
type candidate struct {
	origin string
	dir    string
	names  []string // of one interpreter; the first one in dir counts
	hint   version  // what names tell, and then what the file itself answers

	file string // once it is resolved: the file, behind symbolic links
	info fs.FileInfo
}

// places lists where interpreters of rt's language are, best first: what the
// user's shell would run, what version managers keep, what was unpacked by
// hand. The managers' own directories are read because the launchers that they
// put on PATH cost 200 ms and answer differently in every directory.
func (f *Finder) places(rt Runtime) []place {
	lang, want := rt.Language, parseVersion(rt.Version)
	places := []place{{"PATH", "PATH", func() []*candidate {
		var found []*candidate
		for _, dir := range filepath.SplitList(f.Path) {
			// A relative directory would let the current directory choose what is run.
			if filepath.IsAbs(dir) {
				found = append(found, everyName("PATH", dir, lang)...)
			}
		}
		return found
	}}}
	for _, l := range lang.traits().layouts {
		if root := f.dir(l.root); root != "" {
			places = append(places, place{l.origin, l.where(root), func() []*candidate {
				return expand(l, root, lang, want)
			}})
		}
	}
	return places
}

// where is what to show of a layout below root.
func (l *layout) where(root string) string {
	if strings.Contains(l.patterns, " ") {
		return root
	}
	literal, _, isPattern := strings.Cut(l.patterns, "*")
	if isPattern {
		literal = literal[:strings.LastIndexByte(literal, '/')+1]
	}
	return filepath.Join(root, literal)
}

// dir returns the first that is known of the directories in a list such as
// "$PYENV_ROOT ~/.pyenv". "~" is the user's home directory, "." the current
// one; what begins with a slash is below Root.
func (f *Finder) dir(list string) string {
	for name := range strings.FieldsSeq(list) {
		base, below, _ := strings.Cut(name, "/")
		switch base {
		case "":
			base = cmp.Or(f.Root, "/")
		case "~":
			base = f.Home
		case ".":
			base = f.Dir
		default:
			base = f.env(strings.TrimPrefix(base, "$"))
		}
		if filepath.IsAbs(base) {
			return filepath.Join(base, below)
		}
	}
	return ""
}

func (f *Finder) env(name string) string {
	if f.Env == nil {
		return ""
	}
	return f.Env(name)
}

// expand lists the candidates in the directories below root that fit a
// pattern. What its first "*" stands for hints at the version; without one it
// names a directory where many versions live together.
func expand(l layout, root string, lang Language, want version) []*candidate {
	var found []*candidate
	for pattern := range strings.FieldsSeq(l.patterns) {
		if !strings.Contains(pattern, "*") {
			found = append(found, everyName(l.origin, filepath.Join(root, pattern), lang)...)
			continue
		}
		for _, m := range match(root, pattern) {
			hint := versionIn(m.name, lang)
			found = append(found, &candidate{origin: l.origin, dir: m.dir, names: names(lang, hint, want), hint: hint})
		}
	}
	return found
}

type matched struct {
	dir  string
	name string // what the first "*" stood for
}

// match is filepath.Glob for a root that may itself contain *, ? or [.
func match(root, pattern string) []matched {
	found := []matched{{dir: root}}
	for element := range strings.SplitSeq(pattern, "/") {
		var deeper []matched
		for _, m := range found {
			if !strings.Contains(element, "*") {
				deeper = append(deeper, matched{filepath.Join(m.dir, element), m.name})
				continue
			}
			entries, _ := os.ReadDir(m.dir) // what is not there or may not be read holds nothing for us
			for _, e := range entries {
				isDir := e.IsDir() || e.Type()&fs.ModeSymlink != 0
				if fits, _ := path.Match(element, e.Name()); fits && isDir {
					deeper = append(deeper, matched{filepath.Join(m.dir, e.Name()), cmp.Or(m.name, e.Name())})
				}
			}
		}
		found = deeper
	}
	return found
}

// names returns what an interpreter is called in its own installation.
func names(lang Language, hint, want version) []string {
	t := lang.traits()
	if len(hint) < 2 {
		hint = want
	}
	var names []string
	for n := min(2, len(hint)); n > 0 && t.numbered != ""; n-- {
		names = append(names, t.numbered+hint[:n].String())
	}
	return append(names, t.program)
}

// everyName lists the names of interpreters where versions share a directory.
func everyName(origin, dir string, lang Language) []*candidate {
	t := lang.traits()
	names := append([]string{t.program}, t.others...)
	for _, rt := range runtimes {
		if rt.Language == lang && t.numbered != "" {
			names = append(names, t.numbered+rt.Version)
		}
	}
	found := make([]*candidate, len(names))
	for i, name := range names {
		found[i] = &candidate{origin: origin, dir: dir, names: names[i : i+1], hint: versionIn(name, lang)}
	}
	return found
}
