package rapi

import (
	"bytes"
	"errors"
	"io"
	"net/http"
)

// maxDiscard bounds how much of an oversize body is read and thrown away, so
// that the client gets to see the 413 instead of a reset connection.
const maxDiscard = 256 << 20

// readBody reads a buffered body of at most MaxResponse bytes. The error is
// errTooLarge or errTruncated.
func readBody(r *http.Request) ([]byte, error) {
	if r.ContentLength > MaxResponse {
		return nil, discard(r)
	}
	if r.ContentLength >= 0 {
		body := make([]byte, r.ContentLength)
		if _, err := io.ReadFull(r.Body, body); err != nil {
			return nil, errTruncated
		}
		return body, nil
	}
	var body bytes.Buffer
	switch _, err := io.CopyN(&body, r.Body, MaxResponse+1); {
	case err == nil:
		return nil, discard(r)
	case !errors.Is(err, io.EOF):
		return nil, errTruncated
	}
	return body.Bytes(), nil
}

func discard(r *http.Request) error {
	_, _ = io.CopyN(io.Discard, r.Body, maxDiscard)
	return errTooLarge
}
