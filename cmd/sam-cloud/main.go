// Command sam-cloud has the commands of sam that speak to AWS. sam carries it,
// and becomes it.
package main

import (
	"os"

	"sam/cmd/internal/cloud"
	"sam/cmd/internal/command"
	"sam/cmd/internal/config"
	"sam/cmd/internal/ui"
)

func main() {
	u := ui.System()
	root := cloud.Root(u, config.System())
	os.Exit(command.Report(u, command.Run(command.WatchSignals(), root, cloud.Spread(os.Args[1:]))))
}
