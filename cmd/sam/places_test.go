package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"sam/emulator/emulatortest"
)

// A place is somewhere that sam has to work, more or less.
type place struct {
	name  string
	tool  string   // what makes it
	flags []string // of the tool; ROOT is the directory with its root
	level string   // of isolation that is reached there
	musl  bool     // whether its library and its function are of another kind
}

// seccomp denies system calls to a container, and allows all others.
func seccomp(t *testing.T, calls string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "seccomp.json")
	profile := fmt.Sprintf(`{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": [%s], "action": "SCMP_ACT_ERRNO", "errnoRet": 13}]}`, calls)
	if err := os.WriteFile(file, []byte(profile), 0o600); err != nil {
		t.Fatal(err)
	}
	return "seccomp=" + file
}

// TestPlaces runs `sam local invoke` and `sam local start-api` in places that
// forbid this and that. Each has nothing but sam, a Python and their libraries,
// not even a shell, or sam, busybox and a program on musl, as Alpine Linux has.
func TestPlaces(t *testing.T) {
	const unmasked = "systempaths=unconfined"
	open := []string{"--security-opt", "seccomp=unconfined", "--security-opt", unmasked}
	places := []place{
		{"a plain container", "docker", nil, "none", false},
		{"a plain container with musl", "docker", nil, "none", true},
		{"an open container with musl", "docker", open, "namespaces", true},
		{"a locked container", "docker", strings.Fields("--cap-drop ALL --security-opt no-new-privileges --read-only --tmpfs /tmp --user 1000:1000 --network none"), "none", false},
		{"a locked and small container", "docker", strings.Fields("--cap-drop ALL --security-opt no-new-privileges --read-only --tmpfs /tmp --user 1000:1000 --network none --pids-limit 40 --memory 256m"), "none", false},
		{"an open container", "docker", open, "namespaces", false},
		{"an open container with a user", "docker", append([]string{"--user", "1000:1000"}, open...), "namespaces", false},
		{"an open and locked container", "docker", append(strings.Fields("--user 1000:1000 --cap-drop ALL --security-opt no-new-privileges --read-only --tmpfs /tmp --network none"), open...), "namespaces", false},
		{"a container that hides parts of /proc", "docker", []string{"--security-opt", "seccomp=unconfined"}, "none", false},
		{"a container without mounts, as AppArmor has it", "docker", []string{"--security-opt", seccomp(t, `"mount", "pivot_root"`), "--security-opt", unmasked}, "none", false},
		{"a container without unshare, ptrace and prctl", "docker", []string{"--security-opt", seccomp(t, `"unshare", "ptrace", "prctl"`), "--security-opt", "no-new-privileges", "--security-opt", unmasked}, "none", false},
		{"a container that executes nothing where one can write", "docker", append(strings.Fields("--read-only --tmpfs /tmp:noexec --tmpfs /home:noexec -e HOME=/home"), open...), "namespaces", false},
		{"a container without a home", "docker", append(strings.Fields("--user 1234:1234 -e HOME=/nonexistent"), open...), "namespaces", false},
		{"a place without /proc", "bwrap", strings.Fields("--ro-bind ROOT / --dev /dev --tmpfs /tmp --unshare-all --chdir /project"), "none", false},
		{"a place without variables", "bwrap", strings.Fields("--ro-bind ROOT / --dev /dev --proc /proc --tmpfs /tmp --unshare-all --clearenv --setenv PATH /usr/bin --chdir /project"), "none", false},
	}
	root := minimalRoot(t)
	image, musl := dockerImage(t, root, "python"), ""
	if _, err := exec.LookPath("musl-gcc"); err == nil {
		musl = dockerImage(t, muslRoot(t), "musl")
	}
	for _, p := range places {
		t.Run(p.name, func(t *testing.T) {
			var command []string
			switch {
			case p.musl && musl == "":
				emulatortest.Lacks(t, "musl", "it takes musl-tools, busybox-static and docker")
			case p.musl:
				command = append(append([]string{"docker", "run", "--rm", "--workdir", "/project"}, p.flags...), musl)
			case p.tool == "docker" && image != "":
				command = append(append([]string{"docker", "run", "--rm", "--workdir", "/project"}, p.flags...), image)
			case p.tool == "bwrap" && hasTool("bwrap"):
				command = append(command, "bwrap")
				for _, flag := range p.flags {
					command = append(command, strings.ReplaceAll(flag, "ROOT", root))
				}
			default:
				emulatortest.Lacks(t, p.tool, p.tool+" does not work here")
			}
			checkPlace(t, p, command)
		})
	}
}

var isolationLine = regexp.MustCompile(`isolation: level=(\w+)(.*)`)

func checkPlace(t *testing.T, p place, command []string) {
	t.Helper()
	out, log := runIn(t, command, "sam", "local", "invoke", "--no-event", "--debug")
	directory := map[string]string{"none": "/project/code", "namespaces": "/var/task"}[p.level]
	serve := []string{"python3.11", "/project/serve.py"}
	if p.musl {
		serve = []string{"sh", "/project/serve.sh"}
	}
	if want := fmt.Sprintf(`{"statusCode": 200, "body": "%s"}`, directory); out != want {
		t.Errorf("invoke: %s, want %s\n%s", out, want, log)
	}
	said := isolationLine.FindStringSubmatch(log)
	if len(said) == 0 || said[1] != p.level {
		t.Fatalf("the level of isolation is not %s:\n%s", p.level, log)
	}
	t.Logf("| %s | works | %s |%s |", p.name, said[1], strings.ReplaceAll(said[2], " reason=", " "))
	if out, log := runIn(t, command, serve...); out != directory+"\n" {
		t.Errorf("start-api: %q\n%s", out, log)
	}
	out, _ = runIn(t, command, "sam", "local", "doctor")
	if !strings.HasPrefix(out, "Functions are isolated by: "+p.level+"\n") {
		t.Errorf("doctor: %s", out)
	}
}

func runIn(t *testing.T, command []string, args ...string) (stdout, stderr string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "timeout", append(append([]string{"60"}, command...), args...)...)
	var out, log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &log
	if err := cmd.Run(); err != nil {
		t.Errorf("%v: %v\n%s", args, err, log.String())
	}
	return out.String(), log.String()
}

func hasTool(name string) bool {
	_, err := exec.LookPath(name)
	return err == nil
}

// dockerImage makes an image of a root directory, and returns its name, or "" if
// there is no Docker.
func dockerImage(t *testing.T, root, kind string) string {
	t.Helper()
	if exec.Command("docker", "version").Run() != nil {
		return ""
	}
	name := fmt.Sprintf("sam-test-%s-%d", kind, os.Getpid())
	shell(t, "tar -C "+root+" -c . | docker import - "+name)
	t.Cleanup(func() { shell(t, "docker rmi "+name) })
	return name
}

// minimalRoot makes a root directory with sam, an interpreter, and what they
// need to run a function.
func minimalRoot(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	python := emulatortest.RequireRuntime(t, "python3.11").Path
	if !strings.HasPrefix(python, "/usr/bin/") {
		emulatortest.Lacks(t, "python3.11", "the Python of the system is not 3.11")
	}
	shell(t, `set -e
cd `+root+`
chmod 755 .
mkdir -p usr/bin usr/lib lib64 etc tmp proc sys dev project/code
ln -s usr/bin bin && ln -s usr/lib lib && chmod 1777 tmp
cp `+python+` usr/bin/python3.11
cp -r /usr/lib/python3.11 usr/lib/
for file in usr/bin/python3.11 usr/lib/python3.11/lib-dynload/*.so; do ldd $file | grep -o '/[^ ]*'; done | sort -u |
while read library; do mkdir -p .${library%/*} && cp -L $library .$library; done
echo 'root:x:0:0::/root:/bin/sh' > etc/passwd
echo '127.0.0.1 localhost' > etc/hosts
cd `+emulatortest.Root(t)+` && CGO_ENABLED=0 go build -o `+root+`/usr/bin/sam ./cmd/sam`)
	writeWork(t, root, map[string]string{
		"template.yaml": "Resources: {F: {Type: AWS::Serverless::Function, Properties: {CodeUri: code, Handler: app.handler, Runtime: python3.11, Timeout: 10, " +
			"Events: {Get: {Type: Api, Properties: {Path: /, Method: get}}}}}}\n",
		"code/app.py": "import os\n\ndef handler(event, context):\n    return {'statusCode': 200, 'body': os.getcwd()}\n",
		"serve.py":    serveOnce,
	})
	return root
}

// writeWork writes files that sam is to find.
func writeWork(t *testing.T, root string, files map[string]string) {
	t.Helper()
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(root, "project", name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// muslRoot makes a root directory with sam, busybox, and a function that is a
// program on musl: it answers with where it is.
func muslRoot(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	source := filepath.Join(emulatortest.Root(t), "testdata/functions/provided/c/bootstrap.c")
	shell(t, `set -e
cd `+root+`
chmod 755 .
mkdir -p bin lib usr/bin etc tmp proc sys dev project/code && chmod 1777 tmp
cp "$(command -v busybox)" bin/ && for applet in sh wget grep sleep; do ln -s busybox bin/$applet; done
cp -L /lib/ld-musl-*.so.1 lib/
musl-gcc -o project/code/bootstrap `+source+`
echo 'root:x:0:0::/root:/bin/sh' > etc/passwd
echo '127.0.0.1 localhost' > etc/hosts
cd `+emulatortest.Root(t)+` && CGO_ENABLED=0 go build -o `+root+`/usr/bin/sam ./cmd/sam`)
	writeWork(t, root, map[string]string{
		"template.yaml": "Resources: {F: {Type: AWS::Serverless::Function, Properties: {CodeUri: code, Handler: where, Runtime: provided.al2023, Timeout: 10, " +
			"Events: {Get: {Type: Api, Properties: {Path: /, Method: get}}}}}}\n",
		"serve.sh": serveOnceInShell,
	})
	return root
}

// serveOnceInShell does what serveOnce does.
const serveOnceInShell = `
sam local start-api -p 3000 2>/tmp/log & server=$!
until grep -q "Running on" /tmp/log; do sleep 0.05; done
wget -qO- http://127.0.0.1:3000/ && echo
kill $server && wait $server
`

// serveOnce sends a request to `sam local start-api`, prints the answer, and
// ends it.
const serveOnce = `
import subprocess, urllib.request
server = subprocess.Popen(["sam", "local", "start-api", "-p", "0"], stderr=subprocess.PIPE, text=True)
for line in server.stderr:
    if line.startswith(" * Running on "):
        print(urllib.request.urlopen(line.split()[3]).read().decode())
        server.terminate()
raise SystemExit(server.wait())
`

// shell runs a script.
func shell(t *testing.T, script string) {
	t.Helper()
	if out, err := exec.Command("sh", "-c", script).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", script, err, out)
	}
}
