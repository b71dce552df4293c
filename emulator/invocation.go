package emulator

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"sam/rapi"
)

// An invocation is one on its way through an environment. It is begun, gets
// its answer, and is finished: the caller waits for the answer only, as on AWS,
// and whoever notices the end first finishes it.
type invocation struct {
	env    *Environment
	req    Request
	init   initResult
	began  time.Time
	ctx    context.Context // of all invocations: who has called this one may go away
	call   *rapi.Call      // nil if the init has failed
	result *Result         // answer's

	trace       record       // for who observes it
	runtimeTook atomic.Int64 // nanoseconds until it was told that the runtime is done, or 0

	ended    func(error) // told of the end, with an error of the emulator's own
	finished atomic.Bool
	done     chan struct{} // closed when it has been finished; the rest is valid then
	log      []byte        // if the request asks for it
	err      error         // the emulator's own
}

// begin waits for the end of the init phase and hands the event over. ended is
// called once, when the invocation has been finished: it may begin the next.
func (env *Environment) begin(ctx context.Context, req Request, ended func(error)) (*invocation, error) {
	init, err := env.awaitInit(ctx)
	if err != nil {
		return nil, err
	}
	if req.RequestID == "" {
		req.RequestID = uuid.NewString()
	}
	if req.WithLog {
		env.log.keepTail()
	}
	fn := env.function
	if req.ARN == "" {
		req.ARN = fn.ARN()
	}
	inv := &invocation{
		env: env, req: req, ctx: ctx, init: init, began: time.Now().Add(-init.spent),
		result: &Result{RequestID: req.RequestID},
		ended:  ended, done: make(chan struct{}),
	}
	if inv.req.TraceID == "" {
		inv.req.TraceID = newTraceID(inv.began)
	}
	deadline := inv.began.Add(fn.Timeout)
	env.deadline.set(deadline)
	env.log.platform(startLine(fn.LogFormat, req.RequestID, inv.began))
	message := rapi.Invocation{
		RequestID:     req.RequestID,
		Payload:       req.Payload,
		Deadline:      deadline,
		FunctionARN:   req.ARN,
		TraceID:       inv.req.TraceID,
		ClientContext: req.ClientContext,
		OnEnd:         inv.endedWell,
	}
	if env.telemetry.Active() {
		inv.observe(&message)
	}
	if init.failure == nil {
		inv.call = env.rt.Send(message)
	}
	return inv, nil
}

// answered waits for the function's answer, and tells whether it came before
// ctx ended and before anything else happened.
func (inv *invocation) answered(ctx context.Context) bool {
	if inv.call == nil {
		return false
	}
	select {
	case <-inv.call.Responded():
		return true
	case <-ctx.Done():
	case <-inv.ctx.Done():
	case <-inv.env.deadline.missed:
	case <-inv.env.instance.Exited():
	}
	return false
}

// answer waits for the function's answer and makes it the result. The error is
// the emulator's own.
func (inv *invocation) answer() error {
	if inv.call == nil {
		inv.result.fail(inv.init.failure, inv.init.payload)
		inv.finish(inv.init.failure, nil)
		return nil
	}
	if err := inv.env.await(inv.ctx, inv.call.Responded()); err != nil {
		failure, err := resultOf(err)
		if err == nil {
			inv.result.fail(failure, nil)
		}
		inv.finish(failure, err)
		return err
	}
	inv.receive(inv.call.Reply())
	return nil
}

// watch waits for the end of an invocation that has its answer, and finishes
// one that ends badly all the same.
func (inv *invocation) watch() {
	if inv.call == nil {
		return
	}
	if err := inv.env.await(inv.ctx, inv.call.Ended()); err != nil {
		inv.finish(resultOf(err))
	}
	<-inv.done
}

// endedWell finishes an invocation whose runtime has asked for the next event.
// It is called by the goroutine that serves the runtime, so that nobody has to
// wake up for the next event to be on its way.
func (inv *invocation) endedWell(call *rapi.Call) {
	reply := call.Reply()
	failure := reply.Failure
	if reply.Stream != nil {
		failure, _ = reply.Stream.Failure()
	}
	if failure != nil {
		inv.finish(&FunctionError{Type: failure.Type}, nil)
	} else {
		inv.finish(nil, nil)
	}
}

// finish writes the log's last lines about an invocation and says that it has
// ended, unless that was done. failure is how the platform saw it end, which
// may be badly after a good answer; err is the emulator's own.
func (inv *invocation) finish(failure, err error) {
	if inv.finished.Swap(true) {
		return
	}
	env, fn := inv.env, inv.env.function
	env.deadline.clear()
	r := report{
		requestID: inv.req.RequestID, memoryMB: fn.MemoryMB, failure: failure, init: inv.init.duration,
		duration: min(time.Since(inv.began), fn.Timeout),
	}
	if err == nil && env.telemetry.Active() { // before a failure ends the extensions
		env.measure()
		r.usedMB = env.usedMB()
		inv.end(r)
	}
	if err == nil {
		err = env.settle(failure)
	}
	if err == nil {
		r.usedMB = env.usedMB()
		env.log.platform(r.lines(fn.LogFormat, time.Now()))
	}
	if inv.req.WithLog {
		inv.log = env.log.takeTail()
	}
	if exit, ok := failure.(*ExitError); ok && exit.State.OutOfMemory {
		env.emulator.notice("Function '%s' used more than its %d MB of memory: its MemorySize in the template, or --no-memory-limit, allows more", fn.LogicalID, fn.MemoryMB)
	}
	inv.err = err
	close(inv.done)
	inv.ended(err)
}

// receive takes the runtime's answer, a streamed one to its end.
func (inv *invocation) receive(reply *rapi.Reply) {
	result, to := inv.result, inv.req.Stream
	result.Payload, result.ContentType = reply.Payload, reply.ContentType
	failure := reply.Failure
	if reply.Stream != nil {
		var buffer bytes.Buffer
		if to == nil {
			to = &buffer
		}
		err, late := inv.copyStream(to, reply.Stream)
		if late != nil {
			result.fail(late, nil)
			return
		}
		result.Payload = buffer.Bytes()
		if streamFailure, payload := reply.Stream.Failure(); streamFailure != nil {
			failure, result.Payload = streamFailure, payload
		} else if err != nil { // the receiver is gone: nobody is left to tell
			inv.env.emulator.config.Logger.Debug("response stream given up", "error", err)
		}
	}
	if failure != nil {
		result.Failure = &FunctionError{Type: failure.Type}
	}
}

// copyStream ends with the stream, or at the deadline.
func (inv *invocation) copyStream(to io.Writer, stream *rapi.Stream) (err, late error) {
	defer stream.Close()
	copied := make(chan struct{})
	var watching sync.WaitGroup
	watching.Go(func() {
		select {
		case <-copied:
			return
		case <-inv.ctx.Done():
			late = context.Cause(inv.ctx)
		case <-inv.env.deadline.missed:
			late = &TimeoutError{Timeout: inv.env.function.Timeout}
		}
		_ = inv.env.rt.Close() // ends the read
	})
	_, err = io.Copy(to, stream)
	close(copied)
	watching.Wait()
	return err, late
}

// newTraceID makes an X-Ray header for a request that is not sampled.
// https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
func newTraceID(now time.Time) string {
	id := uuid.New()
	return fmt.Sprintf("Root=1-%08x-%x;Parent=%x;Sampled=0", now.Unix(), id[:12], id[8:])
}
