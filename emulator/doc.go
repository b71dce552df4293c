// Package emulator runs Lambda functions in execution environments: it starts
// a runtime's process through a Runner, drives it over the Runtime API, keeps
// the time, and writes the platform's log lines.
//
// It owns the life of an execution environment (init, invocations, timeout,
// crash, end) and what an invocation results in. How a process is started
// belongs to the Runners (package process and its like), the wire protocol to
// rapi, interpreters and bootstraps to bootstraps, and everything about flags,
// terminals and exit codes to cmd.
package emulator
