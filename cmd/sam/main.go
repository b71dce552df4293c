// Command sam runs AWS Lambda functions on this machine.
package main

import (
	"os"

	"sam/cmd/internal/cli"
	"sam/cmd/internal/command"
	"sam/cmd/internal/config"
	"sam/cmd/internal/ui"
	"sam/emulator/process"
)

func main() {
	process.Keep()
	h := config.System()
	os.Exit(cli.Main(command.WatchSignals, ui.System(h.Colour()), h, os.Args[1:]))
}
