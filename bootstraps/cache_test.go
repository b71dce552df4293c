package bootstraps

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestAnswersAreRemembered(t *testing.T) {
	h := newHost(t)
	path := h.node("bin/node", "20.1.0")
	h.script("usr/bin/node", "exit 1")
	for i, want := range [][]string{{"bin/node", "usr/bin/node"}, nil} {
		find(t, h.finder(), "nodejs18.x")
		if asked := h.asked(); !slices.Equal(asked, want) {
			t.Errorf("round %d: asked %q, want %q", i, asked, want)
		}
	}

	// Another file under the same name is another interpreter.
	h.node("bin/node", "18.19.0")
	if err := os.Chtimes(path, time.Time{}, time.Unix(1700000000, 0)); err != nil {
		t.Fatal(err)
	}
	if in := find(t, h.finder(), "nodejs18.x"); in.Version != "18.19.0" {
		t.Errorf("found %+v after the file changed", in)
	}
	if asked := h.asked(); !slices.Equal(asked, []string{"bin/node"}) {
		t.Errorf("asked %q after the file changed", asked)
	}
}

func TestNothingIsRememberedWithoutACacheFile(t *testing.T) {
	h := newHost(t)
	h.node("bin/node", "20.1.0")
	f := h.finder()
	f.CacheFile = ""
	for range 2 {
		find(t, f, "nodejs20.x")
		if asked := h.asked(); len(asked) != 1 {
			t.Errorf("asked %q", asked)
		}
	}
	if _, err := os.Stat(h.path("cache")); err == nil {
		t.Error("a cache was written")
	}
}

func TestDamagedCachesAreNone(t *testing.T) {
	h := newHost(t)
	path := h.node("bin/node", "20.1.0")
	find(t, h.finder(), "nodejs20.x")
	good, err := os.ReadFile(h.finder().CacheFile)
	if err != nil {
		t.Fatal(err)
	}
	damaged := map[string]string{
		"empty":        "",
		"cut off":      string(good[:len(good)/2]),
		"not JSON":     "\x00\x01",
		"other types":  `{"format": 2, "probes": [1]}`,
		"null":         "null",
		"null within":  `{"format": 2, "probes": {"nodejs": null}}`,
		"other format": strings.Replace(string(good), `"format": 2`, `"format": 1`, 1),
		"bad version":  strings.Replace(string(good), "20.1.0", "20.x", 1),
	}
	for name, content := range damaged {
		t.Run(name, func(t *testing.T) {
			h.asked()
			h.file("cache/sam/interpreters.json", content, 0o600)
			if in := find(t, h.finder(), "nodejs20.x"); in.Path != path {
				t.Errorf("found %+v", in)
			}
			if asked := h.asked(); len(asked) != 1 {
				t.Errorf("asked %q", asked)
			}
			if now, _ := os.ReadFile(h.finder().CacheFile); string(now) != string(good) {
				t.Errorf("the cache is now %s", now)
			}
		})
	}
}

func TestUnwritableCacheIsNoError(t *testing.T) {
	h := newHost(t)
	h.node("bin/node", "20.1.0")
	h.file("cache", "a file where the directory should be", 0o644)
	find(t, h.finder(), "nodejs20.x")

	h = newHost(t)
	h.node("bin/node", "20.1.0")
	h.file("cache/sam/interpreters.json/README", "a directory where the file should be", 0o644)
	find(t, h.finder(), "nodejs20.x")
	entries, err := os.ReadDir(h.path("cache/sam"))
	if err != nil || len(entries) != 1 {
		t.Errorf("left behind %v, %v", entries, err)
	}
}

func TestVanishedFilesAreForgotten(t *testing.T) {
	h := newHost(t)
	gone := h.python("bin/python3.8", "3.8.1")
	h.python("bin/python3.9", "3.9.1")
	find(t, h.finder(), "python3.8")
	if err := os.Remove(gone); err != nil {
		t.Fatal(err)
	}
	find(t, h.finder(), "python3.9")
	if got := remembered(t, h); !slices.Equal(got, []string{"bin/python3.9"}) {
		t.Errorf("remembered %q", got)
	}
}

func TestSilenceIsBelievedForADay(t *testing.T) {
	h := newHost(t)
	h.script("bin/node", "exit 1")
	f := h.finder()
	missing(t, f, "nodejs20.x")
	missing(t, f, "nodejs20.x")
	if asked := h.asked(); len(asked) != 1 {
		t.Errorf("asked %q", asked)
	}

	f.All(t.Context())
	if asked := h.asked(); len(asked) != 1 {
		t.Errorf("All asked %q", asked)
	}

	for _, age := range []time.Duration{silenceHolds + time.Minute, -time.Hour} {
		rewrite(t, f.CacheFile, func(a *answer) { a.SilentAt = time.Now().Add(-age).Unix() })
		missing(t, f, "nodejs20.x")
		if asked := h.asked(); len(asked) != 1 {
			t.Errorf("asked %q about a silence %v ago", asked, age)
		}
	}
}

func TestWhatDidNotStartIsNotRemembered(t *testing.T) {
	h := newHost(t)
	h.file("bin/node", "#!/nonexistent\n", 0o755)
	missing(t, h.finder(), "nodejs20.x")
	if _, err := os.Stat(h.finder().CacheFile); err == nil {
		t.Errorf("remembered %q", remembered(t, h))
	}
}

// Two runs that overlap keep what both learned.
func TestOverlappingRunsMergeTheirAnswers(t *testing.T) {
	h := newHost(t)
	h.python("bin/python3.8", "3.8.1")
	h.python("bin/python3.9", "3.9.1")
	slow := search{h.finder(), loadAnswers(h.finder().CacheFile)}
	if _, err := slow.find(t.Context(), parse(t, "python3.8")); err != nil {
		t.Fatal(err)
	}
	find(t, h.finder(), "python3.9")
	slow.answers.save()
	if got := remembered(t, h); !slices.Equal(got, []string{"bin/python3.8", "bin/python3.9"}) {
		t.Errorf("remembered %q", got)
	}
}

func TestConcurrentFinds(t *testing.T) {
	h := newHost(t)
	for _, v := range []string{"3.8.1", "3.9.1", "3.10.1", "3.11.1"} {
		h.python("home/.pyenv/versions/"+v+"/bin/python", v)
	}
	f := h.finder()
	var wg sync.WaitGroup
	for _, id := range []string{"python3.8", "python3.9", "python3.10", "python3.11"} {
		for range 4 {
			wg.Go(func() {
				in, err := f.Find(t.Context(), Runtime{id, Python, strings.TrimPrefix(id, "python")})
				if err != nil || !in.Exact {
					t.Errorf("%s: %+v, %v", id, in, err)
				}
			})
		}
	}
	wg.Wait()
	remembered(t, h)
	entries, err := os.ReadDir(filepath.Dir(f.CacheFile))
	if err != nil || len(entries) != 1 {
		t.Errorf("left behind %v, %v", entries, err)
	}
}

// remembered returns which files the cache has answers of.
func remembered(t *testing.T, h *host) []string {
	t.Helper()
	var names []string
	for _, byPath := range readCache(t, h.finder().CacheFile).Probes {
		for path := range byPath {
			names = append(names, strings.TrimPrefix(path, h.dir+"/"))
		}
	}
	slices.Sort(names)
	return names
}

func readCache(t *testing.T, file string) cacheFile {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var stored cacheFile
	if err := json.Unmarshal(data, &stored); err != nil {
		t.Fatal(err)
	}
	return stored
}

// rewrite changes every answer in a cache file.
func rewrite(t *testing.T, file string, change func(*answer)) {
	t.Helper()
	stored := readCache(t, file)
	for _, byPath := range stored.Probes {
		for path, given := range byPath {
			change(&given)
			byPath[path] = given
		}
	}
	data, err := json.Marshal(stored)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
}
