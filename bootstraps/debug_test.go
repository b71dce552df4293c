package bootstraps

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

func TestDebuggedCommands(t *testing.T) {
	h := newHost(t)
	h.file("jdk/lib/libjdwp.so", "", 0o644)
	h.file("jre8/lib/amd64/libjdwp.so", "", 0o644)
	h.file("code/Program.dll", "", 0o644)
	h.script("usr/bin/dlv", "")
	withDebugpy := h.script("python/withDebugpy", "echo /packages/debugpy")
	withGem := h.script("ruby/withGem", "echo /gems/debug/lib; echo /gems/irb/lib")
	for _, tt := range []struct {
		id, path, version, handler string
		args                       []string
		want                       string // of the command and, before it, the environment
	}{
		{id: "nodejs20.x", version: "20.1.0", want: "--inspect-brk=127.0.0.1:5858 --max-old-space-size"},
		{id: "nodejs8.10", version: "6.10.3", want: "--debug-brk --debug-port=127.0.0.1:5858 --nolazy --max-old"},
		{id: "nodejs4.3", version: "4.3.1", want: "--debug-brk=5858 --nolazy --max-old"},
		{id: "nodejs20.x", version: "20.1.0", args: []string{"--require", "/var/task/a.js"}, want: "--require code/a.js --inspect-brk"},
		{id: "java17", path: h.path("jdk/bin/java"), version: "17.0.1", want: "quiet=y,address=127.0.0.1:5858 -XX:+UseSerialGC"},
		{id: "java8", path: h.path("jre8/bin/java"), version: "8.0.1", want: "-agentlib:jdwp=transport=dt_socket,server=y,suspend=y,quiet=y,address=127.0.0.1:5858"},
		{id: "python3.12", path: withDebugpy, version: "3.12.1", want: "-X frozen_modules=off -S bootstrap/main.py   compiled 0 /packages 5858"},
		{id: "python3.6", path: withDebugpy, version: "3.6.15", args: []string{"-X", "utf8"}, want: "LC_CTYPE=C.UTF-8 python/withDebugpy -X utf8 -S bootstrap/main.py"},
		{id: "python3.8", version: "3.8.1", args: []string{"-u", "/tmp/lambci_debug_files/run.py"}, want: "PYTHONPATH=own:debuggers interpreter -u debuggers/run.py bootstrap/main.py"},
		{id: "python3.8", version: "3.8.1", args: []string{"-mx", "--at=0.0.0.0:1"}, want: "-mx --at=127.0.0.1:1 bootstrap/main.py"},
		{id: "ruby3.2", path: withGem, version: "3.2.1", want: "RUBY_DEBUG_HOST=127.0.0.1 RUBY_DEBUG_PORT=5858 ruby/withGem -I /gems/debug/lib -I /gems/irb/lib -r debug/open --disable-gems"},
		{id: "dotnet8", version: "8.0.4", handler: "A::B::C", want: "_AWS_LAMBDA_DOTNET_DEBUGGING=1 interpreter exec"},
		{id: "dotnet8", version: "8.0.4", handler: "Program", want: "_AWS_LAMBDA_DOTNET_DEBUGGING=1 DOTNET_STARTUP_HOOKS=bootstrap/LambdaBootstrap.dll interpreter exec"},
	} {
		in := Interpreter{Path: tt.path, Version: tt.version}
		if in.Path == "" {
			in.Path = "interpreter"
		}
		to := Debuggee{Runtime: parse(t, tt.id), Interpreter: in, Bootstrap: h.path("bootstrap"), Handler: tt.handler, TaskRoot: h.path("code")}
		d, err := h.finder().Debugger(t.Context(), to, Debug{Port: 5858, Args: tt.args, Path: h.path("debuggers")})
		if err != nil {
			t.Errorf("%s: %v", tt.id, err)
			continue
		}
		words := append(d.Environment(func(string) string { return "own" }), Command(to.Runtime, in, to.Bootstrap, Options{
			TaskRoot: to.TaskRoot, Handler: tt.handler, BytecodeDir: "compiled", Debugger: d,
		})...)
		if got := strings.ReplaceAll(strings.Join(words, " "), h.dir+"/", ""); !strings.Contains(got, tt.want) {
			t.Errorf("%s on %s: %s\nlacks %s", tt.id, tt.version, got, tt.want)
		}
	}
}

func TestNoDebugger(t *testing.T) {
	h := newHost(t)
	silent := h.script("silent", "exit 1")
	h.script("script/bootstrap", "")
	h.file("code/Program.dll", "", 0o644)
	for _, tt := range []struct{ id, version, code, handler, reason, next string }{
		{"java17", "17.0.1", "code", "", "it lacks the library jdwp", "install a JDK"},
		{"python3.11", "3.11.2", "code", "", "it has no debugpy", "silent -m pip install debugpy"},
		{"ruby3.2", "3.2.1", "code", "", "it has no gem debug", "gem install debug"},
		{"go1.x", "", "code", "main", "there is no dlv", "go install github.com/go-delve/delve/cmd/dlv@latest"},
		{"provided.al2023", "", "script", "", "script/bootstrap cannot be debugged: it is no program of Go", "leave --debug-port out"},
		{"dotnetcore2.0", "2.0.0", "code", "Program", "cannot have a program wait", ".NET 3.1 or newer"},
	} {
		to := Debuggee{
			Runtime: parse(t, tt.id), Interpreter: Interpreter{Path: silent, Version: tt.version}, Handler: tt.handler, TaskRoot: h.path(tt.code),
		}
		_, err := h.finder().Debugger(t.Context(), to, Debug{Port: 5858})
		impossible, ok := errors.AsType[*DebugError](err)
		if !ok || !strings.Contains(impossible.Error(), tt.reason) || !strings.Contains(impossible.Hint(), tt.next) {
			t.Errorf("%s: %v; want one with %q and the hint %q", tt.id, err, tt.reason, tt.next)
		}
	}
}

func TestDebuggedProgram(t *testing.T) {
	h := newHost(t)
	dlv := h.script("home/go/bin/dlv", "")
	to := Debuggee{Runtime: parse(t, "go1.x"), Handler: "main", TaskRoot: h.path("code")}
	for _, tt := range []struct{ args, want []string }{
		{nil, []string{"--api-version=2"}},
		{[]string{"-delveAPI=1", "--log"}, []string{"--api-version=1", "--log"}},
	} {
		d, err := h.finder().Debugger(t.Context(), to, Debug{Port: 2345, Args: tt.args})
		if err != nil {
			t.Fatal(err)
		}
		command, err := ProgramCommand(h.path("code/main"), d) // which will fail to start, in AWS's words
		want := append(append([]string{dlv, "exec", "--headless", "--listen=127.0.0.1:2345"}, tt.want...), h.path("code/main"))
		if err != nil || !slices.Equal(command, want) {
			t.Errorf("%q: %q, %v; want %q", tt.args, command, err, want)
		}
	}
}
