package credentials

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// script writes an executable shell script.
func script(t *testing.T, body string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "get credentials")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+body), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestRunProcess(t *testing.T) {
	path := script(t, `
read line && exit 1 # it has no input
test ! -t 0 || exit 2
echo 'an unimportant warning' >&2
echo '{"Version": 1, "AccessKeyId": "'"$1"'", "SecretAccessKey": "'"$2"'",'
echo ' "SessionToken": "token", "Expiration": "2030-01-01T00:00:00Z"}'
`)
	got, err := runProcess(t.Context(), `"`+path+`" one "two words"`)
	if want := (Credentials{"one", "two words", "token"}); err != nil || got != want {
		t.Errorf("got %+v, %v; want %+v", got, err, want)
	}
}

// An agent that the process starts may keep its output open.
func TestRunProcessLeavesAnAgent(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	path := script(t, "read line <'"+pipe+"' &\n"+`echo '{"Version": 1, "AccessKeyId": "a", "SecretAccessKey": "b"}'`)
	got, err := runProcess(t.Context(), "'"+path+"'")
	if want := (Credentials{"a", "b", ""}); err != nil || got != want {
		t.Errorf("got %+v, %v; want %+v", got, err, want)
	}
	f, err := os.OpenFile(pipe, os.O_WRONLY, 0) // blocks unless the agent lives, and ends it
	if err != nil {
		t.Fatal(err)
	}
	f.Close()
}

func TestRunProcessStopsWhatHangs(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	// The script and what it started hold the pipe open as long as they live.
	path := script(t, "exec 3>'"+pipe+"'\necho started >&3\nsleep 1000\n")
	ctx, cancel := context.WithCancelCause(t.Context())
	stop := errors.New("stop")
	result := make(chan error)
	go func() {
		_, err := runProcess(ctx, "'"+path+"'")
		result <- err
	}()
	f, err := os.Open(pipe)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := bufio.NewReader(f)
	if _, err := r.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	cancel(stop)
	if err := <-result; !errors.Is(err, stop) {
		t.Errorf("got %v", err)
	}
	if _, err := io.ReadAll(r); err != nil {
		t.Errorf("a process is still there: %v", err)
	}
}
