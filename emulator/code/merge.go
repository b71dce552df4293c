package code

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Merge makes the directory into, which must not exist, look like the
// directories laid over each other, later ones over earlier ones, as Lambda
// does with layers. It links to what is in them: a directory of its own is made
// only where several of them have one, so that the number of files does not
// matter.
func Merge(dirs []string, into string) error {
	if err := os.Mkdir(into, 0o755); err != nil {
		return fmt.Errorf("merge layers: %w", err)
	}
	owners := make(map[string][]string) // name -> the directories that have it
	for _, dir := range dirs {
		entries, err := os.ReadDir(dir)
		if err != nil {
			return fmt.Errorf("merge layers: %w", err)
		}
		for _, entry := range entries {
			owners[entry.Name()] = append(owners[entry.Name()], filepath.Join(dir, entry.Name()))
		}
	}
	for name, paths := range owners {
		if err := mergeEntry(paths, filepath.Join(into, name)); err != nil {
			return err
		}
	}
	return nil
}

// mergeEntry lays what goes by the same name over each other. A file hides
// what is below it.
func mergeEntry(paths []string, into string) error {
	var dirs []string
	for _, path := range paths {
		info, err := os.Stat(path)
		switch {
		case err != nil && !errors.Is(err, fs.ErrNotExist):
			return fmt.Errorf("merge layers: %w", err)
		case err == nil && info.IsDir():
			dirs = append(dirs, path)
		default:
			dirs = nil
		}
	}
	if len(dirs) > 1 {
		return Merge(dirs, into)
	}
	if err := os.Symlink(paths[len(paths)-1], into); err != nil {
		return fmt.Errorf("merge layers: %w", err)
	}
	return nil
}
