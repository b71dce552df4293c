package emulator_test

import (
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"

	"sam/emulator"
	"sam/emulator/emulatortest"
	"sam/emulator/process"
	"sam/rapi"
)

// BenchmarkWarm drives one warm environment through rapi in this process, with
// our bootstrap and with one on the language's stock HTTP client, in turns.
func BenchmarkWarm(b *testing.B) {
	root := emulatortest.Root(b)
	for _, test := range []struct{ runtime, function, handler, stock string }{
		{"nodejs20.x", "nodejs/hello", "index.handler", "stock.js"},
		{"python3.11", "python/hello", "app.handler", "stock.py"},
	} {
		b.Run(test.runtime, func(b *testing.B) {
			fn := emulator.Function{
				LogicalID: "Hello", Runtime: test.runtime, Handler: test.handler,
				Code: filepath.Join(root, "testdata/functions", test.function), MemoryMB: 256, Timeout: time.Minute,
			}
			emu := emulator.New(emulator.Config{
				Runner: process.New(), Finder: emulatortest.Finder(b), CacheDir: b.TempDir(),
				Log: io.Discard, Logger: hclog.NewNullLogger(),
			})
			prepared, err := emu.Prepare(b.Context(), fn)
			if err != nil {
				b.Fatal(err)
			}
			stock := []string{prepared.Interpreter.Path, filepath.Join(root, "testdata/bench", test.stock)}
			var ours, theirs, ratios []float64
			for range 5 {
				x, y := throughput(b, prepared, nil), throughput(b, prepared, stock)
				ours, theirs, ratios = append(ours, x), append(theirs, y), append(ratios, x/y)
			}
			b.ReportMetric(median(ours), "sam-invocations/s")
			b.ReportMetric(median(theirs), "stock-invocations/s")
			b.ReportMetric(median(ratios), "ratio")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// throughput is how many invocations per second one process serves: with our
// bootstrap, or with another command in its place.
func throughput(b *testing.B, fn *emulator.Prepared, command []string) float64 {
	b.Helper()
	rt, err := rapi.Listen(rapi.Config{})
	if err != nil {
		b.Fatal(err)
	}
	defer rt.Close()
	spec := fn.Spec(rt.Addr(), b.TempDir())
	if command != nil {
		spec.Args = command
	}
	spec.Output = io.Discard
	instance, err := process.New().Start(b.Context(), spec)
	if err != nil {
		b.Fatal(err)
	}
	defer instance.Stop(ended())
	payload := []byte(`{"name":"Ada"}`)
	invoke := func(i int) {
		call := rt.Send(rapi.Invocation{RequestID: strconv.Itoa(i), Payload: payload, Deadline: time.Now().Add(time.Minute)})
		select {
		case <-call.Ended():
		case <-instance.Exited():
			b.Fatalf("the process ended: %v", instance.Exit())
		}
	}
	for i := range 500 {
		invoke(i) // warms up
	}
	const count = 3000
	began := time.Now()
	for i := range count {
		invoke(i)
	}
	return count / time.Since(began).Seconds()
}

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}
