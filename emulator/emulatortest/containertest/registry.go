package containertest

import (
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"
)

// A Registry holds images, for those with the right name and password.
type Registry struct {
	// Host is its address on the loopback interface, with its port.
	Host           string
	user, password string
	t              testing.TB
}

// NewRegistry starts a registry. An empty user is everybody.
func NewRegistry(t testing.TB, user, password string) *Registry {
	t.Helper()
	images := registry.New(registry.Logger(log.New(io.Discard, "", 0)))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if name, secret, _ := r.BasicAuth(); user != "" && (name != user || secret != password) {
			w.Header().Set("WWW-Authenticate", `Basic realm="test"`)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		images.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return &Registry{Host: strings.TrimPrefix(server.URL, "http://"), user: user, password: password, t: t}
}

// Push puts an image into the registry and returns its name, of which
// repository is the end.
func (r *Registry) Push(repository string, image v1.Image) string {
	r.t.Helper()
	full := r.Host + "/" + repository
	reference, err := name.ParseReference(full)
	if err != nil {
		r.t.Fatal(err)
	}
	auth := authn.Anonymous
	if r.user != "" {
		auth = &authn.Basic{Username: r.user, Password: r.password}
	}
	if err := remote.Write(reference, image, remote.WithAuth(auth)); err != nil {
		r.t.Fatal(err)
	}
	return full
}

func hostArchitecture() string { return runtime.GOARCH }
