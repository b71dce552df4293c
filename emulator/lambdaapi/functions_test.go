package lambdaapi

import (
	"encoding/json"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"
)

func TestGetFunction(t *testing.T) {
	h := newHarness(t, echo)
	h.created = time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
	fn := &h.config.Functions.(*scripted).functions[0]
	fn.Reserved = 5
	fn.Variables = map[string]string{"TABLE": "ratings"}
	fn.Overrides = map[string]string{"TABLE": "secret", "TOKEN": "secret"}
	fn.LogFormat, fn.LogLevel = "JSON", "DEBUG"
	configuration := `{"FunctionName":"ratings","FunctionArn":"` + ratingsARN + `:live","Version":"$LATEST","Runtime":"python3.13","Handler":"app.handler",` +
		`"Role":"arn:aws:iam::123456789012:role/local","CodeSize":0,"CodeSha256":"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=","Timeout":3,"MemorySize":128,` +
		`"LastModified":"2026-07-01T12:00:00.000+0000","State":"Active","LastUpdateStatus":"Successful","PackageType":"Zip","Architectures":["` +
		map[string]string{"amd64": "x86_64", "arm64": "arm64"}[runtime.GOARCH] + `"],` +
		`"Environment":{"Variables":{"TABLE":"ratings"}},"LoggingConfig":{"LogFormat":"JSON","ApplicationLogLevel":"DEBUG","LogGroup":"/aws/lambda/ratings"}}`
	for target, want := range map[string]string{
		"/2015-03-31/functions/Ratings?Qualifier=live":       `{"Configuration":` + configuration + `,"Code":{"Location":"file:///src/ratings"},"Concurrency":{"ReservedConcurrentExecutions":5}}`,
		"/2015-03-31/functions/ratings:live/configuration":   configuration,
		"/2015-03-31/functions/ratings%3Alive/configuration": configuration,
	} {
		if w := h.ask("GET", target, "", ""); w.Code != 200 || w.Body.String() != want {
			t.Errorf("%s: %d %s\nwant %s", target, w.Code, w.Body, want)
		}
	}
	if w := h.ask("GET", "/2015-03-31/functions/x", "", ""); w.Code != 404 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	fn.Code, fn.Reserved, fn.Variables = "", -1, nil
	if w := h.ask("GET", "/2015-03-31/functions/Ratings", "", ""); strings.Contains(w.Body.String(), `"Code":`) || strings.Contains(w.Body.String(), "Concurrency") || strings.Contains(w.Body.String(), "Environment") {
		t.Errorf("%s", w.Body)
	}
}

func TestListFunctions(t *testing.T) {
	h := newHarness(t, echo)
	functions := h.config.Functions.(*scripted)
	one := functions.functions[0]
	for i := range 115 {
		one.FunctionName = fmt.Sprint("f", i)
		functions.functions = append(functions.functions, one)
	}
	for _, tt := range []struct {
		query, first, last, next string
		count                    int
	}{
		{"", "ratings", "f44", "50", 50},
		{"?Marker=50&FunctionVersion=ALL", "f45", "f94", "100", 50},
		{"?Marker=100", "f95", "f114", "", 20},
		{"?Marker=100&MaxItems=3", "f95", "f97", "103", 3},
		{"?MaxItems=10000", "ratings", "f44", "50", 50},
		{"?Marker=500", "", "", "", 0}, // a reload has taken many away
	} {
		w := h.ask("GET", "/2015-03-31/functions/"+tt.query, "", "")
		var page struct {
			Functions  []struct{ FunctionName string }
			NextMarker string
		}
		if err := json.Unmarshal(w.Body.Bytes(), &page); err != nil {
			t.Fatal(err)
		}
		var first, last string
		if len(page.Functions) > 0 {
			first, last = page.Functions[0].FunctionName, page.Functions[len(page.Functions)-1].FunctionName
		}
		if first != tt.first || last != tt.last || len(page.Functions) != tt.count || page.NextMarker != tt.next {
			t.Errorf("%s: %s to %s (%d), next %q", tt.query, first, last, len(page.Functions), page.NextMarker)
		}
	}
	for _, query := range []string{"?MaxItems=0", "?MaxItems=many", "?Marker=-1", "?Marker=99999999999999999999"} {
		if w := h.ask("GET", "/2015-03-31/functions"+query, "", ""); w.Code != 400 || w.Header().Get("X-Amzn-Errortype") != "ValidationException" {
			t.Errorf("%s: %d %s", query, w.Code, w.Body)
		}
	}
	functions.functions = nil
	if w := h.ask("GET", "/2015-03-31/functions", "", ""); w.Body.String() != `{"Functions":[]}` {
		t.Errorf("%s", w.Body)
	}
}
