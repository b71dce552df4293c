package emulator

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"sam/emulator/telemetry"
	"sam/rapi"
)

// What the platform tells of the life of an environment: the log's lines about
// extensions, and the events of the Telemetry and Logs APIs. Nothing here costs
// an invocation anything whose environment nobody observes.
// https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html

// A record is what an event says.
type record = map[string]any

// An initPhase is one that begins, with who observes it.
type initPhase struct {
	env         *Environment
	hub         *telemetry.Hub
	began       time.Time
	phase       string // init, or invoke if it runs again as part of an invocation
	runtimeDone sync.Once
	over        sync.Once
}

func (env *Environment) newInitPhase() *initPhase {
	p := &initPhase{env: env, hub: telemetry.NewHub(), began: time.Now(), phase: "init"}
	if env.init != nil {
		p.phase = "invoke"
	}
	return p
}

// config is that of the Runtime API.
func (p *initPhase) config(extensions []string) rapi.Config {
	fn := &p.env.function.Function
	config := rapi.Config{
		Function:    rapi.Function{Name: fn.Name(), Version: "$LATEST", Handler: fn.Handler, Account: fn.Account},
		OnSubscribe: p.subscribed,
		OnRuntimeReady: func(rt *rapi.Runtime) {
			p.endRuntime(initFailure(rt))
		},
		OnInit: func(rt *rapi.Runtime) { p.end(rt, initFailure(rt)) },
	}
	for _, file := range extensions {
		config.Extensions = append(config.Extensions, filepath.Base(file))
	}
	return config
}

// initFailure is the failure that the runtime has reported, or nil.
func initFailure(rt *rapi.Runtime) error {
	if failure, _ := rt.InitFailure(); failure != nil {
		return &InitError{Type: failure.Type}
	}
	return nil
}

// start tells that the phase has begun.
func (p *initPhase) start() {
	fn := &p.env.function.Function
	p.publish("platform.initStart", record{
		"functionName": fn.Name(), "functionVersion": "$LATEST", "runtimeVersion": fn.Runtime,
		"instanceMaxMemory": fn.MemoryMB << 20,
	})
}

// subscribed takes a subscription.
func (p *initPhase) subscribed(sub rapi.Subscription) {
	p.hub.Subscribe(sub)
	api, kind := "TELEMETRY", "platform.telemetrySubscription"
	if sub.Logs {
		api, kind = "LOGS", "platform.logsSubscription"
	}
	about := record{"name": sub.Extension, "state": "Subscribed", "types": sub.Types}
	p.hub.Publish(kind, about)
	types := make([]string, len(sub.Types))
	for i, name := range sub.Types {
		types[i] = strings.ToUpper(name[:1]) + name[1:]
	}
	p.log(kind, about, fmt.Sprintf("%s\tName: %s\tState: Subscribed\tTypes: [%s]\n", api, sub.Extension, strings.Join(types, ", ")))
}

// endRuntime tells that the runtime's part of the phase is over.
func (p *initPhase) endRuntime(failure error) {
	p.runtimeDone.Do(func() { p.publish("platform.initRuntimeDone", outcome(failure)) })
}

// end tells how the phase ended.
func (p *initPhase) end(rt *rapi.Runtime, failure error) {
	p.over.Do(func() {
		p.endRuntime(failure)
		for _, x := range rt.Extensions() {
			if launch, ok := failure.(*ExtensionError); ok && launch.Cause != "" && launch.Name == x.Name {
				x.State, x.ErrorType = "LaunchError", launch.Cause
			}
			p.extension(x)
		}
		report := outcome(failure)
		report["metrics"] = record{"durationMs": round(milliseconds(time.Since(p.began)))}
		p.publish("platform.initReport", report)
		p.hub.Seal()
	})
}

// extension tells what has become of an extension.
func (p *initPhase) extension(x rapi.Extension) {
	about := record{"name": x.Name, "state": x.State, "events": slices.Concat([]string{}, x.Events)} // never null
	line := fmt.Sprintf("EXTENSION\tName: %s\tState: %s\tEvents: [%s]", x.Name, x.State, strings.Join(x.Events, ", "))
	if x.ErrorType != "" {
		about["errorType"] = x.ErrorType
		line += "\tError Type: " + x.ErrorType
	}
	p.hub.Publish("platform.extension", about)
	p.log("platform.extension", about, line+"\n")
}

// log writes a line of the platform, or an event in its place.
func (p *initPhase) log(kind string, about record, line string) {
	if p.env.function.LogFormat == LogJSON {
		line = jsonLine(time.Now(), kind, about)
	}
	p.env.log.platform(line)
}

// publish adds what all events of the phase say.
func (p *initPhase) publish(kind string, about record) {
	about["initializationType"], about["phase"] = "on-demand", p.phase
	p.hub.Publish(kind, about)
}

// outcome is how something ended, in AWS's words.
func outcome(failure error) record {
	about := record{"status": (&report{failure: failure}).status()}
	if failure != nil {
		about["errorType"] = errorType(failure)
	}
	return about
}

// observe tells that an invocation begins, and has the rest told.
func (inv *invocation) observe(message *rapi.Invocation) {
	inv.trace = record{"type": "X-Amzn-Trace-Id", "value": message.TraceID}
	message.OnRuntimeDone = func(call *rapi.Call) { inv.runtimeDone(call, nil) }
	inv.env.telemetry.Publish("platform.start", record{"requestId": inv.req.RequestID, "version": "$LATEST", "tracing": inv.trace})
}

// runtimeDone tells that the runtime is done with an invocation, unless that
// was told. The call is nil if it has not answered.
func (inv *invocation) runtimeDone(call *rapi.Call, failure error) {
	spent := time.Since(inv.began)
	if !inv.runtimeTook.CompareAndSwap(0, int64(spent)) {
		return
	}
	inv.env.flush() // what the function has printed comes before
	about := outcome(failure)
	metrics := record{"durationMs": round(milliseconds(spent))}
	about["requestId"], about["metrics"], about["tracing"] = inv.req.RequestID, metrics, inv.trace
	if call != nil {
		replied, done := call.Replied(), inv.began.Add(spent)
		sent := done // the end of a streamed response is not looked at
		if call.Reply().Stream == nil {
			sent = replied
			metrics["producedBytes"] = len(call.Reply().Payload)
		}
		about["spans"] = []record{
			span("responseLatency", inv.began, replied),
			span("responseDuration", replied, sent),
			span("runtimeOverhead", sent, done),
		}
	}
	inv.env.telemetry.Publish("platform.runtimeDone", about)
}

// end tells that an invocation has ended.
func (inv *invocation) end(r report) {
	inv.runtimeDone(nil, r.failure)
	hub := inv.env.telemetry
	if r.status() == "error" {
		hub.Publish("platform.fault", fmt.Sprintf("RequestId: %s Error: %v", r.requestID, r.failure))
	}
	hub.Publish("platform.end", record{"requestId": r.requestID})
	about := r.record()
	about["tracing"] = inv.trace
	runtimeDone := inv.began.Add(time.Duration(inv.runtimeTook.Load()))
	about["spans"] = []record{span("extensionOverhead", runtimeDone, inv.began.Add(r.duration))}
	hub.Publish("platform.report", about)
}

func span(name string, from, to time.Time) record {
	return record{
		"name": name, "start": from.UTC().Format(timeFormat),
		"durationMs": round(milliseconds(max(0, to.Sub(from)))),
	}
}
