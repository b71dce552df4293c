// Package awstest runs a server that stands in for AWS, for tests: moto, which
// has S3, CloudFormation, Lambda, CloudWatch Logs and more over HTTP. A proxy in
// front of it does what happens on the way to AWS.
package awstest

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"sam/emulator/emulatortest"
)

// A Server is a running moto.
type Server struct {
	URL string
	cmd *exec.Cmd
}

// Start starts a server on a port of its own, which runs until Stop. A test
// without one is skipped, unless the server is required.
func Start(tb testing.TB) *Server {
	tb.Helper()
	program := filepath.Join(emulatortest.Parts(tb), "aws", "bin", "moto_server")
	if _, err := os.Stat(program); err != nil {
		emulatortest.Lacks(tb, "moto", "no moto, which stands in for AWS (make parts installs it)")
	}
	s, err := start(program)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

var running = regexp.MustCompile(`Running on (http://\S+)`)

func start(program string) (*Server, error) {
	cmd := exec.Command(program, "-H", "127.0.0.1", "-p", "0")
	cmd.Env = append(os.Environ(), "AWS_ENDPOINT_URL=", "NO_COLOR=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	log, err := cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start moto: %w", err)
	}
	s := &Server{cmd: cmd}
	found := make(chan string, 1)
	go func() { // to its end, or the server would wait for a reader
		for lines := bufio.NewScanner(log); lines.Scan(); {
			if match := running.FindStringSubmatch(lines.Text()); match != nil {
				found <- local(match[1])
			}
		}
		close(found)
	}()
	select {
	case s.URL = <-found:
	case <-time.After(time.Minute):
	}
	if s.URL == "" {
		s.Stop()
		return nil, fmt.Errorf("moto does not serve")
	}
	return s, s.configure()
}

// local is the URL by a name: moto would take the number in it for a bucket.
func local(url string) string { return strings.Replace(url, "127.0.0.1", "localhost", 1) }

// configure has functions answer without Docker.
func (s *Server) configure() error {
	res, err := http.Post(s.URL+"/moto-api/config", "application/json", strings.NewReader(`{"lambda": {"use_docker": false}}`))
	if err != nil {
		return err
	}
	return res.Body.Close()
}

// Stop ends the server.
func (s *Server) Stop() {
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait()
}

// Env is what makes AWS's SDK use a server at url, and nothing of this machine.
func Env(url string) map[string]string {
	return map[string]string{
		"AWS_ENDPOINT_URL": url, "AWS_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "AKIATEST", "AWS_SECRET_ACCESS_KEY": "secret",
		"AWS_SESSION_TOKEN": "", "AWS_PROFILE": "", "AWS_DEFAULT_REGION": "", "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
		"AWS_EC2_METADATA_DISABLED": "true", "HTTP_PROXY": "", "HTTPS_PROXY": "", "SAM_CLI_POLL_DELAY": "0.01",
	}
}

// A Proxy hands requests to a server, unless a test has other plans.
type Proxy struct {
	URL string

	mu       sync.Mutex
	requests []string
	hook     func(w http.ResponseWriter, r *http.Request) bool
}

// NewProxy returns a proxy of the server. hook may answer a request itself, and
// then returns true; it is called for one request at a time.
func (s *Server) NewProxy(tb testing.TB, hook func(w http.ResponseWriter, r *http.Request) bool) *Proxy {
	tb.Helper()
	target, err := url.Parse(s.URL)
	if err != nil {
		tb.Fatal(err)
	}
	p := &Proxy{hook: hook}
	forward := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(target)
			r.Out.Host = r.In.Host
		},
		ErrorHandler: func(w http.ResponseWriter, r *http.Request, err error) {
			if r.Context().Err() == nil && err != context.Canceled {
				http.Error(w, err.Error(), http.StatusBadGateway)
			}
		},
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !p.answer(w, r) {
			forward.ServeHTTP(w, r)
		}
	}))
	tb.Cleanup(server.Close)
	p.URL = local(server.URL)
	return p
}

func (p *Proxy) answer(w http.ResponseWriter, r *http.Request) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.requests = append(p.requests, r.Method+" "+Call(r))
	return p.hook != nil && p.hook(w, r)
}

// Requests are the requests so far: method and Call.
func (p *Proxy) Requests() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.requests...)
}

// Call is the action of a request in AWS's query protocol, such as
// DescribeStacks, else its URL.
func Call(r *http.Request) string {
	if strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		return form(r).Get("Action")
	}
	return r.URL.RequestURI()
}

// form is the body of a request, which stays to be read.
func form(r *http.Request) url.Values {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	values, _ := url.ParseQuery(string(body))
	return values
}

// Refuse answers with an error of CloudFormation's.
func Refuse(w http.ResponseWriter, status int, code, message string) {
	w.Header().Set("Content-Type", "text/xml")
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, "<ErrorResponse><Error><Type>Sender</Type><Code>%s</Code><Message>%s</Message></Error></ErrorResponse>", code, message)
}

// RefuseS3 answers with an error of S3's.
func RefuseS3(w http.ResponseWriter, status int, code, message string) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, "<Error><Code>%s</Code><Message>%s</Message></Error>", code, message)
}

// Cut reads some of a request, and ends the connection.
func Cut(w http.ResponseWriter, r *http.Request) {
	_, _ = io.CopyN(io.Discard, r.Body, 100_000)
	if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
		_ = conn.Close()
	}
}
