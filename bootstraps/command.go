package bootstraps

import (
	"crypto/sha256"
	"embed"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

// The bootstraps: one source per language, for all its versions.
//
//go:embed python/*.py nodejs/*.js nodejs/package.json
var sources embed.FS

// Options are what a bootstrap needs to know beside the function's
// environment variables. Empty directories mean that there is none.
type Options struct {
	// MemoryMB is the function's memory; runtimes size their heap by it.
	MemoryMB int
	// OptDir stands in for /opt.
	OptDir string
	// SDKDir holds the packages that AWS's runtime brings.
	SDKDir string
	// BytecodeDir is where compiled code of the function may be kept.
	BytecodeDir string
	// HostPackages shows the host's packages to the function.
	HostPackages bool
	// NodeOptions is the function's environment variable NODE_OPTIONS.
	NodeOptions string
}

// Command returns the command line that starts a runtime's bootstrap, which
// Install has put into dir.
func Command(rt Runtime, in Interpreter, dir string, o Options) []string {
	return append([]string{in.Path}, rt.Language.traits().command(rt, in, dir, o)...)
}

// hostPackages is HostPackages as an argument.
func (o *Options) hostPackages() string {
	if o.HostPackages {
		return "1"
	}
	return "0"
}

// Install writes the bootstrap of a language below dir, unless it is there
// already, and returns the directory that holds it. Its name tells the
// content, so that two versions of the program do not get into each other's
// way.
func Install(language Language, dir string) (string, error) {
	names, err := fs.Glob(sources, string(language)+"/*")
	if err != nil || len(names) == 0 {
		return "", fmt.Errorf("find the bootstrap for %s: none is built in", language.Name())
	}
	files := make(map[string][]byte)
	for _, name := range names {
		if files[filepath.Base(name)], err = sources.ReadFile(name); err != nil {
			return "", err
		}
	}
	if bundle := language.traits().bundle; bundle != nil {
		bundle(files)
	}
	hash := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintf(hash, "%s %d\n%s", name, len(files[name]), files[name])
	}
	target := filepath.Join(dir, "bootstraps", fmt.Sprintf("%s-%x", language, hash.Sum(nil)[:8]))
	if _, err := os.Stat(target); err == nil {
		return target, nil
	}
	return target, writeDir(target, files)
}

// writeDir makes a directory that appears with all its files or not at all.
func writeDir(target string, files map[string][]byte) error {
	if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
		return fmt.Errorf("make the directory of the bootstraps: %w", err)
	}
	tmp, err := os.MkdirTemp(filepath.Dir(target), ".new-")
	if err != nil {
		return fmt.Errorf("make the directory of a bootstrap: %w", err)
	}
	defer os.RemoveAll(tmp)
	if err := os.Chmod(tmp, 0o755); err != nil {
		return fmt.Errorf("open up the directory of a bootstrap: %w", err)
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(tmp, name), content, 0o644); err != nil {
			return fmt.Errorf("write a bootstrap: %w", err)
		}
	}
	err = os.Rename(tmp, target)
	if _, statErr := os.Stat(target); err != nil && statErr != nil {
		return fmt.Errorf("put a bootstrap into place: %w", err)
	}
	return nil // written by us, or at the same time by another process
}
