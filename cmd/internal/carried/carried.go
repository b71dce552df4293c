// Package carried holds programs inside of sam, and becomes one of them.
//
// A program that links much takes long to start. What few commands need is
// therefore not linked into sam, but into a program of its own, which is built
// first (make carried), compressed, and embedded from dist. dist is no part of
// the repository: a sam without one of its programs builds, and says what it
// lacks.
package carried

import (
	"compress/gzip"
	"embed"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"golang.org/x/sys/unix"
)

//go:embed dist
var dist embed.FS

// A MissingError says that sam was built without a program.
type MissingError struct {
	Program string
}

func (e *MissingError) Error() string {
	return fmt.Sprintf("this sam was built without %s, which does this", e.Program)
}

// Hint says how to build it.
func (e *MissingError) Hint() string { return "build it with make build" }

// Has tells whether sam carries a program.
func Has(program string) bool {
	_, err := fs.Stat(dist, "dist/"+program+".gz")
	return err == nil
}

// Become replaces this process by a program that sam carries, with these
// arguments (the first is the name by which it knows itself) and environment:
// signals, terminal and exit code are that program's own. It returns only if it
// fails.
//
// The program is unpacked below cacheDir, under a name that says its content.
// Where that cannot be, it runs from memory.
func Become(cacheDir, program string, args, env []string) error {
	packed, err := open(program)
	if err != nil {
		return err
	}
	path, err := unpacked(filepath.Join(cacheDir, "carried"), program, packed)
	if err == nil {
		err = syscall.Exec(path, args, env) // fails where the file system is mounted noexec
	}
	return fmt.Errorf("run %s: %w", program, errors.Join(err, fromMemory(packed, program, args, env)))
}

// open opens the archive of a program. It is not read into memory, of which that
// would take as much as it is long.
func open(program string) (*io.SectionReader, error) {
	file, err := dist.Open("dist/" + program + ".gz")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &MissingError{program}
	}
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	return io.NewSectionReader(file.(io.ReaderAt), 0, info.Size()), nil // embedded files are
}

// trailer is the end of an archive: the checksum and the size of its content.
func trailer(packed *io.SectionReader) (t [8]byte, err error) {
	_, err = packed.ReadAt(t[:], max(packed.Size()-int64(len(t)), 0))
	return t, err
}

// unpacked returns the path of the unpacked program in dir.
func unpacked(dir, program string, packed *io.SectionReader) (string, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	if err := private(dir); err != nil {
		return "", err
	}
	// A digest of megabytes would take longer than the program's start.
	end, err := trailer(packed)
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, program+"-"+hex.EncodeToString(end[:]))
	// A file of another size is what a crash of the machine left.
	if info, err := os.Lstat(path); err == nil && info.Mode().IsRegular() && info.Size() == size(end) {
		return path, nil
	}
	if err := unpack(path, packed); err != nil {
		return "", err
	}
	others, _ := filepath.Glob(filepath.Join(dir, program+"-*")) // of other versions of sam
	for _, other := range others {
		if other != path {
			_ = os.Remove(other) // who is about to run it still can, from memory
		}
	}
	return path, nil
}

// private refuses a directory in which somebody else could put a program, or
// which somebody else could put another in the place of.
func private(dir string) error {
	info, err := os.Lstat(dir)
	if err != nil {
		return err
	}
	if !info.IsDir() || owner(info) != os.Getuid() || info.Mode().Perm()&0o022 != 0 {
		return fmt.Errorf("%s is not a directory that only this user can write to", dir)
	}
	for dir != "/" {
		dir = filepath.Dir(dir)
		info, err := os.Stat(dir)
		if err != nil {
			return err
		}
		ours := owner(info) == os.Getuid() || owner(info) == 0
		open := info.Mode().Perm()&0o002 != 0 && info.Mode()&os.ModeSticky == 0
		if !ours || open {
			return fmt.Errorf("%s belongs to somebody else, or everybody can write to it", dir)
		}
	}
	return nil
}

func owner(info os.FileInfo) int { return int(info.Sys().(*syscall.Stat_t).Uid) }

// size is that of the content in bytes.
func size(trailer [8]byte) int64 { return int64(binary.LittleEndian.Uint32(trailer[4:])) }

// unpack puts the program at path at once: others may be doing the same.
func unpack(path string, packed *io.SectionReader) error {
	file, err := os.CreateTemp(filepath.Dir(path), ".unpacking-*")
	if err != nil {
		return err
	}
	err = errors.Join(write(file, packed), file.Chmod(0o700), file.Close())
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		_ = os.Remove(file.Name())
	}
	return err
}

func write(to io.Writer, packed *io.SectionReader) error {
	reader, err := gzip.NewReader(io.NewSectionReader(packed, 0, packed.Size()))
	if err == nil {
		_, err = io.Copy(to, reader)
	}
	return err
}

// fromMemory becomes the program without a file, which takes unpacking it each
// time.
func fromMemory(packed *io.SectionReader, program string, args, env []string) error {
	fd, err := unix.MemfdCreate(program, unix.MFD_CLOEXEC)
	if err != nil {
		return err
	}
	file := os.NewFile(uintptr(fd), program)
	defer file.Close()
	if err := write(file, packed); err != nil {
		return err
	}
	return syscall.Exec(fmt.Sprintf("/proc/self/fd/%d", fd), args, env)
}
