package main

import (
	"os/exec"
	"regexp"
	"strconv"
	"testing"
	"time"
)

// A load is what wrk says of a server.
type load struct{ rate, p50, p99, slowest float64 } // requests per second, milliseconds

// loadInTurns returns the loads of each server, in the order of its turns.
func loadInTurns(b *testing.B, connections int, servers []contender) [][]load {
	b.Helper()
	const turns = 5
	loads := make([][]load, len(servers))
	for turn := range turns + 1 {
		for i, server := range servers {
			if server.missing != "" {
				continue
			}
			l := wrk(b, server, connections, time.Second)
			if turn > 0 { // the first is to warm up
				loads[i] = append(loads[i], l)
			}
		}
	}
	return loads
}

var (
	wrkTimes    = regexp.MustCompile(`(?s)Latency +\S+ +\S+ +(\S+).*? 50% +(\S+).*? 99% +(\S+)`)
	wrkRate     = regexp.MustCompile(`Requests/sec: +(\S+)`)
	wrkFailures = regexp.MustCompile(`Socket errors|Non-2xx`)
)

// wrk loads a server, and fails the benchmark if a request fails or takes a
// second.
func wrk(b *testing.B, server contender, connections int, duration time.Duration) load {
	b.Helper()
	path, err := exec.LookPath("wrk")
	if err != nil {
		b.Skip("wrk is not here; Debian and Homebrew have it")
	}
	seconds := strconv.Itoa(int(duration.Seconds()))
	args := []string{"--latency", "-t1", "-c" + strconv.Itoa(connections), "-d" + seconds, "--timeout", "1s"}
	if server.script != "" {
		args = append(args, "-s", server.script)
	}
	out, err := exec.Command(path, append(args, server.url)...).CombinedOutput()
	failures, times, rate := wrkFailures.Find(out), wrkTimes.FindSubmatch(out), wrkRate.FindSubmatch(out)
	if err != nil || failures != nil || times == nil || rate == nil {
		b.Fatalf("wrk %s with %d connections: %v\n%s", server.url, connections, err, out)
	}
	milliseconds := func(text []byte) float64 {
		d, err := time.ParseDuration(string(text))
		if err != nil || d == 0 {
			b.Fatalf("wrk %s with %d connections: a time is %q\n%s", server.url, connections, text, out)
		}
		return float64(d) / float64(time.Millisecond)
	}
	l := load{slowest: milliseconds(times[1]), p50: milliseconds(times[2]), p99: milliseconds(times[3])}
	if l.rate, err = strconv.ParseFloat(string(rate[1]), 64); err != nil {
		b.Fatal(err)
	}
	return l
}

// reportRate reports the median of requests per second and of their times.
func reportRate(b *testing.B, turns []load) {
	b.Helper()
	var rates, p50s, p99s []float64
	for _, l := range turns {
		rates, p50s, p99s = append(rates, l.rate), append(p50s, l.p50), append(p99s, l.p99)
	}
	b.ReportMetric(median(rates), "req/s")
	b.ReportMetric(median(p50s), "p50-ms")
	b.ReportMetric(median(p99s), "p99-ms")
	b.ReportMetric(0, "ns/op")
}

// reportLoad reports medians, ratios of what was measured in the same turn,
// and the slowest request of all.
func reportLoad(b *testing.B, ours, ref, bare []load) {
	b.Helper()
	metric := func(unit string, value func(turn int) float64) {
		values := make([]float64, len(ours))
		for turn := range values {
			values[turn] = value(turn)
		}
		b.ReportMetric(median(values), unit)
	}
	metric("ratio-REF", func(turn int) float64 { return ours[turn].rate / ref[turn].rate })
	metric("ratio-bare", func(turn int) float64 { return ours[turn].rate / bare[turn].rate })
	metric("sam-req/s", func(turn int) float64 { return ours[turn].rate })
	metric("REF-req/s", func(turn int) float64 { return ref[turn].rate })
	metric("bare-req/s", func(turn int) float64 { return bare[turn].rate })
	metric("p50-ms", func(turn int) float64 { return ours[turn].p50 })
	metric("p99-ms", func(turn int) float64 { return ours[turn].p99 })
	metric("REF-p50-ms", func(turn int) float64 { return ref[turn].p50 })
	metric("REF-p99-ms", func(turn int) float64 { return ref[turn].p99 })
	slowest := 0.0
	for _, l := range ours {
		slowest = max(slowest, l.slowest)
	}
	b.ReportMetric(slowest, "slowest-ms")
	b.ReportMetric(0, "ns/op")
}
