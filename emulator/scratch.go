package emulator

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

const (
	scratchPrefix = "sam-"
	scratchLock   = "lock"
)

// A scratch is the directory of an execution environment's own files. While
// the program runs it holds a lock in it, so that another one can tell that it
// was left behind by one that was killed.
type scratch struct {
	dir  string
	lock *os.File
}

func newScratch() (*scratch, error) {
	dir, err := os.MkdirTemp("", scratchPrefix)
	if err != nil {
		return nil, fmt.Errorf("make the function's temporary directory: %w", err)
	}
	s := &scratch{dir: dir}
	fresh := filepath.Join(dir, "fresh") // gets its name once it is locked
	if s.lock, err = os.Create(fresh); err == nil {
		err = unix.Flock(int(s.lock.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	}
	if err == nil {
		err = os.Rename(fresh, filepath.Join(dir, scratchLock))
	}
	if err != nil {
		_ = s.remove()
		return nil, fmt.Errorf("lock the function's temporary directory: %w", err)
	}
	return s, nil
}

// tmp is the function's temporary directory, if it has no /tmp of its own.
func (s *scratch) tmp() string { return filepath.Join(s.dir, "tmp") }

// mark is what tells the processes that use it from all others.
func (s *scratch) mark() string { return "TMPDIR=" + s.tmp() }

// remove removes the directory, which a function may have filled with
// directories that it may not write to.
func (s *scratch) remove() error {
	if s.lock != nil {
		defer s.lock.Close()
	}
	if os.RemoveAll(s.dir) == nil {
		return nil
	}
	_ = filepath.WalkDir(s.dir, func(path string, entry os.DirEntry, err error) error {
		if err == nil && entry.IsDir() {
			_ = os.Chmod(path, 0o700)
		}
		return nil
	})
	if err := os.RemoveAll(s.dir); err != nil {
		return fmt.Errorf("remove the function's temporary directory: %w", err)
	}
	return nil
}

// Sweep removes what programs have left that were killed: their directories, and
// processes of functions that were not isolated.
func (e *Emulator) Sweep() {
	entries, err := os.ReadDir(os.TempDir())
	if err != nil {
		return // there is nothing that could be said or done about it
	}
	for _, entry := range entries {
		if !entry.IsDir() || !strings.HasPrefix(entry.Name(), scratchPrefix) {
			continue
		}
		dir := filepath.Join(os.TempDir(), entry.Name())
		lock, err := os.OpenFile(filepath.Join(dir, scratchLock), os.O_RDWR, 0)
		if err != nil {
			continue // another user's, or something else
		}
		if unix.Flock(int(lock.Fd()), unix.LOCK_EX|unix.LOCK_NB) == nil {
			left := &scratch{dir: dir}
			if sweeper, ok := e.config.Runner.(Sweeper); ok {
				sweeper.Sweep(left.mark())
			}
			_ = left.remove()
		}
		_ = lock.Close()
	}
}
