package emulator

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"time"

	"sam/bootstraps"
)

// The platform's log lines, in the form that AWS gives them: tab-separated,
// and a REPORT ends with a tab.
// https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html shows them as
// text, https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html
// as JSON.

const timeFormat = "2006-01-02T15:04:05.000Z"

// report is what the platform has to say about one invocation.
type report struct {
	requestID string
	duration  time.Duration
	init      time.Duration // 0 unless the invocation was a cold start
	memoryMB  int           // that the function is configured with
	usedMB    int           // highest so far, 0 if unknown
	failure   error         // why it did not end well, or nil
}

func startLine(format LogFormat, requestID string, now time.Time) string {
	if format == LogJSON {
		return jsonLine(now, "platform.start", map[string]any{"requestId": requestID, "version": "$LATEST"})
	}
	return "START RequestId: " + requestID + " Version: $LATEST\n"
}

// lines are written when the invocation has ended.
func (r *report) lines(format LogFormat, now time.Time) string {
	if format == LogJSON {
		return r.json(now)
	}
	b := make([]byte, 0, 256)
	switch failure := r.failure.(type) {
	case *TimeoutError:
		b = fmt.Appendf(b, "%s %s %v\n\n", now.UTC().Format(timeFormat), r.requestID, failure)
	case *ExitError, *ExtensionError, *bootstraps.EntrypointError:
		b = fmt.Appendf(b, "RequestId: %s Error: %v\n%s\n", r.requestID, failure, errorType(failure))
	}
	b = append(append(b, "END RequestId: "...), r.requestID...)
	b = append(append(b, "\nREPORT RequestId: "...), r.requestID...)
	b = appendMS(append(b, "\tDuration: "...), r.duration)
	b = strconv.AppendInt(append(b, "\tBilled Duration: "...), r.billed(), 10)
	b = strconv.AppendInt(append(b, " ms\tMemory Size: "...), int64(r.memoryMB), 10)
	b = append(b, " MB\t"...)
	if r.usedMB > 0 {
		b = strconv.AppendInt(append(b, "Max Memory Used: "...), int64(r.usedMB), 10)
		b = append(b, " MB\t"...)
	}
	if r.init > 0 {
		b = append(appendMS(append(b, "Init Duration: "...), r.init), '\t')
	}
	switch r.status() {
	case "error":
		b = append(append(append(b, "Status: error\tError Type: "...), errorType(r.failure)...), '\t')
	case "timeout":
		b = append(b, "Status: timeout\t"...)
	}
	return string(append(b, '\n'))
}

func appendMS(b []byte, d time.Duration) []byte {
	return append(strconv.AppendFloat(b, milliseconds(d), 'f', 2, 64), " ms"...)
}

func (r *report) json(now time.Time) string { return jsonLine(now, "platform.report", r.record()) }

func (r *report) record() record {
	metrics := map[string]any{
		"durationMs":       round(milliseconds(r.duration)),
		"billedDurationMs": r.billed(),
		"memorySizeMB":     r.memoryMB,
	}
	if r.usedMB > 0 {
		metrics["maxMemoryUsedMB"] = r.usedMB
	}
	if r.init > 0 {
		metrics["initDurationMs"] = round(milliseconds(r.init))
	}
	about := outcome(r.failure)
	about["requestId"], about["metrics"] = r.requestID, metrics
	return about
}

// status is how the platform sees the invocation: an error that the function
// returned is its result, and the invocation a success.
func (r *report) status() string {
	switch r.failure.(type) {
	case nil, *FunctionError:
		return "success"
	case *TimeoutError:
		return "timeout"
	}
	return "error"
}

// billed is in milliseconds, rounded up. AWS has billed the init of a cold
// start since August 2025.
func (r *report) billed() int64 {
	return int64(math.Ceil(milliseconds(r.duration + r.init)))
}

// initReport is the line about an init that failed; AWS writes none about one
// that succeeded.
func initReport(format LogFormat, took time.Duration, failure error, now time.Time) string {
	status := (&report{failure: failure}).status()
	if format == LogJSON {
		return jsonLine(now, "platform.initReport", map[string]any{
			"phase": "init", "status": status, "errorType": errorType(failure),
			"metrics": map[string]any{"durationMs": round(milliseconds(took))},
		})
	}
	line := fmt.Sprintf("INIT_REPORT Init Duration: %.2f ms\tPhase: init\tStatus: %s", milliseconds(took), status)
	if status == "error" {
		line += "\tError Type: " + errorType(failure)
	}
	return line + "\n"
}

func jsonLine(now time.Time, kind string, record map[string]any) string {
	line, err := json.Marshal(struct {
		Time   string         `json:"time"`
		Type   string         `json:"type"`
		Record map[string]any `json:"record"`
	}{now.UTC().Format(timeFormat), kind, record})
	if err != nil {
		panic(err) // strings and numbers always marshal
	}
	return string(line) + "\n"
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func round(ms float64) float64 { return math.Round(ms*1000) / 1000 }
