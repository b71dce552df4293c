package main

import (
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"sam/emulator/emulatortest"
)

// TestSoak is BenchmarkSoak in small.
func TestSoak(t *testing.T) {
	soak(t, "sam", 3000)
}

// BenchmarkSoak sends 100,000 requests over 64 connections to a function that
// ends its process with every hundredth.
func BenchmarkSoak(b *testing.B) {
	before, after := soak(b, binary(b), 100_000)
	if after.resident > before.resident+10<<10 {
		b.Errorf("the memory grew from %d to %d KiB, as by something that every crash leaves behind", before.resident, after.resident)
	}
	b.ReportMetric(float64(before.resident)/1024, "RSS-before-MB")
	b.ReportMetric(float64(after.resident)/1024, "RSS-after-MB")
	b.ReportMetric(float64(before.threads), "threads-before")
	b.ReportMetric(float64(after.threads), "threads-after")
	b.ReportMetric(float64(after.descriptors), "descriptors")
	b.ReportMetric(b.Elapsed().Seconds(), "s")
	b.ReportMetric(0, "ns/op")
}

// A footprint is what a server without work holds.
type footprint struct{ descriptors, threads, resident int } // resident memory in KiB

// soak fails the test if an answer is wrong or lost, or if the requests leave
// anything behind. The footprint before is that after a first thousand of
// them.
func soak(tb testing.TB, sam string, requests int) (before, after footprint) {
	tb.Helper()
	const warmUp = 1000
	code := filepath.Join(emulatortest.Root(tb), "testdata/bench/crashes")
	s := serve(tb, startAPI(tb, sam, []route{{path: "/", runtime: "python3.11", handler: "app.handler", code: code}}, "--idle-timeout", "500ms")...)
	defer func() {
		if tb.Failed() {
			tb.Logf("sam said:\n%s", unexpected(s.output(tb)))
		}
	}()
	hammer(tb, s.url, warmUp)
	before = s.rest(tb, 0)
	hammer(tb, s.url, requests)
	after = s.rest(tb, before.descriptors)
	if n := strings.Count(s.output(tb), "START RequestId: "); n != warmUp+requests {
		tb.Errorf("%d requests were %d invocations", warmUp+requests, n)
	}
	return before, after
}

// unexpected are the lines of a log that not every invocation has, nor every
// crash.
func unexpected(log string) string {
	var lines []string
	for line := range strings.Lines(log) {
		if !ordinary.MatchString(line) {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "")
}

var ordinary = regexp.MustCompile(`^(START|END|REPORT) |" 200 |exit status 1$|^Runtime.ExitError$`)

// hammer sends numbered requests over 64 connections and checks each answer.
func hammer(tb testing.TB, url string, requests int) {
	tb.Helper()
	const connections = 64
	transport := &http.Transport{MaxIdleConnsPerHost: connections}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport, Timeout: limit}
	var next atomic.Int64
	var clients sync.WaitGroup
	for range connections {
		clients.Go(func() {
			for !tb.Failed() {
				number := int(next.Add(1)) - 1
				if number >= requests {
					return
				}
				if err := askNumber(client, url, number); err != nil {
					tb.Errorf("request %d: %v", number, err)
				}
			}
		})
	}
	clients.Wait()
	if tb.Failed() {
		tb.FailNow()
	}
}

// askNumber sends one request: a POST, which Go's client does not send again
// behind our back. Its answer is its number, or that of a process that ended.
func askNumber(client *http.Client, url string, number int) error {
	resp, err := client.Post(url, "text/plain", strings.NewReader(strconv.Itoa(number)))
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	status, answer := http.StatusOK, strconv.Itoa(number)
	if number%100 == 99 {
		status, answer = http.StatusBadGateway, `{"message": "Internal server error"}`
	}
	if resp.StatusCode != status || string(body) != answer {
		return fmt.Errorf("answered %d %q, not %d %q", resp.StatusCode, body, status, answer)
	}
	return nil
}

// rest is the footprint of a server once it has stopped all of its functions
// and, if a number is given, has no more descriptors than that.
func (s *server) rest(tb testing.TB, descriptors int) (f footprint) {
	tb.Helper()
	await(tb, func() (missing string) {
		f = footprint{s.descriptors(tb), s.status(tb, "Threads"), s.status(tb, "VmRSS")}
		if children := s.children(tb); children > 0 || descriptors > 0 && f.descriptors > descriptors {
			return fmt.Sprintf("sam has %d children and %d descriptors", children, f.descriptors)
		}
		return ""
	})
	return f
}
