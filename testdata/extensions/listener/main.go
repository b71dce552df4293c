// Listener is an extension that subscribes to the Logs API, gets its lines by
// TCP, and prints them to standard error.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"path/filepath"
)

func main() {
	log.SetFlags(0)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	received := make(chan struct{})
	go func() {
		defer close(received)
		conn, err := listener.Accept()
		check(err)
		for lines := bufio.NewScanner(conn); lines.Scan(); {
			log.Print("heard ", lines.Text())
			if bytes.Contains(lines.Bytes(), []byte("platform.end")) {
				return
			}
		}
	}()

	id := call(http.MethodPost, "2020-01-01/extension/register", "Lambda-Extension-Name", filepath.Base(os.Args[0]),
		map[string]any{"events": []string{"SHUTDOWN"}}, nil).Get("Lambda-Extension-Identifier")
	call(http.MethodPut, "2020-08-15/logs", "Lambda-Extension-Identifier", id, map[string]any{
		"types":       []string{"platform", "function"},
		"destination": map[string]any{"protocol": "TCP", "port": listener.Addr().(*net.TCPAddr).Port},
	}, nil)
	var event struct{ EventType, ShutdownReason string }
	call(http.MethodGet, "2020-01-01/extension/event/next", "Lambda-Extension-Identifier", id, nil, &event)
	<-received
	log.Print("leaving: ", event.EventType, " ", event.ShutdownReason)
}

// call sends a request with one header, decodes the answer, and returns the
// header of that.
func call(method, path, name, value string, body, answer any) http.Header {
	encoded, err := json.Marshal(body)
	check(err)
	req, err := http.NewRequest(method, fmt.Sprintf("http://%s/%s", os.Getenv("AWS_LAMBDA_RUNTIME_API"), path), bytes.NewReader(encoded))
	check(err)
	req.Header.Set(name, value)
	res, err := http.DefaultClient.Do(req)
	check(err)
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		log.Fatalf("%s: %s", path, res.Status)
	}
	if answer != nil {
		check(json.NewDecoder(res.Body).Decode(answer))
	}
	return res.Header
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
