package scaffold

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sam/bootstraps"
	"sam/emulator/template"
)

func TestNames(t *testing.T) {
	for _, name := range []string{"a", "sam-app", "My App", "shop_2.0", "Größe", "7"} {
		if err := checkName(name); err != nil {
			t.Errorf("%q is refused: %v", name, err)
		}
	}
	for _, name := range []string{
		"", ".", "..", "../x", "a/b", "/a", `a\b`, "a\nb", "a\x00b", ".git", "a.", " a", "-rf", "_a", "a\tb", "a\u202eb",
		`a"b`, "a'b", "a:b", "a{b", "<a>", "a&b", "$a", "~", "*", strings.Repeat("a", 256),
	} {
		if err := checkName(name); err == nil {
			t.Errorf("%q is accepted", name)
		}
	}
}

func TestSlugs(t *testing.T) {
	for name, want := range map[string]string{"sam-app": "sam-app", "My App": "my-app", "shop_2.0": "shop-2-0", "7": "app-7", "Größe": "gr-e", "Ä": "app"} {
		if got := slug(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

func TestCreateLeavesNothingBehind(t *testing.T) {
	dir := t.TempDir()
	failed := errors.New("failed")
	err := create(filepath.Join(dir, "deep/er"), "app", func(_ string, root *os.Root) error {
		return errors.Join(root.Mkdir("sub", 0o700), root.WriteFile("sub/file", nil, 0o400), failed)
	})
	if !errors.Is(err, failed) {
		t.Errorf("%v", err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) > 0 {
		t.Errorf("there is %v, %v", entries, err)
	}
}

func TestCreateTouchesNothingThatExists(t *testing.T) {
	dir := t.TempDir()
	if err := os.Symlink(t.TempDir(), filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "empty"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"link", "empty"} {
		err := create(dir, name, func(string, *os.Root) error {
			t.Errorf("%s is filled", name)
			return nil
		})
		if exists := (*existsError)(nil); !errors.As(err, &exists) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := os.Lstat(filepath.Join(dir, name)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestEveryTemplate makes all projects that there are, and reads their
// templates.
func TestEveryTemplate(t *testing.T) {
	all, err := builtins()
	if err != nil {
		t.Fatal(err)
	}
	names := []string{"nodejs", "python", "ruby", "java", "dotnet", "dotnetcore", "go"}
	for _, rt := range bootstraps.Runtimes() {
		names = append(names, rt.ID)
	}
	made := 0
	for _, b := range all {
		for _, name := range names {
			chosen, err := chooseRuntime(name)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := find(all, b.Name, chosen); err != nil {
				continue
			}
			made++
			dir := t.TempDir()
			err = create(dir, "My App", func(_ string, root *os.Root) error {
				return b.generate(t.Context(), "My App", chosen, root)
			})
			if err != nil {
				t.Errorf("%s, %s: %v", b.Name, name, err)
				continue
			}
			path := filepath.Join(dir, "My App", "template.yaml")
			read, err := template.Read(path, template.Options{Region: "us-east-1", Account: "123456789012"})
			if err != nil {
				t.Errorf("%s, %s: %v", b.Name, name, err)
				continue
			}
			if problems, err := read.Check(); err != nil || len(problems) > 0 {
				t.Errorf("%s, %s: %v %v", b.Name, name, problems, err)
			}
			for _, fn := range read.Functions() {
				if fn.Runtime != chosen.runtime.ID || fn.Handler == "" {
					t.Errorf("%s, %s: the function %s has the runtime %q and the handler %q", b.Name, name, fn.LogicalID, fn.Runtime, fn.Handler)
				}
			}
			if leftovers(t, filepath.Join(dir, "My App")) {
				t.Errorf("%s, %s: there is Jinja in the project", b.Name, name)
			}
		}
	}
	if made < 80 {
		t.Errorf("%d projects were made", made)
	}
}

// leftovers says whether a file still has a tag, or the ending of one that is
// rendered.
func leftovers(t *testing.T, dir string) bool {
	t.Helper()
	found := false
	err := filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		found = found || strings.HasSuffix(path, ".jinja") || strings.Contains(string(content), "{%") || strings.Contains(string(content), "{{ ")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestGenerateEndsWithItsContext(t *testing.T) {
	all, err := builtins()
	if err != nil {
		t.Fatal(err)
	}
	chosen, err := chooseRuntime("python")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	dir := t.TempDir()
	err = create(dir, "app", func(_ string, root *os.Root) error { return all[0].generate(ctx, "app", chosen, root) })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) > 0 {
		t.Errorf("there is %v, %v", entries, err)
	}
}
