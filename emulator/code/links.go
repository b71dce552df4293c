package code

import (
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
)

// makeLinks makes the symbolic links of the archive.
func (u *unpacker) makeLinks() error {
	for _, name := range slices.Sorted(maps.Keys(u.links)) {
		if err := u.makeLink(name); err != nil {
			return fmt.Errorf("entry %q: %w", name, err)
		}
	}
	return nil
}

func (u *unpacker) makeLink(name string) error {
	if err := staysInside(name, u.links); err != nil {
		return fmt.Errorf("it is a symbolic link to %q, %w", u.links[name], err)
	}
	if err := u.mkdir(path.Dir(name)); err != nil {
		return err
	}
	if err := u.add(); err != nil {
		return err
	}
	return ofEntry(u.root.Symlink(u.links[name], name))
}

// staysInside follows name through the archive's links, as the kernel would,
// and fails if that ever leaves the root. A step that does not exist counts as
// a directory: it may become one later, so a dangling link must not lead out
// by way of it either.
func staysInside(name string, links map[string]string) error {
	const maxFollow = 40 // Linux's own limit, after which it says ELOOP
	var at []string
	followed := 0
	steps := strings.Split(name, "/")
	for len(steps) > 0 {
		step := steps[0]
		steps = steps[1:]
		switch step {
		case "", ".":
			continue
		case "..":
			if len(at) == 0 {
				return errors.New("which leads out of the archive")
			}
			at = at[:len(at)-1]
			continue
		}
		target, ok := links[path.Join(append(at, step)...)]
		if !ok {
			at = append(at, step)
			continue
		}
		if target == "" || path.IsAbs(target) || strings.ContainsRune(target, 0) {
			return errors.New("which is no relative path")
		}
		if followed++; followed > maxFollow {
			return errors.New("which leads round in circles")
		}
		steps = append(strings.Split(target, "/"), steps...)
	}
	return nil
}
