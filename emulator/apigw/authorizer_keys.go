package apigw

import (
	"context"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// How often a URL is asked for keys that are not among those that it gave, and
// how long for. AWS keeps keys for two hours, and waits 1.5 seconds.
const (
	keysPause        = time.Minute
	keysPauseOnError = 2 * time.Second
	keysTimeout      = 5 * time.Second
	maxKeys          = 1 << 20 // bytes
)

// A keySet is a JSON Web Key Set in a file, which may change, or at a URL.
type keySet struct {
	location string
	client   *http.Client // nil: the location is a file

	mu   sync.Mutex
	keys []jose.JSONWebKey
	err  error // why there are none, or no newer ones
	// next is when the URL may be asked again.
	next time.Time
	// modified and size tell whether the file has changed.
	modified time.Time
	size     int64
}

// newKeySet returns the key set in a file or at an http or https URL, nil if the
// location is empty. Nothing is read before a key is looked for.
func newKeySet(location string) *keySet {
	if location == "" {
		return nil
	}
	s := &keySet{location: location}
	if strings.HasPrefix(location, "http://") || strings.HasPrefix(location, "https://") {
		s.client = &http.Client{
			Timeout: keysTimeout,
			// A connection would be kept for one request a minute.
			Transport: &http.Transport{Proxy: http.ProxyFromEnvironment, DisableKeepAlives: true},
		}
	}
	return s
}

// find returns the keys with an id, of which there should be one. The error
// tells why it is not known whether there is one.
func (s *keySet) find(ctx context.Context, id string, now time.Time) ([]jose.JSONWebKey, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.client == nil {
		s.readFile()
	}
	found := s.withID(id)
	if found == nil && s.client != nil && !now.Before(s.next) {
		s.download(ctx, now)
		found = s.withID(id)
	}
	if found == nil && s.err != nil {
		return nil, fmt.Errorf("read the keys of JWT authorizers from %s: %w", s.location, s.err)
	}
	return found, nil
}

func (s *keySet) withID(id string) []jose.JSONWebKey {
	return (&jose.JSONWebKeySet{Keys: s.keys}).Key(id)
}

// readFile reads the file, if it has changed.
func (s *keySet) readFile() {
	info, err := os.Stat(s.location)
	if err != nil {
		s.keys, s.err, s.modified = nil, err, time.Time{}
		return
	}
	if info.ModTime().Equal(s.modified) && info.Size() == s.size {
		return
	}
	s.modified, s.size = info.ModTime(), info.Size()
	text, err := os.ReadFile(s.location)
	if err != nil {
		s.keys, s.err = nil, err
		return
	}
	s.keys, s.err = parseKeys(text)
}

// download asks the URL. Keys that were known before stay if it fails.
func (s *keySet) download(ctx context.Context, now time.Time) {
	// Others wait for the same keys: that one client has gone ends nothing.
	keys, err := s.fetch(context.WithoutCancel(ctx))
	if s.err = err; err != nil {
		s.next = now.Add(keysPauseOnError)
		return
	}
	s.keys, s.next = keys, now.Add(keysPause)
}

func (s *keySet) fetch(ctx context.Context) ([]jose.JSONWebKey, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.location, nil)
	if err != nil {
		return nil, err
	}
	res, err := s.client.Do(req)
	if err != nil {
		return nil, errors.Unwrap(err) // without the URL, which the sentence has
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the server answers %s", res.Status)
	}
	text, err := io.ReadAll(http.MaxBytesReader(nil, res.Body, maxKeys))
	if err != nil {
		return nil, err
	}
	return parseKeys(text)
}

// parseKeys reads the RSA keys of a JSON Web Key Set. As RFC 7517 has it, keys
// of which it can make nothing count for nothing.
func parseKeys(text []byte) ([]jose.JSONWebKey, error) {
	var set struct {
		Keys []json.RawMessage `json:"keys"`
		URI  string            `json:"jwks_uri"`
	}
	if err := json.Unmarshal(text, &set); err != nil {
		return nil, fmt.Errorf("it is no JSON Web Key Set: %w", err)
	}
	if set.Keys == nil && set.URI != "" {
		return nil, fmt.Errorf("it is the configuration of an issuer; its keys are at %s", set.URI)
	}
	var keys []jose.JSONWebKey
	for _, raw := range set.Keys {
		var key jose.JSONWebKey
		if key.UnmarshalJSON(raw) != nil {
			continue
		}
		key = key.Public() // a set for tests may have the private ones
		if _, isRSA := key.Key.(*rsa.PublicKey); isRSA {
			keys = append(keys, key)
		}
	}
	if keys == nil {
		return nil, errors.New("it has no RSA keys, and API Gateway takes no others")
	}
	return keys, nil
}
