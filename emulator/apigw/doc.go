// Package apigw is API Gateway: it takes HTTP requests, finds their routes,
// has authorizers decide, turns requests into events and what functions return
// into responses, by the rules of REST APIs and of HTTP APIs.
//
// Running functions is left to an Invoker, reading templates to package
// template, and listening to the caller.
package apigw
