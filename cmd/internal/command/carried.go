package command

// A Carried is a command that sam knows by name alone: a program that it
// carries has and runs it.
type Carried struct {
	Name  string
	Short string // for the help of sam, which lists it
}

// CloudProgram is the program with the commands that speak to AWS: merely
// linking the clients of AWS would cost every start of sam 7 to 14 ms.
const CloudProgram = "sam-cloud"

// Cloud lists the commands of CloudProgram.
var Cloud = []Carried{
	{"package", "Upload what a template refers to, and write the template to deploy"},
	{"deploy", "Deploy a template as a stack"},
	{"delete", "Delete a stack"},
	{"list", "List what a stack has"},
	{"logs", "Show the logs of a stack's functions"},
	{"remote", "Use what is deployed"},
}
