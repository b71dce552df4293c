// Package golang makes Go functions of 2018 speak the Runtime API.
//
// Until the Runtime API became public, functions of the runtime go1.x were
// servers of net/rpc with the methods Function.Ping and Function.Invoke, on the
// port that _LAMBDA_SERVER_PORT names. An Adapter fetches events from the
// Runtime API, calls such a function, and posts what it answers.
//
// Which program it is, and starting and ending it, is left to the callers.
package golang
