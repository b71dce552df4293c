package lambdaapi

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"unicode/utf8"

	"sam/emulator"
)

// Limits of https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html.
const (
	maxPayload       = 6 << 20
	maxEventPayload  = 1 << 20
	maxAsyncPayload  = 256 << 10 // of InvokeAsync, which keeps the limit of old
	maxClientContext = 3583
)

// Values of X-Amz-Invocation-Type.
const (
	requestResponse = "RequestResponse"
	event           = "Event"
	dryRun          = "DryRun"
)

// An invocation is a call for a function, understood.
type invocation struct {
	function  *emulator.Function
	qualifier string
	request   emulator.Request
}

// invoke serves Invoke.
func (a *API) invoke(c *call) error {
	kind, err := c.kind(event, requestResponse, dryRun)
	if err != nil {
		return err
	}
	inv, err := a.invocation(c)
	if err != nil {
		return err
	}
	switch kind {
	case dryRun:
		c.w.WriteHeader(http.StatusNoContent)
		return nil
	case event:
		if err := a.start(inv, maxEventPayload); err != nil {
			return err
		}
		c.w.WriteHeader(http.StatusAccepted)
		return nil
	}
	if err := inv.attend(c.r.Header); err != nil {
		return err
	}
	result, err := a.config.Functions.Invoke(c.r.Context(), inv.function.Path, inv.request)
	if err != nil {
		return err
	}
	header := c.w.Header()
	// Whatever the runtime calls it: to Lambda, what functions return is JSON.
	header.Set("Content-Type", "application/json")
	header.Set("Content-Length", strconv.Itoa(len(result.Payload)))
	header.Set("X-Amz-Executed-Version", version(inv.qualifier))
	if result.Failure != nil {
		header.Set("X-Amz-Function-Error", "Unhandled")
	}
	if inv.request.WithLog {
		header.Set("X-Amz-Log-Result", base64.StdEncoding.EncodeToString(result.Log))
	}
	_, _ = c.w.Write(result.Payload) // a client that is gone misses nothing
	return nil
}

// invokeAsync serves InvokeAsync, by which programs older than Invoke send
// events.
func (a *API) invokeAsync(c *call) error {
	inv, err := a.invocation(c)
	if err != nil {
		return err
	}
	if err := a.start(inv, maxAsyncPayload); err != nil {
		return err
	}
	writeJSON(c.w, http.StatusAccepted, map[string]int{"Status": http.StatusAccepted})
	return nil
}

// kind is the invocation type that is asked for, one of those that there are.
func (c *call) kind(kinds ...string) (string, error) {
	kind := c.r.Header.Get("X-Amz-Invocation-Type")
	if kind == "" {
		return requestResponse, nil
	}
	if !slices.Contains(kinds, kind) {
		return "", notOneOf("invocationType", kind, kinds)
	}
	return kind, nil
}

// invocation understands what any kind of invocation has.
func (a *API) invocation(c *call) (*invocation, error) {
	function, qualifier, err := a.find(c)
	if err != nil {
		return nil, err
	}
	payload, err := readPayload(c.r)
	if err != nil {
		return nil, err
	}
	if len(payload) == 0 {
		payload = []byte("{}")
	}
	return &invocation{function, qualifier, emulator.Request{
		RequestID: c.id,
		Payload:   payload,
		ARN:       arn(function, qualifier),
		TraceID:   c.r.Header.Get("X-Amzn-Trace-Id"),
	}}, nil
}

// attend understands what goes with an invocation that the client waits for:
// who the client is, and whether it wants the log.
func (inv *invocation) attend(header http.Header) (err error) {
	switch logType := header.Get("X-Amz-Log-Type"); logType {
	case "", "None":
	case "Tail":
		inv.request.WithLog = true
	default:
		return notOneOf("logType", logType, []string{"None", "Tail"})
	}
	inv.request.ClientContext, err = clientContext(header.Get("X-Amz-Client-Context"))
	return err
}

// readPayload returns JSON, or nothing.
func readPayload(r *http.Request) ([]byte, error) {
	var payload bytes.Buffer
	if r.ContentLength > 0 && r.ContentLength <= maxPayload {
		payload.Grow(int(r.ContentLength) + bytes.MinRead) // ReadFrom wants room for the end, too
	}
	_, err := payload.ReadFrom(io.LimitReader(r.Body, maxPayload+1))
	if err != nil {
		return nil, badContent("the request ended before its body did: " + err.Error())
	}
	if payload.Len() > maxPayload {
		return nil, tooLarge("Request must be smaller than %d bytes for the InvokeFunction operation", maxPayload)
	}
	return payload.Bytes(), checkPayload(payload.Bytes())
}

// checkPayload is strict where AWS is: events are JSON in UTF-8.
func checkPayload(payload []byte) error {
	const prefix = "Could not parse request body into json: "
	switch {
	case len(payload) == 0 || json.Valid(payload) && utf8.Valid(payload):
		return nil
	case !utf8.Valid(payload):
		return badContent(prefix + "it is not UTF-8")
	}
	err := json.Unmarshal(payload, new(any))
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return badContent(prefix + syntax.Error() + " (at byte " + strconv.FormatInt(syntax.Offset, 10) + ")")
	}
	return badContent(prefix + err.Error())
}

// clientContext decodes the header that mobile SDKs send, and whoever else has
// something to say beside the event.
func clientContext(header string) (string, error) {
	if len(header) > maxClientContext {
		return "", badContent("Client context must be no longer than " + strconv.Itoa(maxClientContext) + " bytes.")
	}
	text, err := base64.StdEncoding.DecodeString(header)
	var object map[string]json.RawMessage
	if err != nil || header != "" && json.Unmarshal(text, &object) != nil {
		return "", badContent("Client context must be a valid Base64-encoded JSON object.")
	}
	return string(text), nil
}
