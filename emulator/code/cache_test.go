package code

import (
	"bufio"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// The tests of dead and of live unpackers need another process. It is this
// test binary, started with the directory to claim in this variable.
const claimVar = "CODE_TEST_CLAIM"

func TestMain(m *testing.M) {
	if partial := os.Getenv(claimVar); partial != "" {
		claimAndWait(partial)
		return
	}
	os.Exit(m.Run())
}

// claimAndWait behaves like a process in the middle of unpacking: it has
// written something, says so, and goes on for as long as its stdin is open.
func claimAndWait(partial string) {
	lock, err := claim(context.Background(), partial)
	if err != nil {
		panic(err)
	}
	defer lock.Close()
	if err := os.WriteFile(filepath.Join(partial, "half"), nil, 0o600); err != nil {
		panic(err)
	}
	os.Stdout.WriteString("claimed\n")
	os.Stdin.Read(make([]byte, 1))
}

// startUnpacker returns a running process that has claimed partial.
func startUnpacker(t *testing.T, partial string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), claimVar+"="+partial)
	cmd.Stderr = os.Stderr
	if _, err := cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { kill(cmd) })
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	return cmd
}

func kill(cmd *exec.Cmd) {
	cmd.Process.Kill()
	cmd.Wait()
}

func TestFillAfterADeadUnpacker(t *testing.T) {
	cache := t.TempDir()
	same, other := filepath.Join(cache, "key.partial"), filepath.Join(cache, "old.partial")
	kill(startUnpacker(t, same))
	kill(startUnpacker(t, other))

	dir, err := fill(t.Context(), cache, "key", func(dir string) error {
		return os.WriteFile(filepath.Join(dir, "whole"), nil, 0o600)
	})
	if err != nil {
		t.Fatal(err)
	}
	mustRead(t, filepath.Join(dir, "whole"), "")
	if _, err := os.Stat(filepath.Join(dir, "half")); err == nil {
		t.Error("what the dead process wrote is in the copy")
	}
	for _, partial := range []string{same, other} {
		if _, err := os.Stat(partial); err == nil {
			t.Errorf("%s is still there", partial)
		}
	}
}

func TestClaimAfterADeadUnpacker(t *testing.T) {
	partial := filepath.Join(t.TempDir(), "key.partial")
	kill(startUnpacker(t, partial))
	f, err := claim(t.Context(), partial)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	mustBeEmpty(t, partial)
}

func TestFillLeavesALiveUnpackerAlone(t *testing.T) {
	cache := t.TempDir()
	live := filepath.Join(cache, "live.partial")
	startUnpacker(t, live)
	if _, err := fill(t.Context(), cache, "key", func(string) error { return nil }); err != nil {
		t.Fatal(err)
	}
	mustRead(t, filepath.Join(live, "half"), "")

	// Whoever wants the same content waits for it, but not for ever.
	ctx, cancel := context.WithCancelCause(t.Context())
	stop := errors.New("stop")
	cancel(stop)
	_, err := fill(ctx, cache, "live", func(string) error {
		t.Error("unpacked beside a live process")
		return nil
	})
	if !errors.Is(err, stop) {
		t.Errorf("got %v", err)
	}
	mustRead(t, filepath.Join(live, "half"), "")
}

func TestFillIsDoneOnceByConcurrentCallers(t *testing.T) {
	cache := t.TempDir()
	count := 0 // only ever touched by the holder of the lock
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			dir, err := fill(t.Context(), cache, "key", func(dir string) error {
				count++
				return os.WriteFile(filepath.Join(dir, "file"), []byte("whole"), 0o600)
			})
			if err != nil {
				t.Error(err)
				return
			}
			if got, err := os.ReadFile(filepath.Join(dir, "file")); err != nil || string(got) != "whole" {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
	wg.Wait()
	if count != 1 {
		t.Errorf("unpacked %d times", count)
	}
	entries, err := os.ReadDir(cache)
	if err != nil || len(entries) != 1 {
		t.Errorf("the cache holds %v, %v", entries, err)
	}
}

func TestFillTriesAgainAfterAFailure(t *testing.T) {
	cache := t.TempDir()
	boom := errors.New("boom")
	_, err := fill(t.Context(), cache, "key", func(dir string) error {
		if err := os.WriteFile(filepath.Join(dir, "half"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		return boom
	})
	if !errors.Is(err, boom) {
		t.Errorf("got %v", err)
	}
	mustBeEmpty(t, cache)
	if _, err := fill(t.Context(), cache, "key", func(string) error { return nil }); err != nil {
		t.Error(err)
	}
}
