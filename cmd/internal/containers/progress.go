package containers

import (
	"fmt"
	"strings"
	"sync"

	"sam/cmd/internal/ui"
	"sam/emulator"
)

// newProgress returns what tells of downloads: in a line that changes on a
// terminal, in one at the beginning and one at the end elsewhere.
func newProgress(u *ui.UI) emulator.Progress {
	var mu sync.Mutex
	begun := make(map[string]bool)
	return func(image string, done, total int64) {
		mu.Lock()
		defer mu.Unlock()
		ended := done == total && total > 0
		switch {
		case u.StderrIsTerminal && ended:
			_, _ = fmt.Fprint(u.Stderr, "\r\x1b[K")
		case u.StderrIsTerminal:
			_, _ = fmt.Fprintf(u.Stderr, "\r\x1b[KPulling %s [%s] %s of %s", image, bar(done, total), megabytes(done), megabytes(total))
			return
		case !begun[image]:
			begun[image] = true
			u.Notice("Pulling image %s", image)
		}
		if ended {
			u.Notice("Pulled image %s: %s", image, megabytes(total))
			begun[image] = false
		}
	}
}

func bar(done, total int64) string {
	const width = 30
	filled := 0
	if total > 0 {
		filled = int(width * min(done, total) / total)
	}
	return strings.Repeat("#", filled) + strings.Repeat(" ", width-filled)
}

// megabytes is a size for people.
func megabytes(bytes int64) string { return fmt.Sprintf("%.1f MB", float64(bytes)/(1<<20)) }
