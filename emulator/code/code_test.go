package code

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestOpenDirectory(t *testing.T) {
	code, cache := t.TempDir(), t.TempDir()
	dir, err := Open(t.Context(), code, cache)
	if err != nil || dir != code {
		t.Errorf("got %q, %v; want the directory itself", dir, err)
	}
	mustBeEmpty(t, filepath.Join(cache, subdir))
}

func TestOpenWhatIsNoCode(t *testing.T) {
	cache := t.TempDir()
	missing := filepath.Join(t.TempDir(), "missing.zip")
	_, err := Open(t.Context(), missing, cache)
	if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "CodeUri "+missing) {
		t.Errorf("missing: got %v", err)
	}
	pipe := filepath.Join(t.TempDir(), "pipe.zip")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{writeRaw(t, "app.tar.gz", nil), writeRaw(t, "zip", nil), pipe} {
		_, err := Open(t.Context(), path, cache)
		if err == nil || !strings.Contains(err.Error(), "CodeUri "+path+" is a file of unknown kind") {
			t.Errorf("%s: got %v", path, err)
		}
	}
	mustBeEmpty(t, filepath.Join(cache, subdir))
}

func TestOpenArchive(t *testing.T) {
	cache := filepath.Join(t.TempDir(), "not", "there [yet]")
	path := writeArchive(t, "App.JAR",
		entry{name: "lib/"},
		entry{name: "lib/deep/er.txt", content: "deep"},
		entry{name: "lib/"}, // as merged jars have it
		entry{name: "./index.js", content: "exports"},
		entry{name: "empty"},
	)
	dir, err := Open(t.Context(), path, cache)
	if err != nil {
		t.Fatal(err)
	}
	mustRead(t, filepath.Join(dir, "lib/deep/er.txt"), "deep")
	mustRead(t, filepath.Join(dir, "index.js"), "exports")
	mustRead(t, filepath.Join(dir, "empty"), "")
	if rel, err := filepath.Rel(cache, dir); err != nil || !filepath.IsLocal(rel) {
		t.Errorf("%s is not below %s", dir, cache)
	}
}

func TestOpenUnpacksOncePerContent(t *testing.T) {
	cache := t.TempDir()
	first := writeArchive(t, "a.zip", entry{name: "index.js", content: "one"})
	same := writeArchive(t, "b.zip", entry{name: "index.js", content: "one"})
	other := writeArchive(t, "a.zip", entry{name: "index.js", content: "two"})

	open := func(path string) string {
		t.Helper()
		dir, err := Open(t.Context(), path, cache)
		if err != nil {
			t.Fatal(err)
		}
		return dir
	}
	dir := open(first)
	mark := filepath.Join(dir, "mark")
	if err := os.WriteFile(mark, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := open(same); got != dir {
		t.Errorf("the same content is in %s and %s", dir, got)
	}
	if _, err := os.Stat(mark); err != nil {
		t.Error("the copy was unpacked again")
	}
	if got := open(other); got == dir {
		t.Error("other content is in the same directory")
	} else {
		mustRead(t, filepath.Join(got, "index.js"), "two")
	}
}

// A runnable jar begins with a script, and any archive may end in a comment.
func TestOpenArchiveInOtherData(t *testing.T) {
	var b bytes.Buffer
	b.WriteString("#!/bin/sh\nexec java -jar $0\n")
	b.Write(pack(t, func(w *zip.Writer) {
		if err := w.SetComment(strings.Repeat("built by hand ", 2000)); err != nil {
			t.Fatal(err)
		}
		f, err := w.Create("Main.class")
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprint(f, "class")
	}))
	dir, err := Open(t.Context(), writeRaw(t, "app.jar", b.Bytes()), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	mustRead(t, filepath.Join(dir, "Main.class"), "class")
}

func TestContentKeyOfBigDirectories(t *testing.T) {
	// More than 65535 entries need the end record of Zip64.
	big := pack(t, func(w *zip.Writer) {
		for i := range 1 << 16 {
			if _, err := w.CreateRaw(&zip.FileHeader{Name: fmt.Sprint(i)}); err != nil {
				t.Fatal(err)
			}
		}
	})
	directory, err := readDirectory(bytes.NewReader(big), int64(len(big)))
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(directory, []byte("PK\x01\x02")); n != 1<<16 {
		t.Errorf("got %d entries, want %d", n, 1<<16)
	}
}

func TestContentKeyRefusesTooManyEntries(t *testing.T) {
	// Headers that only look like some: archive/zip must not get to see them.
	directory := bytes.Repeat([]byte("PK\x01\x02"), maxEntries+1)
	end := make([]byte, 22)
	copy(end, "PK\x05\x06")
	binary.LittleEndian.PutUint32(end[12:], uint32(len(directory)))
	path := writeRaw(t, "bomb.zip", append(directory, end...))
	if _, err := Open(t.Context(), path, t.TempDir()); !errors.Is(err, errTooMany) {
		t.Errorf("got %v", err)
	}
}

// Only the central directory is read once the copy is there: a second start
// must not depend on how large the files are.
func TestOpenReadsNoContentAgain(t *testing.T) {
	cache := t.TempDir()
	raw := pack(t, func(w *zip.Writer) {
		f, err := w.CreateHeader(&zip.FileHeader{Name: "data", Method: zip.Store})
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprint(f, "stored as it is")
	})
	path := writeRaw(t, "app.zip", raw)
	dir, err := Open(t.Context(), path, cache)
	if err != nil {
		t.Fatal(err)
	}
	changed := bytes.Replace(raw, []byte("stored"), []byte("broken"), 1)
	if again, err := Open(t.Context(), writeRaw(t, "app.zip", changed), cache); err != nil || again != dir {
		t.Errorf("got %q, %v; want %q", again, err, dir)
	}
}

func TestOpenNoticesAChangeWhileUnpacking(t *testing.T) {
	cache := t.TempDir()
	path := writeArchive(t, "app.zip", entry{name: "index.js", content: "one"})
	ctx := &hookContext{Context: t.Context(), hook: func() error {
		f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
		if err != nil {
			return err
		}
		defer f.Close()
		_, err = f.WriteString("more")
		return err
	}}
	_, err := Open(ctx, path, cache)
	if err == nil || !strings.Contains(err.Error(), "changed while it was read") {
		t.Errorf("got %v", err)
	}
	mustBeEmpty(t, filepath.Join(cache, subdir))
}

// A hookContext runs hook each time it is asked whether it is done, and is
// done with the error that hook returns.
type hookContext struct {
	context.Context
	hook func() error
}

func (c *hookContext) Err() error { return c.hook() }

func TestOpenStopsWhenCancelled(t *testing.T) {
	cache := t.TempDir()
	path := writeArchive(t, "app.zip",
		entry{name: "one", content: "1"}, entry{name: "two", content: "2"}, entry{name: "three", content: "3"})
	asked := 0
	ctx := &hookContext{Context: t.Context(), hook: func() error {
		if asked++; asked < 3 {
			return nil
		}
		return context.Canceled
	}}
	if _, err := Open(ctx, path, cache); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	mustBeEmpty(t, filepath.Join(cache, subdir))
}

func BenchmarkOpenUnpacked(b *testing.B) {
	for _, files := range []int{20, 10_000} {
		b.Run(fmt.Sprint(files), func(b *testing.B) {
			cache, path := b.TempDir(), manyFiles(b, files)
			if _, err := Open(b.Context(), path, cache); err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if _, err := Open(b.Context(), path, cache); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkOpenFirst(b *testing.B) {
	for _, files := range []int{20, 10_000} {
		b.Run(fmt.Sprint(files), func(b *testing.B) {
			path := manyFiles(b, files)
			for b.Loop() {
				if _, err := Open(b.Context(), path, b.TempDir()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// manyFiles packs small files in directories of twenty, as npm installs them.
func manyFiles(b *testing.B, n int) string {
	content := strings.Repeat("module.exports = function () { return 42 }\n", 70)
	entries := make([]entry, n)
	for i := range entries {
		entries[i] = entry{
			name:    fmt.Sprintf("node_modules/package%d/lib/file%d.js", i/20, i),
			content: content,
			mode:    0o644,
		}
	}
	return writeArchive(b, "many.zip", entries...)
}
