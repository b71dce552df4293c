package main

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"sam/emulator/emulatortest"
)

// BenchmarkIsolation compares functions in namespaces with plain processes: the
// whole of `sam local invoke`, and requests to warm functions. What it costs to
// watch memory is sam's own use of the processor while a warm function idles.
func BenchmarkIsolation(b *testing.B) {
	if err := namespaces(); err != nil {
		emulatortest.Lacks(b, "namespaces", err.Error())
	}
	for _, stack := range stacks {
		b.Run(stack.runtime, func(b *testing.B) {
			hello := stack.hello(b)
			b.Run("cold", func(b *testing.B) {
				invoke := func(level string) []string {
					return []string{
						binary(b), "local", "invoke", "--no-event", "--isolation", level, "-t", filepath.Join(emulatortest.Root(b), "testdata/templates/hello.yaml"),
						"--runtime-path", stack.runtime + "=" + emulatortest.RequireRuntime(b, stack.runtime).Path, map[string]string{"nodejs20.x": "HelloNode", "python3.11": "HelloPython"}[stack.runtime],
					}
				}
				compare(b, "none", invoke("none"), "namespaces", invoke("namespaces"))
			})
			b.Run("warm", func(b *testing.B) {
				requests := func(level string) func() float64 {
					s := serve(b, append(startAPI(b, binary(b), []route{hello}), "--isolation", level)...)
					return func() float64 {
						began := time.Now()
						for range 100 {
							get(b, s.url+hello.path)
						}
						return sinceMS(began) / 100
					}
				}
				pairs(b, "none", requests("none"), "namespaces", requests("namespaces"))
			})
			b.Run("idle", func(b *testing.B) {
				s := serve(b, append(startAPI(b, binary(b), []route{hello}), "--no-watch")...)
				get(b, s.url+hello.path)
				before, began := s.processorTime(b), time.Now()
				time.Sleep(5 * time.Second)
				b.ReportMetric(100*float64(s.processorTime(b)-before)/float64(time.Since(began)), "sam-%CPU")
				b.ReportMetric(0, "ns/op")
			})
		})
	}
}

// processorTime is what all threads of the server have used so far.
func (s *server) processorTime(b *testing.B) (sum time.Duration) {
	b.Helper()
	threads, err := filepath.Glob(s.proc("task/*/schedstat"))
	if err != nil {
		b.Fatal(err)
	}
	for _, thread := range threads {
		content, err := os.ReadFile(thread)
		if err != nil {
			continue // it has ended
		}
		nanoseconds, err := strconv.ParseInt(strings.Fields(string(content))[0], 10, 64)
		if err != nil {
			b.Fatal(err)
		}
		sum += time.Duration(nanoseconds)
	}
	return sum
}
