package template

import (
	"net/http"
	"strconv"
	"strings"
)

// mock reads what an integration that calls nothing answers to preflights: the
// headers of its default response that are constants. The notations of a
// definition and of an AWS::ApiGateway::Method differ in how they keep responses.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-cors.html
func (f *routeFinder) mock(a *api, integration *Value) *Mock {
	response := defaultResponse(integration)
	m := &Mock{Status: http.StatusOK, Headers: make(map[string]string)}
	if status, err := strconv.Atoi(either(response, "statusCode").text()); err == nil {
		m.Status = status
	}
	parameters := either(response, "responseParameters")
	if parameters == nil {
		return m
	}
	for _, entry := range parameters.Entries {
		header, isHeader := strings.CutPrefix(entry.Key, "method.response.header.")
		value := entry.Value.text()
		switch {
		case entry.Value.Kind == Unresolved:
			f.template.warn(entry.Value, a.ID, "%s is not known locally: preflights are answered without that header", header)
		case isHeader && unquote(value) != value:
			m.Headers[header] = unquote(value)
		}
	}
	return m
}

// defaultResponse is the one that is taken if no other matches, or the first.
func defaultResponse(integration *Value) *Value {
	if responses := integration.Get("responses"); responses != nil {
		if response := responses.Get("default"); response != nil || len(responses.Entries) == 0 {
			return response
		}
		return responses.Entries[0].Value
	}
	responses := integration.Get("IntegrationResponses")
	if responses == nil || len(responses.Items) == 0 {
		return nil
	}
	for _, response := range responses.Items {
		if response.Get("SelectionPattern").text() == "" {
			return response
		}
	}
	return responses.Items[0]
}

// isMock tells whether an integration answers preflights by itself.
func isMock(a *api, method string, kind *Value) bool {
	return a.Kind == kindREST && canonicalMethod(method) == "OPTIONS" && strings.EqualFold(kind.text(), "MOCK")
}
