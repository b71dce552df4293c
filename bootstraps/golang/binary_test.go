package golang

import (
	"os"
	"path/filepath"
	"testing"
)

// Functions of both kinds are tried in package emulator; these are neither.
func TestWhatIsNoFunctionOf2018(t *testing.T) {
	script := filepath.Join(t.TempDir(), "script")
	if err := os.WriteFile(script, []byte("#!/bin/sh\necho $_LAMBDA_SERVER_PORT\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, program := range []string{script, "/bin/sh", "/nonexistent", t.TempDir()} {
		if SpeaksRPC(program) {
			t.Errorf("%s is said to speak net/rpc", program)
		}
	}
}
