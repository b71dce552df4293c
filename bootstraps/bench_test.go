package bootstraps

import (
	"fmt"
	"os"
	"testing"
)

// BenchmarkFind measures a Find of which every answer is known, on a host with
// a PATH of twelve directories, ten versions in pyenv and ten in nvm. It is on
// the way of each local invocation.
func BenchmarkFind(b *testing.B) {
	h := newHost(b)
	f := h.finder()
	for i := range 12 {
		dir := h.path(fmt.Sprintf("path/%d", i))
		if err := os.MkdirAll(dir, 0o755); err != nil {
			b.Fatal(err)
		}
		f.Path += string(os.PathListSeparator) + dir
	}
	h.python("usr/bin/python3", "3.11.2")
	h.node("usr/bin/node", "20.11.0")
	for i := range 10 {
		h.python(fmt.Sprintf("home/.pyenv/versions/3.%d.1/bin/python3.%[1]d", 6+i), fmt.Sprintf("3.%d.1", 6+i))
		h.node(fmt.Sprintf("home/.nvm/versions/node/v%d.1.0/bin/node", 4+2*i), fmt.Sprintf("%d.1.0", 4+2*i))
	}
	for _, bm := range []struct{ name, runtime string }{
		{"exact on PATH", "nodejs20.x"},
		{"exact in pyenv", "python3.8"},
		{"exact in nvm", "nodejs18.x"},
		{"stand-in", "nodejs8.10"},
		{"nothing", "python2.7"},
	} {
		rt, err := Parse(bm.runtime)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(bm.name, func(b *testing.B) {
			for b.Loop() {
				_, _ = f.Find(b.Context(), rt)
			}
		})
	}
}
