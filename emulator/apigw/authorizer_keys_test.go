package apigw

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// knows tells whether a set has a key, and what keeps it from knowing.
func knows(t *testing.T, s *keySet, kid string, now time.Time) (bool, string) {
	t.Helper()
	keys, err := s.find(t.Context(), kid, now)
	return len(keys) == 1, message(err)
}

func TestKeysOfAURL(t *testing.T) {
	var requests atomic.Int32
	var text atomic.Value // nil: the server is out of order
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		requests.Add(1)
		if keys, ok := text.Load().([]byte); ok {
			_, _ = w.Write(keys)
			return
		}
		w.WriteHeader(http.StatusBadGateway)
	}))
	defer server.Close()
	s := newKeySet(server.URL + "/jwks.json")
	if requests.Load() != 0 {
		t.Fatal("keys were asked for before there was a token")
	}
	now := stopped()
	for _, step := range []struct {
		name     string
		wait     time.Duration
		keys     []byte // that the server has from now on
		kid      string
		known    bool
		message  string
		requests int32
	}{
		{"out of order", 0, nil, "k1", false, "/jwks.json: the server answers 502 Bad Gateway", 1},
		{"at once", time.Second, keySetText("k1"), "k1", false, "502", 1},
		{"soon", time.Second, nil, "k1", true, "", 2},
		{"again", 0, nil, "k1", true, "", 2},
		{"unknown at once", keysPause - 1, nil, "k2", false, "", 2},
		{"unknown later", 1, nil, "k2", false, "", 3},
		{"known by now, but it is too soon", keysPause - 1, keySetText("k1", "k2"), "k2", false, "", 3},
		{"known", 1, nil, "k2", true, "", 4},
		{"those of before", 0, nil, "k1", true, "", 4},
		{"no set any more", keysPause, []byte("oops"), "k3", false, "it is no JSON Web Key Set", 5},
		{"those of before, still", 0, nil, "k1", true, "", 5},
	} {
		now = now.Add(step.wait)
		if step.keys != nil {
			text.Store(step.keys)
		}
		known, message := knows(t, s, step.kid, now)
		if known != step.known || !strings.Contains(message, step.message) || (message == "") != (step.message == "") {
			t.Errorf("%s: %s is known: %v, %s", step.name, step.kid, known, message)
		}
		if requests.Load() != step.requests {
			t.Errorf("%s: %d requests, want %d", step.name, requests.Load(), step.requests)
		}
	}
}

func TestKeysOfAURLOutliveTheFirstClient(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(keySetText("k1")) }))
	defer server.Close()
	gone, leave := context.WithCancel(t.Context())
	leave()
	if keys, err := newKeySet(server.URL).find(gone, "k1", stopped()); len(keys) != 1 || err != nil {
		t.Errorf("got %v, %v", keys, err)
	}
}

func TestKeysOfAURLThatCannotBeReached(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	_, text := knows(t, newKeySet(server.URL), "k1", stopped())
	if want := "read the keys of JWT authorizers from " + server.URL + ": dial tcp"; !strings.HasPrefix(text, want) {
		t.Errorf("got %q, want %q...", text, want)
	}
}

func TestKeysOfAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "jwks.json")
	s := newKeySet(path)
	modified := stopped()
	for _, step := range []struct {
		name    string
		text    []byte // nil: there is no file
		kid     string
		known   bool
		message string
	}{
		{"no file", nil, "k1", false, "no such file"},
		{"a file", keySetText("k1"), "k1", true, ""},
		{"another kid", keySetText("k1"), "k2", false, ""},
		{"another key", keySetText("k2"), "k2", true, ""},
		{"not that of before", keySetText("k2"), "k1", false, ""},
		{"half a file", keySetText("k2")[:20], "k2", false, "it is no JSON Web Key Set: unexpected end"},
		{"whole again", keySetText("k2"), "k2", true, ""},
		{"no file any more", nil, "k2", false, "no such file"},
		{"no set", []byte(`{"issuer": "i", "jwks_uri": "https://issuer.example/keys"}`), "k1", false, "it is the configuration of an issuer; its keys are at https://issuer.example/keys"},
		{"no keys", []byte(`{}`), "k1", false, "it has no RSA keys"},
		{"no RSA keys", keySetText(), "curve", false, "it has no RSA keys"},
	} {
		if step.text == nil {
			_ = os.Remove(path)
		} else if err := os.WriteFile(path, step.text, 0o600); err != nil {
			t.Fatal(err)
		}
		modified = modified.Add(time.Second)
		_ = os.Chtimes(path, modified, modified) // there may be no file
		known, message := knows(t, s, step.kid, stopped())
		if known != step.known || !strings.Contains(message, step.message) || (message == "") != (step.message == "") {
			t.Errorf("%s: %s is known: %v, %s", step.name, step.kid, known, message)
		}
		if message != "" && !strings.Contains(message, path) {
			t.Errorf("%s: %q does not name the file", step.name, message)
		}
	}
}

func TestPrivateKeysOfASetCheckTokens(t *testing.T) {
	set := jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: issuerKey(), KeyID: "k1"}}}
	keys, err := parseKeys(must(json.Marshal(set)))
	if err != nil || len(keys) != 1 || !keys[0].IsPublic() {
		t.Errorf("got %v, %v", keys, err)
	}
}

func TestNoKeySet(t *testing.T) {
	if newKeySet("") != nil {
		t.Error("there is a key set without a location")
	}
}
