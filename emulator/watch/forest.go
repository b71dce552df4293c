package watch

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/fsnotify/fsnotify"
)

// A source is a path that targets want watched.
type source struct {
	path  string
	users []*target

	// What is known of it. All paths are real ones, without symbolic links.
	trees []string            // directories that count with all below them: where path leads, then where links in there lead
	ways  map[string]struct{} // entries that decide where path and links lead, and files that they lead to

	round   int  // counts what was found out anew; tasks of earlier rounds are void
	pending int  // tasks of this round
	late    bool // somebody went on before all of it was watched

	poll poll
}

// covers says whether what happens to path is seen as a change of the source.
func (s *source) covers(path string) bool {
	return slices.ContainsFunc(s.trees, func(root string) bool {
		return within(path, root) && !ignoredBelow(root, path)
	})
}

// A task is a directory of a source that is to be read, or the way to the
// source itself.
type task struct {
	source *source
	round  int
	path   string
	way    bool // path is where the source starts
	fresh  bool // what is found counts as changed
}

// A dir is a directory that the kernel watches.
type dir struct {
	inode inode
	// What a source that has it needs to know, once it has been read; events
	// keep that true. Files do not matter: events name them.
	read        bool
	subs, links []string
}

// A forest is all that is watched. Every directory has one watch of the
// kernel, however many sources it belongs to.
type forest struct {
	add     func(dir string) error // nil if everything is polled
	remove  func(dir string) error
	changed func(*source)
	warn    func(string)
	exclude map[string]bool

	sources map[string]*source
	dirs    map[string]*dir
	inodes  map[inode]string     // the keys of dirs
	trees   map[string][]*source // by source.trees
	ways    map[string][]*source // by source.ways
	tasks   []task
	unswept bool // dirs may hold some that nobody needs

	ticks <-chan time.Time // when to poll; nil if nothing is polled
}

func newForest(o Options, changed func(*source)) *forest {
	f := &forest{
		changed: changed,
		warn:    o.Warn,
		exclude: map[string]bool{},
		sources: map[string]*source{},
		dirs:    map[string]*dir{},
		inodes:  map[inode]string{},
		trees:   map[string][]*source{},
		ways:    map[string][]*source{},
	}
	for _, path := range o.Exclude {
		// The file itself may be yet to be written.
		if real, err := filepath.EvalSymlinks(filepath.Dir(path)); err == nil {
			path = filepath.Join(real, filepath.Base(path))
		}
		f.exclude[path] = true
	}
	return f
}

// link makes paths the sources of a target.
func (f *forest) link(t *target, paths []string) {
	if slices.Equal(t.linked, paths) {
		return
	}
	before := t.sources
	t.linked, t.sources = paths, nil
	for _, path := range paths {
		s := f.sources[path]
		if s == nil {
			s = &source{path: path, poll: poll{on: f.add == nil, exclude: f.exclude}}
			f.sources[path] = s
			f.begin(s, false)
		}
		if !slices.Contains(before, s) {
			s.users = append(s.users, t)
		}
		t.sources = append(t.sources, s)
	}
	for _, s := range before {
		if slices.Contains(t.sources, s) {
			continue
		}
		s.users = slices.DeleteFunc(s.users, func(user *target) bool { return user == t })
		if len(s.users) == 0 {
			f.forget(s)
			delete(f.sources, s.path)
			f.unswept = true
		}
	}
}

// begin starts to find out what a source is.
func (f *forest) begin(s *source, fresh bool) {
	s.poll.begin()
	if s.poll.on && f.ticks == nil {
		f.ticks = time.Tick(pollEvery)
	}
	f.push(task{source: s, path: s.path, way: true, fresh: fresh})
}

func (f *forest) push(t task) {
	t.round = t.source.round
	t.source.pending++
	f.tasks = append(f.tasks, t)
}

// forget undoes begin.
func (f *forest) forget(s *source) {
	for _, root := range s.trees {
		without(f.trees, root, s)
	}
	for path := range s.ways {
		without(f.ways, path, s)
	}
	s.trees, s.ways = nil, nil
	s.round++
	s.pending = 0
}

func without(sources map[string][]*source, path string, s *source) {
	sources[path] = slices.DeleteFunc(sources[path], func(other *source) bool { return other == s })
	if len(sources[path]) == 0 {
		delete(sources, path)
	}
}

// restart finds out anew what a source is, because it has changed. Events are
// missed meanwhile, so everything that is found counts as changed, too.
func (f *forest) restart(s *source) {
	f.changed(s)
	if len(s.trees) > 0 {
		f.unswept = true
	}
	f.forget(s)
	f.begin(s, true)
}

// restartAll is what to do when events were lost.
func (f *forest) restartAll() {
	for path := range f.dirs {
		f.unwatch(path)
	}
	for _, s := range f.sources {
		if !s.poll.on {
			f.restart(s)
		}
	}
}

// event takes in what the kernel tells.
func (f *forest) event(e fsnotify.Event) {
	// Indexers, backups and the reading of files change attributes.
	if e.Op&^fsnotify.Chmod == 0 || f.exclude[e.Name] {
		return
	}
	replaced := e.Has(fsnotify.Create | fsnotify.Remove | fsnotify.Rename)
	if replaced {
		f.replaced(e)
	}
	for _, s := range slices.Clone(f.ways[e.Name]) {
		if replaced {
			f.restart(s)
		} else {
			f.changed(s)
		}
	}
	var hit []*source
	for root := filepath.Dir(e.Name); ; root = filepath.Dir(root) {
		for _, s := range f.trees[root] {
			if !slices.Contains(hit, s) && !ignoredBelow(root, e.Name) {
				hit = append(hit, s)
			}
		}
		if root == filepath.Dir(root) {
			break
		}
	}
	for _, s := range hit {
		f.changed(s)
	}
	if replaced && len(hit) > 0 {
		f.grow(hit, e.Name)
	}
}

// replaced forgets what an entry of a directory was.
func (f *forest) replaced(e fsnotify.Event) {
	if parent := f.dirs[filepath.Dir(e.Name)]; parent != nil {
		parent.read, parent.subs, parent.links = false, nil, nil
	}
	if f.dirs[e.Name] == nil {
		return
	}
	f.unwatch(e.Name)
	// What is removed was empty. What is moved takes what is below it along,
	// with watches that would go on to tell the old names.
	if !e.Has(fsnotify.Remove) {
		f.unwatchBelow(e.Name)
	}
}

// grow looks at an entry that may be new to sources that it belongs to.
func (f *forest) grow(sources []*source, path string) {
	info, err := os.Lstat(path)
	if err != nil {
		return // removed, or moved away
	}
	for _, s := range sources {
		switch info.Mode().Type() {
		case fs.ModeDir:
			f.push(task{source: s, path: path, fresh: true})
		case fs.ModeSymlink:
			if err := f.follow(s, path, true); err != nil {
				f.fallBack(s, err, true)
			}
		}
	}
}
