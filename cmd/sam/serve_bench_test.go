package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"sam/emulator/emulatortest"
)

// A stack is a runtime that serving is measured with.
type stack struct {
	runtime, handler string
	server           string // the language's stock HTTP server, in testdata/bench
	bare             string // what calls a handler once, in testdata/bench
	client           string // AWS's own runtime client, in the directory of parts
	script           string // runs the CLIENT in place of the bootstrap
}

var stacks = []stack{
	{
		"nodejs20.x", "index.handler", "server.js", "bare.js",
		"clients/nodejs/node_modules/aws-lambda-ric/bin/index.mjs", `exec "$1" CLIENT "$_HANDLER"`,
	},
	{
		"python3.11", "app.handler", "server.py", "bare.py",
		"clients/python", `PYTHONPATH=CLIENT exec "$1" -m awslambdaric "$_HANDLER"`,
	},
}

// hello is the route that is measured.
func (s stack) hello(b *testing.B) route {
	b.Helper()
	return route{path: "/hello", runtime: s.runtime, handler: s.handler, code: filepath.Join(emulatortest.Root(b), "testdata/bench/hello")}
}

// BenchmarkServe measures requests per second of a warm hello: with one
// environment of the function, with two, and with one that runs AWS's own
// runtime client, over REF, a Go reverse proxy in front of the language's stock
// HTTP server with the same handler, and over a bare Go server of the answer.
func BenchmarkServe(b *testing.B) {
	for _, stack := range stacks {
		b.Run(stack.runtime, func(b *testing.B) {
			ref, bare, ours := contenders(b, stack)
			for _, connections := range []int{1, 16, 64} {
				b.Run(strconv.Itoa(connections), func(b *testing.B) {
					loads := loadInTurns(b, connections, append([]contender{ref, bare}, ours...))
					for i, c := range ours {
						b.Run(c.name, func(b *testing.B) {
							if c.missing != "" {
								b.Skipf("%s is missing: run make bench-parts", c.missing)
							}
							reportLoad(b, loads[i+2], loads[0], loads[1])
						})
					}
				})
			}
		})
	}
}

// A contender is a server that BenchmarkServe measures.
type contender struct {
	name    string
	url     string
	script  string // wrk's, or ""
	missing string // what it cannot be measured without
}

// contenders starts servers of hello, all of which answer the same.
func contenders(b *testing.B, s stack) (ref, bare contender, ours []contender) {
	b.Helper()
	root, hello := emulatortest.Root(b), s.hello(b)
	start := func(name string, args ...string) contender {
		url := serve(b, args...).url + hello.path
		if _, answer := get(b, url); answer != `{"message":"Hello, World"}` {
			b.Fatalf("%s answers %s", name, answer)
		}
		return contender{name: name, url: url}
	}
	yardstick := build(b, filepath.Join(root, "testdata/bench/yardstick/main.go"))
	stock := serve(b, emulatortest.RequireRuntime(b, s.runtime).Path, filepath.Join(root, "testdata/bench", s.server), hello.code)
	ref, bare = start("REF", yardstick, stock.url), start("bare", yardstick)
	ours = []contender{
		start("one", startAPI(b, binary(b), []route{hello}, "--max-concurrency", "1")...),
		start("two", startAPI(b, binary(b), []route{hello}, "--max-concurrency", "2")...),
	}
	client := filepath.Join(emulatortest.Parts(b), s.client)
	if _, err := os.Stat(client); err != nil {
		return ref, bare, append(ours, contender{name: "aws-client", missing: client})
	}
	hello.wrapper = filepath.Join(b.TempDir(), "client")
	if err := os.WriteFile(hello.wrapper, []byte("#!/bin/sh\n"+strings.ReplaceAll(s.script, "CLIENT", client)+"\n"), 0o700); err != nil {
		b.Fatal(err)
	}
	return ref, bare, append(ours, start("aws-client", startAPI(b, binary(b), []route{hello}, "--max-concurrency", "1")...))
}

// BenchmarkFirstRequest compares the first request to a function, and requests
// that each get a fresh environment, with the bare interpreter that loads the
// same handler, calls it once and prints.
func BenchmarkFirstRequest(b *testing.B) {
	for _, stack := range stacks {
		b.Run(stack.runtime, func(b *testing.B) {
			root, interpreter := emulatortest.Root(b), emulatortest.RequireRuntime(b, stack.runtime).Path
			event := filepath.Join(b.TempDir(), "event.json")
			if err := os.WriteFile(event, []byte(`{"path": "/hello"}`), 0o600); err != nil {
				b.Fatal(err)
			}
			hello, env := stack.hello(b), cleanEnv(b)
			bare := func() float64 {
				cmd := exec.Command(interpreter, filepath.Join(root, "testdata/bench", stack.bare), hello.code, event)
				cmd.Env = env
				began := time.Now()
				if err := cmd.Run(); err != nil {
					b.Fatal(err)
				}
				return sinceMS(began)
			}
			args := startAPI(b, binary(b), []route{hello})
			b.Run("first", func(b *testing.B) {
				pairs(b, "bare", bare, "sam", func() float64 {
					s := serve(b, args...)
					defer s.stop()
					took, _ := get(b, s.url+hello.path)
					return took
				})
			})
			b.Run("cold", func(b *testing.B) {
				s := serve(b, append(args, "--cold")...)
				pairs(b, "bare", bare, "sam", func() float64 {
					took, _ := get(b, s.url+hello.path)
					return took
				})
			})
		})
	}
}

// BenchmarkListen measures the time from the start of sam until it says that
// it serves, with as many routes as functions, each with code of its own.
func BenchmarkListen(b *testing.B) {
	for _, functions := range []int{1, 100} {
		b.Run(strconv.Itoa(functions), func(b *testing.B) {
			source, err := os.ReadFile(filepath.Join(emulatortest.Root(b), "testdata/bench/hello/index.js"))
			if err != nil {
				b.Fatal(err)
			}
			code := b.TempDir()
			var routes []route
			for i := range functions {
				dir := filepath.Join(code, strconv.Itoa(i))
				if err := os.Mkdir(dir, 0o700); err != nil {
					b.Fatal(err)
				}
				if err := os.WriteFile(filepath.Join(dir, "index.js"), source, 0o600); err != nil {
					b.Fatal(err)
				}
				routes = append(routes, route{path: fmt.Sprintf("/hello/%d", i), runtime: "nodejs20.x", handler: "index.handler", code: dir})
			}
			args := startAPI(b, binary(b), routes)
			var times []float64
			for range 30 {
				times = append(times, timeToListen(b, args))
			}
			b.ReportMetric(median(times), "sam-ms")
			b.ReportMetric(0, "ns/op")
		})
	}
}

func timeToListen(b *testing.B, args []string) float64 {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.Context(), limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Env = cleanEnv(b)
	stderr, err := cmd.StderrPipe()
	if err != nil {
		b.Fatal(err)
	}
	began := time.Now()
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	took := 0.0
	for lines := bufio.NewScanner(stderr); lines.Scan(); {
		if strings.HasPrefix(lines.Text(), "Press CTRL+C") {
			took = sinceMS(began)
			_ = cmd.Process.Signal(os.Interrupt)
		}
	}
	if err := cmd.Wait(); err != nil || took == 0 {
		b.Fatalf("sam ended before it listened, or badly: %v", err)
	}
	return took
}

// BenchmarkServeMemory measures the memory of sam while 64 connections load
// it.
func BenchmarkServeMemory(b *testing.B) {
	var routes []route
	for _, stack := range stacks {
		hello := stack.hello(b)
		hello.path = "/" + stack.runtime
		routes = append(routes, hello)
	}
	s := serve(b, startAPI(b, binary(b), routes)...)
	for _, r := range routes {
		wrk(b, contender{url: s.url + r.path}, 64, 3*time.Second)
	}
	b.ReportMetric(float64(s.status(b, "VmHWM"))/1024, "peak-MB")
	b.ReportMetric(float64(s.status(b, "VmRSS"))/1024, "RSS-MB")
	b.ReportMetric(0, "ns/op")
}

// get sends one request on a connection of its own, and returns the
// milliseconds until its answer was read, and that.
func get(b *testing.B, url string) (float64, string) {
	b.Helper()
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: limit}
	began := time.Now()
	resp, err := client.Get(url)
	if err != nil {
		b.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		b.Fatalf("%s answers %d %s %v", url, resp.StatusCode, body, err)
	}
	return sinceMS(began), string(body)
}
