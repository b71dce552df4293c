package apigw

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// responseHeader reads the headers that the function returned, and adds those
// of API Gateway.
//
// A header of headers comes before those of the same name in multiValueHeaders,
// which may have it as well.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html#api-gateway-simple-proxy-for-lambda-output-format
func (r *request) responseHeader(fields *reply) (http.Header, error) {
	h := make(http.Header)
	if !r.format2() {
		if err := r.readMultiHeaders(h, fields.multiValueHeaders); err != nil {
			return nil, err
		}
	}
	if err := r.readHeaders(h, fields.headers); err != nil {
		return nil, err
	}
	if r.format2() {
		if err := readCookies(h, fields.cookies); err != nil {
			return nil, err
		}
	}
	if len(h["Content-Type"]) == 0 {
		h["Content-Type"] = []string{"application/json"}
	}
	r.setIDs(h)
	return h, nil
}

func (r *request) readMultiHeaders(h http.Header, raw json.RawMessage) error {
	lists, err := readObject("multiValueHeaders", raw)
	if err != nil {
		return err
	}
	for _, list := range lists {
		var values []json.RawMessage
		if err := json.Unmarshal(list.value, &values); err != nil {
			return fmt.Errorf("%s of multiValueHeaders is %s, and must be a list", abridge(quoted(list.name)), describeJSON(list.value))
		}
		for _, raw := range values {
			key, value, err := r.readHeader("multiValueHeaders", list.name, raw)
			if err != nil {
				return err
			}
			if key != "" {
				h[key] = append(h[key], value)
			}
		}
	}
	return nil
}

// readHeaders reads headers with one value each; one that is null is none.
func (r *request) readHeaders(h http.Header, raw json.RawMessage) error {
	all, err := readObject("headers", raw)
	if err != nil {
		return err
	}
	for _, header := range all {
		if isNull(header.value) {
			continue
		}
		key, value, err := r.readHeader("headers", header.name, header.value)
		if err != nil {
			return err
		}
		if values := h[key]; key != "" && !slices.Contains(values, value) {
			h[key] = slices.Insert(values, 0, value)
		}
	}
	return nil
}

func readCookies(h http.Header, raw json.RawMessage) error {
	var cookies []string
	if !isNull(raw) {
		if err := json.Unmarshal(raw, &cookies); err != nil {
			return errors.New("cookies must be a list of strings")
		}
	}
	for _, cookie := range cookies {
		if !validHeaderValue(cookie) {
			return fmt.Errorf("a cookie has a line break or another control character: %s", abridge(quoted(cookie)))
		}
		h.Add("Set-Cookie", cookie)
	}
	return nil
}

// readObject reads a field that is an object, null or not there.
func readObject(field string, raw json.RawMessage) ([]member, error) {
	switch {
	case isNull(raw):
		return nil, nil
	case raw[0] != '{':
		return nil, fmt.Errorf("%s is %s, and must be an object", field, describeJSON(raw))
	}
	return sortedMembers(raw), nil
}

// readHeader reads a header of a field. The key is "" if the header is not for
// the client. Numbers and booleans are taken for their texts:
// https://github.com/aws/aws-sam-cli/issues/221
func (r *request) readHeader(field, name string, raw json.RawMessage) (key, value string, err error) {
	value, ok := scalar(raw)
	switch {
	case !ok:
		return "", "", fmt.Errorf("%s of %s is %s, and must be a string", abridge(quoted(name)), field, describeJSON(raw))
	case !validHeaderName(name):
		return "", "", fmt.Errorf("%s of %s is no name that a header may have", abridge(quoted(name)), field)
	case !validHeaderValue(value):
		return "", "", fmt.Errorf("%s of %s has a line break or another control character: %s", abridge(quoted(name)), field, abridge(raw))
	}
	return r.clientHeader(http.CanonicalHeaderKey(name)), value, nil
}

// clientHeader is the name that a function's header reaches the client by, or ""
// if it belongs to the connection. REST APIs rename some:
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html#api-gateway-known-issues-rest-apis
func (r *request) clientHeader(name string) string {
	if r.rest() {
		switch name {
		case "Connection", "Content-Length", "Date", "Server", "Www-Authenticate":
			return "X-Amzn-Remapped-" + name
		}
	}
	switch name {
	case "Connection", "Content-Length", "Keep-Alive", "Proxy-Connection", "Te", "Trailer", "Transfer-Encoding", "Upgrade":
		return ""
	}
	return name
}

// validHeaderName tells whether name is a token:
// https://www.rfc-editor.org/rfc/rfc9110#name-tokens
func validHeaderName(name string) bool {
	for i := range len(name) {
		c := name[i]
		letter := 'a' <= c|0x20 && c|0x20 <= 'z'
		digit := '0' <= c && c <= '9'
		if !letter && !digit && strings.IndexByte("!#$%&'*+-.^_`|~", c) < 0 {
			return false
		}
	}
	return name != ""
}

func validHeaderValue(value string) bool {
	for i := range len(value) {
		if c := value[i]; c < ' ' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return true
}

func quoted(text string) json.RawMessage { return appendText(nil, text) }
