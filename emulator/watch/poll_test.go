package watch_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"sam/emulator/watch"
)

// limited returns a recorder whose kernel allows one watch more than targets
// need.
func limited(t *testing.T, targets map[string][]string) *recorder {
	unlimited := watching(t, targets)
	defer unlimited.Close()
	limit := int64(len(unlimited.Watches())) // with the barrier's own
	return newRecorder(t, watch.Options{}, func(o watch.Options) *watch.Watcher {
		return watch.NewLimited(o, limit)
	})
}

func TestTooFewWatches(t *testing.T) {
	p := newPlace(t)
	p.write("small/app.js", "large/1/app.js", "large/2/app.js", "large/3/app.js", "template.yaml")
	r := limited(t, map[string][]string{"Small": {p.path("small")}, "template": {p.path("template.yaml")}})
	targets := map[string][]string{"Large": {p.path("large")}, "Small": {p.path("small")}, "template": {p.path("template.yaml")}}
	all := []string{"Large", "Small", "template"}
	r.set(targets)
	r.expect("start", all)
	warning := <-r.warnings
	if !strings.Contains(warning, "max_user_watches") || !strings.Contains(warning, p.dir) {
		t.Errorf("warning: %s", warning)
	}

	for range 2 {
		p.write("large/3/app.js")
		if names := r.next(); !slices.Equal(names, []string{"Large"}) {
			t.Errorf("told %q", names)
		}
	}
	p.write("small/app.js", "template.yaml")
	r.expect("what is within the limit is watched still", all, "Small", "template")
	if len(r.warnings) > 0 {
		t.Errorf("warned again: %s", <-r.warnings)
	}
}

func TestLimitReachedLater(t *testing.T) {
	p := newPlace(t)
	p.write("code/app.js")
	r := limited(t, p.targets())
	r.set(p.targets())
	p.write("code/1/app.js", "code/2/app.js", "code/3/app.js")
	r.expect("more directories than allowed", both, "Function")
	<-r.warnings
	p.write("code/3/app.js")
	if names := r.next(); !slices.Equal(names, []string{"Function"}) {
		t.Errorf("told %q", names)
	}
}

func TestPolling(t *testing.T) {
	for name, newWatcher := range map[string]func(watch.Options) *watch.Watcher{
		"as asked for":          watch.NewPolling,
		"for want of a watcher": watch.NewWithoutKernel,
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlace(t)
			p.write("code/app.js", "lib/x.js")
			p.link("../lib", "code/lib")
			p.link("..", "code/up")
			r := newRecorder(t, watch.Options{Exclude: []string{p.path("code/sam.log")}}, newWatcher)
			r.set(p.targets())
			for what, step := range map[string]struct {
				change func()
				name   string
			}{
				"a file is written":  {func() { p.write("code/app.js") }, "Function"},
				"a file is made":     {func() { p.write("code/sub/new.js") }, "Function"},
				"behind a link":      {func() { p.write("lib/x.js") }, "Function"},
				"a target appears":   {func() { p.write("template.yaml") }, "template"},
				"beside other noise": {func() { p.write("code/sam.log", "code/.git/index", "template.yaml") }, "template"},
			} {
				step.change()
				if names := r.next(); !slices.Equal(names, []string{step.name}) {
					t.Errorf("%s: told %q, want %s", what, names, step.name)
				}
			}
			p.must(os.RemoveAll(p.path("code")))
			if names := r.next(); !slices.Equal(names, []string{"Function"}) {
				t.Errorf("removed: told %q", names)
			}
		})
	}
}
