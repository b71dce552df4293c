// Command sam-cloud has the commands of sam that speak to AWS. sam carries it,
// and becomes it.
package main

import (
	"os"
	"runtime/debug"

	"sam/cmd/internal/cloud"
	"sam/cmd/internal/command"
	"sam/cmd/internal/config"
	"sam/cmd/internal/ui"
)

// memoryLimit is where the collector stops being generous, in bytes: uploads leave
// much behind that is garbage at once. They need about half of it.
const memoryLimit = 44 << 20

func main() {
	debug.SetMemoryLimit(memoryLimit)
	h := config.System()
	u := ui.System(h.Colour())
	os.Exit(command.Report(u, command.Run(command.WatchSignals(), cloud.Root(u, h), cloud.Spread(os.Args[1:]))))
}
