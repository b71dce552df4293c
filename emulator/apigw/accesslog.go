package apigw

import (
	"io"
	"net"
	"net/http"
	"strconv"
	"time"
)

// logAccess writes one line about a request, at once, so that lines of requests
// at the same time do not mix. What the client has sent is quoted: it cannot
// add lines of its own or move the cursor.
func logAccess(w io.Writer, r *http.Request, status int) {
	line := make([]byte, 0, 128)
	line = append(line, sourceIP(r)...)
	line = time.Now().AppendFormat(line, " - - [02/Jan/2006 15:04:05] ")
	line = strconv.AppendQuote(line, r.Method+" "+r.RequestURI+" "+r.Proto)
	line = append(line, ' ')
	line = strconv.AppendInt(line, int64(status), 10)
	line = append(line, " -\n"...)
	_, _ = w.Write(line) // there is nobody to tell that the log is broken
}

// sourceIP is the address of the client.
func sourceIP(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// A recorder notes the status of a response.
type recorder struct {
	http.ResponseWriter
	status int
}

func (w *recorder) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}
