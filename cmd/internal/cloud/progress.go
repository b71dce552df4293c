package cloud

import (
	"fmt"
	"sync"
	"time"

	"sam/cmd/internal/packaging"
	"sam/cmd/internal/ui"
)

// A progress tells how far uploads are: in a line that changes on a terminal,
// in a line for each artifact elsewhere.
type progress struct {
	ui    *ui.UI
	bar   bool
	total int64 // bytes of files

	mu     sync.Mutex
	ready  int64
	count  int
	of     int
	drawn  time.Time
	stands bool // the line is on the screen
}

func newProgress(u *ui.UI, artifacts []*packaging.Artifact, noBar bool) *progress {
	p := &progress{ui: u, bar: u.StderrIsTerminal && !noBar, of: len(artifacts)}
	for _, a := range artifacts {
		p.total += a.Size
	}
	return p
}

// read notes that bytes of files are on their way.
func (p *progress) read(n int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ready += n
	if p.bar && time.Since(p.drawn) > 100*time.Millisecond {
		p.drawn = time.Now()
		p.draw()
	}
}

func (p *progress) draw() {
	const width = 30
	share := 1.0
	if p.total > 0 {
		share = min(float64(p.ready)/float64(p.total), 1)
	}
	bar := fmt.Sprintf("%-*s", width, "##############################"[:int(share*width)])
	_, _ = fmt.Fprintf(p.ui.Stderr, "\r\x1b[KUploading [%s] %3.0f%%  %d of %d", bar, share*100, p.count, p.of)
	p.stands = true
}

func (p *progress) unchanged(a *packaging.Artifact) {
	p.say(a, "%s is uploaded already", a.Name)
}

func (p *progress) uploaded(a *packaging.Artifact, size int64, took time.Duration) {
	p.say(nil, "Uploaded %s: %s in %.1f s", a.Name, megabytes(size), took.Seconds())
}

// say prints a line about an artifact that is done; skipped is one that was not
// read.
func (p *progress) say(skipped *packaging.Artifact, format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.count++
	if skipped != nil {
		p.ready += skipped.Size
	}
	p.clear()
	p.ui.Notice(format, args...)
	if p.bar {
		p.draw()
	}
}

func (p *progress) clear() {
	if p.stands {
		_, _ = fmt.Fprint(p.ui.Stderr, "\r\x1b[K")
		p.stands = false
	}
}

// done removes the line that changes.
func (p *progress) done() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clear()
}

// megabytes is a size for people.
func megabytes(bytes int64) string {
	if bytes < 1<<10 {
		return fmt.Sprintf("%d bytes", bytes)
	}
	if bytes < 1<<20 {
		return fmt.Sprintf("%.1f kB", float64(bytes)/(1<<10))
	}
	return fmt.Sprintf("%.1f MB", float64(bytes)/(1<<20))
}
