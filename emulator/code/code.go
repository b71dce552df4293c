// Package code turns a function's code, as the template names it, into the
// directory that a Runner uses as the task root.
//
// A directory is used as it is. A .zip or .jar archive is unpacked once per
// content into a cache and found there by every later start. The package owns
// that cache's layout, the rules of what an archive may contain and AWS's
// limit on its size. Where the cache lies and when it is emptied, what the
// path is relative to, and how layers are merged is decided by the callers.
package code

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Open returns the directory that holds the code at path: path itself if it is
// a directory, an unpacked copy below cacheDir if it is an archive (.zip or
// .jar in any letter case). The copy belongs to every process that uses the
// same cacheDir and must not be written to. Open makes cacheDir if it has to.
//
// An archive whose content is unpacked already costs one read of its central
// directory, however large its files are. Otherwise Open unpacks it, or waits
// for the process that is doing so; it fails, and leaves nothing behind, when
// ctx is done first, when the archive is damaged or encrypted, when an entry
// would lie outside the copy, when two entries share a name, and when the
// content is not smaller than AWS's limit of 262144000 bytes.
func Open(ctx context.Context, path, cacheDir string) (dir string, err error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return "", fmt.Errorf("CodeUri %s cannot be used (%w): build the function or correct its path", path, errors.Unwrap(err))
	case info.IsDir():
		return path, nil
	case !info.Mode().IsRegular() || !isArchive(path):
		return "", fmt.Errorf("CodeUri %s is a file of unknown kind: give a directory or an archive whose name ends in .zip or .jar", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("open archive: %w", err)
	}
	defer f.Close()
	dir, err = openArchive(ctx, f, cacheDir)
	if err != nil {
		return "", fmt.Errorf("unpack %s: %w", path, err)
	}
	return dir, nil
}

func isArchive(path string) bool {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".zip", ".jar":
		return true
	}
	return false
}

// openArchive returns the directory in cacheDir that holds the content of f.
func openArchive(ctx context.Context, f *os.File, cacheDir string) (string, error) {
	key, err := contentKey(f)
	if err != nil {
		return "", err
	}
	return fill(ctx, filepath.Join(cacheDir, subdir), hex.EncodeToString(key[:]), func(dir string) error {
		if err := unpack(ctx, f, dir); err != nil {
			return err
		}
		// A build that rewrites the archive in place meanwhile would leave
		// other content under this key for good.
		if again, err := contentKey(f); err != nil || again != key {
			return errors.New("the archive changed while it was read: wait until the build is done and try again")
		}
		return nil
	})
}
