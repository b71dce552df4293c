package containerd

import (
	"context"
	"sync"
	"time"

	"github.com/containerd/containerd/v2/core/content"
	"github.com/containerd/containerd/v2/core/images"
	"github.com/containerd/containerd/v2/core/remotes"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// lookEvery is the time between two looks at a download.
const lookEvery = 100 * time.Millisecond

// A progress follows a download in containerd's store.
type progress struct {
	store content.Store
	tell  func(done, total int64)

	ended   chan struct{}
	running sync.WaitGroup
	mu      sync.Mutex
	parts   map[string]ocispec.Descriptor // by their names in the store
}

func newProgress(store content.Store, tell func(done, total int64)) *progress {
	return &progress{store: store, tell: tell, ended: make(chan struct{}), parts: make(map[string]ocispec.Descriptor)}
}

// watch takes note of all that is downloaded, and begins to look with the first.
func (p *progress) watch(next images.Handler) images.Handler {
	return images.HandlerFunc(func(ctx context.Context, part ocispec.Descriptor) ([]ocispec.Descriptor, error) {
		p.mu.Lock()
		first := len(p.parts) == 0
		p.parts[remotes.MakeRefKey(ctx, part)] = part
		p.mu.Unlock()
		if first {
			p.running.Go(func() { p.follow(ctx) })
		}
		return next.Handle(ctx, part)
	})
}

func (p *progress) follow(ctx context.Context) {
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	for {
		select {
		case <-p.ended:
			return
		case <-ctx.Done():
			return
		case <-ticker.C:
			p.tell(p.look(ctx))
		}
	}
}

// look adds up what is there, and what there will be.
func (p *progress) look(ctx context.Context) (done, total int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	active, err := p.store.ListStatuses(ctx)
	if err != nil {
		return 0, 0 // whoever downloads will say it
	}
	under := make(map[string]int64)
	for _, status := range active {
		under[status.Ref] = status.Offset
	}
	for name, part := range p.parts {
		total += part.Size
		if offset, busy := under[name]; busy {
			done += offset
		} else if _, err := p.store.Info(ctx, part.Digest); err == nil {
			done += part.Size
		}
	}
	return done, total
}

// end says that all is there, if it is.
func (p *progress) end(ctx context.Context, complete bool) {
	close(p.ended)
	p.running.Wait()
	if _, total := p.look(ctx); complete && total > 0 {
		p.tell(total, total)
	}
}
