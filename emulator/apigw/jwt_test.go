package apigw

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"sam/emulator/template"
)

// Keys for tokens: one that the key sets have, one of an impostor, and one of a
// kind that API Gateway does not take.
var (
	issuerKey   = sync.OnceValue(newRSA)
	impostorKey = sync.OnceValue(newRSA)
	curveKey    = sync.OnceValue(func() crypto.Signer { return must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader)) })
)

func newRSA() crypto.Signer { return must(rsa.GenerateKey(rand.Reader, 2048)) }

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// sign makes a token.
func sign(key any, algorithm jose.SignatureAlgorithm, kid string, claims any) string {
	options := new(jose.SignerOptions)
	if kid != "" {
		options.WithHeader("kid", kid)
	}
	signer := must(jose.NewSigner(jose.SigningKey{Algorithm: algorithm, Key: key}, options))
	return must(jwt.Signed(signer).Claims(claims).Serialize())
}

// keySetText is a JSON Web Key Set with the issuer's key, by the kids given,
// between keys that are of no use.
func keySetText(kids ...string) []byte {
	set := jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: curveKey().Public(), KeyID: "curve"}}}
	for _, kid := range kids {
		set.Keys = append(set.Keys, jose.JSONWebKey{Key: issuerKey().Public(), KeyID: kid})
	}
	text := must(json.Marshal(set))
	return []byte(strings.Replace(string(text), `"keys":[`, `"keys":[{"kty":"new","kid":"k1"},`, 1))
}

func keySetFile(t *testing.T) *keySet {
	t.Helper()
	path := filepath.Join(t.TempDir(), "jwks.json")
	if err := os.WriteFile(path, keySetText("k1"), 0o600); err != nil {
		t.Fatal(err)
	}
	return newKeySet(path)
}

// guardedByJWT is a request with a token for a route that a JWT authorizer
// guards.
func guardedByJWT(token string, scopes ...string) *request {
	r := guarded("http2")
	r.Header.Set("Authorization", token)
	r.Route.Scopes = scopes
	r.Route.Authorizer = &template.Authorizer{
		Name: "Auth", Kind: template.AuthorizerJWT, Sources: []string{"$request.header.Authorization"},
		Issuer: "https://issuer.example", Audience: []string{"other", "me"},
	}
	return r
}

// claimsWith are valid claims, changed: nil takes one away.
func claimsWith(changes map[string]any) map[string]any {
	now := stopped().Unix()
	claims := map[string]any{"iss": "https://issuer.example", "aud": "me", "sub": "u", "exp": now + 60, "nbf": now, "iat": now, "scope": "read write"}
	for name, value := range changes {
		claims[name] = value
		if value == nil {
			delete(claims, name)
		}
	}
	return claims
}

func TestJWTAuthorizer(t *testing.T) {
	now := stopped().Unix()
	valid := func(changes map[string]any) string { return sign(issuerKey(), jose.RS256, "k1", claimsWith(changes)) }
	unauthorized := func(description string) string {
		return `401 {"message":"Unauthorized"} Bearer scope="" error="invalid_token" error_description="` + description + `"`
	}
	const pass = ""
	for _, test := range []struct {
		name, token string
		scopes      []string
		want        string // refusal
	}{
		{"valid", valid(nil), nil, pass},
		{"with Bearer", "Bearer " + valid(nil), nil, pass},
		{"with bearer", "bearer " + valid(nil), nil, pass},
		{"RS512", sign(issuerKey(), jose.RS512, "k1", claimsWith(nil)), nil, pass},
		{"PS256", sign(issuerKey(), jose.PS256, "k1", claimsWith(nil)), nil, pass},
		{"no nbf, no iat", valid(map[string]any{"nbf": nil, "iat": nil}), nil, pass},
		{"several audiences", valid(map[string]any{"aud": []string{"x", "me"}}), nil, pass},
		{"client_id in place of aud", valid(map[string]any{"aud": nil, "client_id": "me"}), nil, pass},

		{"no token", "", nil, `401 {"message":"Unauthorized"} Bearer`},
		{"no JWT", "Bearer secret", nil, unauthorized("token contains an invalid number of segments")},
		{"another scheme", "Basic a.b.c", nil, unauthorized("the token cannot be decoded")},
		{"not signed", "eyJhbGciOiJub25lIn0.e30.", nil, unauthorized("the token is not signed with an RSA-based algorithm")},
		{"an elliptic curve", sign(curveKey(), jose.ES256, "curve", claimsWith(nil)), nil, unauthorized("the token is not signed with an RSA-based algorithm")},
		{"the public key as a secret", sign(issuerKey().Public().(*rsa.PublicKey).N.Bytes(), jose.HS256, "k1", claimsWith(nil)), nil, unauthorized("the token is not signed with an RSA-based algorithm")},
		{"no kid", sign(issuerKey(), jose.RS256, "", claimsWith(nil)), nil, unauthorized("the token does not have a kid")},
		{"another kid", sign(issuerKey(), jose.RS256, "k2", claimsWith(nil)), nil, unauthorized("the token does not have the kid of a known key")},
		{"the kid of a key that is not RSA", sign(issuerKey(), jose.RS256, "curve", claimsWith(nil)), nil, unauthorized("the token does not have the kid of a known key")},
		{"an impostor", sign(impostorKey(), jose.RS256, "k1", claimsWith(nil)), nil, unauthorized("the token does not have a valid signature")},
		{"another issuer", valid(map[string]any{"iss": "https://issuer.example/"}), nil, unauthorized("the token does not have a valid issuer")},
		{"no issuer", valid(map[string]any{"iss": nil}), nil, unauthorized("the token does not have a valid issuer")},
		{"another audience", valid(map[string]any{"aud": "you"}), nil, unauthorized("the token does not have a valid audience")},
		{"no audience", valid(map[string]any{"aud": nil}), nil, unauthorized("the token does not have a valid audience")},
		{"aud before client_id", valid(map[string]any{"aud": "you", "client_id": "me"}), nil, unauthorized("the token does not have a valid audience")},
		{"expired", valid(map[string]any{"exp": now - 1}), nil, unauthorized("the token has expired")},
		{"never expires", valid(map[string]any{"exp": nil}), nil, unauthorized("the token does not expire")},
		{"not yet", valid(map[string]any{"nbf": now + 1}), nil, unauthorized("the token is not valid yet")},
		{"of the future", valid(map[string]any{"iat": now + 1}), nil, unauthorized("the token was issued in the future")},
		{"a claim of the wrong type", valid(map[string]any{"exp": "soon"}), nil, unauthorized("the token does not have well-formed claims")},

		{"a scope", valid(nil), []string{"admin", "write"}, pass},
		{"scp", valid(map[string]any{"scope": nil, "scp": []string{"admin"}}), []string{"admin"}, pass},
		{"another scope", valid(nil), []string{"admin", "rea"},
			`403 {"message":"Forbidden"} Bearer scope="admin rea" error="insufficient_scope" error_description="the token does not have a scope of the route"`},
		{"no scope", valid(map[string]any{"scope": nil}), []string{"read"},
			`403 {"message":"Forbidden"} Bearer scope="read" error="insufficient_scope" error_description="the token does not have a scope of the route"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := guardedByJWT(test.token, test.scopes...)
			refusal, err := newAuthorizers(nil, keySetFile(t), stopped).authorize(t.Context(), r)
			if err != nil {
				t.Error(err)
			}
			var got string
			if refusal != nil {
				got = refusal.text() + " " + refusal.Header.Get("www-authenticate")
			}
			if got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
			if passed := r.Authorizer != nil; passed != (test.want == pass) {
				t.Errorf("the authorizer object is %v", r.Authorizer)
			}
		})
	}
}

func TestJWTClaimsInEvents(t *testing.T) {
	token := sign(issuerKey(), jose.RS256, "k1", claimsWith(map[string]any{
		"nbf": nil, "iat": nil, "email_verified": true, "n": json.Number("1.50"), "quoted": "a\"b",
		"groups": []any{"admin", 1, []string{"a", "b"}, nil}, "address": map[string]any{"street": "x"}, "nothing": json.RawMessage("null"),
	}))
	const claims = `{"address":"{\"street\":\"x\"}","aud":"me","email_verified":"true","exp":"1000000060","groups":"[admin 1 [a b] null]",` +
		`"iss":"https://issuer.example","n":"1.50","quoted":"a\"b","scope":"read write","sub":"u"}`
	for _, test := range []struct {
		payload string
		scopes  []string
		want    string
	}{
		{"2.0", nil, `{"jwt":{"claims":` + claims + `,"scopes":null}}`},
		{"2.0", []string{"write", "admin"}, `{"jwt":{"claims":` + claims + `,"scopes":["write"]}}`},
		{"1.0", nil, `{"claims":` + claims + `,"scopes":null}`},
		{"1.0", []string{"write", "read"}, `{"claims":` + claims + `,"scopes":["read","write"]}`},
	} {
		r := guardedByJWT(token, test.scopes...)
		r.Route.Payload = test.payload
		if got, err := decide(t, newAuthorizers(nil, keySetFile(t), stopped), r); got != test.want || err != nil {
			t.Errorf("%s, %s: got %s, %v, want %s", test.payload, test.scopes, got, err, test.want)
		}
	}
}

func TestJWTWithoutKeysIsRefused(t *testing.T) {
	keys := newKeySet(filepath.Join(t.TempDir(), "jwks.json"))
	r := guardedByJWT(sign(issuerKey(), jose.RS256, "k1", claimsWith(nil)))
	refusal, err := newAuthorizers(nil, keys, stopped).authorize(t.Context(), r)
	if refusal == nil || refusal.Status != 401 || !strings.Contains(refusal.Header.Get("www-authenticate"), "JWKS communication error") {
		t.Errorf("got %v", refusal)
	}
	if text := message(err); !strings.Contains(text, keys.location) {
		t.Errorf("the error is %q", text)
	}
}

func TestEnforced(t *testing.T) {
	sources := []string{"$request.header.Authorization"}
	for _, test := range []struct {
		authorizer *template.Authorizer
		keys       *keySet
		want       bool
	}{
		{&template.Authorizer{Kind: template.AuthorizerToken, Sources: sources}, nil, true},
		{&template.Authorizer{Kind: template.AuthorizerRequest}, nil, true},
		{&template.Authorizer{Kind: template.AuthorizerJWT, Sources: sources}, nil, false},
		{&template.Authorizer{Kind: template.AuthorizerJWT, Sources: sources}, newKeySet("jwks.json"), true},
		{&template.Authorizer{Kind: template.AuthorizerJWT}, newKeySet("jwks.json"), false},
		{&template.Authorizer{Kind: "COGNITO_USER_POOLS", Sources: sources}, newKeySet("jwks.json"), false},
		{&template.Authorizer{Kind: "AWS_IAM"}, nil, false},
	} {
		if got := newAuthorizers(nil, test.keys, stopped).enforced(test.authorizer); got != test.want {
			t.Errorf("%s with keys %v: enforced is %v", test.authorizer.Kind, test.keys != nil, got)
		}
	}
}

func TestTokenScopes(t *testing.T) {
	for claims, want := range map[string][]string{
		`{}`:                               nil,
		`{"scope": "a  b"}`:                {"a", "b"},
		`{"scope": ["a b", "c"]}`:          {"a b", "c"},
		`{"scope": "a", "scp": ["b"]}`:     {"a", "b"},
		`{"scope": null, "scp": {"a": 1}}`: nil,
	} {
		var decoded map[string]json.RawMessage
		if err := json.Unmarshal([]byte(claims), &decoded); err != nil {
			t.Fatal(err)
		}
		if got := tokenScopes(decoded); !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", claims, got, want)
		}
	}
}
