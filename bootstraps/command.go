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
	"strconv"
	"strings"
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
	host := "0"
	if o.HostPackages {
		host = "1"
	}
	switch rt.Language {
	case Python:
		return []string{in.Path, "-S", filepath.Join(dir, "main.py"), o.OptDir, o.SDKDir, o.BytecodeDir, host}
	default:
		args := append([]string{in.Path}, nodeFlags(rt, in, o)...)
		return append(args, filepath.Join(dir, "bootstrap.js"), o.OptDir, o.SDKDir, host)
	}
}

// nodeFlags are the options that AWS starts Node.js with, as far as users see
// them and the interpreter has them. The heap is sized so that a function fails
// for want of memory here as it would there.
func nodeFlags(rt Runtime, in Interpreter, o Options) []string {
	flags := []string{"--max-old-space-size=" + strconv.Itoa(o.MemoryMB-o.MemoryMB/10)}
	// AWS turns these off, unless NODE_OPTIONS turns them on.
	// https://docs.aws.amazon.com/lambda/latest/dg/lambda-nodejs.html
	for _, feature := range []struct {
		name         string
		since, known version // the runtime that has it off, the interpreter that has it
	}{
		{"experimental-require-module", version{20}, version{20, 19}},
		{"experimental-detect-module", version{22}, version{22, 7}},
	} {
		if slices.Compare(parseVersion(rt.Version), feature.since) >= 0 && slices.Compare(parseVersion(in.Version), feature.known) >= 0 &&
			!strings.Contains(o.NodeOptions, "--"+feature.name) {
			flags = append(flags, "--no-"+feature.name)
		}
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
	files := make(map[string][]byte)
	for _, name := range names {
		if files[filepath.Base(name)], err = sources.ReadFile(name); err != nil {
			return "", err
		}
	}
	if language == NodeJS {
		bundleNode(files)
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
