package local

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"sync"
	"syscall"
	"time"

	"github.com/hashicorp/go-hclog"
)

const (
	// headerTimeout bounds how long a client takes to send the head of a
	// request. A connection costs next to nothing, but not nothing.
	headerTimeout = 30 * time.Second
	// maxHeader is the size in bytes of the largest head that is read. What
	// API Gateway takes is less, and refused by its own rules.
	maxHeader = 64 << 10
)

// An endpoint is an address that a server listens on.
type endpoint struct {
	listener net.Listener
	server   *http.Server
	scheme   string
	host     string
	port     int

	mu    sync.Mutex
	fresh map[net.Conn]bool // connections that have not sent anything yet
}

// listen opens an address. With a certificate it speaks TLS.
func listen(host string, port int, certificate *tls.Certificate, logger hclog.Logger) (*endpoint, error) {
	listener, err := net.Listen("tcp", net.JoinHostPort(host, strconv.Itoa(port)))
	var unknown *net.DNSError
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, &portError{port, fmt.Errorf("address already in use: something else listens on port %d of %s", port, host)}
	case errors.Is(err, syscall.EACCES):
		return nil, &portError{port, fmt.Errorf("this user may not listen on port %d", port)}
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return nil, fmt.Errorf("--host: %s is not an address of this machine", host)
	case errors.As(err, &unknown):
		return nil, fmt.Errorf("--host: there is no host %s", host)
	case err != nil:
		return nil, fmt.Errorf("listen on %s: %w", host, err)
	}
	e := &endpoint{
		listener: listener, scheme: "http", host: host,
		port: listener.Addr().(*net.TCPAddr).Port, fresh: make(map[net.Conn]bool),
	}
	e.server = &http.Server{
		ReadHeaderTimeout: headerTimeout,
		MaxHeaderBytes:    maxHeader,
		ConnState:         e.track,
		ErrorLog:          logger.StandardLogger(&hclog.StandardLoggerOptions{ForceLevel: hclog.Debug}),
	}
	if certificate != nil {
		e.scheme = "https"
		e.server.TLSConfig = &tls.Config{Certificates: []tls.Certificate{*certificate}, MinVersion: tls.VersionTLS12}
	}
	return e, nil
}

// A portError says that a port cannot be listened on.
type portError struct {
	port int
	err  error
}

func (e *portError) Error() string { return e.err.Error() }
func (e *portError) Unwrap() error { return e.err }

// Hint says what to do about it.
func (e *portError) Hint() string {
	if e.port < 1024 {
		return "choose a port from 1024 on"
	}
	return "choose another one; 0 takes any that is free"
}

// url is the endpoint's, without a path.
func (e *endpoint) url() string {
	return e.scheme + "://" + net.JoinHostPort(e.host, strconv.Itoa(e.port))
}

// loopback is the URL by which processes of this host reach the endpoint.
func (e *endpoint) loopback() string {
	host := e.host
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return e.scheme + "://" + net.JoinHostPort(host, strconv.Itoa(e.port))
}

// serve serves until shutdown or close.
func (e *endpoint) serve(handler http.Handler) error {
	e.server.Handler = handler
	var err error
	if e.server.TLSConfig != nil {
		err = e.server.ServeTLS(e.listener, "", "")
	} else {
		err = e.server.Serve(e.listener)
	}
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return fmt.Errorf("serve %s: %w", e.url(), err)
}

// shutdown lets requests that are being served end until ctx does, and takes
// no more.
func (e *endpoint) shutdown(ctx context.Context) {
	e.mu.Lock()
	for conn := range e.fresh { // browsers open them ahead; Shutdown would wait for their first request
		_ = conn.Close()
	}
	e.mu.Unlock()
	if e.server.Shutdown(ctx) != nil {
		_ = e.server.Close()
	}
}

// close frees an endpoint that may not have served.
func (e *endpoint) close() {
	_ = e.listener.Close()
	_ = e.server.Close()
}

// track is the server's ConnState hook.
func (e *endpoint) track(conn net.Conn, state http.ConnState) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if state == http.StateNew {
		e.fresh[conn] = true
	} else {
		delete(e.fresh, conn)
	}
}
