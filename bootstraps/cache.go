package bootstraps

import (
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// answers remembers what executable files answered to a probe, for the time of
// a search and, in a file, from run to run.
type answers struct {
	file  string // "" for none
	known map[Language]map[string]answer
}

// An answer is that of one file, as long as its size and time stay the same.
type answer struct {
	Size     int64    `json:"size"`
	ModTime  int64    `json:"mtime"`              // nanoseconds since 1970
	Versions []string `json:"versions,omitempty"` // one, but for .NET
	// SilentAt is when the file failed to answer, in seconds since 1970.
	SilentAt int64 `json:"silent_at,omitempty"`

	real     string // the interpreter that the file leads to
	err      error  // why it is silent
	fresh    bool   // from this search
	fleeting bool   // the same file may answer differently next time
}

const (
	// silenceHolds bounds how long a failure is believed: what the file lacked,
	// a shared library for example, may be there by then.
	silenceHolds = 24 * time.Hour

	// cacheFormat changes whenever a probe asks something else.
	cacheFormat = 2
)

// silent says whether the file failed to answer.
func (a *answer) silent() bool { return len(a.Versions) == 0 }

// best returns which of the file's versions runs rt best, nil if it is silent.
func (a *answer) best(rt Runtime) version {
	want := parseVersion(rt.Version)
	var best version
	for _, text := range a.Versions {
		v := parseVersion(text)
		if c := compareStandIns(v, best, want); best == nil || c < 0 || c == 0 && slices.Compare(v, best) > 0 {
			best = v
		}
	}
	return best
}

type cacheFile struct {
	Format int                            `json:"format"`
	Probes map[Language]map[string]answer `json:"probes"`
}

// loadAnswers reads a cache file. One that is absent or damaged is empty:
// nothing but time depends on it.
func loadAnswers(file string) *answers {
	a := &answers{file: file, known: make(map[Language]map[string]answer)}
	if file == "" {
		return a
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return a
	}
	var stored cacheFile
	if json.Unmarshal(data, &stored) == nil && stored.Format == cacheFormat && stored.Probes != nil {
		a.known = stored.Probes
	}
	return a
}

// lookup returns the answer of the file at path as it is now.
func (a *answers) lookup(lang Language, path string, info fs.FileInfo) (answer, bool) {
	found, ok := a.known[lang][path]
	switch {
	case !ok || found.Size != info.Size() || found.ModTime != info.ModTime().UnixNano():
		return answer{}, false
	case found.fresh:
		return found, true
	case found.silent():
		age := time.Since(time.Unix(found.SilentAt, 0))
		return found, age >= 0 && age < silenceHolds
	}
	// Only files that are interpreters themselves are kept, or links to one.
	real, err := filepath.EvalSymlinks(path)
	found.real = real
	damaged := slices.ContainsFunc(found.Versions, func(v string) bool { return len(parseVersion(v)) != 3 })
	return found, err == nil && !damaged
}

func (a *answers) add(lang Language, path string, info fs.FileInfo, given answer) {
	given.Size, given.ModTime, given.fresh = info.Size(), info.ModTime().UnixNano(), true
	if a.known[lang] == nil {
		a.known[lang] = make(map[string]answer)
	}
	a.known[lang][path] = given
}

// forgetSilent drops what is known about files that failed to answer.
func (a *answers) forgetSilent() {
	for _, byPath := range a.known {
		for path, given := range byPath {
			if given.silent() {
				delete(byPath, path)
			}
		}
	}
}

// save adds what this search learned to the cache file. Failing to is no
// error, for a probe can always be repeated.
func (a *answers) save() {
	learned := make(map[Language]map[string]answer)
	for lang, byPath := range a.known {
		for path, given := range byPath {
			if !given.fresh || given.fleeting {
				continue
			}
			if learned[lang] == nil {
				learned[lang] = make(map[string]answer)
			}
			learned[lang][path] = given
		}
	}
	if a.file == "" || len(learned) == 0 {
		return
	}
	stored := loadAnswers(a.file) // anew, for another run may have written
	for lang, byPath := range learned {
		if stored.known[lang] == nil {
			stored.known[lang] = byPath
		} else {
			maps.Copy(stored.known[lang], byPath)
		}
	}
	for _, byPath := range stored.known {
		for path := range byPath {
			if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
				delete(byPath, path)
			}
		}
	}
	data, err := json.MarshalIndent(cacheFile{cacheFormat, stored.known}, "", "\t")
	if err != nil {
		return
	}
	_ = replaceFile(a.file, data)
}

// replaceFile writes a file that readers see in its old or in its new state.
func replaceFile(name string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return err
	}
	temp, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+"-*")
	if err != nil {
		return err
	}
	_, err = temp.Write(data)
	if err = errors.Join(err, temp.Close()); err == nil {
		err = os.Rename(temp.Name(), name)
	}
	if err != nil {
		os.Remove(temp.Name())
	}
	return err
}
