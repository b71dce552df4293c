package watch_test

import (
	"context"
	"fmt"
	"runtime"
	"testing"

	"sam/emulator/watch"
)

// nodeModules makes 10,000 files in 2,000 directories.
func nodeModules(p place) {
	for i := range 500 {
		for _, dir := range []string{"", "lib/", "lib/util/", "test/"} {
			for j := range 5 {
				p.write(fmt.Sprintf("code/node_modules/package-%d/%sfile%d.js", i, dir, j))
			}
		}
	}
}

// From Set until Await returns: until 10,000 files in 2,001 directories are
// watched, for fifty functions.
func BenchmarkWatchNodeModules(b *testing.B) {
	p := newPlace(b)
	nodeModules(p)
	targets := map[string][]string{"template": {p.path("template.yaml")}}
	for i := range 50 {
		targets[fmt.Sprintf("Function%d", i)] = []string{p.path("code")}
	}
	for _, mode := range []struct {
		name string
		o    watch.Options
	}{{"kernel", watch.Options{}}, {"polled", watch.Options{Poll: true}}} {
		b.Run(mode.name, func(b *testing.B) {
			var before, after runtime.MemStats
			for b.Loop() {
				b.StopTimer()
				runtime.GC()
				runtime.ReadMemStats(&before)
				w := newRecorder(b, mode.o, watch.New)
				b.StartTimer()
				w.Set(targets)
				w.await("Function0")
				b.StopTimer()
				runtime.GC()
				runtime.ReadMemStats(&after)
				if !mode.o.Poll {
					b.ReportMetric(float64(len(w.Watches())), "watches")
				}
				w.Close()
				b.StartTimer()
			}
			b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/1024, "KiB")
		})
	}
}

func BenchmarkSet(b *testing.B) {
	p := newPlace(b)
	p.write("code/app.js")
	targets := p.targets()
	for i := range 100 {
		targets[fmt.Sprintf("Function%d", i)] = []string{p.path("code"), p.path(fmt.Sprint(i))}
	}
	r := watching(b, targets)
	for b.Loop() {
		r.Set(targets)
	}
}

func BenchmarkAwait(b *testing.B) {
	p := newPlace(b)
	p.write("code/app.js")
	ctx := context.Background()
	r := watching(b, p.targets())
	b.Run("alone", func(b *testing.B) {
		for b.Loop() {
			p.must(r.Await(ctx, "template", "Function"))
		}
	})
	b.Run("by 64", func(b *testing.B) {
		b.SetParallelism(64 / runtime.GOMAXPROCS(0))
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				p.must(r.Await(ctx, "template", "Function"))
			}
		})
	})
	polling := newRecorder(b, watch.Options{Poll: true}, watch.New)
	polling.set(p.targets())
	b.Run("without barrier", func(b *testing.B) {
		for b.Loop() {
			p.must(polling.Await(ctx, "template", "Function"))
		}
	})
}

// From a save until Changed is called, of which 25 ms are quiet.
func BenchmarkSave(b *testing.B) {
	p := newPlace(b)
	nodeModules(p)
	r := watching(b, p.targets())
	for b.Loop() {
		p.write("code/node_modules/package-7/lib/file1.js")
		r.next()
	}
}
