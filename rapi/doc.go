// Package rapi serves the Lambda Runtime API, version 2018-06-01, of one
// execution environment: the HTTP interface through which a runtime asks for
// events and answers them.
//
// It owns the wire contract (status codes, headers, error bodies, limits) and
// the state machine behind it. It does not know how the runtime process came
// to be, how long it may take, or what is printed about it: those belong to
// package emulator.
//
// The contract follows
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html and, where
// that is silent, what AWS's own runtime clients need.
package rapi
