package emulator

import (
	"bytes"
	"io"
	"sync"

	"sam/emulator/telemetry"
)

// maxLine is the length in bytes at which a line is written although it has
// not ended: AWS cuts a log event at 256 KB.
const maxLine = 256 << 10

// maxTail is the size in bytes of the log that an invocation returns.
// https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
const maxTail = 4 << 10

// A sharedWriter takes the log of all environments.
type sharedWriter struct {
	mu sync.Mutex
	to io.Writer
}

func (w *sharedWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.to.Write(p)
}

// A logWriter writes the log of one execution environment: what the function
// prints, in whole lines, and the platform's lines between them.
type logWriter struct {
	mu        sync.Mutex
	to        io.Writer
	output    logStream
	keeping   bool
	tail      []byte         // of what was written while keeping, and maybe more than maxTail
	telemetry *telemetry.Hub // gets what processes print; nil if there is none
	json      bool           // functions print JSON
}

func newLogWriter(to io.Writer, format LogFormat) *logWriter {
	l := &logWriter{to: to, json: format == LogJSON}
	l.output = logStream{log: l, kind: telemetry.Function}
	return l
}

// ofExtension returns a stream for an extension.
func (l *logWriter) ofExtension() *logStream {
	return &logStream{log: l, kind: telemetry.Extension}
}

// observe says who gets what processes print from now on.
func (l *logWriter) observe(hub *telemetry.Hub) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.telemetry = hub
}

// platform writes lines of the platform itself.
func (l *logWriter) platform(lines string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.write([]byte(lines))
}

// write writes whole lines; l.mu is held.
func (l *logWriter) write(p []byte) {
	_, _ = l.to.Write(p)
	if !l.keeping {
		return
	}
	l.tail = append(l.tail, p...)
	if over := len(l.tail) - maxTail; over > maxTail {
		l.tail = append(l.tail[:0], l.tail[over:]...)
	}
}

// keepTail begins to keep the end of the log.
func (l *logWriter) keepTail() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.keeping = true
}

// takeTail ends that and returns what was kept.
func (l *logWriter) takeTail() []byte {
	l.mu.Lock()
	defer l.mu.Unlock()
	tail := l.tail[max(0, len(l.tail)-maxTail):]
	l.keeping, l.tail = false, nil
	return tail
}

// flush ends a line that the function left unterminated.
func (l *logWriter) flush() { l.output.flush() }

// A logStream splits the output of a process into lines, so that those of two
// environments, or of the platform, do not run into each other.
type logStream struct {
	log     *logWriter
	kind    string // of telemetry
	partial []byte // the line that has not ended; log.mu guards it
}

// write writes whole lines; log.mu is held.
func (s *logStream) write(lines []byte) {
	s.log.write(lines)
	if hub := s.log.telemetry; hub != nil {
		hub.PublishLines(s.kind, lines, s.log.json)
	}
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
		if len(s.partial) > 0 { // the line in one piece: environments share the log
			s.write(append(s.partial, p[:end]...))
			s.partial = s.partial[:0]
		} else {
			s.write(p[:end])
		}
	}
	s.partial = append(s.partial, p[end:]...)
	return len(p), nil
}

func (s *logStream) flush() {
	s.log.mu.Lock()
	defer s.log.mu.Unlock()
	if len(s.partial) > 0 {
		s.write(append(s.partial, '\n'))
		s.partial = s.partial[:0]
	}
}
