// Command yardstick serves what `sam local start-api` is measured against: with
// a URL a reverse proxy in front of it, without one a constant answer.
package main

import (
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
)

func main() {
	handler := http.Handler(http.HandlerFunc(hello))
	if len(os.Args) > 1 {
		handler = proxy(os.Args[1])
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("Running on http://%s\n", listener.Addr())
	log.Fatal(http.Serve(listener, handler))
}

// hello answers what the handlers in testdata/bench/hello do.
func hello(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, `{"message":"Hello, World"}`)
}

func proxy(target string) http.Handler {
	to, err := url.Parse(target)
	if err != nil {
		log.Fatal(err)
	}
	return &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(to) },
		// Without these most requests would open a connection of their own,
		// and all would ask for compression.
		Transport: &http.Transport{MaxIdleConnsPerHost: 256, DisableCompression: true},
	}
}
