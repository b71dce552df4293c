// Package local holds the commands that run functions on this machine.
//
// It turns flags into options and options into calls of package emulator, and
// says what there is to say on the way. How an error looks to the user, and
// which exit code it has, is package cli's affair.
package local
