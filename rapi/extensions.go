package rapi

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/google/uuid"
)

// The Extensions API, version 2020-01-01.
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html

// maxExtensions is how many extensions AWS lets register with one environment.
const maxExtensions = 10

// The events that extensions subscribe to.
const (
	EventInvoke   = "INVOKE"
	EventShutdown = "SHUTDOWN"
)

// An Extension is what there is to say of one that takes part in an execution
// environment.
type Extension struct {
	// Name is that of its file, or what an internal extension has chosen.
	Name string
	// State is where it stands, in the words of AWS's logs.
	State string
	// Events are those that it has subscribed to.
	Events []string
	// ErrorType is what it has said about its failure, or empty.
	ErrorType string
}

// extensionState is where an extension stands.
type extensionState int

const (
	extensionStarted    extensionState = iota // its process may be starting, nothing was heard of it
	extensionRegistered                       // it has registered, and initializes
	extensionReady                            // it waits for an event
	extensionAway                             // it waited for one, and its connection broke
	extensionRunning                          // it has an event
	extensionInitFailed                       // it posted init/error
	extensionExitFailed                       // it posted exit/error
)

// String is the state's name as AWS's logs and answers print it.
func (s extensionState) String() string {
	return [...]string{"Started", "Registered", "Ready", "Ready", "Running", "InitError", "ExitError"}[s]
}

// An extension is one that is to register, or has. rt.mu guards it.
type extension struct {
	name         string
	external     bool
	id           string // empty until it has registered
	state        extensionState
	events       []string
	errorType    string
	owes         bool             // it has been sent an INVOKE event and has not come back from it
	due          chan []byte      // holds at most the one event that it has not taken yet
	subscribedBy *subscriptionAPI // nil: it has not subscribed to telemetry
}

func (x *extension) wants(event string) bool { return slices.Contains(x.events, event) }

func forbidden(kind, format string, args ...any) *apiError {
	return &apiError{http.StatusForbidden, kind, fmt.Sprintf(format, args...)}
}

func (x *extension) refuse(to extensionState) *apiError {
	return forbidden("Extension.InvalidExtensionState",
		"State transition from %s to %s failed for extension %s. Error: State transition is not allowed", x.state, to, x.name)
}

// expect makes the external extensions known that are to register.
func (rt *Runtime) expect(names []string) {
	for _, name := range names {
		rt.extensions = append(rt.extensions, &extension{name: name, external: true, due: make(chan []byte, 1)})
	}
	rt.unregistered = len(names)
	if rt.unregistered == 0 {
		close(rt.registered)
	}
}

// ExtensionsRegistered is closed when all external extensions have registered:
// the runtime may be started then.
func (rt *Runtime) ExtensionsRegistered() <-chan struct{} { return rt.registered }

// Extensions are the external extensions, in the order of the Config, and the
// internal ones in that of their registration.
func (rt *Runtime) Extensions() []Extension {
	rt.mu.Lock()
	defer rt.mu.Unlock()
	list := make([]Extension, len(rt.extensions))
	for i, x := range rt.extensions {
		list[i] = Extension{Name: x.name, State: x.state.String(), Events: x.events, ErrorType: x.errorType}
	}
	return list
}

// ExtensionFailure is the error type, Extension.InitError or
// Extension.ExitError, of the first failure that an extension has reported, or
// empty. An extension that has is about to exit.
func (rt *Runtime) ExtensionFailure() string {
	rt.mu.Lock()
	defer rt.mu.Unlock()
	return rt.extensionFailure
}

// Shutdown sends the SHUTDOWN event to the extensions that have subscribed to
// it. The reason is spindown, timeout or failure; the process of an extension
// is ended at the deadline.
func (rt *Runtime) Shutdown(reason string, deadline time.Time) {
	event := marshal(struct {
		Type     string `json:"eventType"`
		Reason   string `json:"shutdownReason"`
		Deadline int64  `json:"deadlineMs"`
	}{EventShutdown, reason, deadline.UnixMilli()})
	rt.mu.Lock()
	defer rt.mu.Unlock()
	for _, x := range rt.extensions {
		if x.wants(EventShutdown) {
			x.send(event)
		}
	}
}

// send makes an event the next one that the extension gets.
func (x *extension) send(event []byte) {
	select {
	case <-x.due: // one that it has not taken is of no interest any more
	default:
	}
	x.due <- event
}

// notify sends the INVOKE event to the extensions that have subscribed to it;
// rt.mu is held.
func (rt *Runtime) notify(inv *Invocation) {
	type tracing struct {
		Type  string `json:"type"`
		Value string `json:"value"`
	}
	var event []byte
	for _, x := range rt.extensions {
		if !x.wants(EventInvoke) {
			continue
		}
		if event == nil {
			event = marshal(struct {
				Type      string  `json:"eventType"`
				Deadline  int64   `json:"deadlineMs"`
				RequestID string  `json:"requestId"`
				ARN       string  `json:"invokedFunctionArn"`
				Tracing   tracing `json:"tracing"`
			}{EventInvoke, inv.Deadline.UnixMilli(), inv.RequestID, inv.FunctionARN, tracing{"X-Amzn-Trace-Id", inv.TraceID}})
		}
		x.owes = true
		rt.owing++
		x.send(event)
	}
}

// runtimeDone is the runtime's part of the end of an invocation that others
// have an interest in: who wants to be told, and extensions that still work.
func (rt *Runtime) runtimeDone(call *Call) {
	if call.OnRuntimeDone != nil {
		call.OnRuntimeDone(call)
	}
	rt.mu.Lock()
	if rt.owing > 0 {
		rt.ending, call = call, nil // the last of them ends it
	}
	rt.mu.Unlock()
	if call != nil {
		call.end()
	}
}

// register serves the registration of an extension.
func (rt *Runtime) register(w http.ResponseWriter, r *http.Request) {
	name := r.Header.Get("Lambda-Extension-Name")
	if name == "" {
		forbidden("Extension.InvalidExtensionName", "Empty extension name").write(w)
		return
	}
	var request struct{ Events []string } // null, or none, is legal
	body, err := readBody(r)
	if err == nil {
		if malformed := json.Unmarshal(body, &request); malformed != nil {
			err = forbidden("InvalidRequestFormat", "%v", malformed)
		}
	}
	var id string
	if err == nil {
		id, err = rt.admit(name, request.Events)
	}
	if err != nil {
		asAPIError(err).write(w)
		return
	}
	about := rt.config.Function
	if r.Header.Get("Lambda-Extension-Accept-Feature") != "accountId" {
		about.Account = ""
	}
	w.Header()["Lambda-Extension-Identifier"] = []string{id}
	writeJSON(w, http.StatusOK, marshal(about))
}

// admit registers an extension and returns its identifier. One whose name is
// not that of a file is an internal one: it lives in the runtime's process.
func (rt *Runtime) admit(name string, events []string) (id string, err error) {
	rt.mu.Lock()
	defer rt.mu.Unlock()
	i := slices.IndexFunc(rt.extensions, func(x *extension) bool { return x.name == name })
	external := i >= 0 && rt.extensions[i].external
	for _, event := range events {
		switch {
		case event != EventInvoke && event != EventShutdown:
			return "", forbidden("Extension.InvalidEventType", "%s: there is no such event", event)
		case event == EventShutdown && !external:
			return "", forbidden("Extension.InvalidEventType",
				"%s: only an external extension may subscribe to it, and no file in extensions/ is called %s", event, name)
		}
	}
	switch {
	case external && rt.extensions[i].state != extensionStarted:
		return "", rt.extensions[i].refuse(extensionRegistered)
	case external:
	case rt.state != started:
		return "", forbidden("Extension.RegistrationClosed", "Extension registration closed already")
	case i >= 0:
		return "", forbidden("Extension.InvalidExtensionState", "Extension with this name already registered")
	case len(rt.extensions) >= maxExtensions:
		return "", forbidden("Extension.TooManyExtensions", "Extension limit (%d) reached", maxExtensions)
	default:
		i = len(rt.extensions)
		rt.extensions = append(rt.extensions, &extension{name: name, due: make(chan []byte, 1)})
	}
	x := rt.extensions[i]
	x.id, x.events, x.state = uuid.NewString(), events, extensionRegistered
	rt.unready++
	if external {
		if rt.unregistered--; rt.unregistered == 0 {
			close(rt.registered)
		}
	}
	return x.id, nil
}

// identify finds the extension that a request comes from; rt.mu is held.
func (rt *Runtime) identify(r *http.Request) (*extension, error) {
	id := r.Header.Get("Lambda-Extension-Identifier")
	if id == "" {
		return nil, forbidden("Extension.MissingExtensionIdentifier", "Missing Lambda-Extension-Identifier header")
	}
	if uuid.Validate(id) != nil {
		return nil, forbidden("Extension.InvalidExtensionIdentifier", "Invalid Lambda-Extension-Identifier")
	}
	for _, x := range rt.extensions {
		if x.id == id {
			return x, nil
		}
	}
	return nil, forbidden("Extension.UnknownExtensionIdentifier", "Unknown extension %s", id)
}

// nextEvent blocks until there is an event for the extension, for as long as
// it takes.
func (rt *Runtime) nextEvent(w http.ResponseWriter, r *http.Request) {
	x, err := rt.awaitEvent(r)
	if err != nil {
		asAPIError(err).write(w)
		return
	}
	select {
	case event := <-x.due:
		if !rt.hand(x, event, r.Context().Err() == nil) {
			return
		}
		w.Header()["Lambda-Extension-Event-Identifier"] = []string{uuid.NewString()}
		writeJSON(w, http.StatusOK, event)
	case <-r.Context().Done():
		rt.hand(x, nil, false)
	case <-rt.closed:
	}
}

// awaitEvent takes an extension that asks for an event to the state in which it
// may have one. The first time that ends its init, later what it has done for
// an invocation.
func (rt *Runtime) awaitEvent(r *http.Request) (*extension, error) {
	rt.mu.Lock()
	x, err := rt.identify(r)
	var ended *Call
	switch {
	case err != nil:
	case x.state == extensionRegistered:
		x.state = extensionReady
		rt.unready--
		rt.completeInit()
	case x.state == extensionRunning:
		x.state = extensionReady
		if x.owes {
			x.owes = false
			if rt.owing--; rt.owing == 0 {
				ended, rt.ending = rt.ending, nil
			}
		}
	case x.state == extensionAway:
		x.state = extensionReady
	default:
		err = x.refuse(extensionReady)
	}
	rt.mu.Unlock()
	if ended != nil {
		ended.end()
	}
	return x, err
}

// hand marks an event as handed over to the extension, or keeps it if the
// client has gone away. It tells which.
func (rt *Runtime) hand(x *extension, event []byte, there bool) bool {
	rt.mu.Lock()
	defer rt.mu.Unlock()
	if there {
		x.state = extensionRunning
		return true
	}
	if x.state == extensionReady {
		x.state = extensionAway
	}
	if event != nil && len(x.due) == 0 {
		x.due <- event
	}
	return false
}

// extensionInitError takes the error of an extension that could not initialize.
func (rt *Runtime) extensionInitError(w http.ResponseWriter, r *http.Request) {
	rt.extensionError(w, r, extensionInitFailed)
}

// extensionExitError takes the error for which an extension is about to exit.
func (rt *Runtime) extensionExitError(w http.ResponseWriter, r *http.Request) {
	rt.extensionError(w, r, extensionExitFailed)
}

func (rt *Runtime) extensionError(w http.ResponseWriter, r *http.Request, to extensionState) {
	if err := rt.failExtension(r, to); err != nil {
		asAPIError(err).write(w)
		return
	}
	accepted(w)
}

// failExtension records the first failure. It changes nothing else: the end of
// the process that follows ends the environment.
func (rt *Runtime) failExtension(r *http.Request, to extensionState) error {
	const header = "Lambda-Extension-Function-Error-Type"
	rt.mu.Lock()
	defer rt.mu.Unlock()
	x, err := rt.identify(r)
	kind := r.Header.Get(header)
	switch {
	case err != nil:
		return err
	case kind == "":
		return forbidden("Extension.MissingHeader", "%s not found", header)
	case x.state == to:
		return nil // the first one counts
	case x.state == extensionInitFailed || x.state == extensionExitFailed,
		to == extensionInitFailed && x.state != extensionRegistered:
		return x.refuse(to)
	}
	x.state, x.errorType = to, kind
	if rt.extensionFailure == "" {
		rt.extensionFailure = "Extension." + to.String()
	}
	return nil
}

// marshal encodes what is made of texts and numbers.
func marshal(value any) []byte {
	encoded, err := json.Marshal(value)
	if err != nil {
		panic(err) // such values always marshal
	}
	return encoded
}
