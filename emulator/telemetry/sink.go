package telemetry

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"

	"sam/rapi"
)

// A sink is where the batches of a subscriber go.
type sink interface {
	send(ctx context.Context, batch []event) error
	close()
}

func newSink(sub rapi.Subscription) sink {
	if sub.Network == "tcp" {
		return &tcpSink{address: sub.Address}
	}
	dial := func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, sub.Address) // whatever the name in the URL stands for
	}
	return &httpSink{method: sub.Method, url: sub.URL, transport: &http.Transport{DialContext: dial, DisableCompression: true}}
}

// An httpSink sends arrays of JSON.
type httpSink struct {
	method, url string
	transport   *http.Transport
}

func (s *httpSink) send(ctx context.Context, batch []event) error {
	var body bytes.Buffer
	for i, e := range batch {
		body.WriteByte("[,"[min(i, 1)])
		body.Write(e.encoded)
	}
	body.WriteByte(']')
	req, err := http.NewRequestWithContext(ctx, s.method, s.url, &body)
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := s.transport.RoundTrip(req) // follows no redirect
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, io.LimitReader(res.Body, 1<<20)); err != nil {
		return err
	}
	if res.StatusCode/100 != 2 {
		return fmt.Errorf("%s %s: %s", s.method, s.url, res.Status)
	}
	return nil
}

func (s *httpSink) close() { s.transport.CloseIdleConnections() }

// A tcpSink sends a line of JSON for each event.
type tcpSink struct {
	address string
	conn    net.Conn // nil if there is none
}

func (s *tcpSink) send(ctx context.Context, batch []event) error {
	if s.conn == nil {
		conn, err := new(net.Dialer).DialContext(ctx, "tcp", s.address)
		if err != nil {
			return err
		}
		s.conn = conn
	}
	if deadline, ok := ctx.Deadline(); ok {
		_ = s.conn.SetWriteDeadline(deadline)
	}
	var lines bytes.Buffer
	for _, e := range batch {
		lines.Write(e.encoded)
		lines.WriteByte('\n')
	}
	_, err := s.conn.Write(lines.Bytes())
	if err != nil {
		s.close() // what was sent of it is sent again
	}
	return err
}

func (s *tcpSink) close() {
	if s.conn != nil {
		_ = s.conn.Close()
		s.conn = nil
	}
}
