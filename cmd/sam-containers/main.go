// Command sam-containers is sam with what it takes to run functions in
// containers. sam carries it, and becomes it for functions that need one.
package main

import (
	"os"

	"sam/cmd/internal/command"
	"sam/cmd/internal/config"
	"sam/cmd/internal/containers"
	"sam/cmd/internal/local"
	"sam/cmd/internal/ui"
	"sam/emulator/process"
)

func main() {
	process.Keep()
	h, args := config.System(), os.Args[1:]
	u := ui.System(h.Colour())
	root := command.NewRoot(u, h)
	root.AddCommand(local.NewGroup(u, h, args, &local.Program{Backends: containers.Backends}))
	os.Exit(command.Report(u, command.Run(command.WatchSignals(), root, args)))
}
