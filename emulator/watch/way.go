package watch

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// maxLinks is Linux's own limit, after which it says ELOOP.
const maxLinks = 40

// resolve goes along a path as the kernel does, link by link, and has every
// part of it that appears, disappears or leads elsewhere be an event. info is
// nil where the path ends too early.
func (f *forest) resolve(s *source, path string) (real string, info fs.FileInfo, err error) {
	real = "/"
	steps := strings.Split(path, "/")
	for links := 0; len(steps) > 0; {
		step := steps[0]
		steps = steps[1:]
		switch step {
		case "", ".":
			continue
		case "..":
			real = filepath.Dir(real)
			continue
		}
		next := filepath.Join(real, step)
		f.addWay(s, next)
		info, err := os.Lstat(next)
		if err == nil && info.IsDir() {
			if err := f.pass(s, next, info); err != nil {
				return "", nil, err
			}
			real = next
			continue
		}
		// Anything but a directory cannot be watched itself.
		if missed, err := f.watchNearest(s, real); err != nil {
			return "", nil, err
		} else if missed {
			return f.resolve(s, path)
		}
		if err != nil {
			return "", nil, nil
		}
		if info.Mode().Type() != fs.ModeSymlink {
			real = next
			continue
		}
		target, err := os.Readlink(next)
		if links++; err != nil || links > maxLinks {
			return "", nil, nil
		}
		if filepath.IsAbs(target) {
			real = "/"
		}
		steps = append(strings.Split(target, "/"), steps...)
	}
	info, err = os.Lstat(real)
	if err != nil {
		return "", nil, nil
	}
	s.poll.add(real, info)
	return real, info, nil
}

func (f *forest) addWay(s *source, path string) {
	if _, ok := s.ways[path]; ok || s.poll.on {
		return
	}
	if s.ways == nil {
		s.ways = map[string]struct{}{}
	}
	s.ways[path] = struct{}{}
	f.ways[path] = append(f.ways[path], s)
}

// pass watches a directory on the way, which then tells when it is removed or
// moved itself. Directories like /tmp stay where they are, and much goes on in
// them that is of no interest. To add a watch the kernel visits all names in
// it that it has cached, which took 100 ms for a /tmp that was in use for long.
func (f *forest) pass(s *source, path string, info fs.FileInfo) error {
	if s.poll.on || info.Mode()&fs.ModeSticky != 0 {
		return nil
	}
	return f.watch(path)
}

// watchNearest watches a directory for what happens to its entries, or the
// nearest above it that can be watched. missed says that it was not watched
// before.
func (f *forest) watchNearest(s *source, path string) (missed bool, err error) {
	for ; !s.poll.on && f.dirs[path] == nil; path = filepath.Dir(path) {
		if err := f.watch(path); err != nil {
			return false, err
		}
		if f.dirs[path] != nil {
			return true, nil
		}
		if path == "/" {
			break
		}
	}
	return false, nil
}
