package code

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const linkMode = fs.ModeSymlink | 0o777

func TestUnpackKeepsLinks(t *testing.T) {
	dir, err := Open(t.Context(), writeArchive(t, "a.zip",
		entry{name: "lib/libx.so", content: "libx.so.1", mode: linkMode}, // before its target
		entry{name: "lib/libx.so.1", content: "elf"},
		entry{name: "node_modules/.bin/tool", content: "../tool/cli.js", mode: linkMode},
		entry{name: "node_modules/tool/cli.js", content: "cli"},
		entry{name: "node_modules/self", content: "..", mode: linkMode},
		entry{name: "dangling", content: "not/there", mode: linkMode},
	), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	mustRead(t, filepath.Join(dir, "lib/libx.so"), "elf")
	mustRead(t, filepath.Join(dir, "node_modules/.bin/tool"), "cli")
	mustRead(t, filepath.Join(dir, "node_modules/self/lib/libx.so.1"), "elf")
	if target, err := os.Readlink(filepath.Join(dir, "dangling")); err != nil || target != "not/there" {
		t.Errorf("got %q, %v", target, err)
	}
}

func TestOpenRefusesLinks(t *testing.T) {
	tests := []struct {
		name    string
		entries []entry
		want    string
	}{
		{"absolute", []entry{{"l", "/etc/passwd", linkMode}}, `entry "l": it is a symbolic link to "/etc/passwd", which is no relative path`},
		{"empty", []entry{{"l", "", linkMode}}, "no relative path"},
		{"parent", []entry{{"l", "../out", linkMode}}, "leads out of the archive"},
		{"parent later", []entry{{"d/l", "x/../../../out", linkMode}}, "leads out of the archive"},
		{"through a link", []entry{{"d/up", "..", linkMode}, {"l", "d/up/../out", linkMode}}, "leads out of the archive"},
		{"through a dangling link", []entry{{"d/e/l", "x/../..", linkMode}, {"d/e/x", "../../later", linkMode}}, "leads out of the archive"},
		{"circle", []entry{{"a", "b", linkMode}, {"b", "a", linkMode}}, "round in circles"},
		{"write through", []entry{{"l", "d", linkMode}, {"l/x", "y", 0}, {"d/x", "y", 0}}, "same name"},
		{"link in a link", []entry{{"l", "d", linkMode}, {"l/x", "y", linkMode}, {"d/", "", 0}}, "same name"},
		{"twice", []entry{{"l", "a", linkMode}, {"l", "b", linkMode}}, "same name"},
		{"over a file", []entry{{"l", "a", linkMode}, {"l", "b", 0}}, "same name"},
		{"long target", []entry{{"l", strings.Repeat("x", maxPath), linkMode}}, "longer than a path"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cache := t.TempDir()
			_, err := Open(t.Context(), writeArchive(t, "a.zip", tt.entries...), cache)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
			mustBeEmpty(t, filepath.Join(cache, subdir))
		})
	}
}
