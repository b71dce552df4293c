package bootstraps

import (
	"context"
	"embed"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// The bootstraps: one source per language, for all its versions. What has to be
// compiled is in dist, if the compiler was there when this program was built.
//
//go:embed python/*.py nodejs/*.js nodejs/package.json ruby/*.rb java/*.properties java/dist dotnet/dist
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
	// Debugger is what the function is started with, or nil.
	Debugger *Debugger
	// TaskRoot is the directory of the function's code, Handler its entry point.
	TaskRoot, Handler string
}

// Command returns the command line that starts a runtime's bootstrap, which
// Install has put into dir.
func Command(rt Runtime, in Interpreter, dir string, o Options) []string {
	args := rt.Language.traits().command(rt, in, dir, o)
	if d := o.Debugger; d != nil {
		args = slices.Concat(d.flags, args, d.arguments)
	}
	return append([]string{in.Path}, args...)
}

// hostPackages is HostPackages as an argument.
func (o *Options) hostPackages() string {
	if o.HostPackages {
		return "1"
	}
	return "0"
}

// Leftovers returns the files that a process, which was killed, has left in
// temporary directories. Its own was tmp.
func Leftovers(rt Runtime, in Interpreter, tmp string, pid int) []string {
	leftovers := rt.Language.traits().leftovers
	if leftovers == nil {
		return nil
	}
	var files []string
	for _, pattern := range leftovers(in, tmp) {
		found, _ := filepath.Glob(fmt.Sprintf(pattern, pid)) // the pattern is good
		files = append(files, found...)
	}
	return files
}

// Environment returns environment variables that a runtime's interpreter needs
// on this host, beside those of the function. Those of the function go first:
// the first of a name counts.
func Environment(rt Runtime, in Interpreter) []string {
	if environment := rt.Language.traits().environment; environment != nil {
		return environment(in)
	}
	return nil
}

// An UnbuiltError says that a language's bootstrap was left out of this program,
// for want of what compiles it.
type UnbuiltError struct{ Language Language }

func (e *UnbuiltError) Error() string {
	return "this sam was built without its bootstrap for " + e.Language.Name()
}

// Hint says how to get one that has it.
func (e *UnbuiltError) Hint() string {
	return "build sam with `make build` where there is " + e.Language.traits().compiler
}

// Install writes the bootstrap of a language below dir, unless it is there
// already, and returns the directory that holds it. Its name tells the
// content, so that two versions of the program do not get into each other's
// way. The error is an *UnbuiltError, or tells what could not be written.
func Install(language Language, dir string) (string, error) {
	t := language.traits()
	files, err := sourceFiles(string(language))
	if err != nil {
		return "", err
	}
	if t.bundle != nil {
		t.bundle(files)
	}
	// The sum does not have to keep anybody out.
	sum := crc32.New(crc32.MakeTable(crc32.Castagnoli))
	for _, name := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintf(sum, "%s %d\n%s", name, len(files[name]), files[name])
	}
	dist := string(language) + "/dist"
	if t.compiled != "" {
		if _, err := fs.Stat(sources, dist+"/"+t.compiled); err != nil {
			return "", &UnbuiltError{language}
		}
		if err := addTo(sum, dist); err != nil {
			return "", err
		}
	}
	target := filepath.Join(dir, "bootstraps", fmt.Sprintf("%s-%08x", language, sum.Sum32()))
	if _, err := os.Stat(target); err == nil {
		return target, nil
	}
	if t.compiled != "" {
		compiled, err := sourceFiles(dist)
		if err != nil {
			return "", err
		}
		maps.Copy(files, compiled)
	}
	return target, writeDir(target, files)
}

// addTo adds the files of a directory to a sum.
func addTo(sum io.Writer, dir string) error {
	return fs.WalkDir(sources, dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		file, err := sources.Open(path)
		if err != nil {
			return err
		}
		defer file.Close()
		fmt.Fprintln(sum, path)
		if strings.HasSuffix(path, ".jar") {
			if err := toIndex(file); err != nil {
				return fmt.Errorf("read %s: %w", path, err)
			}
		}
		_, err = io.Copy(sum, file)
		return err
	})
}

// toIndex goes to the list of what is in a jar, which has the checksum of each
// file and is a tenth of the whole.
func toIndex(jar fs.File) error {
	const end = 22 // bytes of the last record, which says at 16 where the list begins
	file := jar.(io.ReadSeeker)
	var record [end]byte
	if _, err := file.Seek(-end, io.SeekEnd); err != nil {
		return err
	}
	if _, err := io.ReadFull(file, record[:]); err != nil {
		return err
	}
	_, err := file.Seek(int64(binary.LittleEndian.Uint32(record[16:])), io.SeekStart)
	return err
}

// Rehearse prepares what makes the bootstrap in dir start faster on an
// interpreter, unless that was done. It calls begin before what takes seconds.
// Without it everything works as well: the error, which is the end of ctx or
// tells what could not be written, need not stop anybody.
func Rehearse(ctx context.Context, rt Runtime, in Interpreter, dir string, begin func()) error {
	if rehearse := rt.Language.traits().rehearse; rehearse != nil {
		return rehearse(ctx, in, dir, begin)
	}
	return nil
}

// sourceFiles reads the files of a bootstrap.
func sourceFiles(dir string) (map[string][]byte, error) {
	entries, err := sources.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	files := make(map[string][]byte)
	for _, entry := range entries {
		if entry.IsDir() || entry.Name() == "README.md" { // which keeps a place for what is compiled
			continue
		}
		if files[entry.Name()], err = sources.ReadFile(dir + "/" + entry.Name()); err != nil {
			return nil, err
		}
	}
	return files, nil
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
