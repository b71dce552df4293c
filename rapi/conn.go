package rapi

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/http"
	"strconv"
)

// A conn is a connection of a runtime. The requests that every invocation
// consists of, next and the post of a result in their plain form, are served
// right here; with anything else the connection goes over to net/http for good.
// That halves what an invocation costs this process: no goroutine that watches
// for the end of the connection, no wake-up of one that waits for an event,
// which the sender writes by itself. BenchmarkWarm in package emulator measures
// it.
type conn struct {
	net.Conn
	rt     *Runtime
	reader *bufio.Reader
	out    []byte // what is about to be written; serve's alone

	// The rest belongs to whoever sends an event while waiting is set. rt.mu
	// guards waiting and turn.
	waiting bool          // for an event
	turn    chan struct{} // nil, or what a request behind that for the event waits for
	pushed  []byte
}

const (
	// headRoom is the size in bytes of the longest head that is served here.
	headRoom = 16 << 10
	// copyLimit is the size in bytes up to which a payload is copied behind its
	// head, and written at once by whoever sends it: the kernel takes that much
	// even if the runtime does not read.
	copyLimit = 64 << 10
)

// serve serves requests until the connection ends, or is not ours any more.
func (c *conn) serve() {
	for {
		head, err := c.peekHead()
		if err != nil {
			c.rt.leaveQueue(c)
			_ = c.Close()
			return
		}
		c.rt.awaitTurn(c)
		r, plain := parseHead(head)
		if !plain || string(r.host) != c.rt.addr {
			c.handOver()
			return
		}
		_, _ = c.reader.Discard(len(head)) // it is in the buffer
		if r.id == "" {
			c.next()
		} else if !c.post(r) {
			_ = c.Close()
			return
		}
	}
}

// handOver gives the connection to net/http, with what has been read of it.
func (c *conn) handOver() {
	if err := c.flush(); err != nil {
		_ = c.Close()
		return
	}
	select {
	case c.rt.others.conns <- c:
	case <-c.rt.others.closed:
		_ = c.Close()
	}
}

// Read makes a conn usable by net/http.
func (c *conn) Read(p []byte) (int, error) { return c.reader.Read(p) }

// Close implements net.Conn.
func (c *conn) Close() error {
	c.rt.conns.remove(c)
	return c.Conn.Close()
}

// peekHead returns the head of the next request with the blank line behind it,
// or what there is of one that is too long.
func (c *conn) peekHead() ([]byte, error) {
	for {
		head, _ := c.reader.Peek(c.reader.Buffered()) // no more than there is: no error
		if end := bytes.Index(head, blankLine); end >= 0 {
			return head[:end+len(blankLine)], nil
		}
		if len(head) == headRoom {
			return head, nil
		}
		if err := c.flush(); err != nil { // nothing follows that it could go with
			return nil, err
		}
		if _, err := c.reader.Peek(len(head) + 1); err != nil {
			return nil, err
		}
	}
}

var blankLine = []byte("\r\n\r\n")

// flush writes what is due.
func (c *conn) flush() error {
	if len(c.out) == 0 {
		return nil
	}
	_, err := c.Conn.Write(c.out)
	c.out = c.out[:0]
	return err
}

// next serves a request for an event. If there is none the connection waits in
// line for it, and goes on to look for the end of the connection.
func (c *conn) next() {
	for {
		again, arriving, err := c.rt.askNext()
		switch {
		case err != nil:
			c.refuse(asAPIError(err))
			return
		case again != nil:
			c.out = c.event(c.out, again)
			return
		case arriving == nil:
			if call := c.rt.takeEvent(c); call != nil {
				c.out = c.event(c.out, call)
			}
			return
		}
		select {
		case <-arriving:
		case <-c.rt.closed:
			return
		}
	}
}

// event writes an event behind what is in out, and returns out for further
// use. A client that lost the event asks again and gets the same one.
func (c *conn) event(out []byte, call *Call) []byte {
	out = call.appendTo(out)
	if len(call.Payload) > copyLimit {
		c.rt.serving.Go(func() { _, _ = (&net.Buffers{out, call.Payload}).WriteTo(c.Conn) })
		return nil
	}
	out = append(out, call.Payload...)
	_, _ = c.Conn.Write(out)
	return out[:0]
}

// post serves the post of a result or of an error. It tells whether the
// connection can be used further.
func (c *conn) post(r plainRequest) bool {
	call, err := c.rt.beginReply(r.id)
	if err != nil {
		_, _ = c.reader.Discard(r.length) // an error shows at the next read
		c.refuse(asAPIError(err))
		return true
	}
	defer c.rt.endReply()
	payload := make([]byte, r.length)
	if _, err := io.ReadFull(c.reader, payload); err != nil {
		c.rt.reply(call, unusableReply(errTruncated))
		c.refuse(errTruncated)
		_ = c.flush() // the runtime may still be reading
		return false
	}
	if r.isError {
		c.rt.reply(call, failureReply(r.errorType, r.contentType, payload))
	} else {
		c.rt.reply(call, Reply{Payload: payload, ContentType: r.contentType})
	}
	c.answer(http.StatusAccepted, acceptedBody)
	return true
}

func (c *conn) refuse(e *apiError) { c.answer(e.status, failurePayload(e.kind, e.message)) }

// answer is written with the next thing that is, or when nothing follows.
func (c *conn) answer(status int, body []byte) {
	c.out = append(c.out, "HTTP/1.1 "...)
	c.out = strconv.AppendInt(c.out, int64(status), 10)
	c.out = append(c.out, ' ')
	c.out = append(c.out, http.StatusText(status)...)
	c.out = append(c.out, "\r\nContent-Type: "+contentTypeJSON+"\r\nContent-Length: "...)
	c.out = strconv.AppendInt(c.out, int64(len(body)), 10)
	c.out = append(append(c.out, blankLine...), body...)
}

// A plainRequest is a request that is served here.
type plainRequest struct {
	host        []byte // valid until the head is discarded
	id          string // of the invocation whose result it posts; empty: it asks for an event
	isError     bool
	errorType   string
	contentType string
	length      int // of the body
}

const (
	nextLine  = "GET /2018-06-01/runtime/invocation/next HTTP/1.1"
	postStart = "POST /2018-06-01/runtime/invocation/"
)

// parseHead understands the head of a request, if it is one of ours and has
// nothing that would take more than that: no chunks, trailers, modes or
// expectations, and no head that is not quite HTTP.
func parseHead(head []byte) (r plainRequest, plain bool) {
	line, rest, _ := bytes.Cut(head, crlf)
	switch path, isPost := bytes.CutPrefix(line, []byte(postStart)); {
	case string(line) == nextLine:
	case isPost:
		id, kind, _ := bytes.Cut(path, []byte("/"))
		r.id = string(id)
		r.isError = string(kind) == "error HTTP/1.1"
		if len(id) == 0 || !r.isError && string(kind) != "response HTTP/1.1" {
			return r, false
		}
	default:
		return r, false
	}
	r.length = -1
	for len(rest) > len(crlf) {
		line, rest, _ = bytes.Cut(rest, crlf)
		name, value, found := bytes.Cut(line, []byte(":"))
		if !found || !r.header(name, bytes.Trim(value, " \t")) {
			return r, false
		}
	}
	if r.id == "" {
		return r, r.length <= 0
	}
	return r, r.length >= 0 && r.length <= MaxResponse
}

var crlf = []byte("\r\n")

// header takes a header. It tells whether the request is still a plain one.
func (r *plainRequest) header(name, value []byte) bool {
	switch {
	case is(name, "host"):
		first := r.host == nil
		r.host = value
		return first
	case is(name, "content-length"):
		first := r.length < 0
		n, err := strconv.ParseUint(string(value), 10, 31)
		r.length = int(n)
		return first && err == nil
	case is(name, "content-type"):
		r.contentType = contentTypeJSON // nearly always
		if string(value) != contentTypeJSON {
			r.contentType = string(value)
		}
		return true
	case is(name, "lambda-runtime-function-error-type"):
		r.errorType = string(value)
		return true
	case is(name, "connection"):
		return is(value, "keep-alive")
	}
	for _, special := range []string{"transfer-encoding", "trailer", "expect", "upgrade", "lambda-runtime-function-response-mode"} {
		if is(name, special) {
			return false
		}
	}
	return len(name) > 0 && bytes.IndexByte(name, ' ') < 0 && bytes.IndexByte(name, '\t') < 0
}

// is tells whether a text is a word in whatever case; the word is in lower case.
func is(text []byte, word string) bool {
	if len(text) != len(word) {
		return false
	}
	for i := range len(word) {
		c := text[i]
		if 'A' <= c && c <= 'Z' {
			c |= 0x20
		}
		if c != word[i] {
			return false
		}
	}
	return true
}

// appendTo appends the head of the reply to next. Headers without a value are
// left out: some clients parse a blank one and fail.
func (inv *Invocation) appendTo(out []byte) []byte {
	contentType := inv.ContentType
	if contentType == "" {
		contentType = contentTypeJSON
	}
	out = append(out, "HTTP/1.1 200 OK\r\nContent-Type: "...)
	out = append(out, contentType...)
	out = append(out, "\r\nContent-Length: "...)
	out = strconv.AppendInt(out, int64(len(inv.Payload)), 10)
	out = append(out, "\r\nLambda-Runtime-Aws-Request-Id: "...)
	out = append(out, inv.RequestID...)
	out = append(out, "\r\nLambda-Runtime-Deadline-Ms: "...)
	out = strconv.AppendInt(out, inv.Deadline.UnixMilli(), 10)
	for _, header := range inv.optional() {
		if header.value != "" {
			out = append(out, "\r\n"...)
			out = append(out, header.name...)
			out = append(out, ": "...)
			out = append(out, header.value...)
		}
	}
	return append(out, blankLine...)
}

// A header is one that a reply to next may have.
type header struct{ name, value string }

func (inv *Invocation) optional() [5]header {
	return [5]header{
		{"Lambda-Runtime-Invoked-Function-Arn", inv.FunctionARN},
		{"Lambda-Runtime-Trace-Id", inv.TraceID},
		{"Lambda-Runtime-Client-Context", inv.ClientContext},
		{"Lambda-Runtime-Cognito-Identity", inv.CognitoIdentity},
		{"Lambda-Runtime-Aws-Tenant-Id", inv.TenantID},
	}
}
