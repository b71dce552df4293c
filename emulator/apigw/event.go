package apigw

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"math/rand/v2"
	"net"
	"strings"

	"github.com/google/uuid"
)

// Events of functions and of Lambda authorizers are written by the same pieces,
// one after the other:
//
//	o := r.newObject()
//	o.open("")
//	o.text("type", "REQUEST")   // what is the caller's own
//	err := r.writeEvent1(o)     // what all events of payload format 1.0 and of REST APIs share;
//	err := r.writeEvent2(o)     // of format 2.0: all but the body, the request context included
//	o.close()
//	return o.bytes(), err
//
// The request context has the authorizer's part if r.Authorizer is set.

// What stands for the account and for the API that AWS would have, as in SAM
// CLI.
const (
	accountID  = "123456789012"
	apiID      = "1234567890"
	resourceID = "123456"
)

// payload1 is the payload format that HTTP APIs have if it is asked for. REST
// APIs have no version, but much the same format.
const payload1 = "1.0"

// defaultStage is the stage of an HTTP API that is no part of paths.
const defaultStage = "$default"

// event is what the route's function gets.
func (r *request) event() ([]byte, error) {
	o := r.newObject()
	o.open("")
	var err error
	switch {
	case r.rest():
		err = r.writeEvent1(o)
	case r.Route.Payload == payload1:
		o.text("version", payload1)
		err = r.writeEvent1(o)
	default:
		err = r.writeEvent2(o)
	}
	if err != nil {
		return nil, err
	}
	r.writeBody(o)
	o.close()
	return o.bytes(), nil
}

// newObject returns an object with room for most events.
func (r *request) newObject() *object {
	withoutBody := 3 << 10
	if r.format2() {
		withoutBody = 2 << 10 // which has headers once, and not twice
	}
	return &object{buf: make([]byte, 0, withoutBody+len(r.Body)+len(r.Body)/2)}
}

func (r *request) rest() bool { return r.Route.API.Kind == kindREST }

// format2 tells whether function and API speak payload format 2.0.
func (r *request) format2() bool { return !r.rest() && r.Route.Payload != payload1 }

func (r *request) writeBody(o *object) {
	binary := r.binaryBody()
	switch {
	case len(r.Body) > 0:
		o.body("body", r.Body, binary)
	case !r.format2():
		o.null("body")
	}
	o.boolean("isBase64Encoded", binary)
}

// binaryBody tells whether the body goes into the event as base64. A REST API
// has a list of media types for that.
//
// An HTTP API takes a few types for text, and a body of any other type, a form
// or one without a type among them, for bytes. AWS does not document which;
// they are those of load balancers, and were found by trying:
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html#receive-event-from-load-balancer
// https://github.com/ministackorg/ministack/pull/766
func (r *request) binaryBody() bool {
	mediaType := r.Header.Get("Content-Type")
	if r.rest() {
		return binaryType(r.Route.API.BinaryTypes, mediaType)
	}
	if len(r.Body) == 0 {
		return false
	}
	switch mediaType = mediaEssence(mediaType); mediaType {
	case "application/json", "application/javascript", "application/xml":
		return false
	}
	return !strings.HasPrefix(mediaType, "text/")
}

// binaryType tells whether the binary media types of a REST API have one, of a
// Content-Type or Accept header. Of several in the header the first one counts.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-payload-encodings-workflow.html
func binaryType(types []string, header string) bool {
	if len(types) == 0 {
		return false
	}
	first, _, _ := strings.Cut(header, ",")
	mediaType := mediaEssence(first)
	for _, t := range types {
		prefix, wild := strings.CutSuffix(mediaEssence(t), "*")
		switch {
		case prefix == "*/", mediaType == prefix && mediaType != "":
			return true
		case wild && prefix != "" && strings.HasPrefix(mediaType, prefix):
			return true
		}
	}
	return false
}

// mediaEssence is a media type without its parameters.
func mediaEssence(mediaType string) string {
	essence, _, _ := strings.Cut(mediaType, ";")
	return strings.ToLower(strings.TrimSpace(essence))
}

// shortID is the request's id in the format of HTTP APIs. REST APIs have it
// besides the UUID.
func (r *request) shortID() string {
	id, err := uuid.Parse(r.ID)
	if err != nil {
		return r.ID
	}
	return base64.StdEncoding.EncodeToString(id[:11])
}

// traceID is the X-Ray header that API Gateway gives to requests that have none:
// the time and digits of the request's id.
// https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
func (r *request) traceID() string {
	id, err := uuid.Parse(r.ID)
	if err != nil {
		return ""
	}
	trace := make([]byte, 0, len("Root=1-01234567-0123456789abcdef01234567"))
	trace = append(trace, "Root=1-"...)
	trace = hex.AppendEncode(trace, binary.BigEndian.AppendUint32(nil, uint32(r.Time.Unix())))
	trace = append(trace, '-')
	return string(hex.AppendEncode(trace, id[:12]))
}

// invocationTrace is the X-Ray header of the function's invocation. It has the
// root of the header in the event, so that a function's log and what it passes
// on name the same trace; Lambda adds the rest.
// https://docs.aws.amazon.com/xray/latest/devguide/xray-services-apigateway.html
func (r *request) invocationTrace() string {
	if sent := r.Header.Get("X-Amzn-Trace-Id"); sent != "" {
		return sent
	}
	parent := newID()
	return r.traceID() + ";Parent=" + hex.EncodeToString(parent[:8]) + ";Sampled=0"
}

// newID is a random UUID. Nobody is kept out by an id, so that it does without
// the system call that uuid.New may make.
func newID() (id uuid.UUID) {
	binary.NativeEndian.PutUint64(id[:8], rand.Uint64())
	binary.NativeEndian.PutUint64(id[8:], rand.Uint64())
	id[6] = id[6]&0x0f | 0x40 // version 4
	id[8] = id[8]&0x3f | 0x80 // of RFC 9562
	return id
}

// domainPrefix is the first label of the host: the API's id at AWS.
func (r *request) domainPrefix() string {
	host, _, err := net.SplitHostPort(r.Host)
	if err != nil {
		host = r.Host
	}
	prefix, _, _ := strings.Cut(host, ".")
	return prefix
}

// stagePath is the path with the stage before it, as URLs at AWS have it. Here
// the stage is no part of URLs, but functions cut it off where they find it.
func (r *request) stagePath(path string) string {
	if stage := r.Route.API.Stage; stage != "" && stage != defaultStage {
		return "/" + stage + path
	}
	return path
}

// routeKey names the route of an HTTP API: GET /items or $default.
func (r *request) routeKey() string {
	if r.Route.Path == defaultPath {
		return r.Route.Path
	}
	return r.Route.Method + " " + r.Route.Path
}

// writeTime writes the request's time as web servers' logs have it, and as a
// number.
func (r *request) writeTime(o *object, text, epoch string) {
	o.name(text)
	o.buf = r.Time.UTC().AppendFormat(o.buf, `"02/Jan/2006:15:04:05 -0700"`)
	o.number(epoch, r.Time.UnixMilli())
}
