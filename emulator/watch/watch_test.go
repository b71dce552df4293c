package watch_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"sam/emulator/emulatortest"
	"sam/emulator/watch"
)

// limit is when a test gives up to wait.
const limit = 20 * time.Second

// A recorder keeps what a Watcher tells.
type recorder struct {
	*watch.Watcher
	t        testing.TB
	told     chan []string
	warnings chan string
}

// newRecorder returns a recorder with a Watcher that is closed when the test
// ends.
func newRecorder(t testing.TB, o watch.Options, newWatcher func(watch.Options) *watch.Watcher) *recorder {
	t.Helper()
	if t, ok := t.(*testing.T); ok {
		emulatortest.NoLeaks(t)
	}
	r := &recorder{t: t, told: make(chan []string, 10_000), warnings: make(chan string, 10)}
	o.Changed = func(names []string) { r.told <- names }
	o.Warn = func(sentence string) { r.warnings <- sentence }
	r.Watcher = newWatcher(o)
	t.Cleanup(r.Close)
	return r
}

// watching returns a recorder that watches targets already.
func watching(t testing.TB, targets map[string][]string) *recorder {
	t.Helper()
	r := newRecorder(t, watch.Options{}, watch.New)
	r.set(targets)
	return r
}

func (r *recorder) set(targets map[string][]string) {
	r.t.Helper()
	r.Set(targets)
	for name := range targets {
		r.await(name)
	}
}

func (r *recorder) await(names ...string) {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	if err := r.Await(ctx, names...); err != nil {
		r.t.Fatalf("Await(%q): %v", names, err)
	}
}

// now returns the names that have been told up to now.
func (r *recorder) now() []string {
	var names []string
	for {
		select {
		case more := <-r.told:
			names = append(names, more...)
		default:
			slices.Sort(names)
			return slices.Compact(names)
		}
	}
}

// expect fails the test unless the names are told before Await returns for all
// of them, and no others.
func (r *recorder) expect(what string, all []string, names ...string) {
	r.t.Helper()
	r.await(all...)
	if told := r.now(); !slices.Equal(told, names) {
		r.t.Errorf("%s: told %q, want %q", what, told, names)
	}
}

// next waits for something to be told.
func (r *recorder) next() []string {
	r.t.Helper()
	select {
	case names := <-r.told:
		return names
	case <-time.After(limit):
		r.t.Fatal("nothing is told")
		return nil
	}
}

// A place is a directory of a test in which files are made.
type place struct {
	t   testing.TB
	dir string
}

func newPlace(t testing.TB) place { return place{t, t.TempDir()} }

func (p place) path(name string) string { return filepath.Join(p.dir, name) }

func (p place) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

func (p place) mkdir(name string) {
	p.t.Helper()
	p.must(os.MkdirAll(p.path(name), 0o755))
}

// write makes files, with the directories that they are in.
func (p place) write(names ...string) {
	p.t.Helper()
	for _, name := range names {
		p.mkdir(filepath.Dir(name))
		p.must(os.WriteFile(p.path(name), []byte(time.Now().String()), 0o644))
	}
}

func (p place) rename(from, to string) {
	p.t.Helper()
	p.must(os.Rename(p.path(from), p.path(to)))
}

func (p place) remove(name string) {
	p.t.Helper()
	p.must(os.RemoveAll(p.path(name)))
}

func (p place) link(target, name string) {
	p.t.Helper()
	p.mkdir(filepath.Dir(name))
	p.must(os.Symlink(target, p.path(name)))
}

// The code of every test is in code/, the template beside it.
func (p place) targets() map[string][]string {
	return map[string][]string{"Function": {p.path("code")}, "template": {p.path("template.yaml")}}
}

var both = []string{"Function", "template"}

func TestChanges(t *testing.T) {
	tests := []struct {
		name  string
		setup func(p place)
		steps []func(p place) // each is one change
		quiet bool            // nothing is to be told
		want  string          // who is told of; Function if empty
	}{
		{name: "a file is written again and again", steps: []func(p place){
			func(p place) { p.write("code/app.js") },
			func(p place) { p.write("code/app.js") },
			func(p place) { p.must(os.Truncate(p.path("code/app.js"), 0)) },
		}},
		{name: "a file is made, renamed and removed", steps: []func(p place){
			func(p place) { p.write("code/new.js") },
			func(p place) { p.rename("code/new.js", "code/other.js") },
			func(p place) { p.remove("code/other.js") },
		}},
		{name: "an editor renames a new file over the old one", steps: []func(p place){
			func(p place) { p.write("code/app.js.tmp.123"); p.rename("code/app.js.tmp.123", "code/app.js") },
			func(p place) { p.write("elsewhere"); p.rename("elsewhere", "code/app.js") },
			func(p place) { p.write("code/app.js") },
		}},
		{name: "vim keeps a backup and writes a new file", steps: []func(p place){
			func(p place) {
				p.write("code/4913")
				p.remove("code/4913")
				p.rename("code/app.js", "code/app.js~")
				p.write("code/app.js")
				p.remove("code/app.js~")
			},
		}},
		{name: "files appear in nested directories that are new", steps: []func(p place){
			func(p place) { p.write("code/a/b/c/d/new.js") },
			func(p place) { p.write("code/a/b/c/d/new.js") },
			func(p place) { p.write("code/a/b/other.js") },
		}},
		{name: "a directory is moved within the tree",
			setup: func(p place) { p.write("code/a/sub/x.js") },
			steps: []func(p place){
				func(p place) { p.rename("code/a", "code/b") },
				func(p place) { p.write("code/b/sub/x.js") },
				func(p place) { p.mkdir("code/c"); p.rename("code/b", "code/c/b") },
				func(p place) { p.write("code/c/b/sub/x.js") },
			}},
		{name: "a directory is moved into the tree, changed, and moved out",
			setup: func(p place) { p.write("away/sub/x.js") },
			steps: []func(p place){
				func(p place) { p.rename("away", "code/here") },
				func(p place) { p.write("code/here/sub/x.js") },
				func(p place) { p.rename("code/here", "away") },
			}},
		{name: "a directory is swapped for a new one",
			setup: func(p place) { p.write("code/dist/x.js") },
			steps: []func(p place){
				func(p place) {
					p.write("code/dist.new/x.js")
					p.rename("code/dist", "code/dist.old")
					p.rename("code/dist.new", "code/dist")
					p.remove("code/dist.old")
				},
				func(p place) { p.write("code/dist/x.js") },
				func(p place) { p.remove("code/dist"); p.write("code/dist/sub/x.js") },
				func(p place) { p.write("code/dist/sub/x.js") },
			}},
		{name: "the whole target is removed with its parent and is back",
			setup: func(p place) {},
			steps: []func(p place){
				func(p place) { p.remove("code") },
				func(p place) { p.write("code/sub/app.js") },
				func(p place) { p.write("code/sub/app.js") },
			}},
		{name: "the whole target is moved away and another comes", steps: []func(p place){
			func(p place) { p.rename("code", "old") },
			func(p place) { p.write("new/app.js"); p.rename("new", "code") },
			func(p place) { p.write("code/app.js") },
		}},
		{name: "a file takes a directory's place, and the other way round",
			setup: func(p place) { p.write("code/x/app.js") },
			steps: []func(p place){
				func(p place) { p.remove("code/x"); p.write("code/x") },
				func(p place) { p.remove("code/x"); p.write("code/x/app.js") },
				func(p place) { p.write("code/x/app.js") },
			}},
		{name: "a single file is written, replaced, removed, made again", want: "template", steps: []func(p place){
			func(p place) { p.write("template.yaml") },
			func(p place) { p.write("t.tmp"); p.rename("t.tmp", "template.yaml") },
			func(p place) { p.write("template.yaml") },
			func(p place) { p.remove("template.yaml") },
			func(p place) { p.write("template.yaml") },
			func(p place) { p.remove("template.yaml"); p.write("template.yaml/nested/file") },
			func(p place) { p.write("template.yaml/nested/file") },
			func(p place) { p.remove("template.yaml"); p.write("template.yaml") },
		}},
		{name: "a file that is a link to a file", want: "template",
			setup: func(p place) {
				p.remove("template.yaml")
				p.write("real/one.yaml", "real/two.yaml")
				p.link("real/one.yaml", "template.yaml")
			},
			steps: []func(p place){
				func(p place) { p.write("real/one.yaml") },
				func(p place) { p.link("real/two.yaml", "new"); p.rename("new", "template.yaml") },
				func(p place) { p.write("real/two.yaml") },
			}},
		{name: "a target behind a link that is switched",
			setup: func(p place) {
				p.remove("code")
				p.write("releases/1/app.js", "releases/2/app.js")
				p.link("releases/1", "code")
			},
			steps: []func(p place){
				func(p place) { p.write("releases/1/app.js") },
				func(p place) { p.link("releases/2", "new"); p.rename("new", "code") },
				func(p place) { p.write("releases/2/app.js") },
			}},
		{name: "an npm link to a package elsewhere, with its links",
			setup: func(p place) {
				p.write("lib/src/index.js", "far/index.js", "single.js")
				p.link("../../far", "lib/node_modules/far")
				p.link("../../lib", "code/node_modules/lib")
				p.link("../single.js", "code/single.js")
			},
			steps: []func(p place){
				func(p place) { p.write("lib/src/index.js") },
				func(p place) { p.write("far/index.js") },
				func(p place) { p.write("single.js") },
				func(p place) { p.remove("lib/src"); p.write("lib/src/new.js") },
				func(p place) { p.write("lib/src/new.js") },
				func(p place) { p.remove("lib") },
				func(p place) { p.write("lib/index.js") },
			}},
		{name: "a link is made later, and led elsewhere",
			setup: func(p place) { p.write("one/x.js", "two/x.js") },
			steps: []func(p place){
				func(p place) { p.link("../one", "code/link") },
				func(p place) { p.write("one/x.js") },
				func(p place) { p.remove("code/link"); p.link("../two", "code/link") },
				func(p place) { p.write("two/x.js") },
			}},
		{name: "pnpm's links within the tree",
			setup: func(p place) {
				p.write("code/node_modules/.pnpm/a@1/node_modules/a/index.js")
				p.link(".pnpm/a@1/node_modules/a", "code/node_modules/a")
			},
			steps: []func(p place){func(p place) { p.write("code/node_modules/.pnpm/a@1/node_modules/a/index.js") }}},
		{name: "links that lead round in circles",
			setup: func(p place) {
				p.link(".", "code/self")
				p.link("..", "code/up")
				p.link("/", "code/root")
				p.link("b", "code/a")
				p.link("a", "code/b")
				p.write("lib/x.js")
				p.link("../lib", "code/lib")
				p.link("../code", "lib/back")
			},
			steps: []func(p place){
				func(p place) { p.write("code/app.js") },
				func(p place) { p.write("lib/x.js") },
			}},
		{name: "what does not count", quiet: true,
			setup: func(p place) { p.write("lib/x.js"); p.link("../lib", "code/lib"); p.mkdir("code/a") },
			steps: []func(p place){
				func(p place) { p.write("code/.git/index", "code/a/.git/HEAD", "lib/.git/index") },
				func(p place) { p.write("code/.git/index", "code/__pycache__/app.pyc", "code/app.pyc") },
				func(p place) {
					p.write("code/.app.js.swp", "code/.app.js.swo", "code/.swp", "code/app.js~", "code/#app.js#")
				},
				func(p place) { p.link("somebody@host.1:2", "code/.#app.js"); p.remove("code/.#app.js") },
				func(p place) { p.write("code/.aws-sam/build/x/app.js", "code/.DS_Store", "code/.mypy_cache/x") },
				func(p place) { p.must(os.Chmod(p.path("code/app.js"), 0o600)) },
				func(p place) { p.must(os.Chtimes(p.path("code/app.js"), time.Now(), time.Now())) },
				func(p place) { p.write("elsewhere/app.js", "code2/app.js", "template.yaml2") },
			}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := newPlace(t)
			p.write("code/app.js", "template.yaml")
			if test.setup != nil {
				test.setup(p)
			}
			r := watching(t, p.targets())
			want := []string{test.want}
			if test.want == "" {
				want = []string{"Function"}
			}
			if test.quiet {
				want = nil
			}
			for i, step := range test.steps {
				step(p)
				r.expect(fmt.Sprintf("step %d", i), both, want...)
			}
		})
	}
}

func TestMissingParents(t *testing.T) {
	p := newPlace(t)
	targets := map[string][]string{"Function": {p.path("a/b/c/code")}, "template": {p.path("x/y/z.yaml")}}
	r := watching(t, targets)
	p.write("a/b/c/code/app.js")
	r.expect("code appears", both, "Function")
	p.write("x/y/z.yaml")
	r.expect("file appears", both, "template")
	p.write("x/y/z.yaml", "a/b/c/code/app.js")
	r.expect("both are written", both, both...)
	p.rename("a", "away")
	r.expect("an ancestor is moved away", both, "Function")
	p.rename("away", "a")
	r.expect("it is back", both, "Function")
	p.write("a/b/c/code/app.js")
	r.expect("code is written", both, "Function")
}

func TestMovedAway(t *testing.T) {
	p := newPlace(t)
	p.write("code/sub/deep/x.js")
	r := watching(t, p.targets())
	p.rename("code/sub", "away")
	r.expect("the move", both, "Function")
	p.write("away/deep/x.js", "away/x.js")
	r.expect("what is elsewhere", both)
}

// Directories like /tmp are watched only for what nothing else tells.
func TestBelowStickyDirectory(t *testing.T) {
	p := newPlace(t)
	p.mkdir("tmp")
	p.must(os.Chmod(p.path("tmp"), 0o777|os.ModeSticky))
	all := []string{"file", "directory"}
	r := watching(t, map[string][]string{"file": {p.path("tmp/file")}, "directory": {p.path("tmp/a/code")}})
	for _, what := range []string{"made", "made again"} {
		p.write("tmp/file")
		r.expect("the file is "+what, all, "file")
		p.write("tmp/a/code/app.js")
		r.expect("the directory is "+what, all, "directory")
		p.write("tmp/a/code/app.js")
		r.expect("the directory is written", all, "directory")
		p.rename("tmp/a", "tmp/b")
		p.remove("tmp/b")
		r.expect("the directory is moved and removed", all, "directory")
		p.remove("tmp/file")
		r.expect("the file is removed", all, "file")
	}
}

func TestSharedPaths(t *testing.T) {
	p := newPlace(t)
	p.write("code/src/app.js", "other/app.js")
	var all []string
	targets := map[string][]string{}
	for i := range 50 {
		name := fmt.Sprintf("Function%02d", i)
		all = append(all, name)
		targets[name] = []string{p.path("code")}
	}
	targets["Function50"] = []string{p.path("code/src"), p.path("code/src"), p.path("other")}
	all = append(all, "Function50")
	r := watching(t, targets)
	watched := len(r.Watches())

	p.write("code/src/app.js")
	r.await(all...)
	if told := r.next(); !slices.Equal(told, all) {
		t.Errorf("told first of %q, want of all at once", told)
	}
	p.write("code/app.js")
	r.expect("beside the nested one", all, all[:50]...)
	p.write("other/app.js")
	r.expect("not shared", all, "Function50")

	r.set(map[string][]string{"one": {p.path("code")}, "two": {p.path("code/src"), p.path("other")}})
	if now := len(r.Watches()); now != watched {
		t.Errorf("51 functions need %d watches, two of the same paths %d", watched, now)
	}
}

func TestSet(t *testing.T) {
	p := newPlace(t)
	p.write("one/app.js", "two/app.js")
	all := []string{"One", "Two"}
	r := watching(t, map[string][]string{"One": {p.path("one")}, "Two": {p.path("two")}})
	r.set(map[string][]string{"Two": {p.path("one")}})
	r.expect("Set is no change", all)
	p.write("one/app.js", "two/app.js")
	r.expect("other paths", all, "Two")
	r.set(nil)
	p.write("one/app.js", "two/app.js")
	r.expect("no targets", all)
	// The directories on the way are of no use either, as soon as there is
	// time to see to that.
	for deadline := time.Now().Add(limit); len(r.Watches()) > 1 && time.Now().Before(deadline); {
		r.await()
	}
	if left := r.Watches(); len(left) > 1 { // the barrier's
		t.Errorf("still watched: %q", left)
	}
	r.set(map[string][]string{"One": {p.path("two")}})
	p.write("two/app.js")
	r.expect("targets again", all, "One")
}

// A directory appears in one that is watched for the sake of a file alone.
func TestSetAfterUnnoticedDirectory(t *testing.T) {
	p := newPlace(t)
	p.write("code/template.yaml")
	file := map[string][]string{"template": {p.path("code/template.yaml")}}
	tree := map[string][]string{"template": {p.path("code/template.yaml")}, "Function": {p.path("code")}}
	r := watching(t, tree)
	r.set(file)
	p.write("code/new/app.js")
	r.expect("no longer of interest", both)
	r.set(tree)
	p.write("code/new/app.js")
	r.expect("of interest again", both, "Function")
}

func TestSetWhileFilesChange(t *testing.T) {
	p := newPlace(t)
	p.write("code/app.js")
	r := watching(t, p.targets())
	for i := range 100 {
		p.write(fmt.Sprintf("code/%d/app.js", i%7))
		targets := p.targets()
		targets[fmt.Sprint(i%3)] = []string{p.path(fmt.Sprintf("code/%d", i%7))}
		r.Set(targets)
	}
	r.await(both...)
	r.now()
	p.write("code/6/app.js")
	r.expect("at last", both, "Function")
}

// A caller that reads the template anew has other targets afterwards.
func TestChangedMayCallSet(t *testing.T) {
	p := newPlace(t)
	p.write("code/app.js", "template.yaml")
	var w *watch.Watcher
	told := make(chan []string, 100)
	w = watch.New(watch.Options{Changed: func(names []string) {
		w.Set(p.targets())
		told <- names
	}})
	defer w.Close()
	w.Set(map[string][]string{"template": {p.path("template.yaml")}})
	for _, step := range []struct{ file, name string }{{"template.yaml", "template"}, {"code/app.js", "Function"}} {
		if err := w.Await(t.Context(), both...); err != nil {
			t.Fatal(err)
		}
		p.write(step.file)
		if err := w.Await(t.Context(), both...); err != nil {
			t.Fatal(err)
		}
		if names := <-told; !slices.Equal(names, []string{step.name}) {
			t.Errorf("%s is written: told %q", step.file, names)
		}
	}
}

// What is still going on must be over before anyone uses it.
func TestAwaitOutlastsAChange(t *testing.T) {
	p := newPlace(t)
	p.write("code/app.js")
	r := watching(t, p.targets())
	last := time.Now()
	for started := last; last.Sub(started) < 100*time.Millisecond; last = time.Now() {
		p.write("code/app.js")
	}
	r.await("Function")
	if waited := time.Since(last); waited < 24*time.Millisecond {
		t.Errorf("Await returns %v after the last write", waited)
	}
	r.now()

	// It does not wait for ever, though.
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			select {
			case <-stop:
				return
			default:
				p.write("code/log.txt")
			}
		}
	}()
	if names := r.next(); !slices.Equal(names, []string{"Function"}) {
		t.Errorf("told %q", names)
	}
	r.await("Function")
	close(stop)
	<-stopped
}

func TestAwaitOfOthersReturnsAtOnce(t *testing.T) {
	p := newPlace(t)
	p.write("code/app.js")
	blocked, release := make(chan struct{}), make(chan struct{})
	w := watch.New(watch.Options{Changed: func([]string) { close(blocked); <-release }})
	defer w.Close()
	w.Set(p.targets())
	if err := w.Await(t.Context(), both...); err != nil {
		t.Fatal(err)
	}
	p.write("code/app.js")
	<-blocked
	if err := w.Await(t.Context(), "template", "unheard of"); err != nil {
		t.Error(err)
	}
	ended, cancel := context.WithCancelCause(t.Context())
	reason := fmt.Errorf("the client is gone")
	cancel(reason)
	if err := w.Await(ended, "Function"); err != reason {
		t.Errorf("Await with a context that has ended: %v", err)
	}
	close(release)
	if err := w.Await(t.Context(), "Function"); err != nil {
		t.Error(err)
	}
}

// git writes many files in short time.
func TestBurstIsOneChange(t *testing.T) {
	p := newPlace(t)
	p.write("code/app.js")
	r := watching(t, p.targets())
	// A machine that is busy with something else may pause for longer than a
	// change lasts.
	for attempt := 1; ; attempt++ {
		for i := range 300 {
			p.write(fmt.Sprintf("code/%d/%d/app.js", i%10, i%30))
		}
		for i := range 5 {
			p.remove(fmt.Sprintf("code/%d", i))
		}
		r.await("Function")
		times := len(r.told)
		if times == 1 {
			return
		}
		if r.now(); attempt == 10 {
			t.Fatalf("told %d times of one burst", times)
		}
	}
}

func TestExclude(t *testing.T) {
	p := newPlace(t)
	p.write("code/app.js")
	p.link("code", "alias")
	r := newRecorder(t, watch.Options{Exclude: []string{p.path("alias/sam.log")}}, watch.New)
	r.set(map[string][]string{"Function": {p.path("code")}})
	p.write("code/sam.log")
	r.expect("the log", both)
	p.write("code/sam.log2")
	r.expect("not the log", both, "Function")
}

func TestBuildDirectoryAsTarget(t *testing.T) {
	p := newPlace(t)
	p.write(".aws-sam/build/Function/app.js")
	r := watching(t, map[string][]string{"Function": {p.path(".aws-sam/build/Function")}})
	p.remove(".aws-sam/build")
	r.expect("the build begins", both, "Function")
	p.write(".aws-sam/build/Function/app.js")
	r.expect("the build ends", both, "Function")
	p.write(".aws-sam/build/Function/app.js")
	r.expect("another one", both, "Function")
}

// A moved directory is found by reading before the event of the move is dealt
// with, or after.
func TestMoveIntoNewDirectory(t *testing.T) {
	p := newPlace(t)
	p.write("code/0/d/sub/app.js")
	r := watching(t, p.targets())
	for i := range 30 {
		from, to := fmt.Sprintf("code/%d", i), fmt.Sprintf("code/%d", i+1)
		p.mkdir(to)
		p.rename(from+"/d", to+"/d")
		r.expect("the move", both, "Function")
		p.write(to + "/d/sub/app.js")
		r.expect("a file that was moved along", both, "Function")
	}
}

func TestLostEvents(t *testing.T) {
	p := newPlace(t)
	p.write("code/app.js", "template.yaml")
	r := watching(t, p.targets())
	r.LoseEvents()
	for names := r.next(); !slices.Equal(names, both); { // each as soon as it has been read again
		names = append(names, r.next()...)
		slices.Sort(names)
		names = slices.Compact(names)
	}
	r.await(both...)
	r.now()
	p.write("code/app.js")
	r.expect("watched as before", both, "Function")
}

func TestCloseUnderLoad(t *testing.T) {
	for range 3 {
		p := newPlace(t)
		p.write("code/app.js")
		r := watching(t, p.targets())
		stop, stopped := make(chan struct{}), make(chan struct{}, 2)
		go func() {
			for i := 0; ; i++ {
				select {
				case <-stop:
					stopped <- struct{}{}
					return
				default:
					p.write(fmt.Sprintf("code/%d/app.js", i%100))
				}
			}
		}()
		go func() {
			for {
				select {
				case <-stop:
					stopped <- struct{}{}
					return
				default:
					r.await("Function")
				}
			}
		}()
		r.next()
		r.Close()
		r.Close()
		r.Set(p.targets())
		r.await("Function")
		close(stop)
		<-stopped
		<-stopped
	}
}
