// Package environ computes a function's environment variables: what AWS sets
// for its runtime, what SAM adds, and the variables that the template declares
// with the values that the user overrides them with.
//
// The package is pure. It reads no file and no variable of its own process:
// whatever the result depends on comes in through Input, and what does not is
// never in the result. Resolving the template, finding credentials and making
// the directories is left to the callers, as is _X_AMZN_TRACE_ID, which the
// bootstrap sets anew for every invocation.
package environ

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// A Function is what the template says of a function, as far as its
// environment depends on it.
type Function struct {
	Name           string // logical ID
	FunctionName   string // the FunctionName property, "" if there is none
	Runtime        string // "python3.12"
	Handler        string
	MemoryMB       int // 0 is AWS's default, 128
	TimeoutSeconds int // 0 is AWS's default, 3
	Region         string
	Account        string
	LogFormat      string // LoggingConfig's: "Text", "JSON" or ""
	LogLevel       string // LoggingConfig's ApplicationLogLevel, "" if there is none
	LogGroup       string // LoggingConfig's, "" is /aws/lambda/<name>

	// Variables holds the declared variables with the template's values; what
	// cannot be resolved locally is "".
	Variables map[string]string
}

// name is what the function is called on AWS, or would be if AWS did not make
// a name up from the logical ID.
func (f Function) name() string { return cmp.Or(f.FunctionName, f.Name) }

// Credentials are what the function calls AWS with.
type Credentials struct {
	AccessKeyID, SecretAccessKey, SessionToken string
}

// Input is all that an environment depends on.
type Input struct {
	Function    Function
	Overrides   map[string]string // the user's values, see Overrides.For
	Credentials Credentials

	// Shell looks a variable up where the user called us, like os.LookupEnv.
	// It is asked for declared names only. Nil is an empty shell.
	Shell func(name string) (value string, ok bool)

	RuntimeAPI     string // host:port
	ServerPort     string // of a Go function that listens itself: it is not told of the Runtime API
	LambdaEndpoint string // URL of the Lambda API, "" is AWS's
	LogStream      string // see LogStream

	// The directories that stand in for AWS's. An empty one is left out of
	// every list, and the variable that names nothing else is not set.
	TaskRoot   string // /var/task
	OptDir     string // /opt
	RuntimeDir string // /var/runtime: the bootstrap
	SDKDir     string // /var/runtime: the packages that come with the runtime
	LangDir    string // /var/lang/bin: where the interpreter is
	TmpDir     string // /tmp
}

// fixed are the variables that a declaration cannot change. A function that
// points them elsewhere could not be started, or would not get its events; AWS
// refuses to deploy it. Of the other names that AWS reserves, SAM CLI has
// always let a template set the region and the credentials, and people do.
var fixed = map[string]bool{
	"AWS_LAMBDA_RUNTIME_API": true,
	"_LAMBDA_SERVER_PORT":    true,
	"AWS_EXECUTION_ENV":      true, // our bootstraps go by it
	"LAMBDA_RUNTIME_DIR":     true,
	"LAMBDA_TASK_ROOT":       true,
	"_HANDLER":               true,
}

// Build returns the function's environment as sorted NAME=value strings.
//
// A declared variable has the value from Overrides, else the shell's (be it
// empty), else the template's, and replaces what AWS would set, as on AWS; only
// AWS_LAMBDA_RUNTIME_API, _LAMBDA_SERVER_PORT, AWS_EXECUTION_ENV,
// LAMBDA_RUNTIME_DIR, LAMBDA_TASK_ROOT and _HANDLER cannot be replaced. What is not declared is not
// passed on: Overrides.Unused tells which of the user's settings are lost by
// this rule of SAM CLI.
func Build(in Input) []string {
	vars := in.aws()
	for name, value := range in.Function.Variables {
		if fixed[name] {
			continue
		}
		if in.Shell != nil {
			if v, ok := in.Shell(name); ok {
				value = v
			}
		}
		if v, ok := in.Overrides[name]; ok {
			value = v
		}
		vars[name] = value
	}
	list := make([]string, 0, len(vars))
	for name, value := range vars {
		list = append(list, name+"="+value)
	}
	slices.Sort(list)
	return list
}

// BuildExtension returns the environment of an external extension of the
// function: the function's, but for what only concerns a runtime.
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html
func BuildExtension(in Input) []string {
	return slices.DeleteFunc(Build(in), func(variable string) bool {
		name, _, _ := strings.Cut(variable, "=")
		return strings.HasPrefix(name, "_") || strings.HasPrefix(name, "AWS_XRAY_") || slices.Contains(ofRuntimeOnly, name)
	})
}

var ofRuntimeOnly = []string{
	"AWS_EXECUTION_ENV", "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME", "LAMBDA_RUNTIME_DIR", "LAMBDA_TASK_ROOT",
}

// LogStream returns the name that AWS gives the log stream of an execution
// environment which starts at t and has the unique id.
func LogStream(t time.Time, id [16]byte) string {
	return fmt.Sprintf("%s/[$LATEST]%x", t.UTC().Format("2006/01/02"), id)
}
