package apigw

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// dial opens a connection to a gateway with the route ANY /x.
func dial(t *testing.T) (net.Conn, *script, *lines) {
	t.Helper()
	s, log := &script{}, &lines{}
	gateway := New(Config{Invoker: s, AccessLog: log})
	gateway.Serve(routesOf(testREST, "ANY /x"))
	server := httptest.NewServer(gateway)
	t.Cleanup(server.Close)
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn, s, log
}

// What another server on the way could read in another way is answered with an
// error and the end of the connection; where there are a length and chunks, the
// chunks count, as RFC 9112 has it.
func TestGatewayOnTheWire(t *testing.T) {
	const smuggled = "GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n"
	tests := []struct {
		name, request string
		statuses      []int // of all responses until the connection is closed
		invoked       int
	}{
		{"two lengths", "POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcd" + smuggled, []int{400}, 0},
		{"a list of lengths", "POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 4, 5\r\n\r\nabcd", []int{400}, 0},
		{"a length with a sign", "POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: +4\r\n\r\nabcd", []int{400}, 0},
		{"a negative length", "POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n", []int{400}, 0},
		{"a length and chunks", "POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + smuggled, []int{200, 403}, 1},
		{"two codings", "POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n" + smuggled, []int{501}, 0},
		{"an unknown coding", "POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + smuggled, []int{501}, 0},
		{"a folded header", "GET /x HTTP/1.1\r\nHost: h\r\nX-A: b\r\n Transfer-Encoding: chunked\r\n\r\n", []int{200}, 1},
		{"a name with a space before the colon", "POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding : chunked\r\n\r\n" + smuggled, []int{400}, 0},
		{"a size of a chunk that is none", "POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n", []int{400}, 0},
		{"a chunk longer than it says", "POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n0\r\n\r\n", []int{400}, 0},
		{"a chunk that is not finished", "POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", []int{400}, 0},
		{"a body that is broken off", "POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nonly this", []int{400}, 0},
		{"two hosts", "GET /x HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", []int{400}, 0},
		{"no host", "GET /x HTTP/1.1\r\n\r\n", []int{400}, 0},
		{"a NUL in a header", "GET /x HTTP/1.1\r\nHost: h\r\nX-A: a\x00b\r\n\r\n", []int{400}, 0},
		{"a bad escape in the path", "GET /%zz HTTP/1.1\r\nHost: h\r\n\r\n", []int{400}, 0},
		{"bytes that are no UTF-8 in the path", "GET /\xff\xfe HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", []int{403}, 0},
		{"a request for the server itself", "OPTIONS * HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", []int{200}, 0},
		{"a proxy is wanted", "CONNECT x:443 HTTP/1.1\r\nHost: x:443\r\nConnection: close\r\n\r\n", []int{403}, 0},
		{"an absolute URL", "GET http://other/x HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", []int{200}, 1},
		{"two requests on one connection", "POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nabGET /x HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", []int{200, 200}, 2},
		{"HTTP/1.0", "GET /x HTTP/1.0\r\n\r\n", []int{200}, 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			conn, s, _ := dial(t)
			if _, err := io.WriteString(conn, test.request); err != nil {
				t.Fatal(err)
			}
			conn.(*net.TCPConn).CloseWrite()
			in := bufio.NewReader(conn)
			for _, want := range test.statuses {
				res, err := http.ReadResponse(in, nil)
				if err != nil {
					t.Fatal(err)
				}
				if _, err = io.Copy(io.Discard, res.Body); err != nil || res.StatusCode != want {
					t.Errorf("got %s, %v, want %d", res.Status, err, want)
				}
			}
			if rest, _ := io.ReadAll(in); len(rest) > 0 {
				t.Errorf("there is more: %q", rest)
			}
			if got := len(s.received()); got != test.invoked {
				t.Errorf("%d invocations, want %d", got, test.invoked)
			}
		})
	}
}

func TestGatewayContinuesOnceItWantsTheBody(t *testing.T) {
	conn, s, _ := dial(t)
	in := bufio.NewReader(conn)
	io.WriteString(conn, "POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n")
	if line, err := in.ReadString('\n'); line != "HTTP/1.1 100 Continue\r\n" {
		t.Fatalf("got %q, %v", line, err)
	}
	in.ReadString('\n')
	io.WriteString(conn, "body")
	if res, err := http.ReadResponse(in, nil); err != nil || res.StatusCode != 200 || s.received()[0]["body"] != "body" {
		t.Errorf("got %v, %v, %v", res, err, s.received())
	}

	conn, s, _ = dial(t)
	io.WriteString(conn, "POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999\r\nExpect: 100-continue\r\n\r\n")
	if line, _ := bufio.NewReader(conn).ReadString('\n'); line != "HTTP/1.1 413 Request Entity Too Large\r\n" || len(s.received()) > 0 {
		t.Errorf("got %q", line)
	}
}

func TestAccessLog(t *testing.T) {
	tests := []struct{ target, want string }{
		{"/case", `] "GET /case HTTP/1.1" 403 -` + "\n"},
		{"/x?a=%0d%0a", `] "GET /x?a=%0d%0a HTTP/1.1" 200 -` + "\n"},
		{"/a\"b\xc2\x9b2J\xff", `] "GET /a\"b\u009b2J\xff HTTP/1.1" 403 -` + "\n"},
	}
	for _, test := range tests {
		conn, _, log := dial(t)
		io.WriteString(conn, "GET "+test.target+" HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
		io.Copy(io.Discard, conn)
		line := log.String()
		if !strings.HasPrefix(line, "127.0.0.1 - - [") || !strings.HasSuffix(line, test.want) || strings.Count(line, "\n") != 1 {
			t.Errorf("got %q, want %q", line, test.want)
		}
	}
}
