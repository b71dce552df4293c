package lambdaapi

import (
	"context"
	"errors"
	"fmt"
	"time"

	"sam/emulator"
)

// maxEvents bounds the asynchronous invocations that have not ended, whose
// payloads are kept in memory.
const maxEvents = 1000

// Waits before an event that was throttled is tried again, as of
// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html.
// An event whose function fails is not tried again, although AWS does so twice:
// a developer waits for the first error, not for two more minutes.
const (
	firstRetry = time.Second
	lastRetry  = 5 * time.Minute
)

// start runs an invocation that nobody waits for.
func (a *API) start(inv *invocation, maxPayload int) error {
	if size := len(inv.request.Payload); size > maxPayload {
		return tooLarge("%d byte payload is too large for the Event invocation type (limit %d bytes)", size, maxPayload)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case a.closed:
		return emulator.ErrFleetClosed
	case a.events == maxEvents:
		return tooMany("ConcurrentInvocationLimitExceeded", fmt.Sprintf("%d asynchronous invocations have not ended yet", maxEvents))
	}
	a.events++
	a.work.Go(func() {
		if err := a.run(inv); err != nil {
			a.config.Notice(fmt.Errorf("event for %s: %w", inv.function.Path, err))
		}
		a.mu.Lock()
		a.events--
		a.mu.Unlock()
	})
	return nil
}

// run returns nil as well if the API was closed meanwhile, which Close tells.
func (a *API) run(inv *invocation) error {
	for wait := firstRetry; ; wait = min(2*wait, lastRetry) {
		_, err := a.config.Functions.Invoke(a.running, inv.function.Path, inv.request)
		if a.running.Err() != nil {
			return nil
		}
		var throttled *emulator.ThrottledError
		// On AWS, too, no event waits for a function that may not run at all.
		if !errors.As(err, &throttled) || throttled.Limit == 0 {
			return err
		}
		select {
		case <-time.After(wait):
		case <-a.running.Done():
			return nil
		}
	}
}

// Close takes no more asynchronous invocations and waits for those there are,
// until ctx ends. The error says how many have been given up then. Calls that a
// client waits for are the HTTP server's to end, before; the functions are to be
// stopped afterwards.
func (a *API) Close(ctx context.Context) error {
	a.mu.Lock()
	a.closed = true
	a.mu.Unlock()
	var lost int
	counted := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(counted)
		a.mu.Lock()
		lost = a.events
		a.mu.Unlock()
		a.abort()
	})
	a.work.Wait()
	a.abort()
	if stop() {
		return nil
	}
	<-counted
	if lost == 0 {
		return nil
	}
	return fmt.Errorf("%d asynchronous invocations had not ended when sam did", lost)
}
