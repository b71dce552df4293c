package lambdaapi

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"sam/emulator"
)

// Functions are functions that can be run. An emulator.Fleet is one.
type Functions interface {
	// Functions may have another answer each time.
	Functions() []emulator.Function
	// Invoke runs the function with the given path among nested stacks. It
	// returns when ctx ends, and leaves the request's Stream alone then.
	Invoke(ctx context.Context, function string, req emulator.Request) (*emulator.Result, error)
}

// A Config is what an API needs to know.
type Config struct {
	Functions Functions
	// Hosts are names, beside addresses and names that only a local network
	// has, by which clients may call the API.
	Hosts []string
	// Notice is told what the developer should see, because the client may
	// hide it or is not there any more: that a function could not be started,
	// or is not in the template. It may be called from any goroutine.
	Notice func(error)
}

// An API serves Lambda's API. It must be closed.
type API struct {
	config  Config
	created time.Time

	running context.Context // of asynchronous invocations
	abort   context.CancelFunc

	mu     sync.Mutex
	closed bool
	events int            // asynchronous invocations that have not ended
	work   sync.WaitGroup // their goroutines; added to under mu, while not closed
}

// New returns an API.
func New(config Config) *API {
	running, abort := context.WithCancel(context.Background())
	return &API{config: config, created: time.Now(), running: running, abort: abort}
}

// A call is a request on its way through the API.
type call struct {
	w    http.ResponseWriter
	r    *http.Request
	id   string // of the request, and of the invocation that it asks for
	name string // of the function, as the path has it
}

// operations are what the API serves. Paths are prefix, name of the function,
// suffix.
var operations = []struct {
	method, prefix, suffix string
	serve                  func(*API, *call) error
}{
	{http.MethodPost, "/2015-03-31/functions/", "/invocations", (*API).invoke},
	{http.MethodPost, "/2021-11-15/functions/", "/response-streaming-invocations", (*API).invokeWithResponseStream},
	{http.MethodPost, "/2014-11-13/functions/", "/invoke-async", (*API).invokeAsync},
	{http.MethodGet, "/2015-03-31/functions/", "/configuration", (*API).getFunctionConfiguration},
	{http.MethodGet, "/2015-03-31/functions/", "", (*API).getFunction},
}

// ServeHTTP implements http.Handler.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := &call{w: w, r: r, id: uuid.NewString()}
	w.Header().Set("X-Amzn-Requestid", c.id)
	if err := a.serve(c); err != nil {
		a.refuse(c, err)
	}
}

func (a *API) serve(c *call) error {
	if err := a.admit(c.r); err != nil {
		return err
	}
	// Early SDKs end some paths in a slash.
	path := strings.TrimSuffix(c.r.URL.EscapedPath(), "/")
	if path == "/2015-03-31/functions" {
		if c.r.Method != http.MethodGet {
			return wrongMethod(c, http.MethodGet)
		}
		return a.listFunctions(c)
	}
	for _, op := range operations {
		name, ok := cut(path, op.prefix, op.suffix)
		if !ok {
			continue
		}
		if c.r.Method != op.method {
			return wrongMethod(c, op.method)
		}
		var err error
		if c.name, err = url.PathUnescape(name); err != nil {
			return invalidName(name)
		}
		return op.serve(a, c)
	}
	return unknownPath(c)
}

// cut returns the name in an escaped path. Clients that are not SDKs leave the
// slashes of Stack/Function as they are; net/http's patterns know no such name
// in the middle. Where nothing follows the name, a slash begins an operation
// that is not served.
func cut(path, prefix, suffix string) (name string, ok bool) {
	rest, ok := strings.CutPrefix(path, prefix)
	if !ok {
		return "", false
	}
	name, ok = strings.CutSuffix(rest, suffix)
	return name, ok && name != "" && (suffix != "" || !strings.Contains(name, "/"))
}
