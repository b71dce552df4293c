package code

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// The copies have this part of the cache directory to themselves: one directory
// per content, named by its key. What is being unpacked lies beside it under
// the same name with the suffix, and becomes the copy by one rename: a
// directory without the suffix is complete.
//
// Whoever unpacks holds a lock (flock) on the directory with the suffix. The
// kernel drops it when that process dies, so a locked one is being worked on
// and any other is rubbish.
const (
	subdir        = "code"
	partialSuffix = ".partial"
)

// fill returns the directory of key in dir. If there is none, it has unpack
// write it; only one caller in all processes does so at a time.
func fill(ctx context.Context, dir, key string, unpack func(dir string) error) (string, error) {
	complete := filepath.Join(dir, key)
	if isDir(complete) {
		return complete, nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	removeDead(dir)

	partial := complete + partialSuffix
	lock, err := claim(ctx, partial)
	if err != nil {
		return "", err
	}
	defer lock.Close()
	if isDir(complete) { // whoever had the lock before us has done it
		return complete, os.Remove(partial)
	}
	err = unpack(partial)
	if err == nil {
		err = os.Rename(partial, complete)
	}
	if err != nil {
		return "", errors.Join(err, os.RemoveAll(partial))
	}
	return complete, nil
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// claim makes the directory partial and locks it until the file is closed. It
// waits for another process that has it, and starts afresh if that one died.
func claim(ctx context.Context, partial string) (*os.File, error) {
	for {
		if err := os.Mkdir(partial, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
			return nil, err
		}
		f, err := os.Open(partial)
		if errors.Is(err, fs.ErrNotExist) {
			continue // renamed or removed since
		}
		if err != nil {
			return nil, err
		}
		mine, err := take(ctx, f, partial)
		if mine {
			return f, nil
		}
		f.Close()
		if err != nil {
			return nil, err
		}
	}
}

// take locks f, just opened at partial, and reports whether that made the
// directory ours. It is not if its last holder has renamed or removed it. What
// a dead holder left is removed, to be made anew.
func take(ctx context.Context, f *os.File, partial string) (bool, error) {
	if err := lock(ctx, f); err != nil {
		return false, fmt.Errorf("lock %s: %w", partial, err)
	}
	if !isAt(f, partial) {
		return false, nil
	}
	if _, err := f.Readdirnames(1); err == io.EOF {
		return true, nil
	}
	return false, os.RemoveAll(partial)
}

// lock waits for the lock on f. No flock ends with a context, so it asks again
// and again; it does so only while another process unpacks the same archive.
func lock(ctx context.Context, f *os.File) error {
	const interval = 5 * time.Millisecond
	for {
		if err := tryLock(f); !errors.Is(err, syscall.EWOULDBLOCK) {
			return err
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(interval):
		}
	}
}

func tryLock(f *os.File) error {
	return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
}

// isAt reports whether path still leads to f. Only the holder of the lock
// renames or removes the directory, so the answer holds as long as the lock.
func isAt(f *os.File, path string) bool {
	mine, err := f.Stat()
	if err != nil {
		return false
	}
	now, err := os.Lstat(path)
	return err == nil && os.SameFile(mine, now)
}

// removeDead removes what processes that died while unpacking left in dir. An
// error is not reported: it costs disk space, nothing else.
func removeDead(dir string) {
	entries, _ := os.ReadDir(dir)
	for _, entry := range entries {
		if !strings.HasSuffix(entry.Name(), partialSuffix) {
			continue
		}
		partial := filepath.Join(dir, entry.Name())
		f, err := os.Open(partial)
		if err != nil {
			continue
		}
		if tryLock(f) == nil && isAt(f, partial) {
			os.RemoveAll(partial)
		}
		f.Close()
	}
}
