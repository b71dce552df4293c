package watch

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// busy says whether step has something to do.
func (f *forest) busy() bool { return len(f.tasks) > 0 || f.unswept }

// step does one task. It says whether that was the last one of a source.
func (f *forest) step() bool {
	if len(f.tasks) == 0 {
		f.sweep()
		return false
	}
	last := len(f.tasks) - 1
	t := f.tasks[last]
	f.tasks = f.tasks[:last]
	s := t.source
	if t.round != s.round {
		return false
	}
	s.pending--
	do := f.scan
	if t.way {
		do = f.start
	}
	if err := do(t); err != nil {
		f.fallBack(s, err, t.fresh)
		return false
	}
	if t.fresh {
		f.changed(s)
	}
	if s.pending > 0 {
		return false
	}
	if s.poll.end() || s.late {
		s.late = false
		f.changed(s)
	}
	return true
}

// start goes the way to a source.
func (f *forest) start(t task) error {
	real, info, err := f.resolve(t.source, t.path)
	if err == nil && info != nil && info.IsDir() {
		f.addTree(t.source, real, t.fresh)
	}
	return err
}

// scan reads a directory of a source.
func (f *forest) scan(t task) error {
	s := t.source
	list := f.list
	if s.poll.on {
		list = s.poll.list
	}
	d, err := list(t.path)
	if err != nil {
		return err
	}
	for _, name := range d.subs {
		f.push(task{source: s, path: filepath.Join(t.path, name), fresh: t.fresh})
	}
	for _, name := range d.links {
		if err := f.follow(s, filepath.Join(t.path, name), t.fresh); err != nil {
			return err
		}
	}
	return nil
}

// list watches and reads a directory, in this order, so that there is an event
// of whatever is not found.
func (f *forest) list(path string) (*dir, error) {
	if err := f.watch(path); err != nil {
		return nil, err
	}
	d := f.dirs[path]
	if d == nil {
		return &dir{}, nil
	}
	if !d.read {
		if err := d.fill(path, func(fs.DirEntry) {}); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// fill reads a directory and shows each of its entries that count.
func (d *dir) fill(path string, show func(fs.DirEntry)) error {
	entries, err := os.ReadDir(path)
	if isLimit(err) {
		return err
	}
	for _, entry := range entries {
		switch {
		case ignored(entry.Name()):
			continue
		case entry.IsDir():
			d.subs = append(d.subs, entry.Name())
		case entry.Type() == fs.ModeSymlink:
			d.links = append(d.links, entry.Name())
		}
		show(entry)
	}
	d.read = true
	return nil
}

// follow watches what a symbolic link in a tree leads to, unless the trees of
// the source cover that anyway, as they do in what package managers install.
// A link to a directory that it lies in, or the source, is not followed: it
// would lead round in circles, or to the whole disk.
func (f *forest) follow(s *source, path string, fresh bool) error {
	target, err := os.Readlink(path)
	if err != nil {
		return nil // it is gone already
	}
	if !filepath.IsAbs(target) {
		target = filepath.Join(filepath.Dir(path), target)
	}
	if s.covers(filepath.Clean(target)) {
		return nil
	}
	real, info, err := f.resolve(s, path)
	if err != nil || info == nil || !info.IsDir() || within(path, real) || within(s.trees[0], real) {
		return err
	}
	f.addTree(s, real, fresh)
	return nil
}

func (f *forest) addTree(s *source, root string, fresh bool) {
	if s.covers(root) {
		return
	}
	s.trees = append(s.trees, root)
	if !s.poll.on {
		f.trees[root] = append(f.trees[root], s)
	}
	f.push(task{source: s, path: root, fresh: fresh})
}

// An inode is what a directory is, whatever it is called.
type inode struct{ device, number uint64 }

// watch has the kernel watch a directory. The error is one of the kernel's
// limits: what is gone by now is an event, and what may not be read may not be
// run either.
func (f *forest) watch(path string) error {
	if f.dirs[path] != nil {
		return nil
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil
	}
	stat := info.Sys().(*syscall.Stat_t)
	node := inode{stat.Dev, stat.Ino}
	// A directory that was moved has its watch still, under its old name, until
	// the event of that is dealt with: fsnotify would keep to the old name.
	if old, ok := f.inodes[node]; ok {
		f.unwatch(old)
		f.unwatchBelow(old)
	}
	if err := f.add(path); err != nil {
		if isLimit(err) {
			return err
		}
		return nil
	}
	f.dirs[path] = &dir{inode: node}
	f.inodes[node] = path
	return nil
}

func (f *forest) unwatch(path string) {
	delete(f.inodes, f.dirs[path].inode)
	delete(f.dirs, path)
	_ = f.remove(path) // the kernel may have done so before
}

func (f *forest) unwatchBelow(root string) {
	for path := range f.dirs {
		if within(path, root) {
			f.unwatch(path)
		}
	}
}

// sweep ends the watching of directories that nobody needs any more.
func (f *forest) sweep() {
	f.unswept = false
	needed := map[string]bool{}
	for path := range f.ways {
		needed[filepath.Dir(path)] = true
	}
	for path := range f.dirs {
		if !needed[path] && !f.inTree(path) {
			f.unwatch(path)
		}
	}
}

func (f *forest) inTree(path string) bool {
	for root := path; ; root = filepath.Dir(root) {
		if len(f.trees[root]) > 0 && !ignoredBelow(root, path) {
			return true
		}
		if root == filepath.Dir(root) {
			return false
		}
	}
}

var errNoWatcher = errors.New("no file watcher")

// isLimit says whether an error is about too many of something.
func isLimit(err error) bool {
	for _, limit := range []error{errNoWatcher, syscall.ENOSPC, syscall.ENOMEM, syscall.EMFILE, syscall.ENFILE} {
		if errors.Is(err, limit) {
			return true
		}
	}
	return false
}
