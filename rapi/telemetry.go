package rapi

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// The Telemetry API, version 2022-07-01, and the Logs API, version 2020-08-15,
// which it supersedes: what an extension can subscribe to, and how. Delivering
// it belongs to package telemetry.
// https://docs.aws.amazon.com/lambda/latest/dg/telemetry-api-reference.html
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-logs-api.html

// A subscriptionAPI is one of the two.
type subscriptionAPI struct {
	name       string // in its errors
	versions   []string
	validation string // type of the error that refuses a malformed subscription
}

var (
	telemetryAPI = &subscriptionAPI{"Telemetry", []string{"2022-12-13", "2022-07-01", "2025-01-29"}, "ValidationError"}
	logsAPI      = &subscriptionAPI{"Logs", []string{"2020-08-15", "2021-03-18"}, "Logs.ValidationError"}
)

// A Subscription is what an extension wants to be told, and where.
type Subscription struct {
	// Extension is its name.
	Extension string
	// Logs tells that it was made by the Logs API, which knows fewer events.
	Logs bool
	// SchemaVersion is the version of the events.
	SchemaVersion string
	// Types are some of platform, function and extension.
	Types []string
	// MaxItems, MaxBytes and Timeout are what ends a batch, whichever is first.
	MaxItems, MaxBytes int
	Timeout            time.Duration
	// Network is http or tcp. Lines of JSON go to a TCP port, arrays to a URL.
	Network string
	// Address is host:port, on this machine.
	Address string
	// Method and URL are those of the requests that carry arrays.
	Method, URL string
}

// subscribeTelemetry and subscribeLogs serve the subscription of an extension.
func (rt *Runtime) subscribeTelemetry(w http.ResponseWriter, r *http.Request) {
	rt.subscribe(w, r, telemetryAPI)
}

func (rt *Runtime) subscribeLogs(w http.ResponseWriter, r *http.Request) {
	rt.subscribe(w, r, logsAPI)
}

func (rt *Runtime) subscribe(w http.ResponseWriter, r *http.Request, api *subscriptionAPI) {
	body, err := readBody(r)
	if err == nil {
		err = rt.subscribed(r, api, body)
	}
	if err != nil {
		asAPIError(err).write(w)
		return
	}
	writeJSON(w, http.StatusOK, []byte(`"OK"`))
}

// subscribed takes a subscription. The same extension has one at most: it may
// ask again, to no effect.
func (rt *Runtime) subscribed(r *http.Request, api *subscriptionAPI, body []byte) error {
	rt.mu.Lock()
	defer rt.mu.Unlock()
	x, err := rt.identify(r)
	if err != nil {
		return err
	}
	if rt.initEnded {
		return forbidden(api.name+".SubscriptionClosed", "%s API subscription is closed already", api.name)
	}
	sub, err := api.parse(body)
	switch {
	case err != nil:
		return &apiError{http.StatusBadRequest, api.validation, err.Error()}
	case x.subscribedBy == api:
		return nil
	case x.subscribedBy != nil:
		return &apiError{http.StatusBadRequest, api.validation, "the extension has subscribed by the " + x.subscribedBy.name + " API"}
	}
	x.subscribedBy = api
	sub.Extension = x.name
	rt.config.OnSubscribe(sub)
	return nil
}

// parse reads a subscription. The error lists all that is wrong with it.
func (api *subscriptionAPI) parse(body []byte) (Subscription, error) {
	var request struct {
		SchemaVersion string
		Types         []string
		Buffering     struct{ MaxItems, MaxBytes, TimeoutMs *int }
		Destination   destination
	}
	if err := json.Unmarshal(body, &request); err != nil {
		return Subscription{}, err
	}
	var problems []string
	problem := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }
	within := func(name string, value *int, standard, least, most int) int {
		if value == nil {
			return standard
		}
		if *value < least || *value > most {
			problem("%s should be between %d and %d", name, least, most)
		}
		return *value
	}
	sub := Subscription{
		Logs: api == logsAPI, SchemaVersion: request.SchemaVersion, Types: request.Types,
		MaxItems: within("maxItems", request.Buffering.MaxItems, 10000, 1000, 10000),
		MaxBytes: within("maxBytes", request.Buffering.MaxBytes, 256<<10, 256<<10, 1<<20),
		Timeout:  time.Duration(within("timeoutMs", request.Buffering.TimeoutMs, 1000, 25, 30000)) * time.Millisecond,
	}
	if sub.SchemaVersion == "" {
		sub.SchemaVersion = api.versions[0]
	}
	if !slices.Contains(api.versions, sub.SchemaVersion) {
		problem("schemaVersion %s is not supported", sub.SchemaVersion)
	}
	if len(sub.Types) == 0 {
		problem("types should not be empty")
	}
	for _, kind := range sub.Types {
		if !slices.Contains([]string{"platform", "function", "extension"}, kind) {
			problem("types should not contain %s", kind)
		}
	}
	if err := sub.deliverTo(request.Destination); err != nil {
		problem("%v", err)
	}
	if len(problems) > 0 {
		return sub, errors.New(strings.Join(problems, "; "))
	}
	return sub, nil
}

// A destination is one as an extension names it.
type destination struct {
	Protocol, URI, Method string
	Port                  int
}

// deliverTo sets the destination. The host of a URL is the environment itself,
// which AWS's functions know by the name sandbox.localdomain: here that is the
// loopback interface, whether or not the name resolves.
func (sub *Subscription) deliverTo(to destination) error {
	switch to.Protocol {
	case "TCP":
		if to.Port < 1 || to.Port > 65535 {
			return errors.New("destination port is not provided")
		}
		sub.Network, sub.Address = "tcp", fmt.Sprintf("127.0.0.1:%d", to.Port)
		return nil
	case "HTTP":
	default:
		return errors.New("destination protocol should be HTTP or TCP")
	}
	u, err := url.Parse(to.URI)
	switch {
	case err != nil:
		return err
	case u.Scheme != "http":
		return errors.New("URI should begin with http://")
	case u.Port() == "":
		return errors.New("URI port is not provided")
	case !slices.Contains([]string{"sandbox.localdomain", "sandbox", "localhost", "127.0.0.1"}, u.Hostname()):
		return errors.New("URI host should be sandbox.localdomain")
	case !slices.Contains([]string{"", http.MethodPost, http.MethodPut}, to.Method):
		return errors.New("method should be POST or PUT")
	}
	sub.Network, sub.Address, sub.URL = "http", "127.0.0.1:"+u.Port(), to.URI
	sub.Method = cmp.Or(to.Method, http.MethodPost)
	return nil
}
