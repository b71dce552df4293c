package main

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"sam/emulator/emulatortest"
)

// TestLitter has functions leave daemons and files, kills a tenth of them and
// every server in the middle of what it does, and then looks what is left: by
// sandboxes nothing, by plain processes nothing once sam was run again.
func TestLitter(t *testing.T) {
	const servers, invocations = 20, 50
	python := emulatortest.RequireRuntime(t, "python3.11").Path
	for _, level := range []string{"namespaces", "none"} {
		t.Run(level, func(t *testing.T) {
			if err := namespaces(); level == "namespaces" && err != nil {
				emulatortest.Lacks(t, "namespaces", err.Error())
			}
			l := newLitter(t, level, python)
			for range servers / 2 {
				l.round(invocations)
			}
			if level == "none" {
				l.run("local", "invoke", "Works", "--no-event")
			}
			if left := l.processes(); len(left) > 0 {
				t.Errorf("processes are left:\n%s", strings.Join(left, "\n"))
			}
			l.run("local", "invoke", "Works", "--no-event")
			if left, err := filepath.Glob(l.tmp + "/*"); err != nil || len(left) > 0 {
				t.Errorf("files are left: %v %v", left, err)
			}
			if left := l.mounts(); len(left) > 0 {
				t.Errorf("mounts are left:\n%s", strings.Join(left, "\n"))
			}
			if left := l.groups(); len(left) > 0 {
				t.Errorf("control groups are left: %v", left)
			}
			t.Logf("%d invocations, %d of them killed, %d servers killed: nothing is left", l.invoked, l.killed, servers/2)
		})
	}
}

// A litter is a directory in which sam is run.
type litter struct {
	*testing.T
	sam, dir, tmp   string
	env             []string
	invoked, killed int
	servers         []int // their process ids
}

func newLitter(t *testing.T, level, python string) *litter {
	dir := t.TempDir()
	l := &litter{T: t, sam: filepath.Join(dir, "sam"), dir: dir, tmp: filepath.Join(dir, "tmp")}
	for name, content := range map[string]string{
		"template.yaml": "Globals: {Function: {CodeUri: code, Runtime: python3.11, Timeout: 20, Environment: {Variables: {LITTER: ''}}}}\n" +
			"Resources:\n  Works: {Type: AWS::Serverless::Function, Properties: {Handler: app.works}}\n" +
			"  Dies: {Type: AWS::Serverless::Function, Properties: {Handler: app.dies}}\n",
		"code/app.py": "import os, random, signal, subprocess, time\n\ndef works(event, context):\n" +
			"    open('/tmp/%s' % os.getpid() if os.environ.get('TMPDIR') is None else os.environ['TMPDIR'] + '/file', 'w').close()\n" +
			"    if event: subprocess.Popen(['setsid', 'sleep', '600'])\n    return 1\n\n" +
			"def dies(event, context):\n    subprocess.Popen(['setsid', 'sleep', '600'])\n    signal.setitimer(signal.ITIMER_REAL, random.random() / 20 + 0.001)\n    time.sleep(9)\n",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(l.tmp, 0o755); err != nil {
		t.Fatal(err)
	}
	shell(t, "cd "+emulatortest.Root(t)+" && CGO_ENABLED=0 go build -o "+l.sam+" ./cmd/sam")
	l.env = append(cleanEnv(t), "TMPDIR="+l.tmp, "SAM_ISOLATION="+level, "LITTER="+dir, "SAM_RUNTIME_PATH_PYTHON3_11="+python)
	return l
}

func (l *litter) command(args ...string) *exec.Cmd {
	cmd := exec.Command(l.sam, args...)
	cmd.Dir, cmd.Env = l.dir, l.env
	return cmd
}

func (l *litter) run(args ...string) {
	l.Helper()
	if out, err := l.command(args...).CombinedOutput(); err != nil {
		l.Fatalf("%v: %v\n%s", args, err, out)
	}
}

// round starts a server, has it invoke functions, and kills it in the middle of
// further ones.
func (l *litter) round(invocations int) {
	l.Helper()
	cmd := l.command("local", "start-lambda", "-p", "0", "--no-watch")
	log, err := cmd.StderrPipe()
	if err != nil {
		l.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		l.Fatal(err)
	}
	defer func() { _ = cmd.Wait() }()
	l.servers = append(l.servers, cmd.Process.Pid)
	url := ""
	head := make([]byte, 0, 4096)
	for url == "" {
		n, err := log.Read(head[len(head):cap(head)])
		if head = head[:len(head)+n]; err != nil {
			l.Fatalf("the server does not listen: %v\n%s", err, head)
		}
		if found := running.FindSubmatch(head); found != nil {
			url = string(found[1])
		}
	}
	go func() { _, _ = io.Copy(io.Discard, log) }()
	var all sync.WaitGroup
	for i := range invocations {
		function, event := "Works", `{}`
		switch {
		case i%10 == 0:
			function = "Dies"
			l.killed++
		case i%10 == 1:
			event = `{"daemon": true}`
		}
		l.invoked++
		all.Go(func() { invoke(url, function, event) })
		if i%5 == 4 {
			all.Wait()
		}
	}
	all.Wait()
	for range 5 {
		all.Go(func() { invoke(url, "Works", `{"daemon": true}`) })
		all.Go(func() { invoke(url, "Dies", `{}`) })
	}
	time.Sleep(time.Duration(rand.IntN(60)) * time.Millisecond) // any moment will do
	_ = cmd.Process.Signal(syscall.SIGKILL)
	all.Wait()
}

// invoke does not care for the answer.
func invoke(url, function, event string) {
	res, err := http.Post(url+"/2015-03-31/functions/"+function+"/invocations", "application/json", strings.NewReader(event))
	if err == nil {
		_, _ = io.Copy(io.Discard, res.Body)
		_ = res.Body.Close()
	}
}

// processes are those that began with the variable LITTER, and keepers.
func (l *litter) processes() []string {
	l.Helper()
	var left []string
	within(limit, func() bool { // the kernel takes a moment to end them
		left = nil
		entries, err := os.ReadDir("/proc")
		if err != nil {
			l.Fatal(err)
		}
		for _, entry := range entries {
			if _, err := strconv.Atoi(entry.Name()); err != nil {
				continue
			}
			environment, _ := os.ReadFile("/proc/" + entry.Name() + "/environ")
			program, _ := os.Readlink("/proc/" + entry.Name() + "/exe")
			if bytes.Contains(environment, []byte("LITTER="+l.dir)) || program == l.sam {
				command, _ := os.ReadFile("/proc/" + entry.Name() + "/cmdline")
				left = append(left, fmt.Sprintf("%s %q", entry.Name(), command))
			}
		}
		return len(left) == 0
	})
	return left
}

// groups are the control groups of servers.
func (l *litter) groups() (left []string) {
	l.Helper()
	for _, hierarchy := range []string{"", "/unified", "/cpu", "/cpu,cpuacct"} {
		for _, pid := range l.servers {
			found, err := filepath.Glob(fmt.Sprintf("/sys/fs/cgroup%s/sam-%d-*", hierarchy, pid))
			if err != nil {
				l.Fatal(err)
			}
			left = append(left, found...)
		}
	}
	return left
}

// mounts are those of the code, or at places where only sandboxes have one.
func (l *litter) mounts() (left []string) {
	l.Helper()
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		l.Fatal(err)
	}
	for line := range strings.Lines(string(mounts)) {
		if strings.Contains(line, l.dir) || strings.Contains(line, " /var/task ") {
			left = append(left, line)
		}
	}
	return left
}
