package process_test

import (
	"testing"

	"sam/emulator/emulatortest"
	"sam/emulator/process"
)

func TestContract(t *testing.T) {
	emulatortest.TestRunner(t, process.New())
}
