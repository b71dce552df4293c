package apigw

import (
	"context"
	"sync"
	"time"

	"sam/emulator/template"
)

// maxVerdicts is how many verdicts are kept, lest a load test with a token for
// each request fills the memory.
const maxVerdicts = 1000

// verdicts are those of functions that were asked within the TTL of their
// authorizers. The zero value is ready to use.
type verdicts struct {
	mu   sync.Mutex
	kept map[caller]*keptVerdict
}

// A caller is who has an identity in the eyes of an authorizer.
type caller struct {
	authorizer *template.Authorizer
	identity   string
}

// A keptVerdict is a verdict, or one that is being waited for.
type keptVerdict struct {
	known   chan struct{} // closed once the rest is set
	verdict *verdict
	err     error
	// abandoned tells that whoever asked has gone without an answer.
	abandoned bool
	expires   time.Time // zero until the answer is known
}

// get returns the verdict on a caller, and asks for it unless it is known. Those
// who want the same one at the same time wait for one answer. Errors are not
// kept: API Gateway keeps policies only.
func (v *verdicts) get(ctx context.Context, c caller, now func() time.Time, ask func() (*verdict, error)) (*verdict, error) {
	for {
		k, mine := v.claim(c, now())
		if mine {
			v.settle(ctx, c, k, now, ask)
			return k.verdict, k.err
		}
		select {
		case <-k.known:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
		if !k.abandoned {
			return k.verdict, k.err
		}
	}
}

// claim returns the verdict that is there, or a new one that is the caller's to
// settle.
func (v *verdicts) claim(c caller, now time.Time) (k *keptVerdict, mine bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if k = v.kept[c]; k != nil && (k.expires.IsZero() || now.Before(k.expires)) {
		return k, false
	}
	if v.kept == nil {
		v.kept = make(map[caller]*keptVerdict)
	}
	if len(v.kept) >= maxVerdicts {
		for other := range v.kept {
			delete(v.kept, other)
			break
		}
	}
	k = &keptVerdict{known: make(chan struct{}), abandoned: true}
	v.kept[c] = k
	return k, true
}

// settle asks and tells those who wait. It does so even if ask panics, which
// abandons the verdict.
func (v *verdicts) settle(ctx context.Context, c caller, k *keptVerdict, now func() time.Time, ask func() (*verdict, error)) {
	defer func() {
		v.mu.Lock()
		defer v.mu.Unlock()
		if k.verdict != nil {
			k.expires = now().Add(c.authorizer.TTL)
		} else if v.kept[c] == k {
			delete(v.kept, c)
		}
		close(k.known)
	}()
	k.verdict, k.err = ask()
	k.abandoned = k.err != nil && ctx.Err() != nil
}
