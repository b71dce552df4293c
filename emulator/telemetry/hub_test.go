package telemetry_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"sam/emulator/telemetry"
	"sam/rapi"
)

type event struct {
	Time   time.Time
	Type   string
	Record json.RawMessage
}

// A listener is an extension's, and shows the batches that it gets.
type listener struct {
	batches chan []event
	sub     rapi.Subscription
	refuse  atomic.Int32 // so many requests
}

func listen(t *testing.T, types ...string) *listener {
	t.Helper()
	l := &listener{batches: make(chan []event, 100)}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var batch []event
		if err := json.NewDecoder(r.Body).Decode(&batch); err != nil || r.Method != "PUT" || r.URL.Path != "/in" || r.Host != "sandbox.localdomain:8080" {
			t.Errorf("%s %s %s: %v", r.Method, r.Host, r.URL, err)
		}
		if l.refuse.Add(-1) >= 0 {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		l.batches <- batch
	}))
	t.Cleanup(server.Close)
	l.sub = rapi.Subscription{
		Extension: "x", SchemaVersion: "2022-12-13", Types: types, MaxItems: 1000, MaxBytes: 256 << 10, Timeout: time.Hour,
		Network: "http", Address: server.Listener.Addr().String(), Method: "PUT", URL: "http://sandbox.localdomain:8080/in",
	}
	return l
}

func open(t *testing.T) *telemetry.Hub {
	t.Helper()
	hub := telemetry.NewHub()
	t.Cleanup(hub.Close)
	return hub
}

func (l *listener) next(t *testing.T) []event {
	t.Helper()
	select {
	case batch := <-l.batches:
		return batch
	case <-time.After(10 * time.Second):
		t.Fatal("nothing was delivered")
		return nil
	}
}

func (l *listener) want(t *testing.T, want ...string) {
	t.Helper()
	var got []string
	for _, e := range l.next(t) {
		if e.Time.IsZero() {
			t.Errorf("%s has no time", e.Type)
		}
		got = append(got, e.Type+" "+string(e.Record))
	}
	if !slices.Equal(got, want) {
		t.Errorf("batch\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestWhatWasBeforeIsDelivered(t *testing.T) {
	hub, l := open(t), listen(t, "platform", "function")
	hub.Publish("platform.initStart", map[string]any{"phase": "init"})
	hub.PublishLines(telemetry.Function, []byte("loading\n{\"a\":1}\n"), true)
	hub.PublishLines(telemetry.Extension, []byte("other\n"), false)
	hub.Subscribe(l.sub)
	hub.Seal()
	hub.PublishLines(telemetry.Function, []byte("{\"a\":1}\n\nlast"), false)
	hub.Flush(t.Context())
	l.want(t, `platform.initStart {"phase":"init"}`, `function "loading"`, `function {"a":1}`, `function "{\"a\":1}"`, `function ""`, `function "last"`)
	if !hub.Active() {
		t.Error("a hub with a subscriber is idle")
	}
}

func TestNobodySubscribes(t *testing.T) {
	hub := open(t)
	if !hub.Active() {
		t.Error("a hub that may be subscribed to is idle")
	}
	hub.Publish("platform.initStart", "x")
	hub.Seal()
	if hub.Active() {
		t.Error("a hub without subscribers is active")
	}
	hub.Publish("platform.start", "x")
	hub.Flush(t.Context())
}

func TestBatchesEnd(t *testing.T) {
	t.Run("by number", func(t *testing.T) {
		hub, l := open(t), listen(t, "function")
		hub.Subscribe(l.sub)
		for i := range 1001 {
			hub.Publish(telemetry.Function, i)
		}
		if batch := l.next(t); len(batch) != 1000 {
			t.Errorf("%d events", len(batch))
		}
	})
	t.Run("by size", func(t *testing.T) {
		hub, l := open(t), listen(t, "function")
		hub.Subscribe(l.sub)
		for range 3 {
			hub.Publish(telemetry.Function, strings.Repeat("x", 100<<10))
		}
		if batch := l.next(t); len(batch) != 3 {
			t.Errorf("%d events", len(batch))
		}
	})
	t.Run("by time", func(t *testing.T) {
		hub, l := open(t), listen(t, "function")
		l.sub.Timeout = 25 * time.Millisecond
		hub.Subscribe(l.sub)
		for i := range 2 {
			hub.Publish(telemetry.Function, i)
			l.want(t, fmt.Sprintf("function %d", i))
		}
	})
}

func TestRepetition(t *testing.T) {
	hub, l := open(t), listen(t, "function")
	l.refuse.Store(2)
	hub.Subscribe(l.sub)
	hub.Publish(telemetry.Function, "kept")
	hub.Flush(t.Context())
	l.want(t, `function "kept"`)
}

func TestLossIsReported(t *testing.T) {
	hub, l := open(t), listen(t, "platform", "function")
	l.refuse.Store(5) // as often as a batch is sent
	hub.Subscribe(l.sub)
	hub.Publish(telemetry.Function, "lost")
	hub.Flush(t.Context())
	hub.Publish(telemetry.Function, "next")
	hub.Flush(t.Context())
	batch := l.next(t)
	if len(batch) != 2 || batch[1].Type != "platform.logsDropped" || !strings.Contains(string(batch[1].Record), `"droppedRecords":1,`) {
		t.Errorf("%s", batch)
	}
}

// TestSlowSubscriber publishes more than fits while the subscriber is at the
// first batch.
func TestSlowSubscriber(t *testing.T) {
	hub := open(t)
	entered, leave := make(chan struct{}, 1), make(chan struct{})
	counts := make(chan map[string]int, 10)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var batch []event
		if err := json.NewDecoder(r.Body).Decode(&batch); err != nil {
			t.Error(err)
		}
		select {
		case entered <- struct{}{}:
		default:
		}
		<-leave
		count := make(map[string]int)
		for _, e := range batch {
			count[e.Type]++
		}
		counts <- count
	}))
	defer server.Close()
	hub.Subscribe(rapi.Subscription{
		Types: []string{"platform", "function"}, MaxItems: 1000, MaxBytes: 1 << 20, Timeout: time.Hour,
		Network: "http", Address: server.Listener.Addr().String(), Method: "POST", URL: "http://sandbox:1/",
	})
	for range 1000 {
		hub.Publish(telemetry.Function, 0)
	}
	<-entered
	for range 1500 {
		hub.Publish(telemetry.Function, 0)
	}
	close(leave)
	hub.Flush(t.Context())
	if first, second := <-counts, <-counts; first["function"] != 1000 || second["function"] != 1000 || second["platform.logsDropped"] != 1 {
		t.Errorf("%v, then %v", first, second)
	}
}

func TestFlushIsBounded(t *testing.T) {
	hub := open(t)
	silent, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	hub.Subscribe(rapi.Subscription{
		Types: []string{"function"}, MaxItems: 1000, MaxBytes: 1 << 20, Timeout: time.Hour,
		Network: "http", Address: silent.Addr().String(), Method: "POST", URL: "http://sandbox:1/",
	})
	hub.Publish(telemetry.Function, "never acknowledged")
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	hub.Flush(ctx)
}

func TestTCP(t *testing.T) {
	hub := open(t)
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	hub.Subscribe(rapi.Subscription{
		Types: []string{"function"}, MaxItems: 1000, MaxBytes: 1 << 20, Timeout: 25 * time.Millisecond,
		Network: "tcp", Address: listener.Addr().String(),
	})
	hub.Publish(telemetry.Function, "first")
	conn, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(conn)
	expect := func(want string) {
		t.Helper()
		line, err := lines.ReadString('\n')
		if err != nil || !strings.HasSuffix(line, want) {
			t.Errorf("line %q, %v", line, err)
		}
	}
	expect(`"type":"function","record":"first"}` + "\n")
	hub.Publish(telemetry.Function, "second")
	expect(`"type":"function","record":"second"}` + "\n")
	hub.Close()
	if _, err := lines.ReadByte(); err != io.EOF {
		t.Errorf("after the end: %v", err)
	}
}

func TestLogsAPIKnowsFewerEvents(t *testing.T) {
	all := []string{"platform.initStart", "platform.start", "platform.runtimeDone", "platform.end", "platform.report", "platform.logsSubscription", "platform.telemetrySubscription"}
	for version, want := range map[string][]string{
		"2020-08-15": {"platform.start", "platform.end", "platform.report", "platform.logsSubscription"},
		"2021-03-18": {"platform.start", "platform.runtimeDone", "platform.end", "platform.report", "platform.logsSubscription"},
		"2022-12-13": {"platform.initStart", "platform.start", "platform.runtimeDone", "platform.report", "platform.telemetrySubscription"},
	} {
		hub, l := open(t), listen(t, "platform")
		l.sub.SchemaVersion, l.sub.Logs = version, version != "2022-12-13"
		hub.Subscribe(l.sub)
		for _, kind := range all {
			hub.Publish(kind, "x")
		}
		hub.Flush(t.Context())
		var got []string
		for _, e := range l.next(t) {
			got = append(got, e.Type)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", version, got, want)
		}
	}
}
