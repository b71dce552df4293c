// Package bootstraps turns the identifier of a Lambda runtime into a program
// of this host that can run it.
//
// It owns the list of runtime identifiers, the search for interpreters that
// really run (Finder), the AWS SDKs that stand in for those that AWS's runtimes
// bring along (SDK), and the bootstraps: the small programs, one per language,
// that speak the Runtime API inside an execution environment.
//
// It starts no execution environment and knows nothing of functions: that is
// left to package emulator and its Runners. All about the host comes in through
// struct fields. The package reads no environment variable, prints nothing and
// remembers nothing but what it writes to the files that it is told to use.
package bootstraps
