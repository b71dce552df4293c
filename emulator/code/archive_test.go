package code

import (
	"archive/zip"
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// An entry is one of a test archive. The zero mode stands for an archive that
// holds no Unix permissions, like those of Java's tools.
type entry struct {
	name    string
	content string
	mode    fs.FileMode
}

// writeArchive packs entries into a file called name in a fresh directory.
func writeArchive(t testing.TB, name string, entries ...entry) string {
	t.Helper()
	return writeRaw(t, name, pack(t, func(w *zip.Writer) {
		for _, e := range entries {
			header := &zip.FileHeader{Name: e.name, Method: zip.Deflate}
			if e.mode != 0 {
				header.SetMode(e.mode)
			}
			f, err := w.CreateHeader(header)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := f.Write([]byte(e.content)); err != nil {
				t.Fatal(err)
			}
		}
	}))
}

// pack returns the archive that fill writes.
func pack(t testing.TB, fill func(*zip.Writer)) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	fill(w)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// packRaw returns an archive with one entry whose header is taken as it is.
func packRaw(t testing.TB, header zip.FileHeader, content string) []byte {
	t.Helper()
	return pack(t, func(w *zip.Writer) {
		f, err := w.CreateRaw(&header)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(content)); err != nil {
			t.Fatal(err)
		}
	})
}

func writeRaw(t testing.TB, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// mustBeEmpty fails if dir holds anything.
func mustBeEmpty(t testing.TB, dir string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	for _, e := range entries {
		t.Errorf("%s was left behind", e.Name())
	}
}

func mustRead(t testing.TB, path, want string) {
	t.Helper()
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("%s holds %q, want %q", path, got, want)
	}
}
