package code

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Linked returns the directories and files outside of dir that symbolic links
// in it lead to: its own links, those of its directories, and those in
// node_modules, where package managers link the packages of a workspace. With a
// package come the directories in which Node.js looks for what it needs in
// turn.
//
// Who sees dir by another name, as, needs links too: where relative ones lead
// to from there, each with what it means.
func Linked(dir, as string) (paths []string, links map[string]string) {
	root, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return nil, make(map[string]string) // whoever uses the directory will say so
	}
	l := linked{root: root, as: as, links: make(map[string]string)}
	for _, name := range l.look(root) {
		if name != "node_modules" {
			l.look(filepath.Join(root, name))
		}
	}
	l.lookAtPackages(root)
	return l.paths, l.links
}

type linked struct {
	root, as string
	paths    []string
	links    map[string]string
}

// look follows the links in a directory and returns the names of its
// directories.
func (l *linked) look(dir string) (dirs []string) {
	entries, _ := os.ReadDir(dir) // one that cannot be read has nothing to show
	for _, entry := range entries {
		switch {
		case entry.IsDir():
			dirs = append(dirs, entry.Name())
		case entry.Type()&os.ModeSymlink != 0:
			l.follow(filepath.Join(dir, entry.Name()))
		}
	}
	return dirs
}

// lookAtPackages follows the links to packages of a package.
func (l *linked) lookAtPackages(dir string) {
	packages := filepath.Join(dir, "node_modules")
	for _, name := range l.look(packages) {
		if strings.HasPrefix(name, "@") {
			l.look(filepath.Join(packages, name))
		}
	}
}

func (l *linked) follow(link string) {
	target, err := filepath.EvalSymlinks(link)
	if err != nil || l.inside(target) {
		return
	}
	if below, found := strings.CutPrefix(link, l.root+"/"); found {
		if text, err := os.Readlink(link); err == nil && !filepath.IsAbs(text) {
			l.links[filepath.Join(l.as, filepath.Dir(below), text)] = target
		}
	}
	if !l.add(target) {
		return
	}
	l.lookAtPackages(target)
	for dir := filepath.Dir(target); dir != "/"; dir = filepath.Dir(dir) {
		packages := filepath.Join(dir, "node_modules")
		if info, err := os.Stat(packages); err == nil && info.IsDir() {
			l.add(packages)
		}
	}
}

func (l *linked) inside(path string) bool {
	return path == l.root || strings.HasPrefix(path, l.root+"/")
}

// add tells whether the path is new.
func (l *linked) add(path string) bool {
	if l.inside(path) || slices.Contains(l.paths, path) {
		return false
	}
	l.paths = append(l.paths, path)
	return true
}
