package code

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestLinked(t *testing.T) {
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	at := func(name string) string { return filepath.Join(root, name) }
	for _, dir := range []string{"shop/lib", "shop/node_modules/@ours", "shared", "packages/a/node_modules", "packages/b", "node_modules/hoisted", "data"} {
		if err := os.MkdirAll(at(dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for link, target := range map[string]string{
		"shop/lib/inside":           "../node_modules",
		"shop/lib/shared":           "../../shared",
		"shop/data":                 at("data"),
		"shop/broken":               "../nothing",
		"shop/node_modules/@ours/a": "../../../packages/a",
		"packages/a/node_modules/b": "../../b",
	} {
		if err := os.Symlink(target, at(link)); err != nil {
			t.Fatal(err)
		}
	}
	paths, links := Linked(at("shop"), "/var/task")
	slices.Sort(paths)
	if want := []string{at("data"), at("node_modules"), at("packages/a"), at("packages/b"), at("shared")}; !slices.Equal(paths, want) {
		t.Errorf("paths %q, want %q", paths, want)
	}
	// From /var/task, the links lead to these.
	if want := map[string]string{"/var/shared": at("shared"), "/var/packages/a": at("packages/a")}; !maps.Equal(links, want) {
		t.Errorf("links %q, want %q", links, want)
	}
}
