package code

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"syscall"
)

// maxSize is AWS's limit on the unpacked code of a function:
// https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
const maxSize = 262_144_000

// maxPath is Linux's PATH_MAX. Nothing could open a longer path by its name.
const maxPath = 4096

var (
	errTooLarge  = fmt.Errorf("the archive is too large for AWS: Unzipped size must be smaller than %d bytes", maxSize)
	errTooMany   = fmt.Errorf("the archive holds more than %d files and directories", maxEntries)
	errDuplicate = errors.New("another entry has the same name")
)

// An unpacker writes the entries of one archive below root.
type unpacker struct {
	root  *os.Root
	dirs  map[string]bool   // directories that exist
	links map[string]string // symbolic links by name, to be made in the end
	count int               // files, directories and links so far
	left  int64             // bytes until the size limit
	buf   []byte

	// The directory of the last file stays open: archives list a directory's
	// files in a row, and from the root each would open all parents again.
	last     *os.Root
	lastName string
}

// unpack writes the content of the archive f to the empty directory dir.
func unpack(ctx context.Context, f *os.File, dir string) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	archive, err := zip.NewReader(f, info.Size())
	// Names are judged below, and with the entry in the message.
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return fmt.Errorf("the archive is damaged, pack it again: %w", err)
	}
	if len(archive.File) == 0 {
		return errors.New("the archive is empty: AWS takes none without files")
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	if err := root.Chmod(".", 0o755); err != nil { // whatever the umask is
		return err
	}
	u := newUnpacker(root)
	defer u.close()
	for _, entry := range archive.File {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err := u.unpack(ctx, entry); err != nil {
			return fmt.Errorf("entry %q: %w", entry.Name, err)
		}
	}
	return u.makeLinks()
}

func newUnpacker(root *os.Root) *unpacker {
	return &unpacker{
		root:     root,
		dirs:     map[string]bool{".": true},
		links:    map[string]string{},
		left:     maxSize,
		buf:      make([]byte, 64<<10),
		last:     root,
		lastName: ".",
	}
}

func (u *unpacker) close() {
	if u.last != u.root {
		u.last.Close()
	}
}

func (u *unpacker) unpack(ctx context.Context, entry *zip.File) error {
	const encrypted = 1 // general purpose bit 0, APPNOTE.TXT 4.4.4
	if entry.Flags&encrypted != 0 {
		return errors.New("it is encrypted, pack it without a password")
	}
	name, err := localName(entry.Name)
	if err != nil {
		return err
	}
	kind, perm, err := mode(entry)
	if err != nil {
		return err
	}
	switch kind {
	case fs.ModeDir:
		if err := u.mkdir(name); err != nil {
			return err
		}
		return u.root.Chmod(name, perm)
	case fs.ModeSymlink:
		return u.keepLink(ctx, entry, name)
	}
	return u.writeFile(ctx, entry, name, perm)
}

// localName returns the path below the root that an entry's name means. The
// format has only forward slashes and relative names (APPNOTE.TXT 4.4.17).
func localName(name string) (string, error) {
	switch {
	case strings.ContainsAny(name, "\\\x00"):
		return "", errors.New("its name holds a backslash or a NUL")
	case len(name) >= 2 && name[1] == ':':
		return "", errors.New("its name begins with a drive letter")
	case !filepath.IsLocal(name):
		return "", errors.New("its name leads out of the archive")
	case len(name) >= maxPath:
		return "", errors.New("its name is longer than a path can be")
	}
	return path.Clean(name), nil
}

// mode returns what an entry is (0 for a regular file) and its permissions.
// Both are in the upper half of the external attributes, whatever system the
// archive says it is from, for tools on Windows store them too. Archives
// without them (Java's) get the usual ones. The owner can always read and
// enter what is unpacked, or the copy could not be removed.
func mode(entry *zip.File) (kind, perm fs.FileMode, err error) {
	unix := entry.ExternalAttrs >> 16
	perm = fs.FileMode(unix) & fs.ModePerm
	isDir := strings.HasSuffix(entry.Name, "/")
	switch format := unix & syscall.S_IFMT; {
	case isDir, format == syscall.S_IFDIR:
		if unix == 0 {
			perm = 0o755
		}
		return fs.ModeDir, perm | 0o700, nil
	case format == syscall.S_IFLNK:
		return fs.ModeSymlink, 0, nil
	case format == syscall.S_IFREG, format == 0:
		if unix == 0 {
			perm = 0o644
		}
		return 0, perm | 0o400, nil
	}
	return 0, 0, errors.New("it is a device, a pipe or a socket: only files, directories and symbolic links can be unpacked")
}

// mkdir makes the directory name and its parents where they are missing. An
// archive may list a directory twice, after its files, or not at all.
func (u *unpacker) mkdir(name string) error {
	if u.dirs[name] {
		return nil
	}
	if err := u.mkdir(path.Dir(name)); err != nil {
		return err
	}
	if err := u.add(); err != nil {
		return err
	}
	if err := u.root.Mkdir(name, 0o755); err != nil {
		return ofEntry(err)
	}
	u.dirs[name] = true
	return u.root.Chmod(name, 0o755)
}

// add counts one more file, directory or link.
func (u *unpacker) add() error {
	if u.count++; u.count > maxEntries {
		return errTooMany
	}
	return nil
}

// ofEntry says what it means that something cannot be made: the copy was empty
// in the beginning, so what is in the way is an earlier entry.
func ofEntry(err error) error {
	if errors.Is(err, fs.ErrExist) {
		return errDuplicate
	}
	return err
}

func (u *unpacker) writeFile(ctx context.Context, entry *zip.File, name string, perm fs.FileMode) error {
	dir, err := u.openDir(path.Dir(name))
	if err != nil {
		return err
	}
	if err := u.add(); err != nil {
		return err
	}
	f, err := dir.OpenFile(path.Base(name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return ofEntry(err)
	}
	return errors.Join(u.copy(ctx, f, entry), f.Chmod(perm), f.Close())
}

// openDir returns the directory name, made if it was missing.
func (u *unpacker) openDir(name string) (*os.Root, error) {
	if name == u.lastName {
		return u.last, nil
	}
	if err := u.mkdir(name); err != nil {
		return nil, err
	}
	dir, err := u.root.OpenRoot(name)
	if err != nil {
		return nil, err
	}
	u.close()
	u.last, u.lastName = dir, name
	return dir, nil
}

// keepLink notes a symbolic link, whose target is its content. Links are made
// when all else is written, so that nothing is ever written through one.
func (u *unpacker) keepLink(ctx context.Context, entry *zip.File, name string) error {
	var target bytes.Buffer
	if entry.UncompressedSize64 >= maxPath {
		return errors.New("its target is longer than a path can be")
	}
	if err := u.copy(ctx, &target, entry); err != nil {
		return err
	}
	if _, ok := u.links[name]; ok {
		return errDuplicate
	}
	u.links[name] = target.String()
	return nil
}

// copy writes an entry's content to w. It counts what it gets, for the sizes
// that an archive declares may be lies.
func (u *unpacker) copy(ctx context.Context, w io.Writer, entry *zip.File) error {
	r, err := entry.Open()
	if errors.Is(err, zip.ErrAlgorithm) {
		return fmt.Errorf("it has compression method %d, pack it with the usual one (deflate)", entry.Method)
	}
	if err != nil {
		return fmt.Errorf("it is damaged: %w", err)
	}
	defer r.Close()
	for {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		n, readErr := r.Read(u.buf)
		if u.left -= int64(n); u.left <= 0 {
			return errTooLarge
		}
		if _, err := w.Write(u.buf[:n]); err != nil {
			return err
		}
		if readErr == io.EOF {
			return nil
		}
		if readErr != nil {
			return fmt.Errorf("it is damaged: %w", readErr)
		}
	}
}
