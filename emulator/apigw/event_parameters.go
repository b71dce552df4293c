package apigw

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// headers are those of the request as functions see them: without what belongs
// to the connection, with what API Gateway adds.
//
// The names are Go's, Content-Type: net/http does not keep how the client wrote
// them. API Gateway keeps it for REST APIs. HTTP APIs have names like these with
// format 1.0, other than documented, and lower-case ones with format 2.0:
// https://github.com/aws/aws-lambda-dotnet/tree/master/Tools/LambdaTestTool-v2/tests/Amazon.Lambda.TestTool.IntegrationTests/Snapshots
func (r *request) headers() pairs {
	all := make(pairs, 0, len(r.Header)+6)
	dropped := httpDropped
	if r.rest() {
		dropped = restDropped
	}
	for name, values := range r.Header {
		if dropped(name) || replaced(name) {
			continue
		}
		for _, value := range values {
			all = append(all, pair{name, value})
		}
	}
	if r.Header["X-Amzn-Trace-Id"] == nil {
		all = append(all, pair{"X-Amzn-Trace-Id", r.traceID()})
	}
	if !r.rest() {
		all = append(all, pair{"Content-Length", strconv.Itoa(len(r.Body))})
	}
	all = append(all,
		pair{"Host", r.Host},
		pair{"X-Forwarded-For", r.forwardedFor()},
		pair{"X-Forwarded-Port", r.Port},
		pair{"X-Forwarded-Proto", r.Scheme})
	return all.sort()
}

// lowerNames makes the names of headers, which are ASCII, lower-case. They become
// parts of one string, because there are many of them in every request.
func (all pairs) lowerNames() {
	size := 0
	for _, p := range all {
		size += len(p.name)
	}
	var lower strings.Builder
	lower.Grow(size)
	for i := range all {
		start := lower.Len()
		for _, c := range []byte(all[i].name) {
			if 'A' <= c && c <= 'Z' {
				c += 'a' - 'A'
			}
			lower.WriteByte(c)
		}
		all[i].name = lower.String()[start:]
	}
}

// replaced tells whether headers has a header of its own in place of the
// client's.
func replaced(name string) bool {
	switch name {
	case "Host", "X-Forwarded-For", "X-Forwarded-Port", "X-Forwarded-Proto":
		return true
	}
	return false
}

// forwardedFor has the client's address after those that the request names.
func (r *request) forwardedFor() string {
	named := r.Header["X-Forwarded-For"]
	if len(named) == 0 {
		return r.SourceIP
	}
	return strings.Join(named, ", ") + ", " + r.SourceIP
}

// restDropped tells whether REST APIs keep a header from functions.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html#api-gateway-known-issues-rest-apis
func restDropped(name string) bool {
	switch name {
	case "Connection", "Content-Length", "Content-Md5", "Expect", "Max-Forwards", "Proxy-Authenticate",
		"Server", "Te", "Trailer", "Transfer-Encoding", "Upgrade", "Www-Authenticate":
		return true
	}
	return false
}

// httpDropped tells whether HTTP APIs keep a header from functions: those that
// belong to the connection, and Content-Length, which there is for bodies
// without one, too.
func httpDropped(name string) bool {
	switch name {
	case "Connection", "Content-Length", "Expect", "Keep-Alive", "Proxy-Connection", "Te", "Trailer",
		"Transfer-Encoding", "Upgrade":
		return true
	}
	return false
}

// query are the parameters of the query, decoded.
func (r *request) query() pairs {
	if r.RawQuery == "" {
		return nil
	}
	separators := "&"
	if r.rest() {
		// "not supported ... and results in the data being split":
		// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html#api-gateway-known-issues-rest-apis
		separators = "&;"
	}
	all := make(pairs, 0, 1+strings.Count(r.RawQuery, "&"))
	for rest := r.RawQuery; rest != ""; {
		parameter := rest
		if i := strings.IndexAny(rest, separators); i >= 0 {
			parameter, rest = rest[:i], rest[i+1:]
		} else {
			rest = ""
		}
		if parameter == "" {
			continue
		}
		name, value, _ := strings.Cut(parameter, "=")
		all = append(all, pair{unescape(name, url.QueryUnescape), unescape(value, url.QueryUnescape)})
	}
	return all.sort()
}

// pathParameters are decoded for HTTP APIs, and as they were sent for REST APIs:
// https://github.com/aws/aws-sam-cli/issues/771
func (r *request) pathParameters() pairs {
	all := sorted(r.Params)
	if !r.rest() {
		for i := range all {
			all[i].value = unescape(all[i].value, url.PathUnescape)
		}
	}
	return all
}

// unescape decodes text, or leaves it as it is if it is not well-formed.
func unescape(text string, decode func(string) (string, error)) string {
	if decoded, err := decode(text); err == nil {
		return decoded
	}
	return text
}

// decodedPath is the path without percent-encoding.
func (r *request) decodedPath() string { return unescape(r.Path, url.PathUnescape) }

func sorted(m map[string]string) pairs {
	if len(m) == 0 {
		return nil
	}
	all := make(pairs, 0, len(m))
	for name, value := range m {
		all = append(all, pair{name, value})
	}
	return all.sort()
}

func (all pairs) sort() pairs {
	slices.SortStableFunc(all, func(a, b pair) int { return strings.Compare(a.name, b.name) })
	return all
}
