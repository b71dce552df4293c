package containertest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"sam/emulator/emulatortest"
)

// Keeper is the path of a program that keeps containers: see process.Keep.
func Keeper(t testing.TB) string {
	t.Helper()
	root := emulatortest.Root(t)
	path, err := buildKeeper(root)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

var (
	keeperOnce sync.Once
	keeperPath string
	errKeeper  error
)

// buildKeeper builds it once for all tests of the process.
func buildKeeper(root string) (string, error) {
	keeperOnce.Do(func() {
		keeperPath = filepath.Join(os.TempDir(), fmt.Sprintf("sam-test-keeper-%d", os.Getpid()))
		cmd := exec.Command("go", "build", "-o", keeperPath, "./emulator/emulatortest/containertest/keeper")
		cmd.Dir, cmd.Env = root, append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			errKeeper = fmt.Errorf("build a keeper: %w: %s", err, out)
		}
	})
	return keeperPath, errKeeper
}

// RemoveKeeper removes the program, if there is one. It is for TestMain.
func RemoveKeeper() { _ = os.Remove(keeperPath) }
