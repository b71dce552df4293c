package lambdaapi

import (
	"cmp"
	"net/http"
	"net/url"
	"runtime"
	"strconv"
	"time"

	"sam/emulator"
)

// A configuration is a FunctionConfiguration of AWS, as far as it is known here:
// https://docs.aws.amazon.com/lambda/latest/api/API_FunctionConfiguration.html.
type configuration struct {
	FunctionName     string
	FunctionArn      string
	Version          string
	Runtime          string
	Handler          string
	Role             string
	CodeSize         int
	CodeSha256       string
	Timeout          int
	MemorySize       int
	LastModified     string
	State            string
	LastUpdateStatus string
	PackageType      string
	Architectures    []string
	Environment      *environment `json:",omitempty"`
	LoggingConfig    loggingConfig
}

// An environment has the template's values, none of the user's own, which may
// be secrets.
type environment struct {
	Variables map[string]string
}

type loggingConfig struct {
	LogFormat           emulator.LogFormat
	ApplicationLogLevel string `json:",omitempty"`
	LogGroup            string
}

// emptySHA256 goes with a CodeSize of 0: nothing is packaged here.
const emptySHA256 = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="

func (a *API) configuration(fn *emulator.Function, qualifier string) *configuration {
	c := &configuration{
		FunctionName:     fn.Name(),
		FunctionArn:      arn(fn, qualifier),
		Version:          version(qualifier),
		Runtime:          fn.Runtime,
		Handler:          fn.Handler,
		Role:             "arn:aws:iam::" + fn.Account + ":role/local", // every function has one on AWS
		CodeSha256:       emptySHA256,
		Timeout:          int(fn.Timeout / time.Second),
		MemorySize:       fn.MemoryMB,
		LastModified:     a.created.UTC().Format("2006-01-02T15:04:05.000-0700"),
		State:            "Active",
		LastUpdateStatus: "Successful",
		PackageType:      "Zip",
		Architectures:    []string{architecture()},
		LoggingConfig:    loggingConfig{LogFormat: cmp.Or(fn.LogFormat, emulator.LogText), ApplicationLogLevel: fn.LogLevel, LogGroup: "/aws/lambda/" + fn.Name()},
	}
	if fn.Image != "" {
		c.PackageType = "Image"
	}
	if len(fn.Variables) > 0 {
		c.Environment = &environment{fn.Variables}
	}
	return c
}

// architecture is the host's, on which functions run, in AWS's word.
func architecture() string {
	if runtime.GOARCH == "amd64" {
		return "x86_64"
	}
	return runtime.GOARCH
}

// maxPage is AWS's limit of functions in one answer.
const maxPage = 50

// listFunctions serves ListFunctions. A marker is the number of functions that
// were listed before.
func (a *API) listFunctions(c *call) error {
	functions := a.config.Functions.Functions()
	query := c.r.URL.Query()
	first, err := number(query, "Marker", 0, 0)
	if err != nil {
		return err
	}
	size, err := number(query, "MaxItems", 1, maxPage)
	if err != nil {
		return err
	}
	first = min(first, len(functions))
	last := first + min(size, maxPage, len(functions)-first)
	page := struct {
		Functions  []*configuration
		NextMarker string `json:",omitempty"`
	}{Functions: []*configuration{}}
	for i := range functions[first:last] {
		page.Functions = append(page.Functions, a.configuration(&functions[first+i], ""))
	}
	if last < len(functions) {
		page.NextMarker = strconv.Itoa(last)
	}
	writeJSON(c.w, http.StatusOK, page)
	return nil
}

// number is a parameter of a query.
func number(query url.Values, parameter string, least, otherwise int) (int, error) {
	text := query.Get(parameter)
	if text == "" {
		return otherwise, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < least {
		return 0, invalid(parameter, text, "Member must be a number of at least "+strconv.Itoa(least))
	}
	return n, nil
}

// getFunction serves GetFunction.
func (a *API) getFunction(c *call) error {
	fn, qualifier, err := a.find(c)
	if err != nil {
		return err
	}
	type code struct{ Location string }
	type concurrency struct{ ReservedConcurrentExecutions int }
	answer := struct {
		Configuration *configuration
		Code          *code        `json:",omitempty"`
		Concurrency   *concurrency `json:",omitempty"`
	}{Configuration: a.configuration(fn, qualifier)}
	if fn.Code != "" {
		answer.Code = &code{(&url.URL{Scheme: "file", Path: fn.Code}).String()}
	}
	if fn.Reserved >= 0 {
		answer.Concurrency = &concurrency{fn.Reserved}
	}
	writeJSON(c.w, http.StatusOK, answer)
	return nil
}

// getFunctionConfiguration serves GetFunctionConfiguration.
func (a *API) getFunctionConfiguration(c *call) error {
	fn, qualifier, err := a.find(c)
	if err != nil {
		return err
	}
	writeJSON(c.w, http.StatusOK, a.configuration(fn, qualifier))
	return nil
}

// find is the function that a call is about.
func (a *API) find(c *call) (*emulator.Function, string, error) {
	return resolve(a.config.Functions.Functions(), c.name, c.r.URL.Query().Get("Qualifier"))
}
