package watch

import (
	"path/filepath"
	"strings"
)

// ignored says whether a file or directory of this name never counts: what
// version control, caches and editors keep beside the code. It applies to what
// is below a directory that is watched, not to the path of the directory, so a
// build in .aws-sam is watched once it is a target itself.
func ignored(name string) bool {
	switch name {
	case "":
		return false
	case ".git", ".hg", ".svn", ".idea", ".aws-sam", ".DS_Store",
		"__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache",
		"4913": // Vim makes and removes it to find out whether it may write
		return true
	}
	switch first, last := name[0], name[len(name)-1]; {
	case last == '~', first == '#' && last == '#', strings.HasPrefix(name, ".#"):
		return true // backups, and Emacs' auto-saves and locks
	case first == '.' && isSwap(filepath.Ext(name)):
		return true
	}
	return strings.HasSuffix(name, ".pyc")
}

// isSwap knows Vim's swap files: .swp, then .swo and so on down the alphabet,
// and .swpx, which it makes to look at the file system.
func isSwap(extension string) bool {
	return extension == ".swpx" || len(extension) == 4 && extension[:3] == ".sw" && extension[3] >= 'a' && extension[3] <= 'p'
}

// ignoredBelow says whether a step of the way from root to path is ignored.
func ignoredBelow(root, path string) bool {
	for name := range strings.SplitSeq(path[len(root):], "/") {
		if ignored(name) {
			return true
		}
	}
	return false
}

// within says whether path is root or below it.
func within(path, root string) bool {
	rest, ok := strings.CutPrefix(path, root)
	return ok && (rest == "" || rest[0] == '/' || root == "/")
}
