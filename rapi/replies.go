package rapi

import (
	"encoding/json"
	"errors"
	"mime"
	"net/http"
	"strconv"
	"strings"
)

const contentTypeJSON = "application/json"

// apiError is an answer of the Runtime API that refuses a request.
type apiError struct {
	status  int
	kind    string
	message string
}

func (e *apiError) Error() string { return e.kind + ": " + e.message }

var (
	errInvalidRequestID = &apiError{400, "InvalidRequestID", "Invalid request ID"}
	errResponseMode     = &apiError{400, "InvalidFunctionResponseMode", "Invalid function response mode"}
	errTruncated        = &apiError{400, "TruncatedHTTPRequest", "HTTP request detected as truncated"}
	errTooLarge         = &apiError{413, "RequestEntityTooLarge", "Exceeded maximum allowed payload size (6291556 bytes)."}
	errHost             = &apiError{403, "InvalidHost", "The Host header is not the address of this Runtime API"}
)

// What the caller of the function gets when the runtime's answer cannot be
// used.

func tooLarge() (*Failure, []byte) {
	return unusable("Function.ResponseSizeTooLarge", "Response payload size exceeded maximum allowed payload size (6291556 bytes).")
}

func truncated() (*Failure, []byte) {
	return unusable("Runtime.TruncatedResponse", "The runtime's response was truncated")
}

func badResponseMode() (*Failure, []byte) {
	return unusable("Runtime.InvalidResponseModeHeader", "The runtime sent an invalid Lambda-Runtime-Function-Response-Mode header")
}

// failureReply is the error that a function ended with.
func failureReply(errorType, contentType string, body []byte) Reply {
	return Reply{
		Payload:     errorPayload(contentType, body),
		ContentType: contentTypeJSON,
		Failure:     &Failure{Type: cleanErrorType(errorType)},
	}
}

// unusableReply stands for an answer whose body could not be used, for the
// reason err.
func unusableReply(err error) Reply {
	reply := Reply{ContentType: contentTypeJSON}
	switch {
	case errors.Is(err, errTooLarge):
		reply.Failure, reply.Payload = tooLarge()
	case errors.Is(err, errResponseMode):
		reply.Failure, reply.Payload = badResponseMode()
	default:
		reply.Failure, reply.Payload = truncated()
	}
	return reply
}

func unusable(kind, message string) (*Failure, []byte) {
	return &Failure{Type: kind}, failurePayload(kind, message)
}

// failurePayload is an error as AWS puts it into a payload.
func failurePayload(kind, message string) []byte {
	payload, err := json.Marshal(struct {
		Message string `json:"errorMessage"`
		Type    string `json:"errorType"`
	}{message, kind})
	if err != nil {
		panic(err) // two strings always marshal
	}
	return payload
}

func (e *apiError) write(w http.ResponseWriter) {
	writeJSON(w, e.status, failurePayload(e.kind, e.message))
}

// accepted is the one success answer of the API. The status must be exactly
// 202: Go's and Java's clients take any other, 200 included, for a failure.
func accepted(w http.ResponseWriter) {
	writeJSON(w, http.StatusAccepted, acceptedBody)
}

var acceptedBody = []byte("{\"status\":\"OK\"}\n")

func writeJSON(w http.ResponseWriter, status int, body []byte) {
	h := w.Header()
	h["Content-Type"] = []string{contentTypeJSON}
	h["Content-Length"] = []string{strconv.Itoa(len(body))}
	w.WriteHeader(status)
	_, _ = w.Write(body) // the runtime is gone if this fails: its exit says so
}

// cleanErrorType maps the error type that a runtime names to the ones that
// AWS's logs and telemetry know.
func cleanErrorType(kind string) string {
	family, name, _ := strings.Cut(kind, ".")
	known := name != "" && name[0] >= 'A' && name[0] <= 'Z' && !strings.ContainsFunc(name, notLetter)
	switch {
	case known && (family == "Runtime" || family == "Function"):
		return kind
	case family == "Function":
		return "Function.Unknown"
	}
	return "Runtime.Unknown"
}

func notLetter(r rune) bool {
	return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
}

// errorPayload is the body of an error post as the caller gets it: unchanged,
// but for the content type that wraps it together with an X-Ray cause.
func errorPayload(contentType string, body []byte) []byte {
	media, _, err := mime.ParseMediaType(contentType)
	if err != nil || media != "application/vnd.aws.lambda.error.cause+json" {
		return body
	}
	var wrapped struct {
		Message json.RawMessage `json:"errorMessage"`
		Type    json.RawMessage `json:"errorType"`
		Trace   json.RawMessage `json:"stackTrace,omitempty"`
	}
	if err := json.Unmarshal(body, &wrapped); err != nil {
		return failurePayload("Runtime.InvalidErrorBody", "Invalid error body: "+err.Error())
	}
	plain, err := json.Marshal(wrapped)
	if err != nil {
		return body
	}
	return plain
}

func asAPIError(err error) *apiError {
	var refused *apiError
	if errors.As(err, &refused) {
		return refused
	}
	return &apiError{500, "InternalServerError", "Internal Server Error"}
}
