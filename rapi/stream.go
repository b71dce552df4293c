package rapi

import (
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"sync"
)

// Why the stream of a response ends before its time.
var (
	ErrTruncated = errors.New("response was truncated: the runtime's connection broke")
	ErrTooLarge  = errors.New("response is larger than a streamed response may be")
)

// A Stream is the body of a streamed response. It reads straight from the
// runtime's connection.
type Stream struct {
	request *http.Request
	left    int64 // bytes until MaxStream
	once    sync.Once
	done    chan struct{}
	failure *Failure
	payload []byte
}

func newStream(r *http.Request) *Stream {
	return &Stream{request: r, left: MaxStream, done: make(chan struct{})}
}

// Read returns the bytes as they arrive and io.EOF at the end of a complete
// response. A response that breaks off ends with ErrTruncated, one over
// MaxStream with ErrTooLarge; Failure tells whether the function failed.
func (s *Stream) Read(p []byte) (int, error) {
	select {
	case <-s.done:
		return 0, io.EOF
	default:
	}
	n, err := s.request.Body.Read(p)
	s.left -= int64(n)
	switch {
	case s.left < 0:
		err = ErrTooLarge
		s.finish(tooLarge())
	case errors.Is(err, io.EOF):
		s.finish(trailerFailure(s.request.Trailer))
	case err != nil:
		err = ErrTruncated
		s.finish(truncated())
	}
	return n, err
}

// Failure is the function's error if it failed in the middle of its response,
// with the error as JSON; nil if it did not. It is valid once Read returned an
// error, io.EOF included.
func (s *Stream) Failure() (*Failure, []byte) {
	select {
	case <-s.done:
		return s.failure, s.payload
	default:
		return nil, nil
	}
}

// Close gives up the rest of the stream.
func (s *Stream) Close() error {
	s.finish(nil, nil)
	return nil
}

func (s *Stream) finish(f *Failure, payload []byte) {
	s.once.Do(func() {
		s.failure, s.payload = f, payload
		close(s.done)
	})
}

// trailerFailure reads the trailers by which a runtime reports that the
// function failed after its response had begun. aws-lambda-go sends them for
// buffered responses as well.
func trailerFailure(trailer http.Header) (*Failure, []byte) {
	kind := trailer.Get("Lambda-Runtime-Function-Error-Type")
	encoded := trailer.Get("Lambda-Runtime-Function-Error-Body")
	if kind == "" && encoded == "" {
		return nil, nil
	}
	payload, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		payload = []byte(encoded)
	}
	return &Failure{Type: cleanErrorType(kind)}, payload
}
