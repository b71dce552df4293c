// Command sam-init has the command of sam that begins projects. sam carries it,
// and becomes it.
package main

import (
	"os"

	"sam/cmd/internal/command"
	"sam/cmd/internal/config"
	"sam/cmd/internal/project/scaffold"
	"sam/cmd/internal/ui"
)

func main() {
	h := config.System()
	u := ui.System(h.Colour())
	os.Exit(command.Report(u, command.Run(command.WatchSignals(), scaffold.Root(u, h), os.Args[1:])))
}
