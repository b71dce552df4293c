package watch

import (
	"errors"
	"fmt"
	"hash/maphash"
	"io/fs"
	"path/filepath"
	"syscall"
	"time"
)

const (
	// pollEvery is how often files are looked at that the kernel does not watch.
	pollEvery = time.Second

	// pollShare bounds the time that this takes: a source that takes long to
	// look at is looked at less often.
	pollShare = 10
)

// A poll is the looking at a source that the kernel does not watch. Of what is
// found only a sum is kept.
type poll struct {
	on      bool
	exclude map[string]bool
	began   time.Time
	next    time.Time // when to look again
	looked  bool      // last is valid
	sum     uint64    // of what was found since began
	last    uint64    // of the time before
}

func (p *poll) begin() {
	p.began, p.sum = time.Now(), 0
}

// end says whether something else was found than the last time.
func (p *poll) end() bool {
	if !p.on {
		return false
	}
	now := time.Now()
	p.next = now.Add(pollShare * now.Sub(p.began))
	changed := p.looked && p.sum != p.last
	p.looked, p.last = true, p.sum
	return changed
}

var seed = maphash.MakeSeed()

// add takes a file or directory into the sum. The order does not matter,
// because directories are read in any order.
func (p *poll) add(path string, info fs.FileInfo) {
	if !p.on || p.exclude[path] {
		return
	}
	found := struct {
		path           string
		mode           fs.FileMode
		size, modified int64
	}{path: path, mode: info.Mode().Type()}
	// The size and time of a directory change with entries that do not count.
	if !info.IsDir() {
		found.size, found.modified = info.Size(), info.ModTime().UnixNano()
	}
	p.sum += maphash.Comparable(seed, found)
}

// list reads a directory that the kernel does not watch. One that cannot be
// read is empty until the next time.
func (p *poll) list(path string) (*dir, error) {
	var d dir
	_ = d.fill(path, func(entry fs.DirEntry) {
		if info, err := entry.Info(); err == nil {
			p.add(filepath.Join(path, entry.Name()), info)
		}
	})
	return &d, nil
}

// poll looks at the sources whose time has come.
func (f *forest) poll(now time.Time) {
	for _, s := range f.sources {
		if s.poll.on && s.pending == 0 && !now.Before(s.poll.next) {
			f.forget(s)
			f.begin(s, false)
		}
	}
}

// fallBack polls a source that the kernel refuses to watch. What it watches of
// it is given back: it may suffice for others.
func (f *forest) fallBack(s *source, err error, fresh bool) {
	f.forget(s)
	f.sweep()
	s.late = s.late || fresh
	s.poll.on = true
	f.begin(s, false)
	if f.warn != nil {
		f.warn(sentence(s.path, err))
		f.warn = nil
	}
}

func sentence(path string, err error) string {
	reason, remedy := "this user may watch no more directories", "`sudo sysctl fs.inotify.max_user_watches=1048576`"
	if !errors.Is(err, syscall.ENOSPC) {
		reason, remedy = err.Error(), "`sudo sysctl fs.inotify.max_user_instances=1024`, or more open files with `ulimit -n`"
	}
	return fmt.Sprintf("The kernel refuses to watch %s: %s. "+
		"It is looked at once a second instead, like all else that is refused. Allow more with %s.", path, reason, remedy)
}
