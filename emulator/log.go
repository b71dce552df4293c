package emulator

import (
	"bytes"
	"io"
	"sync"
)

// maxLine is the length in bytes at which a line is written although it has
// not ended: AWS cuts a log event at 256 KB.
const maxLine = 256 << 10

// A logWriter writes the log of one execution environment: what the function
// prints, in whole lines, and the platform's lines between them.
type logWriter struct {
	mu             sync.Mutex
	to             io.Writer
	stdout, stderr logStream
}

func newLogWriter(to io.Writer) *logWriter {
	l := &logWriter{to: to}
	l.stdout.log, l.stderr.log = l, l
	return l
}

// platform writes lines of the platform itself.
func (l *logWriter) platform(lines string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, _ = io.WriteString(l.to, lines)
}

// flush ends lines that the function left unterminated.
func (l *logWriter) flush() {
	l.stdout.flush()
	l.stderr.flush()
}

// A logStream splits one stream of a process into lines, so that those of
// two streams, or of two environments, do not run into each other.
type logStream struct {
	log     *logWriter
	partial []byte // the line that has not ended; log.mu guards it
}

// Write implements io.Writer. It reports no error: a log that nobody reads
// must not stop the function.
func (s *logStream) Write(p []byte) (int, error) {
	s.log.mu.Lock()
	defer s.log.mu.Unlock()
	end := bytes.LastIndexByte(p, '\n') + 1
	if end > 0 || len(s.partial)+len(p) > maxLine {
		if end == 0 {
			end = len(p)
		}
		if len(s.partial) > 0 {
			_, _ = s.log.to.Write(s.partial)
			s.partial = s.partial[:0]
		}
		_, _ = s.log.to.Write(p[:end])
	}
	s.partial = append(s.partial, p[end:]...)
	return len(p), nil
}

func (s *logStream) flush() {
	s.log.mu.Lock()
	defer s.log.mu.Unlock()
	if len(s.partial) > 0 {
		_, _ = s.log.to.Write(append(s.partial, '\n'))
		s.partial = s.partial[:0]
	}
}
