// Package lambdaapi is the part of AWS Lambda's API by which programs run
// functions and look them up: Invoke, InvokeWithResponseStream, InvokeAsync,
// ListFunctions, GetFunction and GetFunctionConfiguration, as the AWS CLI and
// the SDKs call them.
//
// It owns the wire contract: names and ARNs, headers, limits, error codes, the
// event stream, and what becomes of asynchronous events. Running functions is
// left to a Functions, and listening to the caller.
//
// Signatures are not checked: whoever reaches the listener may run functions,
// except pages of a web browser.
//
// The contract is https://docs.aws.amazon.com/lambda/latest/api/API_Operations.html.
package lambdaapi
