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
	add := func(of Language, origin, root string, patterns ...string) {
		if of != lang || root == "" {
			return
		}
		where := root
		if len(patterns) == 1 {
			literal, _, isPattern := strings.Cut(patterns[0], "*")
			if isPattern {
				literal = literal[:strings.LastIndexByte(literal, '/')+1]
			}
			where = filepath.Join(root, literal)
		}
		places = append(places, place{origin, where, func() []*candidate {
			return expand(origin, root, patterns, lang, want)
		}})
	}

	add(Python, "pyenv", f.root("PYENV_ROOT", f.home(".pyenv")), "versions/*/bin")
	add(Python, "uv", f.root("UV_PYTHON_INSTALL_DIR", f.data("uv/python")), "cpython-*/bin")
	add(Python, "asdf", f.root("ASDF_DATA_DIR", f.home(".asdf")), "installs/python/*/bin")
	add(NodeJS, "asdf", f.root("ASDF_DATA_DIR", f.home(".asdf")), "installs/nodejs/*/bin")
	add(Python, "mise", f.root("MISE_DATA_DIR", f.data("mise")), "installs/python/*/bin")
	add(NodeJS, "mise", f.root("MISE_DATA_DIR", f.data("mise")), "installs/node/*/bin")
	add(NodeJS, "nvm", f.root("NVM_DIR", f.home(".nvm")), "versions/node/*/bin")
	add(NodeJS, "fnm", f.root("FNM_DIR", f.data("fnm")), "node-versions/*/installation/bin")
	add(NodeJS, "fnm", f.home(".fnm"), "node-versions/*/installation/bin")
	add(NodeJS, "volta", f.root("VOLTA_HOME", f.home(".volta")), "tools/image/node/*/bin")
	add(NodeJS, "nodenv", f.root("NODENV_ROOT", f.home(".nodenv")), "versions/*/bin")
	add(NodeJS, "n", f.root("N_PREFIX", ""), "n/versions/node/*/bin")

	// Tarballs, manylinux (/opt/python/cp311-cp311), conda, the tool cache of
	// GitHub's runners, Homebrew, snap.
	add(Python, "/opt", f.system("opt"), "python*/bin", "python/*/bin", "*conda*/bin",
		"hostedtoolcache/Python/*/*/bin", "homebrew/bin", "homebrew/opt/python@*/bin")
	add(NodeJS, "/opt", f.system("opt"), "node*/bin", "node/*/bin", "nodejs/*/bin",
		"hostedtoolcache/node/*/*/bin", "homebrew/bin", "homebrew/opt/node@*/bin")
	add(Python, "/usr/local", f.system("usr/local"), "bin", "python*/bin")
	add(NodeJS, "/usr/local", f.system("usr/local"), "bin", "node*/bin", "lib/nodejs/*/bin", "n/versions/node/*/bin")
	add(Python, "homebrew", f.system("home/linuxbrew/.linuxbrew"), "bin", "opt/python@*/bin")
	add(NodeJS, "homebrew", f.system("home/linuxbrew/.linuxbrew"), "bin", "opt/node@*/bin")
	add(NodeJS, "snap", f.system("snap/node"), "current/bin")

	// `npm install node@8.10.0` puts a real binary there.
	if filepath.IsAbs(f.Dir) {
		add(NodeJS, "node_modules", f.Dir, "node_modules/node/bin")
	}
	return places
}

// root returns the directory that a variable names, or else the default.
func (f *Finder) root(variable, otherwise string) string {
	if dir := f.env(variable); filepath.IsAbs(dir) {
		return dir
	}
	return otherwise
}

// home returns a directory below the user's, or "" if there is none.
func (f *Finder) home(name string) string {
	if f.Home == "" {
		return ""
	}
	return filepath.Join(f.Home, name)
}

// data returns a directory below $XDG_DATA_HOME.
func (f *Finder) data(name string) string {
	if dir := f.root("XDG_DATA_HOME", f.home(".local/share")); dir != "" {
		return filepath.Join(dir, name)
	}
	return ""
}

func (f *Finder) system(name string) string { return filepath.Join(cmp.Or(f.Root, "/"), name) }

func (f *Finder) env(name string) string {
	if f.Env == nil {
		return ""
	}
	return f.Env(name)
}

// expand lists the candidates in the directories below root that fit a
// pattern. What its first "*" stands for hints at the version; without one it
// names a directory where many versions live together.
func expand(origin, root string, patterns []string, lang Language, want version) []*candidate {
	var found []*candidate
	for _, pattern := range patterns {
		if !strings.Contains(pattern, "*") {
			found = append(found, everyName(origin, filepath.Join(root, pattern), lang)...)
			continue
		}
		for _, m := range match(root, pattern) {
			hint := versionIn(m.name, lang)
			found = append(found, &candidate{origin: origin, dir: m.dir, names: names(lang, hint, want), hint: hint})
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
	if lang == NodeJS {
		return []string{"node"}
	}
	if len(hint) < 2 {
		hint = want
	}
	return []string{"python" + hint[:2].String(), "python" + hint[:1].String(), "python"}
}

// everyName lists the names of interpreters where versions share a directory.
func everyName(origin, dir string, lang Language) []*candidate {
	var found []*candidate
	add := func(name string, hint version) {
		found = append(found, &candidate{origin: origin, dir: dir, names: []string{name}, hint: hint})
	}
	switch lang {
	case NodeJS:
		add("node", nil)
		add("nodejs", nil) // Debian before 2018
	case Python:
		add("python3", version{3})
		add("python2", version{2})
		add("python", nil)
	}
	for _, rt := range runtimes {
		if rt.Language != lang {
			continue
		}
		v := parseVersion(rt.Version)
		switch {
		case lang == Python:
			add("python"+rt.Version, v)
		case len(v) == 1:
			add("node-"+rt.Version, v) // Fedora
		}
	}
	return found
}
