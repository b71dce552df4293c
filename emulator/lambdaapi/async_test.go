package lambdaapi

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"sam/emulator"
)

// send sends an event.
func (h *harness) send(t *testing.T) {
	t.Helper()
	if w := h.ask("POST", invocations, "X-Amz-Invocation-Type: Event\nX-Amz-Log-Type: Tail\nX-Amz-Client-Context: e30=", "1"); w.Code != 202 || w.Body.Len() > 0 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestEventRunsOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var ran bool
		h := newHarness(t, func(_ context.Context, function string, req emulator.Request) (*emulator.Result, error) {
			time.Sleep(time.Minute)
			ran = function == "Ratings" && string(req.Payload) == "1"
			if req.WithLog || req.ClientContext != "" || req.RequestID == "" {
				t.Errorf("%+v", req)
			}
			return &emulator.Result{Failure: &emulator.FunctionError{}}, nil
		})
		began := time.Now()
		h.send(t)
		if time.Since(began) > 0 {
			t.Error("the client waited")
		}
		if err := h.Close(t.Context()); err != nil || !ran {
			t.Errorf("ran: %v, %v", ran, err)
		}
		if len(h.notices) > 0 { // the function's log has it
			t.Error(h.notices)
		}
	})
}

func TestEventThatCannotRunIsTold(t *testing.T) {
	h := newHarness(t, fail(errors.New("no Python found")))
	h.send(t)
	if err := h.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if want := "[event for Ratings: no Python found]"; fmt.Sprint(h.notices) != want {
		t.Errorf("told: %s", h.notices)
	}
}

func TestThrottledEventIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var tries int
		h := newHarness(t, func(context.Context, string, emulator.Request) (*emulator.Result, error) {
			if tries++; tries < 12 {
				return nil, &emulator.ThrottledError{Function: "Ratings", Limit: 1}
			}
			return &emulator.Result{}, nil
		})
		began := time.Now()
		h.send(t)
		if err := h.Close(t.Context()); err != nil {
			t.Error(err)
		}
		// 1 s, doubled eight times, and 5 minutes each then.
		if took := time.Since(began); tries != 12 || took != 511*time.Second+2*5*time.Minute {
			t.Errorf("%d tries in %v", tries, took)
		}
	})
}

func TestEventOfFunctionThatMayNotRun(t *testing.T) {
	h := newHarness(t, fail(&emulator.ThrottledError{Function: "Ratings", Limit: 0}))
	h.send(t)
	if err := h.Close(t.Context()); err != nil || len(h.notices) != 1 {
		t.Errorf("%v %q", err, h.notices)
	}
}

func TestTooManyEvents(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHarness(t, func(context.Context, string, emulator.Request) (*emulator.Result, error) {
			time.Sleep(time.Second)
			return &emulator.Result{}, nil
		})
		for range maxEvents {
			h.send(t)
		}
		if w := h.ask("POST", invocations, "X-Amz-Invocation-Type: Event", ""); w.Code != 429 || !strings.Contains(w.Body.String(), "1000 asynchronous invocations") {
			t.Errorf("%d %s", w.Code, w.Body)
		}
		time.Sleep(2 * time.Second)
		h.send(t)
	})
}

func TestCloseGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		forever := func(ctx context.Context, _ string, _ emulator.Request) (*emulator.Result, error) {
			<-ctx.Done()
			return nil, context.Cause(ctx)
		}
		h := newHarness(t, forever)
		h.send(t)
		h.send(t)
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		if err := h.Close(ctx); err == nil || err.Error() != "2 asynchronous invocations had not ended when sam did" {
			t.Error(err)
		}
		if w := h.ask("POST", invocations, "X-Amz-Invocation-Type: Event", ""); w.Code != 500 {
			t.Errorf("an event after the end: %d %s", w.Code, w.Body)
		}
		if len(h.notices) > 0 {
			t.Error(h.notices)
		}
	})
}
