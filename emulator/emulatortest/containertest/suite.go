package containertest

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"sam/emulator"
)

// Options are what a Runner on containers can be told of images.
type Options struct {
	Pull        emulator.PullPolicy
	Credentials func(host string) (user, secret string, err error)
	Progress    emulator.Progress
	Notice      func(string)
}

// Defaults completes Options for a test: nobody is known to registries, and there
// is nothing to notice.
func (o Options) Defaults(t testing.TB) Options {
	if o.Credentials == nil {
		o.Credentials = func(string) (string, string, error) { return "", "", nil }
	}
	if o.Progress == nil {
		o.Progress = func(string, int64, int64) {}
	}
	if o.Notice == nil {
		o.Notice = func(text string) { t.Errorf("notice %q", text) }
	}
	return o
}

// An Opener opens a Runner for a test, always on the same daemon.
type Opener func(t *testing.T, options Options) emulator.Containers

// downloads collects what a Progress is told.
type downloads struct {
	mu   sync.Mutex
	last map[string][2]int64
}

func (d *downloads) progress(image string, done, total int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.last == nil {
		d.last = make(map[string][2]int64)
	}
	d.last[image] = [2]int64{done, total}
}

// TestImages checks that a Runner keeps the contract of emulator.Containers.
// layouts says whether its daemon knows archives of the OCI.
func TestImages(t *testing.T, open Opener, layouts bool) {
	t.Run("pulling", func(t *testing.T) { pulling(t, open) })
	t.Run("archives", func(t *testing.T) { archives(t, open, layouts) })
}

func pulling(t *testing.T, open Opener) {
	registry := NewRegistry(t, "ada", "secret")
	name := registry.Push("functions/python:3.12", Image{}.Build(t))
	known := func(host string) (user, secret string, err error) {
		if host != registry.Host {
			t.Errorf("asked for the credentials of %s", host)
		}
		return "ada", "secret", nil
	}

	t.Run("without credentials", func(t *testing.T) {
		_, err := open(t, Options{}).Image(t.Context(), name, false)
		checkImageError(t, err, name, "docker login")
	})
	t.Run("never", func(t *testing.T) {
		_, err := open(t, Options{Pull: emulator.PullNever, Credentials: known}).Image(t.Context(), name, false)
		checkImageError(t, err, name, "--skip-pull-image")
	})
	t.Run("nothing there", func(t *testing.T) {
		missing := registry.Host + "/functions/nothing:1"
		_, err := open(t, Options{Credentials: known}).Image(t.Context(), missing, false)
		checkImageError(t, err, missing, "check the name")
	})
	t.Run("missing", func(t *testing.T) {
		var d downloads
		image, err := open(t, Options{Credentials: known, Progress: d.progress}).Image(t.Context(), name, false)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(image.ID, "sha256:") || !slices.Contains(image.Env, "PATH=/usr/local/bin:/usr/bin:/bin") {
			t.Errorf("%+v", image)
		}
		if told := d.last[name]; told[0] != told[1] || told[0] == 0 {
			t.Errorf("the last that was told of the download is %v", told)
		}
	})
	t.Run("there already", func(t *testing.T) {
		offline := func(string) (string, string, error) { t.Error("the registry was asked"); return "", "", nil }
		if _, err := open(t, Options{Credentials: offline}).Image(t.Context(), name, false); err != nil {
			t.Error(err)
		}
	})
	t.Run("always, without the registry", func(t *testing.T) {
		var noticed []string
		wrong := func(string) (string, string, error) { return "ada", "forgotten", nil }
		runner := open(t, Options{
			Pull: emulator.PullAlways, Credentials: wrong,
			Notice: func(text string) { noticed = append(noticed, text) },
		})
		if _, err := runner.Image(t.Context(), name, false); err != nil {
			t.Error(err)
		}
		if len(noticed) != 1 || !strings.Contains(noticed[0], "could not be pulled, and is used as it is here") {
			t.Errorf("noticed %q", noticed)
		}
	})
	t.Run("another processor", func(t *testing.T) {
		foreign := registry.Push("functions/python:s390x", Image{Architecture: "s390x"}.Build(t))
		_, err := open(t, Options{Credentials: known}).Image(t.Context(), foreign, false)
		checkImageError(t, err, foreign, "linux/")
	})
	t.Run("no network", func(t *testing.T) {
		free, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		nowhere := free.Addr().String() + "/image:1"
		_ = free.Close()
		_, err = open(t, Options{}).Image(t.Context(), nowhere, false)
		checkImageError(t, err, nowhere, "without a network")
	})
	t.Run("an interrupt", func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		why := errors.New("changed my mind")
		runner := open(t, Options{
			Pull:        emulator.PullAlways,
			Credentials: func(string) (string, string, error) { cancel(why); return "ada", "secret", nil },
		})
		if _, err := runner.Image(ctx, name, false); !errors.Is(err, why) {
			t.Errorf("error %v", err)
		}
	})
}

func archives(t *testing.T, open Opener, layouts bool) {
	runner := open(t, Options{})
	tools := Image{}.Build(t)
	archive := Archive(t, "tools:1", tools)
	t.Run("of docker save", func(t *testing.T) {
		image, err := runner.Image(t.Context(), archive, false)
		if err != nil {
			t.Fatal(err)
		}
		byName, err := runner.Image(t.Context(), "tools:1", false)
		if err != nil || byName.ID != image.ID {
			t.Errorf("%+v by its name, want %+v; %v", byName, image, err)
		}
		again, err := runner.Image(t.Context(), archive, false)
		if err != nil || again.ID != image.ID {
			t.Errorf("%+v the second time; %v", again, err)
		}
	})
	t.Run("of the OCI's layout", func(t *testing.T) {
		layout := Layout(t, tools)
		if _, err := runner.Image(t.Context(), layout, false); !layouts {
			checkImageError(t, err, layout, "docker save -o FILE")
		} else if err != nil {
			t.Error(err)
		}
	})
	t.Run("cut off", func(t *testing.T) {
		data, err := os.ReadFile(archive)
		if err != nil {
			t.Fatal(err)
		}
		broken := filepath.Join(t.TempDir(), "broken.tar")
		if err := os.WriteFile(broken, data[:len(data)/2], 0o600); err != nil {
			t.Fatal(err)
		}
		_, err = runner.Image(t.Context(), broken, false)
		checkImageError(t, err, broken, "docker save -o FILE")
	})
	t.Run("something else", func(t *testing.T) {
		text := filepath.Join(t.TempDir(), "text")
		if err := os.WriteFile(text, []byte("hello"), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := runner.Image(t.Context(), text, false)
		checkImageError(t, err, text, "docker save -o FILE")
	})
	t.Run("for another processor", func(t *testing.T) {
		other := Archive(t, "other:1", Image{Architecture: "s390x"}.Build(t))
		_, err := runner.Image(t.Context(), other, false)
		checkImageError(t, err, other, "linux/")
	})
	t.Run("no name of an image", func(t *testing.T) {
		_, err := runner.Image(t.Context(), "Not A Name", false)
		checkImageError(t, err, "Not A Name", "")
	})
}

func checkImageError(t *testing.T, err error, image, advice string) {
	t.Helper()
	e, ok := errors.AsType[*emulator.ImageError](err)
	if !ok || e.Image != image || !strings.Contains(e.Hint(), advice) {
		t.Errorf("error %v; want one about %s that advises %q", err, image, advice)
		if ok {
			t.Logf("advice %q", e.Hint())
		}
	}
}
