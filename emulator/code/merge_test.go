package code

import (
	"os"
	"path/filepath"
	"testing"
)

func TestMerge(t *testing.T) {
	root := t.TempDir()
	for path, content := range map[string]string{
		"a/python/shared.py": "a", "a/python/a.py": "a", "a/bin/tool": "a", "a/kind/file": "a", "a/only/deep/file": "a",
		"b/python/shared.py": "b", "b/python/b.py": "b", "b/kind": "b",
	} {
		if err := os.MkdirAll(filepath.Join(root, filepath.Dir(path)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(root, path), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	opt := filepath.Join(root, "opt")
	if err := Merge([]string{filepath.Join(root, "a"), filepath.Join(root, "b")}, opt); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"python/shared.py": "b", "python/a.py": "a", "python/b.py": "b", "bin/tool": "a", "kind": "b", "only/deep/file": "a",
	} {
		if got, err := os.ReadFile(filepath.Join(opt, path)); err != nil || string(got) != want {
			t.Errorf("%s: %q %v, want %q", path, got, err, want)
		}
	}
	if err := Merge([]string{filepath.Join(root, "nothing")}, filepath.Join(root, "x")); err == nil {
		t.Error("a directory that does not exist was merged")
	}
}

func TestInline(t *testing.T) {
	cache := t.TempDir()
	first, err := Inline(t.Context(), "index.py", "print(1)\n", cache)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(filepath.Join(first, "index.py")); err != nil || string(got) != "print(1)\n" {
		t.Errorf("%q %v", got, err)
	}
	again, err := Inline(t.Context(), "index.py", "print(1)\n", cache)
	if err != nil || again != first {
		t.Errorf("%s %v, want %s", again, err, first)
	}
	if other, err := Inline(t.Context(), "index.py", "print(2)\n", cache); err != nil || other == first {
		t.Errorf("%s %v: the same directory for other content", other, err)
	}
}
