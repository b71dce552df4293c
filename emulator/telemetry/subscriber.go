package telemetry

import (
	"context"
	"sync"
	"time"

	"sam/rapi"
)

const (
	// attempts is how often a batch is sent to a subscriber that does not take
	// it; firstPause lies before the second time, and doubles.
	attempts   = 5
	firstPause = 50 * time.Millisecond
	// sendLimit is how long a subscriber may take to acknowledge a batch.
	sendLimit = 5 * time.Second
)

// A subscriber gets its events from a goroutine of its own, so that one that is
// slow or gone holds up nobody.
type subscriber struct {
	sub  rapi.Subscription
	sink sink

	filled  chan struct{}      // holds a token if there may be something to deliver
	flushes chan chan struct{} // closed when what there was has been delivered
	cancel  context.CancelFunc
	done    chan struct{}

	mu           sync.Mutex
	batch        []event
	size         int // of batch, in bytes
	full         bool
	dropped      int
	droppedBytes int
}

// newSubscriber starts with the events that were early, all of them.
func newSubscriber(sub rapi.Subscription, early []event) *subscriber {
	ctx, cancel := context.WithCancel(context.Background())
	s := &subscriber{
		sub: sub, sink: newSink(sub), cancel: cancel,
		filled: make(chan struct{}, 1), flushes: make(chan chan struct{}), done: make(chan struct{}),
	}
	for _, e := range early {
		s.full = false
		s.take(e)
	}
	go s.run(ctx)
	return s
}

// take keeps an event for the next batch. While the one before is still on its
// way there is room for one more; what is over that is lost, and counted.
func (s *subscriber) take(e event) {
	if !wants(s.sub, e.kind) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.full {
		s.dropped++
		s.droppedBytes += len(e.encoded)
		return
	}
	s.batch = append(s.batch, e)
	s.size += len(e.encoded)
	s.full = len(s.batch) >= s.sub.MaxItems || s.size >= s.sub.MaxBytes
	if s.full || len(s.batch) == 1 {
		select {
		case s.filled <- struct{}{}:
		default:
		}
	}
}

// run delivers a batch when it is full, when its time is over, or when it is
// asked to.
func (s *subscriber) run(ctx context.Context) {
	defer close(s.done)
	defer s.sink.close()
	timer := time.NewTimer(0)
	timer.Stop()
	defer timer.Stop()
	waiting := false // for the timer
	for {
		var flushed chan struct{}
		select {
		case <-ctx.Done():
			return
		case <-s.filled:
			if !s.isFull() {
				if !waiting {
					timer.Reset(s.sub.Timeout)
					waiting = true
				}
				continue
			}
		case <-timer.C:
		case flushed = <-s.flushes:
		}
		timer.Stop()
		waiting = false
		if batch := s.next(); len(batch) > 0 {
			s.deliver(ctx, batch)
		}
		if flushed != nil {
			close(flushed)
		}
	}
}

func (s *subscriber) isFull() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.full
}

// next takes the batch that is due.
func (s *subscriber) next() []event {
	s.mu.Lock()
	defer s.mu.Unlock()
	batch := s.batch
	s.batch, s.size, s.full = nil, 0, false
	if s.dropped > 0 {
		lost := newEvent("platform.logsDropped", map[string]any{
			"reason":         "Consumer seems to have fallen behind as it has not acknowledged receipt of logs.",
			"droppedRecords": s.dropped, "droppedBytes": s.droppedBytes,
		})
		if wants(s.sub, lost.kind) {
			batch = append(batch, lost)
		}
		s.dropped, s.droppedBytes = 0, 0
	}
	return batch
}

// deliver sends a batch until it is taken, or given up.
func (s *subscriber) deliver(ctx context.Context, batch []event) {
	pause := firstPause
	for attempt := range attempts {
		if attempt > 0 {
			select {
			case <-time.After(pause):
			case <-ctx.Done():
				return
			}
			pause *= 2
		}
		sending, cancel := context.WithTimeout(ctx, sendLimit)
		err := s.sink.send(sending, batch)
		cancel()
		if err == nil || ctx.Err() != nil {
			return
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dropped += len(batch)
	for _, e := range batch {
		s.droppedBytes += len(e.encoded)
	}
}

// flush returns once what there was has been delivered, or ctx is done.
func (s *subscriber) flush(ctx context.Context) {
	flushed := make(chan struct{})
	select {
	case s.flushes <- flushed:
		select {
		case <-flushed:
		case <-ctx.Done():
		}
	case <-ctx.Done():
	case <-s.done:
	}
}

func (s *subscriber) close() {
	s.cancel()
	<-s.done
}
