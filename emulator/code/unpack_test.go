package code

import (
	"archive/zip"
	"errors"
	"hash/crc32"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestOpenRefuses(t *testing.T) {
	stored := func(h zip.FileHeader, content string) []byte {
		h.Name = "index.js"
		h.CRC32 = crc32.ChecksumIEEE([]byte(content))
		h.CompressedSize64 = uint64(len(content))
		h.UncompressedSize64 = uint64(len(content))
		return packRaw(t, h, content)
	}
	wrongSum := packRaw(t, zip.FileHeader{Name: "index.js", CRC32: 1, CompressedSize64: 1, UncompressedSize64: 1}, "x")
	lie := packRaw(t, zip.FileHeader{Name: "index.js", CRC32: 1, CompressedSize64: 5, UncompressedSize64: 1}, "large")
	noDeflate := packRaw(t, zip.FileHeader{Name: "index.js", Method: zip.Deflate, CRC32: 1, CompressedSize64: 4, UncompressedSize64: 9}, "\xff\xff\xff\xff")
	whole, err := os.ReadFile(writeArchive(t, "a.zip", entry{name: "index.js", content: "x"}))
	if err != nil {
		t.Fatal(err)
	}

	tests := []struct {
		name string
		path string
		want string
	}{
		{"parent", writeArchive(t, "a.zip", entry{name: "../evil"}), `entry "../evil": its name leads out`},
		{"parent later", writeArchive(t, "a.zip", entry{name: "a/../../evil"}), "its name leads out"},
		{"absolute", writeArchive(t, "a.zip", entry{name: "/etc/evil"}), "its name leads out"},
		{"no name", writeArchive(t, "a.zip", entry{name: ""}), `entry "": its name leads out`},
		{"backslash", writeArchive(t, "a.zip", entry{name: `..\evil`}), "backslash"},
		{"drive", writeArchive(t, "a.zip", entry{name: "C:/evil"}), "drive letter"},
		{"NUL", writeArchive(t, "a.zip", entry{name: "evil\x00.js"}), "NUL"},
		{"long name", writeArchive(t, "a.zip", entry{name: strings.Repeat("d/", 3000)}), "longer than a path"},
		{"same name", writeArchive(t, "a.zip", entry{name: "a"}, entry{name: "./a"}), `entry "./a": another entry has the same name`},
		{"file as directory", writeArchive(t, "a.zip", entry{name: "a"}, entry{name: "a/b"}), "same name"},
		{"directory as file", writeArchive(t, "a.zip", entry{name: "a/b"}, entry{name: "a"}), "same name"},
		{"directory over file", writeArchive(t, "a.zip", entry{name: "a"}, entry{name: "a/"}), "same name"},
		{"device", writeArchive(t, "a.zip", entry{name: "tty", mode: fs.ModeDevice | fs.ModeCharDevice | 0o666}), "device"},
		{"pipe", writeArchive(t, "a.zip", entry{name: "pipe", mode: fs.ModeNamedPipe | 0o666}), "a pipe"},
		{"encrypted", writeRaw(t, "a.zip", stored(zip.FileHeader{Flags: 1}, "x")), "encrypted"},
		{"method", writeRaw(t, "a.zip", stored(zip.FileHeader{Method: 12}, "x")), "compression method 12"},
		{"checksum", writeRaw(t, "a.zip", wrongSum), `entry "index.js": it is damaged`},
		{"size", writeRaw(t, "a.zip", lie), "it is damaged"},
		{"compressed data", writeRaw(t, "a.zip", noDeflate), "it is damaged"},
		{"cut off", writeRaw(t, "a.zip", whole[:len(whole)-1]), "no complete zip archive"},
		{"cut at the start", writeRaw(t, "a.zip", whole[10:]), "damaged"},
		{"other format", writeRaw(t, "a.zip", []byte("\x1f\x8b and so on")), "no complete zip archive"},
		{"no byte", writeRaw(t, "a.zip", nil), "no complete zip archive"},
		{"no entry", writeArchive(t, "a.zip"), "is empty"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cache := t.TempDir()
			_, err := Open(t.Context(), tt.path, cache)
			if err == nil {
				t.Fatal("it was unpacked")
			}
			if !strings.HasPrefix(err.Error(), "unpack "+tt.path+": ") || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %q, want the path and %q", err, tt.want)
			}
			mustBeEmpty(t, filepath.Join(cache, subdir))
		})
	}
}

func TestUnpackKeepsPermissions(t *testing.T) {
	// Permissions are the archive's, whatever the process's mask.
	defer syscall.Umask(syscall.Umask(0o077))
	cache := t.TempDir()
	path := writeArchive(t, "a.zip",
		entry{name: "bootstrap", mode: 0o755},
		entry{name: "secret", mode: fs.ModeSetuid | 0o001},
		entry{name: "bare"},
		entry{name: "closed/", mode: fs.ModeDir | 0o055},
		entry{name: "closed/file", mode: 0o666},
		entry{name: "implied/file", mode: 0o444},
		entry{name: "open/", mode: fs.ModeDir | 0o775},
	)
	dir, err := Open(t.Context(), path, cache)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]fs.FileMode{
		".":            0o755 | fs.ModeDir,
		"bootstrap":    0o755,
		"secret":       0o401,
		"bare":         0o644,
		"closed":       0o755 | fs.ModeDir,
		"closed/file":  0o666,
		"implied":      0o755 | fs.ModeDir,
		"implied/file": 0o444,
		"open":         0o775 | fs.ModeDir,
	} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode() != want {
			t.Errorf("%s is %v, want %v", name, info.Mode(), want)
		}
	}
	if err := os.RemoveAll(cache); err != nil {
		t.Errorf("the cache cannot be deleted: %v", err)
	}
}

// The limit itself would take a quarter of a gigabyte of disk to reach.
func TestUnpackLimits(t *testing.T) {
	if maxSize != 262144000 {
		t.Errorf("AWS's limit is 262144000 bytes, not %d", maxSize)
	}
	archive, err := zip.OpenReader(writeArchive(t, "a.zip",
		entry{name: "a/b/c", content: strings.Repeat("x", 100)},
		entry{name: "d", content: strings.Repeat("x", 100)},
	))
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()

	run := func(limit func(*unpacker)) error {
		root, err := os.OpenRoot(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		defer root.Close()
		u := newUnpacker(root)
		defer u.close()
		limit(u)
		for _, entry := range archive.File {
			if err := u.unpack(t.Context(), entry); err != nil {
				return err
			}
		}
		return nil
	}
	tests := []struct {
		name  string
		limit func(*unpacker)
		want  error
	}{
		{"size reached", func(u *unpacker) { u.left = 200 }, errTooLarge},
		{"just smaller", func(u *unpacker) { u.left = 201 }, nil},
		{"one entry too many", func(u *unpacker) { u.count = maxEntries - 3 }, errTooMany},
		{"all that is allowed", func(u *unpacker) { u.count = maxEntries - 4 }, nil}, // a, a/b, a/b/c, d
	}
	for _, tt := range tests {
		if err := run(tt.limit); !errors.Is(err, tt.want) {
			t.Errorf("%s: got %v, want %v", tt.name, err, tt.want)
		}
	}
}

// Whatever the bytes, nothing is written outside and nothing stays of a
// failure.
func FuzzOpen(f *testing.F) {
	for _, entries := range [][]entry{
		{{name: "a", content: "x"}, {name: "d/"}, {name: "d/e", content: strings.Repeat("long", 100)}},
		{{name: "link", content: "../../../out", mode: fs.ModeSymlink | 0o777}, {name: "link/x"}},
		{{name: "../out", content: "x"}},
	} {
		raw, err := os.ReadFile(writeArchive(f, "seed.zip", entries...))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		home := t.TempDir()
		cache := filepath.Join(home, "cache")
		path := writeRaw(t, "a.zip", raw)
		dir, err := Open(t.Context(), path, cache)
		if err != nil {
			mustBeEmpty(t, filepath.Join(cache, subdir))
		} else if again, err := Open(t.Context(), path, cache); err != nil || again != dir {
			t.Errorf("first %s, then %s, %v", dir, again, err)
		}
		if entries, err := os.ReadDir(home); err != nil || len(entries) > 1 {
			t.Errorf("beside the cache there is %v, %v", entries, err)
		}
	})
}
