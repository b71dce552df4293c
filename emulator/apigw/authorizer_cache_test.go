package apigw

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"sam/emulator"
)

// A clock is told what time it is.
type clock struct{ elapsed atomic.Int64 }

func (c *clock) now() time.Time { return stopped().Add(time.Duration(c.elapsed.Load())) }

func (c *clock) advance(d time.Duration) { c.elapsed.Add(int64(d)) }

func TestVerdictsAreKeptForTheTTL(t *testing.T) {
	var c clock
	invoker := answering(policyAnswer("Allow", "*", "{}"))
	a := newAuthorizers(invoker, nil, c.now)
	z := guarded("rest").Route.Authorizer
	z.TTL = time.Minute
	for _, step := range []struct {
		advance time.Duration
		token   string
		want    int
	}{
		{0, "a", 1}, {time.Minute - 1, "a", 1}, {0, "b", 2}, {1, "a", 3}, {0, "b", 3}, {0, "a", 3}, {time.Hour, "b", 4},
	} {
		c.advance(step.advance)
		r := guarded("rest")
		r.Route.Authorizer = z
		r.Header.Set("Authorization", step.token)
		if _, err := decide(t, a, r); err != nil {
			t.Fatal(err)
		}
		if got := invoker.times(); got != step.want {
			t.Errorf("%s after %v: %d calls, want %d", step.token, time.Duration(c.elapsed.Load()), got, step.want)
		}
	}
}

func TestKeptPolicyIsEvaluatedForEveryMethod(t *testing.T) {
	invoker := answering(policyAnswer("Allow", restARN, "{}"))
	a := newAuthorizers(invoker, nil, stopped)
	first := guarded("rest")
	first.Route.Authorizer.TTL = time.Minute
	other := guarded("rest")
	other.Route.Authorizer, other.Path = first.Route.Authorizer, "/items/43"
	for r, want := range map[*request]string{first: `{"i`, other: "403"} {
		if got, err := decide(t, a, r); !strings.HasPrefix(got, want) || err != nil {
			t.Errorf("%s: got %s, %v, want %s", r.Path, got, err, want)
		}
	}
	if invoker.times() != 1 {
		t.Errorf("%d calls, want 1", invoker.times())
	}
}

func TestVerdictsAreThoseOfOneAuthorizer(t *testing.T) {
	invoker := answering(policyAnswer("Allow", "*", "{}"))
	a := newAuthorizers(invoker, nil, stopped)
	for range 2 {
		r := guarded("rest") // each with an authorizer of its own
		r.Route.Authorizer.TTL = time.Minute
		if _, err := decide(t, a, r); err != nil {
			t.Fatal(err)
		}
	}
	if invoker.times() != 2 {
		t.Errorf("%d calls, want 2", invoker.times())
	}
}

func TestValuesOfSeveralIdentitySourcesAreNotMixedUp(t *testing.T) {
	invoker := answering(policyAnswer("Allow", "*", "{}"))
	a := newAuthorizers(invoker, nil, stopped)
	z := guarded("http2").Route.Authorizer
	z.TTL, z.Sources = time.Minute, []string{"$request.querystring.a", "$request.querystring.b"}
	for _, query := range []string{"a=1%22,%20%222&b=3", "a=1&b=2%22,%20%223", "a=1%20&b=2", "a=1&b=%202", "a=1%002&b=3", "a=1&b=2%003"} {
		r := guarded("http2")
		r.Route.Authorizer, r.RawQuery = z, query
		if _, err := decide(t, a, r); err != nil {
			t.Fatal(err)
		}
	}
	if invoker.times() != 6 {
		t.Errorf("%d calls for 6 identities", invoker.times())
	}
}

func TestFailuresAreNotKept(t *testing.T) {
	invoker := &asked{answer: func([]byte) (string, error, error) {
		return `{"errorMessage":"Unauthorized"}`, &emulator.FunctionError{Type: "Error"}, nil
	}}
	a := newAuthorizers(invoker, nil, stopped)
	r := guarded("token")
	r.Route.Authorizer.TTL = time.Minute
	for range 2 {
		if got, err := decide(t, a, r); got != `401 {"message":"Unauthorized"}` || err != nil {
			t.Fatal(got, err)
		}
	}
	if invoker.times() != 2 {
		t.Errorf("%d calls, want 2", invoker.times())
	}
}

func TestThoseWhoComeTogetherAskOnce(t *testing.T) {
	const clients = 20
	release := make(chan struct{})
	invoker := &asked{answer: func([]byte) (string, error, error) {
		<-release
		return policyAnswer("Allow", "*", "{}"), nil, nil
	}}
	// Each reads the clock once before it waits for the verdict, or asks for it,
	// and once more to look for it.
	var readings atomic.Int32
	a := newAuthorizers(invoker, nil, func() time.Time {
		if readings.Add(1) == 2*clients {
			close(release)
		}
		return stopped()
	})
	z := guarded("rest").Route.Authorizer
	z.TTL = time.Minute
	var wg sync.WaitGroup
	for range clients {
		wg.Go(func() {
			r := guarded("rest")
			r.Route.Authorizer = z
			if refusal, err := a.authorize(t.Context(), r); refusal != nil || err != nil {
				t.Error(refusal, err)
			}
		})
	}
	wg.Wait()
	if invoker.times() != 1 {
		t.Errorf("%d calls, want 1", invoker.times())
	}
}

func TestAClientThatGoesTakesNobodyWithIt(t *testing.T) {
	gone, leave := context.WithCancel(t.Context())
	waiting := make(chan struct{})
	var once sync.Once
	var calls atomic.Int32
	ask := func(ctx context.Context) func() (*verdict, error) {
		return func() (*verdict, error) {
			if calls.Add(1) > 1 {
				return &verdict{authorized: true}, nil
			}
			<-waiting
			leave()
			<-ctx.Done()
			return nil, context.Cause(ctx)
		}
	}
	var v verdicts
	c := caller{guarded("http2").Route.Authorizer, "me"}
	first, _ := v.claim(c, stopped())
	var wg sync.WaitGroup
	wg.Go(func() { v.settle(gone, c, first, stopped, ask(gone)) })
	wg.Go(func() {
		got, err := v.get(t.Context(), c, func() time.Time {
			once.Do(func() { close(waiting) })
			return stopped()
		}, ask(t.Context()))
		if err != nil || !got.authorized {
			t.Error(got, err)
		}
	})
	wg.Wait()
	if calls.Load() != 2 {
		t.Errorf("%d calls, want 2", calls.Load())
	}
}

func TestAClientThatGoesWaitsForNoVerdict(t *testing.T) {
	var v verdicts
	c := caller{guarded("http2").Route.Authorizer, "me"}
	v.claim(c, stopped())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := v.get(ctx, c, stopped, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}

	r := guarded("rest")
	invoker := &asked{answer: func([]byte) (string, error, error) { return "", nil, context.Canceled }}
	refusal, err := newAuthorizers(invoker, nil, stopped).authorize(ctx, r)
	if refusal == nil || refusal.Status != clientGone.status || err != nil {
		t.Errorf("got %v, %v", refusal, err)
	}
}

func TestAPanicLeavesNobodyWaiting(t *testing.T) {
	var v verdicts
	c := caller{guarded("http2").Route.Authorizer, "me"}
	func() {
		defer func() { _ = recover() }()
		_, _ = v.get(t.Context(), c, stopped, func() (*verdict, error) { panic("boom") })
	}()
	got, err := v.get(t.Context(), c, stopped, func() (*verdict, error) { return new(verdict), nil })
	if got == nil || err != nil {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestVerdictsAreBounded(t *testing.T) {
	var v verdicts
	z := guarded("http2").Route.Authorizer
	z.TTL = time.Hour
	for i := range maxVerdicts + 10 {
		c := caller{z, fmt.Sprint(i)}
		if _, err := v.get(t.Context(), c, stopped, func() (*verdict, error) { return new(verdict), nil }); err != nil {
			t.Fatal(err)
		}
	}
	if len(v.kept) != maxVerdicts {
		t.Errorf("%d verdicts are kept, want %d", len(v.kept), maxVerdicts)
	}
}
