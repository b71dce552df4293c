package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sam/emulator/emulatortest"
)

// TestDebugAServedFunction has a debugger stop in two requests of a function that
// stays warm, and in a third after a change: that has started the function anew,
// with the debugger on the same port. No limit of the function or its API holds.
func TestDebugAServedFunction(t *testing.T) {
	code := filepath.Join(t.TempDir(), "code")
	file := filepath.Join(code, "index.js")
	save := func(version string) {
		t.Helper()
		source := "exports.handler = async (event) => {\n" +
			"  const greeting = '" + version + "';\n" +
			"  return { body: greeting };\n};\n"
		if err := os.WriteFile(file, []byte(source), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(code, 0o700); err != nil {
		t.Fatal(err)
	}
	save("first")
	port := emulatortest.FreePort(t)
	routes := []route{
		{path: "/debugged", runtime: "nodejs20.x", handler: "index.handler", code: code},
		{path: "/other", runtime: "nodejs20.x", handler: "index.handler", code: code},
	}
	s := serve(t, startAPI(t, "sam", routes, "-d", fmt.Sprint(port), "--debug-function", "F0", "--max-concurrency", "3")...)
	waiting := fmt.Sprintf("F0 waits for a debugger on 127.0.0.1:%d", port)
	attach := func(times int) (hit func() string) {
		t.Helper()
		await(t, func() string {
			if output := s.output(t); strings.Count(output, waiting) != times {
				return fmt.Sprintf("the debugger has not waited %d times:\n%s", times, output)
			}
			return ""
		})
		return emulatortest.DevTools(t, emulatortest.Breakpoint{
			Address: fmt.Sprintf("127.0.0.1:%d", port), File: file, Line: 3, Expression: "greeting",
		})
	}
	check := func(hit func() string, answer <-chan string, want string) {
		t.Helper()
		if got := hit(); got != want {
			t.Errorf("the variable is %q, not %q", got, want)
		}
		if got := <-answer; got != want {
			t.Errorf("the answer is %q, not %q", got, want)
		}
	}

	one, two := fetch(s.url+"/debugged"), fetch(s.url+"/debugged") // the second waits for the one environment
	hit := attach(1)
	check(hit, either(one, two), "first")
	check(hit, either(one, two), "first")
	if other := <-fetch(s.url + "/other"); other != "first" {
		t.Errorf("the function that is not debugged answers %q", other)
	}

	save("second")
	three := fetch(s.url + "/debugged")
	check(attach(2), three, "second")
}

// fetch sends a request and returns what will be the body of its answer.
func fetch(url string) <-chan string {
	body := make(chan string, 1)
	go func() {
		res, err := http.Get(url)
		if err != nil {
			body <- err.Error()
			return
		}
		defer res.Body.Close()
		text, err := io.ReadAll(res.Body)
		if err != nil {
			text = []byte(err.Error())
		}
		body <- string(text)
	}()
	return body
}

// either is whichever comes first.
func either(one, two <-chan string) <-chan string {
	body := make(chan string, 1)
	go func() {
		select {
		case text := <-one:
			body <- text
		case text := <-two:
			body <- text
		}
	}()
	return body
}
