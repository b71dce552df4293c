// Package telemetry delivers the telemetry of an execution environment to the
// extensions that have subscribed to it: in batches, over HTTP or TCP, with what
// happened before they subscribed.
//
// It owns the events' envelope, buffering, repetition and loss. What the records
// say is the affair of package emulator, and how an extension subscribes that of
// package rapi.
package telemetry

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"sam/rapi"
)

// The types of telemetry that extensions subscribe to. The type of an event of
// the platform has its own name behind that: platform.start.
const (
	Platform  = "platform"
	Function  = "function"
	Extension = "extension"
)

// maxEarly bounds, in bytes, what is kept for extensions that have not
// subscribed yet.
const maxEarly = 1 << 20

// A Hub takes what happens in one execution environment. Its methods may be
// called from any goroutine, and none but Flush and Close waits.
type Hub struct {
	idle atomic.Bool // nobody has subscribed, and nobody can any more

	mu          sync.Mutex
	sealed      bool
	early       []event
	earlySize   int
	subscribers []*subscriber
}

// An event is encoded when it happens.
type event struct {
	kind    string
	encoded []byte
}

// NewHub returns a Hub without subscribers. It must be closed.
func NewHub() *Hub { return new(Hub) }

// Active tells whether anybody has subscribed, or may do so yet: only then are
// events of use.
func (h *Hub) Active() bool { return !h.idle.Load() }

// Subscribe delivers everything from now on, and what has happened so far.
func (h *Hub) Subscribe(sub rapi.Subscription) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.subscribers = append(h.subscribers, newSubscriber(sub, h.early))
}

// Seal says that nobody will subscribe any more.
func (h *Hub) Seal() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.sealed, h.early = true, nil
	h.idle.Store(len(h.subscribers) == 0)
}

// Publish takes an event with a record that can be encoded as JSON.
func (h *Hub) Publish(kind string, record any) {
	if !h.Active() {
		return
	}
	e := newEvent(kind, record)
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.sealed && h.earlySize < maxEarly {
		h.early = append(h.early, e)
		h.earlySize += len(e.encoded)
	}
	for _, s := range h.subscribers {
		s.take(e)
	}
}

// PublishLines takes whole lines that a process has printed, as an event each.
// A line that is a JSON object is one in the event too if asJSON is set.
func (h *Hub) PublishLines(kind string, lines []byte, asJSON bool) {
	if !h.Active() {
		return
	}
	for line := range bytes.Lines(lines) {
		line = bytes.TrimSuffix(line, []byte("\n"))
		if asJSON && len(line) > 0 && line[0] == '{' && json.Valid(line) {
			h.Publish(kind, json.RawMessage(line))
		} else {
			h.Publish(kind, string(line))
		}
	}
}

// Flush returns once the subscribers have what has happened so far, or ctx is
// done.
func (h *Hub) Flush(ctx context.Context) {
	h.mu.Lock()
	subscribers := slices.Clone(h.subscribers)
	h.mu.Unlock()
	var all sync.WaitGroup
	for _, s := range subscribers {
		all.Go(func() { s.flush(ctx) })
	}
	all.Wait()
}

// Close ends the delivery. What has not been delivered is lost.
func (h *Hub) Close() {
	h.Seal()
	h.mu.Lock()
	subscribers := h.subscribers
	h.subscribers = nil
	h.idle.Store(true)
	h.mu.Unlock()
	for _, s := range subscribers {
		s.close()
	}
}

const timeFormat = "2006-01-02T15:04:05.000Z"

func newEvent(kind string, record any) event {
	encoded, err := json.Marshal(struct {
		Time   string `json:"time"`
		Type   string `json:"type"`
		Record any    `json:"record"`
	}{time.Now().UTC().Format(timeFormat), kind, record})
	if err != nil {
		panic(err) // records are made of texts and numbers, and always marshal
	}
	return event{kind, encoded}
}

// Events of the platform that the Logs API knows; all else but three of them is
// for the Telemetry API only.
var (
	logsKinds     = []string{"platform.start", "platform.end", "platform.report", "platform.fault", "platform.extension", "platform.logsSubscription", "platform.logsDropped"}
	logsOnlyKinds = []string{"platform.end", "platform.fault", "platform.logsSubscription"}
)

// wants tells whether an event is of a kind that was subscribed to.
func wants(sub rapi.Subscription, kind string) bool {
	family, _, ofPlatform := strings.Cut(kind, ".")
	switch {
	case !slices.Contains(sub.Types, family):
		return false
	case !ofPlatform:
		return true
	case !sub.Logs:
		return !slices.Contains(logsOnlyKinds, kind)
	}
	return slices.Contains(logsKinds, kind) ||
		kind == "platform.runtimeDone" && sub.SchemaVersion == "2021-03-18"
}
