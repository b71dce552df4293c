// Command keeper keeps the containers of tests, and does nothing else: a program
// that is a test is too large for that, and with the race detector in it no
// program that any image could run.
package main

import "sam/emulator/process"

func main() { process.Keep() }
