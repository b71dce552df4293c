package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"sam/emulator/emulatortest"
)

// rounds is the number of pairs that a ratio is the median of.
const rounds = 60

// BenchmarkVersion compares `sam --version` with a static Go program that
// prints a line.
func BenchmarkVersion(b *testing.B) {
	source := filepath.Join(b.TempDir(), "hello.go")
	if err := os.WriteFile(source, []byte("package main\n\nimport \"os\"\n\nfunc main() { os.Stdout.WriteString(\"hello\\n\") }\n"), 0o600); err != nil {
		b.Fatal(err)
	}
	compare(b, "hello", []string{build(b, source)}, "sam", []string{binary(b), "--version"})
}

// BenchmarkMemory has a function report how much memory its parent, sam, has
// needed so far.
func BenchmarkMemory(b *testing.B) {
	interpreter := emulatortest.RequireRuntime(b, "python3.11")
	dir := b.TempDir()
	files := map[string]string{
		"template.yaml": "Resources: {F: {Type: AWS::Serverless::Function, Properties: {Handler: app.handler, Runtime: python3.11}}}",
		"app.py": "import os\n\ndef handler(event, context):\n" +
			"    lines = open('/proc/%d/status' % os.getppid()).read().splitlines()\n" +
			"    return int([line for line in lines if line.startswith('VmHWM')][0].split()[1])\n",
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	cmd := exec.Command(binary(b), "local", "invoke", "--no-event", "--runtime-path", "python3.11="+interpreter.Path)
	cmd.Dir, cmd.Env = dir, cleanEnv(b)
	out, err := cmd.Output()
	if err != nil {
		b.Fatal(err)
	}
	kib, err := strconv.Atoi(string(out))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(kib)/1024, "sam-MB")
	b.ReportMetric(0, "ns/op")
}

// binary is what `make build` has built.
func binary(b *testing.B) string {
	b.Helper()
	path := filepath.Join(emulatortest.Root(b), "bin", "sam")
	if _, err := os.Stat(path); err != nil {
		b.Fatalf("%v: run make build first", err)
	}
	return path
}

// cleanEnv is the environment of both programs of a pair: none of the
// variables of this host that slow interpreters down.
func cleanEnv(tb testing.TB) []string {
	tb.Helper()
	return []string{"PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8", "HOME=" + tb.TempDir(), "XDG_CACHE_HOME=" + filepath.Join(os.TempDir(), "sam-bench-cache")}
}

// build builds a Go program as sam is built.
func build(b *testing.B, source string) string {
	b.Helper()
	program := filepath.Join(b.TempDir(), "program")
	cmd := exec.Command("go", "build", "-o", program, source)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	return program
}

// compare compares the times of two programs.
func compare(b *testing.B, nameA string, a []string, nameB string, c []string) {
	b.Helper()
	env := cleanEnv(b)
	run := func(args []string) func() float64 {
		return func() float64 {
			cmd := exec.Command(args[0], args[1:]...)
			cmd.Env = env
			began := time.Now()
			if err := cmd.Run(); err != nil {
				b.Fatalf("%v: %v", args, err)
			}
			return sinceMS(began)
		}
	}
	pairs(b, nameA, run(a), nameB, run(c))
}

// pairs measures two times in turns and reports the medians, and the median
// ratio of the pairs.
func pairs(b *testing.B, nameA string, a func() float64, nameB string, c func() float64) {
	b.Helper()
	var as, cs, ratios []float64
	for i := range rounds + 5 {
		x, y := a(), c()
		if i < 5 {
			continue // caches are cold
		}
		as, cs, ratios = append(as, x), append(cs, y), append(ratios, y/x)
	}
	b.ReportMetric(median(as), nameA+"-ms")
	b.ReportMetric(median(cs), nameB+"-ms")
	b.ReportMetric(median(cs)-median(as), "difference-ms")
	b.ReportMetric(median(ratios), "ratio")
	b.ReportMetric(0, "ns/op")
}

// sinceMS is the time since then in milliseconds.
func sinceMS(began time.Time) float64 {
	return float64(time.Since(began)) / float64(time.Millisecond)
}

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}
