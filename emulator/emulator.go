package emulator

import (
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"

	"sam/bootstraps"
	"sam/emulator/environ"
)

// A LogFormat is how a function's log lines look.
type LogFormat string

// The log formats of Lambda's LoggingConfig.
const (
	LogText LogFormat = "Text"
	LogJSON LogFormat = "JSON"
)

// A Function is a Lambda function as its template configures it.
type Function struct {
	// Path names it among those of the template and the stacks nested in it:
	// logical ids with slashes between.
	Path string
	// LogicalID is its name in its template.
	LogicalID string
	// FunctionName is its own name; empty means the logical id.
	FunctionName string
	// Runtime is a runtime identifier such as python3.13.
	Runtime string
	// Handler is the function's entry point in the runtime's notation.
	Handler string
	// Code is the absolute path of a directory or an archive.
	Code string
	// InlineCode is the source of the function's one file, in place of Code.
	InlineCode string
	// Image is the image that it is packaged as, in place of Code, Runtime and
	// Handler: a name, or the absolute path of an archive. Entrypoint, Command and
	// Dir take the place of the image's own, as far as they are given.
	Image               string
	Entrypoint, Command []string
	Dir                 string
	// Layers are the absolute paths of its layers, directories or archives, in
	// order.
	Layers []string
	// MemoryMB is the memory it is configured with.
	MemoryMB int
	// EphemeralMB is the size of its /tmp, as far as that can be limited; 0 is
	// AWS's default.
	EphemeralMB int
	// Timeout is how long an invocation may take.
	Timeout time.Duration
	// LogFormat is the format of its log.
	LogFormat LogFormat
	// LogLevel is the level of its JSON log, or empty.
	LogLevel string
	// Region and Account are where it is said to live.
	Region, Account string
	// Variables are the values that the template gives to its environment
	// variables: the ones it declares.
	Variables map[string]string
	// Overrides are the user's values for them.
	Overrides map[string]string
	// Unrunnable says why it cannot be run here, or is nil.
	Unrunnable error
	// Debug has it wait for a debugger, without any limits of time, in one
	// environment that is kept; nil leaves it alone. One function of an Emulator
	// can be debugged.
	Debug *bootstraps.Debug
	// Reserved is the number of invocations that may run at the same time, -1
	// if the function reserves none.
	Reserved int
}

// Name is the name that the function knows itself by.
func (f *Function) Name() string {
	if f.FunctionName != "" {
		return f.FunctionName
	}
	return f.LogicalID
}

// ARN is the function's, without a qualifier.
func (f *Function) ARN() string {
	return "arn:aws:lambda:" + f.Region + ":" + f.Account + ":function:" + f.Name()
}

// A Config is what all functions of an Emulator share.
type Config struct {
	// Runner starts the processes on the host.
	Runner Runner
	// Backends run functions in containers that the host cannot run: the first that
	// has the image, or else the first that can get it. NoHost has them run all.
	Backends []Backend
	NoHost   bool
	// ImageOf names the image that a function runs in; nil if there are no
	// Backends.
	ImageOf func(*Function) string
	// Finder finds the interpreters.
	Finder *bootstraps.Finder
	// SDK is where the packages that AWS's runtimes bring are kept.
	SDK bootstraps.SDK
	// CacheDir holds what can be made again: unpacked archives, the
	// bootstraps, compiled code.
	CacheDir string
	// Surroundings are what sandboxes show besides the functions' own.
	Surroundings Surroundings
	// NoMemoryLimit lets functions use more memory than they are configured with.
	NoMemoryLimit bool
	// LimitCPU gives functions processors in proportion to their memory, as
	// Lambda does.
	LimitCPU bool
	// HostPackages lets functions import whatever the host has.
	HostPackages bool
	// Shell looks up the user's own environment variables; only the names
	// that a function declares are asked for.
	Shell func(string) (string, bool)
	// Credentials are what functions call AWS with.
	Credentials environ.Credentials
	// LambdaEndpoint is the URL of the Lambda API that functions call each
	// other by, or empty: AWS's.
	LambdaEndpoint string
	// Log receives what functions print, and the platform's lines, one write
	// at a time, of whole lines.
	Log io.Writer
	// Notice, if it is set, is told what the user might wonder about: what takes
	// long, and why.
	Notice func(string)
	// Waiting, if it is set, is told of every environment that waits for a
	// debugger.
	Waiting func(*Prepared)
	// Logger is for messages about the emulator itself.
	Logger hclog.Logger
}

// An Emulator runs functions.
type Emulator struct {
	config    Config
	log       io.Writer
	initLimit time.Duration
	debugPort chan struct{} // holds a token while an environment has the debug port
	isolation sync.Once     // for what there is to say about it
	backends  []*backend
}

// notice tells the user something, if that is wanted.
func (e *Emulator) notice(format string, args ...any) {
	if e.config.Notice != nil {
		e.config.Notice(fmt.Sprintf(format, args...))
	}
}

// New returns an Emulator. It starts nothing yet.
func New(config Config) *Emulator {
	e := &Emulator{config: config, log: &sharedWriter{to: config.Log}, initLimit: initLimit, debugPort: make(chan struct{}, 1)}
	for _, b := range config.Backends {
		e.backends = append(e.backends, &backend{Backend: b})
	}
	return e
}
