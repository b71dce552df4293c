package emulator

import (
	"errors"
	"fmt"
	"io/fs"
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

// newScratch makes one. A sweep of another program may take it for litter until
// it is locked; then there is another one.
func newScratch() (s *scratch, err error) {
	for range 3 {
		if s, err = tryScratch(); err == nil {
			return s, nil
		}
	}
	return nil, fmt.Errorf("make the function's temporary directory: %w", err)
}

func tryScratch() (*scratch, error) {
	dir, err := os.MkdirTemp("", scratchPrefix)
	if err != nil {
		return nil, err
	}
	s := &scratch{dir: dir}
	if s.lock, err = os.Create(filepath.Join(dir, scratchLock)); err == nil {
		err = s.hold()
	}
	if err != nil {
		return nil, errors.Join(err, s.remove())
	}
	return s, nil
}

// hold locks the directory, and makes sure that it is still there.
func (s *scratch) hold() error {
	if err := unix.Flock(int(s.lock.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		return err
	}
	_, err := os.Stat(s.lock.Name())
	return err
}

// tmp is the function's temporary directory, if it has no /tmp of its own.
func (s *scratch) tmp() string { return filepath.Join(s.dir, "tmp") }

// mark is what tells the processes that use it from all others.
func (s *scratch) mark() string { return "TMPDIR=" + s.tmp() }

// remove removes the directory: the lock last, so that who comes after us knows
// what it is if we do not get that far.
func (s *scratch) remove() error {
	if s.lock != nil {
		defer s.lock.Close()
	}
	entries, err := os.ReadDir(s.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // it was removed before
	}
	for _, entry := range entries {
		if name := entry.Name(); name != scratchLock {
			err = errors.Join(err, removeAll(filepath.Join(s.dir, name)))
		}
	}
	if err == nil {
		err = os.RemoveAll(s.dir)
	}
	if err != nil {
		return fmt.Errorf("remove the function's temporary directory: %w", err)
	}
	return nil
}

// removeAll removes what a function may have filled with directories that it
// may not write to.
func removeAll(path string) error {
	if os.RemoveAll(path) == nil {
		return nil
	}
	_ = filepath.WalkDir(path, func(path string, entry os.DirEntry, err error) error {
		if err == nil && entry.IsDir() {
			_ = os.Chmod(path, 0o700)
		}
		return nil
	})
	return os.RemoveAll(path)
}

// Sweep removes what programs have left that were killed: their directories, and
// processes of functions that were not isolated.
func (e *Emulator) Sweep() {
	sweeper, ok := e.config.Runner.(Sweeper)
	if ok {
		sweeper.Sweep("")
	}
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
			if strings.Trim(entry.Name(), scratchPrefix+"0123456789") == "" {
				_ = os.Remove(dir) // if it is ours and empty: its program was killed as it came or went
			}
			continue
		}
		if unix.Flock(int(lock.Fd()), unix.LOCK_EX|unix.LOCK_NB) == nil {
			left := &scratch{dir: dir}
			if ok {
				sweeper.Sweep(left.mark())
			}
			_ = left.remove()
		}
		_ = lock.Close()
	}
}
