package command

import (
	"github.com/spf13/cobra"

	"sam/cmd/internal/config"
	"sam/cmd/internal/ui"
)

// A Program is one that sam carries. It has commands of sam that link what would
// cost every start of sam too much.
type Program struct {
	Name     string // of its file
	Commands []Carried
}

// A Carried is a command that sam knows by name alone: a program that it
// carries has and runs it.
type Carried struct {
	Name  string
	Short string // for the help of sam, which lists it
}

// ContainersProgram has the commands that run functions, and the clients of
// containerd and Docker, which would cost every start as much as those of AWS.
const ContainersProgram = "sam-containers"

// Cloud has the commands that speak to AWS: merely linking the clients of AWS
// takes 7 to 14 ms.
var Cloud = Program{"sam-cloud", []Carried{
	{"package", "Upload what a template refers to, and write the template to deploy"},
	{"deploy", "Deploy a template as a stack"},
	{"delete", "Delete a stack"},
	{"list", "List what a stack has"},
	{"logs", "Show the logs of a stack's functions"},
	{"remote", "Use what is deployed"},
}}

// Init begins projects: merely linking the engine of their templates takes 0.6 ms.
var Init = Program{"sam-init", []Carried{
	{"init", "Begin a project"},
}}

// Programs are all that sam carries.
var Programs = []Program{Init, Cloud}

// Root returns the command tree of the program, which has its commands under
// their names.
func (p Program) Root(u *ui.UI, h *config.Host, commands map[string]*cobra.Command) *cobra.Command {
	root := NewRoot(u, h)
	for _, c := range p.Commands {
		cmd := commands[c.Name]
		cmd.Short = c.Short
		root.AddCommand(cmd)
	}
	return root
}
