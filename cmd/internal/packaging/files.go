package packaging

import (
	"context"
	"crypto/md5"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// copySize is how much of a file is read at once, in bytes.
const copySize = 128 << 10

// A file is one that goes into an artifact, as it was when it was looked at.
type file struct {
	name       string // in the archive, with slashes
	path       string
	executable bool
	size       int64
	modified   time.Time
	sum        [md5.Size]byte
}

// list lists the files of a directory, or the one that path is, sorted. Symbolic
// links are followed: Lambda gets what they lead to.
func list(ctx context.Context, path string, info os.FileInfo) ([]*file, error) {
	if !info.IsDir() {
		return []*file{{name: filepath.Base(path), path: path}}, checkKind(path, info)
	}
	l := lister{ctx: ctx}
	err := l.directory(path, "", info)
	return l.files, err
}

type lister struct {
	ctx   context.Context // of one list
	files []*file
	way   []os.FileInfo // the directories from the first to this one
}

func (l *lister) directory(path, name string, info os.FileInfo) error {
	if err := context.Cause(l.ctx); err != nil {
		return err
	}
	for _, outer := range l.way {
		if os.SameFile(outer, info) {
			return fmt.Errorf("%s is a symbolic link to a directory that it is in: remove it, or link to what is needed", path)
		}
	}
	l.way = append(l.way, info)
	defer func() { l.way = l.way[:len(l.way)-1] }()
	entries, err := os.ReadDir(path) // sorted
	if err != nil {
		return err
	}
	for _, entry := range entries {
		at := filepath.Join(path, entry.Name())
		if entry.Type().IsRegular() {
			l.files = append(l.files, &file{name: name + entry.Name(), path: at})
			continue
		}
		info, err := os.Stat(at)
		switch {
		case err != nil && entry.Type() == os.ModeSymlink:
			target, _ := os.Readlink(at)
			return fmt.Errorf("%s is a symbolic link to %s, which cannot be followed: remove it, or restore what it leads to (%w)", at, target, syscallError(err))
		case err != nil:
			return err
		case info.IsDir():
			err = l.directory(at, name+entry.Name()+"/", info)
		default:
			l.files = append(l.files, &file{name: name + entry.Name(), path: at})
			err = checkKind(at, info)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// checkKind refuses what reading would wait for or never end.
func checkKind(path string, info os.FileInfo) error {
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%s is neither a file nor a directory (%v): remove it", path, info.Mode().Type())
	}
	return nil
}

// syscallError is the reason without the path, which has been named.
func syscallError(err error) error {
	var fault *os.PathError
	if errors.As(err, &fault) {
		return fault.Err
	}
	return err
}

// look reads all files, several at once, for what they contain.
func look(ctx context.Context, files []*file) error {
	var next atomic.Int64
	var wg sync.WaitGroup
	workers := runtime.GOMAXPROCS(0)
	errs := make([]error, workers)
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	for worker := range workers {
		wg.Go(func() {
			buf := make([]byte, copySize)
			for i := next.Add(1) - 1; i < int64(len(files)) && ctx.Err() == nil; i = next.Add(1) - 1 {
				if errs[worker] = files[i].look(buf); errs[worker] != nil {
					stop()
				}
			}
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return context.Cause(ctx)
}

// look reads the file for what it contains.
func (f *file) look(buf []byte) error {
	in, info, err := f.open()
	if err != nil {
		return err
	}
	defer in.Close()
	hash := md5.New()
	f.size, err = io.CopyBuffer(hash, onlyReader{in}, buf)
	if err != nil {
		return err
	}
	f.modified = info.ModTime()
	f.executable = info.Mode().Perm()&0o111 != 0
	hash.Sum(f.sum[:0])
	return nil
}

// open opens the file, and does not wait if it has become a pipe.
func (f *file) open() (*os.File, os.FileInfo, error) {
	in, err := os.OpenFile(f.path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, nil, err
	}
	info, err := in.Stat()
	if err == nil {
		err = checkKind(f.path, info)
	}
	if err != nil {
		in.Close()
		return nil, nil, err
	}
	return in, info, nil
}

// onlyReader hides what else a file can do from io.Copy, which would not use
// the buffer then.
type onlyReader struct{ io.Reader }

// A changedError says that a file is not what it was.
type changedError struct{ path string }

func (e *changedError) Error() string {
	return e.path + " has changed while it was packaged: run the command again once nothing writes to it"
}

// copyTo writes the file, which has to be what it was when it was looked at.
func (f *file) copyTo(w io.Writer, buf []byte) error {
	in, before, err := f.open()
	if os.IsNotExist(err) {
		return &changedError{f.path}
	}
	if err != nil {
		return err
	}
	defer in.Close()
	n, err := io.CopyBuffer(w, io.LimitReader(in, f.size+1), buf)
	if err != nil {
		return err
	}
	after, err := in.Stat()
	if err != nil {
		return err
	}
	if n != f.size || !before.ModTime().Equal(f.modified) || !after.ModTime().Equal(f.modified) {
		return &changedError{f.path}
	}
	return nil
}

// writeTo is copyTo as artifacts want it.
func (f *file) writeTo(_ context.Context, w io.Writer, progress func(int64)) error {
	return f.copyTo(&reporter{w, progress}, make([]byte, copySize))
}

// A reporter reports how much is written. Having no other method than Write, it
// also keeps io.Copy to the buffer that it is given.
type reporter struct {
	to       io.Writer
	progress func(int64)
}

func (r *reporter) Write(p []byte) (int, error) {
	n, err := r.to.Write(p)
	r.progress(int64(n))
	return n, err
}
