package main

import (
	"bytes"
	"fmt"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"sam/cmd/internal/awstest"
	"sam/emulator/emulatortest"
)

// BenchmarkPackage compares `sam package` of 10,000 files of 200 MB with zip and
// the AWS CLI's upload of the same to the same server, and with itself when
// nothing has changed.
func BenchmarkPackage(b *testing.B) {
	zip, err := exec.LookPath("zip")
	if err != nil {
		b.Skip("no zip to compare with")
	}
	aws := filepath.Join(emulatortest.Parts(b), "aws", "bin", "aws")
	server := awstest.Start(b)
	defer server.Stop()
	dir := b.TempDir()
	env := cleanEnv(b)
	for key, value := range awstest.Env(server.URL) {
		if value != "" {
			env = append(env, key+"="+value)
		}
	}
	env = append(env, "AWS_DEFAULT_REGION=eu-west-1")
	fillDirectory(b, filepath.Join(dir, "src"))
	template := "Resources: {F: {Type: AWS::Serverless::Function, Properties: {CodeUri: src, Handler: a.b, Runtime: python3.11}}}\n"
	if err := os.WriteFile(filepath.Join(dir, "template.yaml"), []byte(template), 0o600); err != nil {
		b.Fatal(err)
	}
	// run runs a program and returns its time in ms and its peak memory in MB.
	run := func(name string, args ...string) (float64, float64) {
		var out bytes.Buffer
		cmd := exec.Command(name, args...)
		cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = dir, env, &out, &out
		began := time.Now()
		if err := cmd.Start(); err != nil {
			b.Fatal(err)
		}
		peak := make(chan float64, 1)
		done := make(chan struct{})
		go func() { peak <- watchMemory(cmd.Process.Pid, done) }()
		err := cmd.Wait()
		took := sinceMS(began)
		close(done)
		if err != nil {
			b.Fatalf("%s %v: %v\n%s", name, args, err, &out)
		}
		return took, <-peak
	}
	run(aws, "s3", "mb", "s3://bench")
	var theirs, first, second, ratios, peaks []float64
	for i := range 5 {
		prefix := strconv.Itoa(i) // a place without what was uploaded before
		zipped, _ := run(zip, "-q", "-r", prefix+".zip", "src")
		copied, _ := run(aws, "s3", "cp", "--quiet", prefix+".zip", "s3://bench/"+prefix+"/code.zip")
		x, peak := run(binary(b), "package", "--s3-bucket", "bench", "--s3-prefix", prefix)
		y, _ := run(binary(b), "package", "--s3-bucket", "bench", "--s3-prefix", prefix)
		theirs, first, second, peaks = append(theirs, zipped+copied), append(first, x), append(second, y), append(peaks, peak)
		ratios = append(ratios, x/(zipped+copied))
	}
	b.ReportMetric(median(theirs), "zip+aws-ms")
	b.ReportMetric(median(first), "sam-ms")
	b.ReportMetric(median(ratios), "ratio")
	b.ReportMetric(median(second), "unchanged-ms")
	b.ReportMetric(median(second)/median(first), "unchanged-ratio")
	b.ReportMetric(peaks[len(peaks)-1], "sam-MB")
	b.ReportMetric(0, "ns/op")
}

// fillDirectory makes 10,000 files of 20 kB: words, and half of them noise.
func fillDirectory(b *testing.B, dir string) {
	b.Helper()
	random := rand.New(rand.NewSource(1))
	words := bytes.Fields([]byte("const function return if else for while import export class extends this null undefined module require async await"))
	for i := range 10_000 {
		path := filepath.Join(dir, fmt.Sprintf("d%d", i%100), fmt.Sprintf("f%d.js", i))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			b.Fatal(err)
		}
		data := make([]byte, 0, 21_000)
		for len(data) < 20_972 {
			if i%2 == 0 {
				data = append(append(data, words[random.Intn(len(words))]...), ' ')
			} else {
				data = append(data, byte(random.Intn(256)))
			}
		}
		if err := os.WriteFile(path, data, 0o644); err != nil {
			b.Fatal(err)
		}
	}
}

// watchMemory returns the peak memory of a process in MB, as far as it was seen
// until done is closed.
func watchMemory(pid int, done <-chan struct{}) (peak float64) {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-done:
			return peak
		case <-tick.C:
			status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
			if err != nil {
				continue
			}
			_, line, found := bytes.Cut(status, []byte("VmHWM:"))
			var kib float64
			if _, err := fmt.Sscan(string(line), &kib); found && err == nil {
				peak = max(peak, kib/1024)
			}
		}
	}
}
