package bootstraps

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Installation returns the directories that an interpreter needs to run rt
// beside those of the system: a sandbox that hides the user's files shows them.
func (f *Finder) Installation(rt Runtime, in Interpreter) []string {
	var dirs []string
	prefix := filepath.Dir(in.Path)
	if name := filepath.Base(prefix); name == "bin" || name == "sbin" {
		prefix = filepath.Dir(prefix)
	}
	switch {
	case strings.HasPrefix(prefix, linuxbrew+"/"): // its packages need each other
		dirs = append(dirs, linuxbrew)
	case slices.Contains([]string{f.Home, filepath.Join(f.Home, ".local")}, prefix): // which holds far more
		for _, name := range []string{"bin", "lib", "lib64", "libexec"} {
			dirs = append(dirs, filepath.Join(prefix, name))
		}
	case prefix != "/":
		dirs = append(dirs, prefix)
	}
	if rt.Language == Python && f.Home != "" { // where pip installs for one user
		dirs = append(dirs, filepath.Join(f.Home, ".local/lib/python"+parseVersion(in.Version)[:2].String()))
	}
	return slices.DeleteFunc(dirs, func(dir string) bool {
		info, err := os.Stat(dir)
		return err != nil || !info.IsDir()
	})
}

// linuxbrew is where Homebrew is on Linux.
const linuxbrew = "/home/linuxbrew/.linuxbrew"
