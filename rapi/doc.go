// Package rapi serves the Lambda Runtime API, version 2018-06-01, of one
// execution environment: the HTTP interface through which a runtime asks for
// events and answers them. Beside it are the Extensions API, by which extensions
// register and follow the environment's life, and the subscriptions of the
// Telemetry and Logs APIs.
//
// It owns the wire contract (status codes, headers, error bodies, limits) and
// the state machine behind it. It does not know how the processes came
// to be, how long they may take, or what is printed about them: those belong to
// package emulator, and the delivery of telemetry to package telemetry.
//
// The contract follows
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html and, where
// that is silent, what AWS's own runtime clients need.
package rapi
