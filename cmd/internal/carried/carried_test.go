package carried

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func pack(t *testing.T, content string) *io.SectionReader {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(content)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return io.NewSectionReader(bytes.NewReader(b.Bytes()), 0, int64(b.Len()))
}

func TestUnpacking(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "cache", "carried")
	content := strings.Repeat("program", 100_000)
	packed := pack(t, content)
	paths := make([]string, 20)
	var wg sync.WaitGroup
	for i := range paths {
		wg.Go(func() {
			var err error
			if paths[i], err = unpacked(dir, "p", packed); err != nil {
				t.Error(err)
				return
			}
			if got, err := os.ReadFile(paths[i]); err != nil || string(got) != content {
				t.Errorf("%d bytes, %v", len(got), err)
			}
		})
	}
	wg.Wait()
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("%v, there are %v", err, entries)
	}
	info, err := os.Stat(paths[0])
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("%v, the mode is %v", err, info.Mode())
	}

	t.Run("a truncated one is made again", func(t *testing.T) {
		if err := os.Truncate(paths[0], 10); err != nil {
			t.Fatal(err)
		}
		path, err := unpacked(dir, "p", packed)
		if got, readErr := os.ReadFile(path); err != nil || readErr != nil || string(got) != content {
			t.Errorf("%d bytes, %v, %v", len(got), err, readErr)
		}
	})
	t.Run("older ones are removed", func(t *testing.T) {
		path, err := unpacked(dir, "p", pack(t, "newer"))
		if entries, readErr := os.ReadDir(dir); err != nil || readErr != nil || len(entries) != 1 || filepath.Join(dir, entries[0].Name()) != path {
			t.Errorf("%v, %v: there are %v", err, readErr, entries)
		}
	})
	t.Run("nobody else may write to the directory", func(t *testing.T) {
		if err := os.Chmod(dir, 0o777); err != nil {
			t.Fatal(err)
		}
		if path, err := unpacked(dir, "p", packed); err == nil {
			t.Errorf("%s was unpacked", path)
		}
	})
	t.Run("nor may everybody to the one that it is in", func(t *testing.T) {
		if err := errors.Join(os.Chmod(dir, 0o700), os.Chmod(filepath.Dir(dir), 0o777)); err != nil {
			t.Fatal(err)
		}
		if path, err := unpacked(dir, "p", packed); err == nil {
			t.Errorf("%s was unpacked", path)
		}
	})
}

func TestMissingProgram(t *testing.T) {
	err := Become(t.TempDir(), "nothing", nil, nil)
	if want := "this sam was built without nothing, which does this"; err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
}
