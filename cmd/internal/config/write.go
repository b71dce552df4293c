package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// WriteFile writes a file at once: an error, or an interrupt, leaves what was
// there. What is no file, such as /dev/stdout, is written to.
func WriteFile(path, text string) error {
	info, err := os.Stat(path)
	if err == nil && !info.Mode().IsRegular() {
		return os.WriteFile(path, []byte(text), 0o644)
	}
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	mode := os.FileMode(0o644)
	if err == nil {
		mode = info.Mode().Perm()
	}
	file, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if fault := new(fs.PathError); errors.As(err, &fault) {
		return &fs.PathError{Op: "write", Path: path, Err: fault.Err} // and not the name of a file that is not there
	}
	if err != nil {
		return err
	}
	_, err = file.WriteString(text)
	err = errors.Join(err, file.Chmod(mode), file.Close())
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		_ = os.Remove(file.Name())
	}
	return err
}
