package lambdaapi

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"sam/emulator"
)

// A refusal is an error response of Lambda's API. SDKs make an exception of
// its code.
type refusal struct {
	status  int
	code    string
	who     string // is at fault: User, Service, or LocalService for what AWS would serve
	message string
	reason  string // of a throttling, or empty
}

func (e *refusal) Error() string { return e.code + ": " + e.message }

const (
	user         = "User"
	service      = "Service"
	localService = "LocalService" // SAM CLI's word for it
)

// write sends the error as AWS does, whose model spells the message with a
// capital in some errors and without in others. SDKs look for just the one.
func (e *refusal) write(w http.ResponseWriter) {
	message := "message"
	switch e.code {
	case "ResourceNotFoundException", "ServiceException":
		message = "Message"
	}
	fields := map[string]string{"Type": e.who, message: e.message}
	if e.reason != "" {
		fields["Reason"] = e.reason
		w.Header().Set("Retry-After", "1")
	}
	w.Header().Set("X-Amzn-Errortype", e.code)
	writeJSON(w, e.status, fields)
}

func writeJSON(w http.ResponseWriter, status int, value any) {
	body, err := json.Marshal(value)
	if err != nil {
		panic(err) // texts, numbers and maps of them always marshal
	}
	header := w.Header()
	header.Set("Content-Type", "application/json")
	header.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) // a client that is gone misses nothing
}

// maxDiscard bounds how much of a refused request's body is read and thrown
// away, so that the client gets to see the error instead of a reset connection.
const maxDiscard = 64 << 20

// refuse answers a call that came to nothing.
func (a *API) refuse(c *call, err error) {
	_, _ = io.CopyN(io.Discard, c.r.Body, maxDiscard)
	if c.r.Context().Err() != nil { // the client is gone, or the server is being stopped
		(&refusal{status: http.StatusInternalServerError, code: "ServiceException", who: service, message: err.Error()}).write(c.w)
		return
	}
	a.refusal(err).write(c.w)
}

// refusal is how clients see an error. The developer is told of those that are
// not for the client to mend.
func (a *API) refusal(err error) *refusal {
	var (
		refused   *refusal
		throttled *emulator.ThrottledError
		unknown   *emulator.UnknownFunctionError
		hinter    interface{ Hint() string }
	)
	switch {
	case errors.As(err, &refused):
		if refused.status == http.StatusNotFound {
			a.config.Notice(errors.New(refused.message))
		}
		return refused
	case errors.As(err, &unknown): // it was there a moment ago
		return notFound(a.config.Functions.Functions(), reference{name: unknown.Function})
	case errors.As(err, &throttled):
		return tooMany(a.throttleReason(throttled), throttled.Error())
	}
	if errors.Is(err, emulator.ErrFleetClosed) {
		return &refusal{status: http.StatusInternalServerError, code: "ServiceException", who: service, message: err.Error()}
	}
	a.config.Notice(err)
	text := err.Error()
	if errors.As(err, &hinter) {
		text += "; " + hinter.Hint()
	}
	// What AWS says of functions that are not ready. Clients would repeat what
	// fails with a status from 500 on, and a function that cannot be started
	// has nothing to gain by that.
	return &refusal{status: http.StatusConflict, code: "ResourceConflictException", who: user, message: text}
}

// throttleReason tells a function's own limit from the one of the account, for
// which that of the Fleet stands.
func (a *API) throttleReason(err *emulator.ThrottledError) string {
	for _, fn := range a.config.Functions.Functions() {
		if fn.Path == err.Function && fn.Reserved >= 0 && fn.Reserved <= err.Limit {
			return "ReservedFunctionConcurrentInvocationLimitExceeded"
		}
	}
	return "ConcurrentInvocationLimitExceeded"
}

func tooMany(reason, message string) *refusal {
	return &refusal{http.StatusTooManyRequests, "TooManyRequestsException", user, "Rate Exceeded. " + message, reason}
}

func notFound(functions []emulator.Function, ref reference) *refusal {
	missing := emulator.Function{FunctionName: ref.name, Region: "us-east-1", Account: "123456789012"}
	if len(functions) > 0 {
		missing.Region, missing.Account = functions[0].Region, functions[0].Account
	}
	return &refusal{status: http.StatusNotFound, code: "ResourceNotFoundException", who: user, message: "Function not found: " + arn(&missing, ref.qualifier)}
}

// invalid is AWS's answer to a parameter that its model does not allow.
func invalid(parameter, value, constraint string) *refusal {
	return &refusal{status: http.StatusBadRequest, code: "ValidationException", who: user, message: fmt.Sprintf(
		"1 validation error detected: Value '%s' at '%s' failed to satisfy constraint: %s", value, parameter, constraint)}
}

func invalidName(name string) *refusal {
	return invalid("functionName", name, "it must be a function's name, 123456789012:function:name or arn:aws:lambda:region:123456789012:function:name, "+
		"followed by :version or :alias or by nothing; a name has letters, digits, -, _, ., and / between nested stacks")
}

func invalidQualifier(qualifier string) *refusal {
	return invalid("qualifier", qualifier, "Member must satisfy regular expression pattern: (|[a-zA-Z0-9$_-]+)")
}

func notOneOf(parameter, value string, values []string) *refusal {
	return invalid(parameter, value, "Member must satisfy enum value set: ["+strings.Join(values, ", ")+"]")
}

func badParameter(message string) *refusal {
	return &refusal{status: http.StatusBadRequest, code: "InvalidParameterValueException", who: user, message: message}
}

func qualifiersDiffer() *refusal {
	return badParameter("The derived qualifier from the function name does not match the specified qualifier.")
}

func badContent(message string) *refusal {
	return &refusal{status: http.StatusBadRequest, code: "InvalidRequestContentException", who: user, message: message}
}

// tooLarge has the code that AWS sends, which is not the one that it documents
// (RequestTooLargeException): https://github.com/ASFHyP3/hyp3/issues/2241.
func tooLarge(format string, args ...any) *refusal {
	return &refusal{status: http.StatusRequestEntityTooLarge, code: "RequestEntityTooLargeException", who: user, message: fmt.Sprintf(format, args...)}
}

func accessDenied(format string, args ...any) *refusal {
	return &refusal{status: http.StatusForbidden, code: "AccessDeniedException", who: user, message: fmt.Sprintf(format, args...)}
}

// served is for clients that ask for more than there is.
const served = "of Lambda's API sam serves Invoke, InvokeWithResponseStream, InvokeAsync, ListFunctions, GetFunction and GetFunctionConfiguration; call AWS for all else"

func unknownPath(c *call) *refusal {
	return &refusal{status: http.StatusNotFound, code: "PathNotFoundLocally", who: localService,
		message: fmt.Sprintf("%s %s is not served locally: %s", c.r.Method, c.r.URL.EscapedPath(), served)}
}

func wrongMethod(c *call, allowed string) *refusal {
	c.w.Header().Set("Allow", allowed)
	return &refusal{status: http.StatusMethodNotAllowed, code: "MethodNotAllowedLocally", who: localService,
		message: fmt.Sprintf("%s is not served locally for %s, only %s is: %s", c.r.Method, c.r.URL.EscapedPath(), allowed, served)}
}
