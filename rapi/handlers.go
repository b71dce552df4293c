package rapi

import (
	"io"
	"net/http"
	"sync"
)

// handler serves what conn does not. Most runtimes never ask for any of it, so
// the routes are made when one does.
func (rt *Runtime) handler() http.Handler {
	routes := sync.OnceValue(rt.routes)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if rt.enter() != nil {
			return
		}
		defer rt.serving.Done()
		if r.Host != rt.addr { // a web page that guessed the port, or DNS rebinding
			errHost.write(w)
			return
		}
		routes().ServeHTTP(w, r)
	})
}

// routes routes the requests of all APIs.
func (rt *Runtime) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /2018-06-01/ping", rt.ping)
	mux.HandleFunc("GET /2018-06-01/runtime/invocation/next", rt.next)
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/response", rt.response)
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/error", rt.invocationError)
	mux.HandleFunc("POST /2018-06-01/runtime/init/error", rt.initError)
	mux.HandleFunc("GET /2018-06-01/runtime/restore/next", rt.restoreNext)
	mux.HandleFunc("POST /2018-06-01/runtime/restore/error", rt.initError)
	mux.HandleFunc("POST /2020-01-01/extension/register", rt.register)
	mux.HandleFunc("GET /2020-01-01/extension/event/next", rt.nextEvent)
	mux.HandleFunc("POST /2020-01-01/extension/init/error", rt.extensionInitError)
	mux.HandleFunc("POST /2020-01-01/extension/exit/error", rt.extensionExitError)
	if rt.config.OnSubscribe != nil {
		mux.HandleFunc("PUT /2022-07-01/telemetry", rt.subscribeTelemetry)
		mux.HandleFunc("PUT /2022-07-01/telemetry/{$}", rt.subscribeTelemetry) // as AWS's documentation has it
		mux.HandleFunc("PUT /2020-08-15/logs", rt.subscribeLogs)
	}
	return mux
}

func (rt *Runtime) ping(w http.ResponseWriter, _ *http.Request) {
	_, _ = io.WriteString(w, "pong")
}

// next blocks until there is an event, for as long as it takes.
func (rt *Runtime) next(w http.ResponseWriter, r *http.Request) {
	call, err := rt.nextCall(r)
	switch {
	case err != nil:
		asAPIError(err).write(w)
	case call != nil:
		call.setHeader(w.Header())
		_, _ = w.Write(call.Payload) // a client that lost the event asks again and gets the same one
	}
}

// nextCall is nil if the client went away while it waited.
func (rt *Runtime) nextCall(r *http.Request) (*Call, error) {
	for {
		again, arriving, err := rt.askNext()
		if err != nil || again != nil {
			return again, err
		}
		select {
		case <-arriving:
			continue
		case call := <-rt.events:
			if r.Context().Err() != nil { // keep the event for a client that lives
				rt.give(call)
				return nil, nil
			}
			rt.deliver(call)
			return call, nil
		case <-r.Context().Done():
			return nil, nil
		case <-rt.closed:
			return nil, nil
		}
	}
}

// response takes the function's result.
func (rt *Runtime) response(w http.ResponseWriter, r *http.Request) {
	call, err := rt.beginReply(r.PathValue("id"))
	if err != nil {
		asAPIError(err).write(w)
		return
	}
	defer rt.endReply()
	contentType := r.Header.Get("Content-Type")
	switch r.Header.Get("Lambda-Runtime-Function-Response-Mode") {
	case "":
		payload, err := readBody(r)
		if err == nil {
			reply := Reply{Payload: payload, ContentType: contentType}
			if failure, body := trailerFailure(r.Trailer); failure != nil {
				reply = Reply{Payload: body, ContentType: contentTypeJSON, Failure: failure}
			}
			rt.reply(call, reply) // before the 202: the caller need not wait for that
		}
		rt.answer(w, call, err)
	case "streaming":
		stream := newStream(r)
		rt.reply(call, Reply{Stream: stream, ContentType: contentType})
		select {
		case <-stream.done:
			accepted(w)
		case <-rt.closed:
		}
	default:
		rt.answer(w, call, errResponseMode)
	}
}

// invocationError takes the error that the function ended with.
func (rt *Runtime) invocationError(w http.ResponseWriter, r *http.Request) {
	call, err := rt.beginReply(r.PathValue("id"))
	if err != nil {
		asAPIError(err).write(w)
		return
	}
	defer rt.endReply()
	payload, err := readBody(r)
	if err == nil {
		rt.reply(call, failureReply(r.Header.Get("Lambda-Runtime-Function-Error-Type"), r.Header.Get("Content-Type"), payload))
	}
	rt.answer(w, call, err)
}

// answer closes a post. If its body could not be used, err says why, and the
// caller of the function gets AWS's error for that.
func (rt *Runtime) answer(w http.ResponseWriter, call *Call, err error) {
	if err == nil {
		accepted(w)
		return
	}
	rt.reply(call, unusableReply(err))
	asAPIError(err).write(w)
}

// initError takes the error of a runtime that could not initialize, or not be
// restored.
func (rt *Runtime) initError(w http.ResponseWriter, r *http.Request) {
	payload, err := readBody(r)
	if err == nil {
		err = rt.failInit(r.Header.Get("Lambda-Runtime-Function-Error-Type"), errorPayload(r.Header.Get("Content-Type"), payload))
	}
	if err != nil {
		asAPIError(err).write(w)
		return
	}
	accepted(w)
}

// restoreNext holds a SnapStart runtime between its snapshot and the first
// event.
func (rt *Runtime) restoreNext(w http.ResponseWriter, r *http.Request) {
	if err := rt.awaitRestore(); err != nil {
		asAPIError(err).write(w)
		return
	}
	select {
	case <-rt.restored:
		w.WriteHeader(http.StatusOK)
	case <-r.Context().Done():
	case <-rt.closed:
	}
}
