package bootstraps

import (
	"crypto/sha256"
	"embed"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
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
}

// Command returns the command line that starts a runtime's bootstrap, which
// Install has put into dir.
func Command(rt Runtime, in Interpreter, dir string, o Options) []string {
	host := "0"
	if o.HostPackages {
		host = "1"
	}
	switch rt.Language {
	case Python:
		return []string{in.Path, "-S", filepath.Join(dir, "main.py"), o.OptDir, o.SDKDir, o.BytecodeDir, host}
	default:
		args := append([]string{in.Path}, nodeFlags(rt, in, o.MemoryMB)...)
		return append(args, filepath.Join(dir, "bootstrap.js"), o.OptDir, o.SDKDir, host)
	}
}

// nodeFlags are the options that AWS starts Node.js with, as far as users see
// them and the interpreter has them. The heap is sized so that a function fails
// for want of memory here as it would there.
func nodeFlags(rt Runtime, in Interpreter, memoryMB int) []string {
	flags := []string{"--max-old-space-size=" + strconv.Itoa(memoryMB-memoryMB/10)}
	if slices.Compare(parseVersion(rt.Version), version{20}) >= 0 && slices.Compare(parseVersion(in.Version), version{20, 19}) >= 0 {
		// Since that version Node.js guesses what is an ES module. AWS has it
		// not do so.
		flags = append(flags, "--no-experimental-require-module", "--no-experimental-detect-module")
	}
	return flags
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
	hash := sha256.New()
	files := make(map[string][]byte)
	for _, name := range names {
		content, err := sources.ReadFile(name)
		if err != nil {
			return "", err
		}
		files[filepath.Base(name)] = content
		fmt.Fprintf(hash, "%s %d\n%s", name, len(content), content)
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
