package emulator

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"time"

	"github.com/google/uuid"

	"sam/rapi"
)

// An invocation is one on its way through an environment: begin, answer, end.
// The result is there after answer; on AWS the caller does not wait for what
// ends an invocation behind that.
type invocation struct {
	env    *Environment
	req    Request
	init   initResult
	began  time.Time
	ctx    context.Context // ends with the deadline
	cancel context.CancelFunc
	call   *rapi.Call // nil if the init has failed
	ended  bool       // without the runtime's asking for the next event
	report report
	result *Result
}

// begin waits for the end of the init phase and hands the event over. What was
// begun must be brought to its answer and its end, and cancelled then.
func (env *Environment) begin(ctx context.Context, req Request) (*invocation, error) {
	init, err := env.awaitInit(ctx)
	if err != nil {
		return nil, err
	}
	env.flush()
	if req.RequestID == "" {
		req.RequestID = uuid.NewString()
	}
	if req.WithLog {
		env.log.keepTail()
	}
	fn := env.function
	inv := &invocation{
		env: env, req: req, init: init, began: time.Now().Add(-init.spent),
		report: report{requestID: req.RequestID, memoryMB: fn.MemoryMB, failure: init.failure, init: init.duration},
		result: &Result{RequestID: req.RequestID},
	}
	deadline := inv.began.Add(fn.Timeout)
	inv.ctx, inv.cancel = context.WithDeadlineCause(ctx, deadline, &TimeoutError{Timeout: fn.Timeout})
	env.log.platform(startLine(fn.LogFormat, req.RequestID, inv.began))
	if init.failure == nil {
		inv.call = env.rt.Send(rapi.Invocation{
			RequestID:     req.RequestID,
			Payload:       req.Payload,
			Deadline:      deadline,
			FunctionARN:   cmp.Or(req.ARN, fn.ARN()),
			TraceID:       cmp.Or(req.TraceID, newTraceID(inv.began)),
			ClientContext: req.ClientContext,
		})
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
	case <-inv.env.instance.Exited():
	}
	return false
}

// answer waits for the function's answer and makes it the result. The error is
// the emulator's own.
func (inv *invocation) answer() error {
	if inv.call == nil {
		inv.ended = true
		inv.result.fail(inv.init.failure, inv.init.payload)
		return nil
	}
	if err := inv.env.await(inv.ctx, inv.call.Responded()); err != nil {
		inv.ended = true
		inv.report.failure, err = resultOf(err)
		if err == nil {
			inv.result.fail(inv.report.failure, nil)
		}
		return err
	}
	inv.receive(inv.call.Reply())
	inv.report.failure = inv.result.Failure
	return nil
}

// end waits for the end of the invocation, which may still be a bad one after
// a good answer, and writes the log's last lines about it. The result is the
// caller's by then, unless it is to have the log.
func (inv *invocation) end() error {
	env := inv.env
	if !inv.ended {
		if err := env.await(inv.ctx, inv.call.Ended()); err != nil {
			if inv.report.failure, err = resultOf(err); err != nil {
				return err
			}
		}
	}
	inv.report.duration = min(time.Since(inv.began), env.function.Timeout)
	if err := env.settle(inv.report.failure); err != nil {
		return err
	}
	inv.report.usedMB = int((env.peak + 1<<20 - 1) >> 20)
	env.log.platform(inv.report.lines(env.function.LogFormat, time.Now()))
	if inv.req.WithLog {
		inv.result.Log = env.log.takeTail()
	}
	return nil
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
		err := inv.copyStream(to, reply.Stream)
		if inv.ctx.Err() != nil {
			result.fail(context.Cause(inv.ctx), nil)
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
func (inv *invocation) copyStream(to io.Writer, stream *rapi.Stream) error {
	stop := context.AfterFunc(inv.ctx, func() { _ = inv.env.rt.Close() }) // ends the read
	defer stop()
	defer stream.Close()
	_, err := io.Copy(to, stream)
	return err
}

// newTraceID makes an X-Ray header for a request that is not sampled.
// https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
func newTraceID(now time.Time) string {
	id := uuid.New()
	return fmt.Sprintf("Root=1-%08x-%x;Parent=%x;Sampled=0", now.Unix(), id[:12], id[8:])
}
