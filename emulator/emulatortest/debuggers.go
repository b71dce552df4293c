package emulatortest

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// Clients of debuggers, each with the protocol that editors speak.

// debugLimit is how long a client of a debugger waits for what must happen.
const debugLimit = time.Minute

// A Breakpoint is where a client of a debugger stops a function, and what it
// wants to know there.
type Breakpoint struct {
	Address    string // of the debugger
	File       string // the path that users know
	Line       int
	Expression string
}

// A DebugClient attaches to a function that waits for it, and lets it run to a
// breakpoint. hit waits until it gets there, and lets it go on; it returns the
// value that the expression had. The client leaves when the test ends.
type DebugClient func(t *testing.T, at Breakpoint) (hit func() string)

var ports atomic.Uint32 // that were given out

// FreePort is a port of 127.0.0.1 that nobody listens on, and none of those that
// the kernel gives to whoever asks for any: it is still free later on.
func FreePort(t interface{ Fatalf(string, ...any) }) int {
	const first, count = 10000, 20000
	for range count {
		port := first + (os.Getpid()*100+int(ports.Add(1)))%count
		listener, err := net.Listen("tcp4", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		if err == nil {
			_ = listener.Close()
			return port
		}
	}
	t.Fatalf("no port is free")
	return 0
}

// message is one of any protocol.
type message map[string]any

// at returns what is found by going from key to key, or nil. A number is an
// index.
func (m message) at(path string) any {
	var value any = map[string]any(m)
	for key := range strings.SplitSeq(path, ".") {
		switch v := value.(type) {
		case map[string]any:
			value = v[key]
		case []any:
			i, err := strconv.Atoi(key)
			if err != nil || i >= len(v) {
				return nil
			}
			value = v[i]
		default:
			return nil
		}
	}
	return value
}

// A dialogue is a connection on which both sides send messages.
type dialogue struct {
	t       *testing.T
	write   func(message) error
	read    func() (message, error)
	reply   func(m message, seq int) bool // whether m answers request seq
	seq     int
	pending []message // that were read and not asked for
}

// next returns the first message that fits.
func (d *dialogue) next(what string, fits func(message) bool) message {
	d.t.Helper()
	for i, m := range d.pending {
		if fits(m) {
			d.pending = append(d.pending[:i:i], d.pending[i+1:]...)
			return m
		}
	}
	for {
		m, err := d.read()
		if err != nil {
			d.t.Fatalf("waiting for %s: %v; unasked were %v", what, err, d.pending)
		}
		if fits(m) {
			return m
		}
		d.pending = append(d.pending, m)
	}
}

func (d *dialogue) event(key, name string) message {
	d.t.Helper()
	return d.next(name, func(m message) bool { return m[key] == name })
}

// send sends a request and returns its number.
func (d *dialogue) send(m message, id string) int {
	d.t.Helper()
	d.seq++
	m[id] = d.seq
	if err := d.write(m); err != nil {
		d.t.Fatalf("%v: %v", m, err)
	}
	return d.seq
}

// answer waits for that of a request.
func (d *dialogue) answer(seq int) message {
	d.t.Helper()
	m := d.next(fmt.Sprintf("the answer to request %d", seq), func(m message) bool { return d.reply(m, seq) })
	if m["success"] == false || m["error"] != nil {
		d.t.Fatalf("request %d failed: %v", seq, m)
	}
	return m
}

// framed is a dialogue as of the Debug Adapter Protocol, which took its framing
// from V8's.
func framed(t *testing.T, address string) *dialogue {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	for deadline := time.Now().Add(debugLimit); err != nil; conn, err = net.Dial("tcp", address) {
		if time.Now().After(deadline) {
			t.Fatal(err)
		}
		time.Sleep(5 * time.Millisecond) // nobody announces when a debugger of the user's listens
	}
	t.Cleanup(func() { _ = conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(debugLimit))
	in := bufio.NewReader(conn)
	d := &dialogue{t: t}
	d.reply = func(m message, seq int) bool { return m["type"] == "response" && m["request_seq"] == float64(seq) }
	d.write = func(m message) error {
		m["type"] = "request"
		body, err := json.Marshal(m)
		if err == nil {
			_, err = fmt.Fprintf(conn, "Content-Length: %d\r\n\r\n%s", len(body), body)
		}
		return err
	}
	d.read = func() (message, error) {
		length := 0
		for {
			line, err := in.ReadString('\n')
			if err != nil {
				return nil, err
			}
			if size, found := strings.CutPrefix(line, "Content-Length:"); found {
				if length, err = strconv.Atoi(strings.TrimSpace(size)); err != nil {
					return nil, err
				}
			}
			if strings.TrimSpace(line) == "" {
				break
			}
		}
		body := make([]byte, length)
		if _, err := io.ReadFull(in, body); err != nil {
			return nil, err
		}
		if length == 0 { // V8's greeting
			return message{}, nil
		}
		var m message
		return m, json.Unmarshal(body, &m)
	}
	return d
}

func (d *dialogue) request(command string, arguments message) message {
	d.t.Helper()
	return d.answer(d.send(message{"command": command, "arguments": arguments}, "seq"))
}

// DAP speaks the Debug Adapter Protocol: debugpy, Delve, rdbg.
// https://microsoft.github.io/debug-adapter-protocol/specification
func DAP(t *testing.T, at Breakpoint) (hit func() string) {
	d := framed(t, at.Address)
	d.request("initialize", message{
		"clientID": "test", "adapterID": "test", "linesStartAt1": true, "columnsStartAt1": true, "pathFormat": "path",
	})
	attach := d.send(message{"command": "attach", "arguments": message{"mode": "remote", "localfs": true}}, "seq")
	d.event("event", "initialized")
	d.request("setBreakpoints", message{"source": message{"path": at.File}, "breakpoints": []message{{"line": at.Line}}})
	configured := d.send(message{"command": "configurationDone"}, "seq")
	d.answer(attach)
	d.answer(configured)
	return func() string {
		for { // some stop at the start, too
			stopped := d.event("event", "stopped")
			thread := stopped.at("body.threadId")
			top := d.request("stackTrace", message{"threadId": thread, "startFrame": 0, "levels": 1})
			var value any
			there := top.at("body.stackFrames.0.line") == float64(at.Line) && top.at("body.stackFrames.0.source.path") == at.File
			if there {
				frame := top.at("body.stackFrames.0.id")
				value = d.request("evaluate", message{"expression": at.Expression, "frameId": frame, "context": "watch"}).at("body.result")
			}
			d.request("continue", message{"threadId": thread})
			if there {
				return fmt.Sprint(value)
			}
		}
	}
}

// V8 speaks the protocol of V8 before Node.js 8.
// https://github.com/buggerjs/bugger-v8-client/blob/master/PROTOCOL.md
func V8(t *testing.T, at Breakpoint) (hit func() string) {
	d := framed(t, at.Address)
	d.request("setbreakpoint", message{"type": "script", "target": at.File, "line": at.Line - 1})
	return func() string {
		for d.event("event", "break").at("body.script.name") != at.File { // at the first line of all
			d.request("continue", nil)
		}
		found := d.request("evaluate", message{"expression": at.Expression, "frame": 0})
		d.request("continue", nil)
		return fmt.Sprint(found.at("body.text"))
	}
}

// DevTools speaks the protocol of Chrome's DevTools.
// https://chromedevtools.github.io/devtools-protocol/v8/Debugger
func DevTools(t *testing.T, at Breakpoint) (hit func() string) {
	ctx, cancel := context.WithTimeout(context.Background(), debugLimit)
	conn, _, err := websocket.Dial(ctx, inspectorURL(t, at.Address), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = conn.CloseNow()
		cancel()
	})
	conn.SetReadLimit(-1)
	d := &dialogue{t: t}
	d.reply = func(m message, seq int) bool { return m["id"] == float64(seq) }
	d.write = func(m message) error {
		body, err := json.Marshal(m)
		if err == nil {
			err = conn.Write(ctx, websocket.MessageText, body) // in one frame: Node.js 8 knows no others
		}
		return err
	}
	d.read = func() (message, error) {
		_, body, err := conn.Read(ctx)
		if err != nil {
			return nil, err
		}
		var m message
		return m, json.Unmarshal(body, &m)
	}
	send := func(method string, params message) int {
		return d.send(message{"method": method, "params": params}, "id")
	}
	call := func(method string, params message) message { return d.answer(send(method, params)) }

	// All at once, as editors do: Node.js 8 may sleep over a first message alone.
	for _, seq := range []int{
		send("Runtime.enable", nil),
		send("Debugger.enable", nil),
		send("Debugger.setBreakpointByUrl", message{"urlRegex": "^(file://)?" + regexp.QuoteMeta(at.File) + "$", "lineNumber": at.Line - 1}),
		send("Runtime.runIfWaitingForDebugger", nil),
	} {
		d.answer(seq)
	}
	d.event("method", "Debugger.paused") // at the first line of all
	call("Debugger.resume", nil)
	return func() string {
		paused := d.event("method", "Debugger.paused")
		if line := paused.at("params.callFrames.0.location.lineNumber"); line != float64(at.Line-1) {
			t.Errorf("stopped at line %v, counted from 0", line)
		}
		found := call("Debugger.evaluateOnCallFrame", message{
			"callFrameId": paused.at("params.callFrames.0.callFrameId"), "expression": at.Expression,
		})
		call("Debugger.resume", nil)
		return fmt.Sprint(found.at("result.result.value"))
	}
}

// inspectorURL asks Node.js for the WebSocket of its one target.
func inspectorURL(t *testing.T, address string) string {
	t.Helper()
	res, err := http.Get("http://" + address + "/json/list")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var targets []struct {
		URL string `json:"webSocketDebuggerUrl"`
	}
	if err := json.NewDecoder(res.Body).Decode(&targets); err != nil || len(targets) != 1 {
		t.Fatalf("targets %v, %v", targets, err)
	}
	return targets[0].URL
}

// JDB has the JDK's own debugger do it.
func JDB(t *testing.T, at Breakpoint) (hit func() string) {
	ctx, cancel := context.WithTimeout(context.Background(), debugLimit)
	cmd := exec.CommandContext(ctx, findJDB(t), "-attach", at.Address)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	var out output
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		_ = cmd.Wait()
	})
	await := func(pattern string) string {
		t.Helper()
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		for {
			if found, ok := out.take(regexp.MustCompile(pattern)); ok {
				return found
			}
			select {
			case <-tick.C:
			case <-ctx.Done():
				t.Fatalf("jdb does not say %s:\n%s", pattern, &out)
			}
		}
	}
	say := func(line string) {
		t.Helper()
		if _, err := io.WriteString(in, line+"\n"); err != nil {
			t.Fatal(err)
		}
	}
	await("VM (Started)")
	class := strings.TrimSuffix(filepath.Base(at.File), ".java")
	say(fmt.Sprintf("stop at %s.%s:%d", filepath.Base(filepath.Dir(at.File)), class, at.Line))
	await("(Deferring) breakpoint")
	say("cont")
	return func() string {
		await(fmt.Sprintf("Breakpoint hit: .*line=(%d)", at.Line))
		say("print " + at.Expression)
		value := await(regexp.QuoteMeta(at.Expression) + " = (.*)")
		say("cont")
		return value
	}
}

// output is what a program has printed.
type output struct {
	mu   sync.Mutex
	text []byte
	seen int
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.text = append(o.text, p...)
	return len(p), nil
}

// take returns the group of the first match, and does not look at what is before
// it again.
func (o *output) take(pattern *regexp.Regexp) (string, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	found := pattern.FindSubmatchIndex(o.text[o.seen:])
	if found == nil {
		return "", false
	}
	text := string(o.text[o.seen+found[2] : o.seen+found[3]])
	o.seen += found[1]
	return text, true
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return string(o.text)
}

func findJDB(t *testing.T) string {
	t.Helper()
	if path, err := exec.LookPath("jdb"); err == nil {
		return path
	}
	found, err := filepath.Glob("/usr/lib/jvm/*/bin/jdb")
	if err != nil || len(found) == 0 {
		Lacks(t, "jdb", "no JDK has a jdb")
	}
	return found[len(found)-1]
}
