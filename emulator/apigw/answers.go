package apigw

import (
	"maps"
	"net/http"
	"strconv"

	"sam/emulator/template"
)

// An answer is what API Gateway says by itself, with AWS's own capitals and
// spaces.
type answer struct {
	status int
	body   string
}

// Answers are those that REST APIs and HTTP APIs word differently.
type answers struct {
	tooLong     answer // the request's body, or the event
	longHeaders answer
	failed      answer // the function failed, or could not be run
	throttled   answer
	timeout     answer
}

// https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
// A throttled function is a failure like others to a REST API:
// https://repost.aws/questions/QUfI6bsdd0SOiPeyimzxSkfQ
var restAnswers = answers{
	tooLong:     answer{http.StatusRequestEntityTooLarge, `{"message": "Request Too Long"}`},
	longHeaders: answer{http.StatusRequestHeaderFieldsTooLarge, `{"message": "Request Header Fields Too Large"}`},
	failed:      malformed,
	throttled:   internalError,
	timeout:     answer{http.StatusGatewayTimeout, `{"message": "Endpoint request timed out"}`},
}

var httpAnswers = answers{
	tooLong:     answer{http.StatusRequestEntityTooLarge, `{"message":"Request Entity Too Large"}`},
	longHeaders: answer{http.StatusRequestHeaderFieldsTooLarge, `{"message":"Request Header Fields Too Large"}`},
	failed:      answer{http.StatusInternalServerError, `{"message":"Internal Server Error"}`},
	throttled:   unavailable,
	timeout:     unavailable,
}

// Answers that do not depend on the kind of API.
var (
	malformed     = answer{http.StatusBadGateway, `{"message": "Internal server error"}`}
	internalError = answer{http.StatusInternalServerError, `{"message": "Internal server error"}`}
	unavailable   = answer{http.StatusServiceUnavailable, `{"message":"Service Unavailable"}`}
	badRequest    = answer{http.StatusBadRequest, `{"message":"Bad Request"}`}
	noFunction    = answer{http.StatusBadGateway, `{"message":"No function defined for resource method"}`}
	// clientGone is for the access log, which has nginx's status for it.
	clientGone = answer{499, ""}

	unknownREST = answer{http.StatusForbidden, `{"message":"Missing Authentication Token"}`}
	unknownHTTP = answer{http.StatusNotFound, `{"message":"Not Found"}`}
)

func answersOf(api *template.API) *answers {
	if api.Kind == kindREST {
		return &restAnswers
	}
	return &httpAnswers
}

// unknown answers a request that there is no route for. Once there is a REST
// API it says what these say, since it cannot know which API was meant.
func (t *router) unknown() *response {
	if t.servesREST {
		return unknownREST.response()
	}
	return unknownHTTP.response()
}

func (a answer) response() *response {
	return &response{
		Status: a.status,
		Header: http.Header{"Content-Type": {"application/json"}},
		Body:   []byte(a.body),
	}
}

// write sends the response to the client. Its length is that of the body,
// unless it is the answer to a HEAD by a function that gave it none: how long the
// body of a GET is, nobody knows then.
func (res *response) write(w http.ResponseWriter, r *http.Request) {
	maps.Copy(w.Header(), res.Header)
	switch {
	case res.Status == http.StatusNoContent, res.Status == http.StatusNotModified:
		res.Body = nil // HTTP has no place for one
	case len(res.Body) > 0 || r.Method != http.MethodHead:
		w.Header()["Content-Length"] = []string{strconv.Itoa(len(res.Body))}
	}
	w.WriteHeader(res.Status)
	_, _ = w.Write(res.Body) // the client may be gone
}
