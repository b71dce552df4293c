package apigw

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"sam/emulator/template"
)

// site makes a static directory, with a secret beside it.
func site(t *testing.T) string {
	t.Helper()
	top := t.TempDir()
	for name, text := range map[string]string{
		"secret.txt":               "secret",
		"public/index.html":        "<p>home",
		"public/app.js":            "let a",
		"public/items":             "a file",
		"public/.well-known/x.txt": "dotted",
		"public/docs/index.html":   "<p>docs",
		"public/docs/a b&.txt":     "spaced",
		"public/empty/other.txt":   "other",
	} {
		name = filepath.Join(top, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	public := filepath.Join(top, "public")
	for link, target := range map[string]string{
		"out.txt": "../secret.txt", "outside": "..", "absolute.txt": filepath.Join(top, "secret.txt"),
		"inside.js": "app.js", "loop": "loop",
	} {
		if err := os.Symlink(target, filepath.Join(public, link)); err != nil {
			t.Fatal(err)
		}
	}
	if err := syscall.Mkfifo(filepath.Join(public, "pipe"), 0o644); err != nil {
		t.Fatal(err)
	}
	return public
}

func TestStaticFiles(t *testing.T) {
	const unknown = `403 {"message":"Missing Authentication Token"}`
	tests := []struct {
		name, line string
		routes     []template.Route
		want       string
	}{
		{"a file", "GET /app.js", nil, "200 let a"},
		{"the directory itself", "GET /", nil, "200 <p>home"},
		{"a directory", "GET /docs/", nil, "200 <p>docs"},
		{"a directory without its slash", "GET /docs?a=b", nil, "302 /docs/?a=b"},
		{"a directory without index.html", "GET /empty/", nil, unknown},
		{"a directory without index.html or slash", "GET /empty", nil, unknown},
		{"a file with a slash", "GET /app.js/", nil, unknown},
		{"a file that is not there", "GET /none.js", nil, unknown},
		{"an encoded name", "GET /docs/a%20b%26.txt", nil, "200 spaced"},
		{"a name with a dot", "GET /.well-known/x.txt", nil, "200 dotted"},
		{"a link inside", "GET /inside.js", nil, "200 let a"},
		{"not with POST", "POST /app.js", nil, unknown},
		{"not with OPTIONS", "OPTIONS /app.js", nil, unknown},

		{"a link out", "GET /out.txt", nil, unknown},
		{"an absolute link out", "GET /absolute.txt", nil, unknown},
		{"a directory's link out", "GET /outside/secret.txt", nil, unknown},
		{"a link to itself", "GET /loop", nil, unknown},
		{"a pipe", "GET /pipe", nil, unknown},
		{"dots", "GET /../secret.txt", nil, unknown},
		{"dots in the middle", "GET /docs/../../secret.txt", nil, unknown},
		{"encoded dots", "GET /%2e%2e/secret.txt", nil, unknown},
		{"encoded dots and slashes", "GET /..%2f..%2fsecret.txt", nil, unknown},
		{"twice encoded dots", "GET /%252e%252e/secret.txt", nil, unknown},
		{"a backslash", `GET /..\secret.txt`, nil, unknown},
		{"an encoded backslash", "GET /..%5csecret.txt", nil, unknown},
		{"a NUL", "GET /app.js%00.txt", nil, unknown},
		{"an absolute name", "GET //etc/passwd", nil, unknown},
		{"a host in the redirection", "GET //docs", nil, unknown},

		{"a route wins", "GET /items", routesOf(testREST, "GET /items"), "200 hello"},
		{"a parameter wins", "GET /app.js", routesOf(testREST, "GET /{id}"), "200 hello"},
		{"a greedy route below wins", "GET /docs/index.html", routesOf(testREST, "GET /docs/{proxy+}"), "200 hello"},
		{"one of all segments wins", "GET /docs/index.html", routesOf(testREST, "GET /{a}/{b+}"), "200 hello"},
		{"a route for / wins", "GET /", routesOf(testREST, "GET /", "GET /{proxy+}"), "200 hello"},
		{"a file beats the root proxy", "GET /app.js", routesOf(testREST, "ANY /{all+}"), "200 let a"},
		{"a file beats $default", "GET /docs/", routesOf(testHTTP, "$default"), "200 <p>docs"},
		{"the root proxy takes what is no file", "GET /none", routesOf(testREST, "ANY /{all+}"), "200 hello"},
		{"the root proxy takes other methods", "POST /app.js", routesOf(testREST, "ANY /{all+}"), "200 hello"},
	}
	dir := site(t)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if test.routes == nil {
				test.routes = routesOf(testREST, "GET /api")
			}
			url, _, _ := serve(t, Config{StaticDir: dir}, test.routes)
			method, path, _ := strings.Cut(test.line, " ")
			res, body := send(t, method, url+path, nil, nil)
			if location := res.Header.Get("Location"); location != "" {
				body = location
			}
			if got := fmt.Sprint(res.StatusCode, " ", body); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func TestStaticFilesOnCondition(t *testing.T) {
	url, _, _ := serve(t, Config{StaticDir: site(t)}, routesOf(testREST, "GET /api"))
	res, _ := send(t, "HEAD", url+"/app.js", nil, nil)
	etag, modified := res.Header.Get("ETag"), res.Header.Get("Last-Modified")
	if res.ContentLength != 5 || etag == "" || modified == "" || res.Header.Get("Cache-Control") != "no-cache" ||
		!strings.HasPrefix(res.Header.Get("Content-Type"), "text/javascript") {
		t.Errorf("got %v", res.Header)
	}
	for _, test := range []struct{ name, value, want string }{
		{"If-None-Match", etag, "304 "},
		{"If-None-Match", `"other"`, "200 let a"},
		{"If-Modified-Since", modified, "304 "},
		{"Range", "bytes=4-", "206 a"},
		{"Range", "bytes=9-", "416 "},
	} {
		res, body := send(t, "GET", url+"/app.js", map[string]string{test.name: test.value}, nil)
		if res.StatusCode == 416 {
			body = ""
		}
		if got := fmt.Sprint(res.StatusCode, " ", body); got != test.want {
			t.Errorf("%s: %s: got %s, want %s", test.name, test.value, got, test.want)
		}
	}
}

func TestStaticDirectoryThatComesAndGoes(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "public")
	url, _, _ := serve(t, Config{StaticDir: dir}, nil)
	status := func() int {
		res, _ := send(t, "GET", url+"/a.txt", nil, nil)
		return res.StatusCode
	}
	if got := status(); got != 404 {
		t.Errorf("before there is a directory: %d", got)
	}
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "a.txt"), []byte("a"), 0o644); err != nil {
		t.Fatal(err)
	}
	if got := status(); got != 200 {
		t.Errorf("when there is one: %d", got)
	}
}
