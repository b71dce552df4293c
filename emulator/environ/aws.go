package environ

import (
	"cmp"
	"maps"
	"path"
	"strconv"
	"strings"
)

// aws returns the variables that AWS and SAM CLI set, as recorded in functions
// of every runtime on AWS and read in SAM CLI 0.4.0 and 1.170.
//
// Three kinds are left out on purpose. Names of files and descriptors that only
// AWS's image has (NODE_EXTRA_CA_CERTS, SSL_CERT_FILE,
// _LAMBDA_TELEMETRY_LOG_FD) would break what they are meant to help.
// AWS_LAMBDA_EVENT_BODY, in which SAM CLI passed the event, cannot hold the
// 6 MiB that an event may have; events only travel by the Runtime API. And the
// host's library directories have no place in LD_LIBRARY_PATH, since the
// loader searches them anyway.
func (in Input) aws() map[string]string {
	fn, rt := in.Function, parseRuntime(in.Function.Runtime)
	vars := map[string]string{
		"AWS_SAM_LOCAL": "true",

		"AWS_LAMBDA_FUNCTION_NAME":        fn.name(),
		"AWS_LAMBDA_FUNCTION_VERSION":     "$LATEST",
		"AWS_LAMBDA_FUNCTION_HANDLER":     fn.Handler,
		"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": strconv.Itoa(cmp.Or(fn.MemoryMB, 128)),
		"AWS_LAMBDA_FUNCTION_TIMEOUT":     strconv.Itoa(cmp.Or(fn.TimeoutSeconds, 3)),
		"AWS_LAMBDA_INITIALIZATION_TYPE":  "on-demand",
		"AWS_LAMBDA_LOG_GROUP_NAME":       cmp.Or(fn.LogGroup, "/aws/lambda/"+fn.name()),
		"AWS_LAMBDA_LOG_STREAM_NAME":      in.LogStream,
		"_HANDLER":                        fn.Handler,

		// On AWS the daemon is at a link-local address. X-Ray's own default
		// serves who runs a daemon here, and sends nothing out of the machine.
		"AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR",
		"AWS_XRAY_DAEMON_ADDRESS":  "127.0.0.1:2000",
		"_AWS_XRAY_DAEMON_ADDRESS": "127.0.0.1",
		"_AWS_XRAY_DAEMON_PORT":    "2000",

		"LANG": "en_US.UTF-8",
		"TZ":   ":UTC",
	}
	optional := map[string]string{
		"AWS_ACCESS_KEY_ID":       in.Credentials.AccessKeyID,
		"AWS_SECRET_ACCESS_KEY":   in.Credentials.SecretAccessKey,
		"AWS_SESSION_TOKEN":       in.Credentials.SessionToken,
		"AWS_REGION":              fn.Region,
		"AWS_DEFAULT_REGION":      fn.Region,
		"AWS_ACCOUNT_ID":          fn.Account,
		"AWS_ENDPOINT_URL_LAMBDA": in.LambdaEndpoint,
		"AWS_LAMBDA_RUNTIME_API":  in.RuntimeAPI,
		"_LAMBDA_SERVER_PORT":     in.ServerPort,
		"AWS_LAMBDA_LOG_FORMAT":   fn.LogFormat,
		"AWS_LAMBDA_LOG_LEVEL":    fn.LogLevel,
		"LAMBDA_TASK_ROOT":        in.TaskRoot,
		"LAMBDA_RUNTIME_DIR":      in.RuntimeDir,
		"LD_LIBRARY_PATH":         list(in.TaskRoot, under(in.TaskRoot, "lib"), under(in.OptDir, "lib")),
		"TMPDIR":                  in.TmpDir, // AWS needs none: there /tmp is the function's alone
	}
	if in.ServerPort != "" { // aws-lambda-go serves whichever of the two it finds first
		optional["AWS_LAMBDA_RUNTIME_API"] = ""
	}
	if fn.LogFormat == "JSON" {
		optional["AWS_LAMBDA_LOG_LEVEL"] = cmp.Or(fn.LogLevel, "INFO")
	}
	langDir := in.LangDir
	if rt.family == "provided" {
		langDir = "" // these bring their own
	} else {
		optional["AWS_EXECUTION_ENV"] = "AWS_Lambda_" + fn.Runtime
	}
	optional["PATH"] = list(langDir, "/usr/local/bin", "/usr/bin/", "/bin", under(in.OptDir, "bin"))
	maps.Copy(optional, in.ofRuntime(rt))
	for name, value := range optional {
		if value != "" {
			vars[name] = value
		}
	}
	return vars
}

// ofRuntime returns what AWS sets for one family of runtimes only. An empty
// value means that the variable is not set.
func (in Input) ofRuntime(rt runtime) map[string]string {
	vars := map[string]string{}
	// AWS starts these by a shell script, which leaves its own variables.
	byShell := false
	switch rt.family {
	case "nodejs":
		byShell = rt.atLeast(16, 0)
		vars["NODE_PATH"] = list(
			in.nodeLayers(rt),
			under(in.OptDir, "nodejs/node_modules"),
			under(in.SDKDir, "node_modules"),
			// and not RuntimeDir: the modules of our bootstrap are no packages
			in.TaskRoot,
		)
	case "python":
		byShell = rt.atLeast(3, 8)
		vars["PYTHONPATH"] = in.SDKDir
		// Before 3.7 Python does not see to UTF-8 itself where the host lacks
		// the locale that LANG names.
		if rt.atLeast(3, 12) || rt.major == 3 && !rt.atLeast(3, 7) {
			vars["LC_CTYPE"] = "C.UTF-8"
		}
		if !rt.atLeast(3, 7) {
			vars["AWS_SECURITY_TOKEN"] = in.Credentials.SessionToken
		}
	case "java":
		// Names that only the SDK for Java 1.x reads.
		if !rt.atLeast(17, 0) {
			vars["AWS_ACCESS_KEY"] = in.Credentials.AccessKeyID
			vars["AWS_SECRET_KEY"] = in.Credentials.SecretAccessKey
		}
	case "dotnet":
		byShell = true
		vars["DOTNET_ROOT"] = in.LangDir
		vars["LAMBDA_RUNTIME_NAME"] = in.Function.Runtime
	case "ruby":
		// Gems lie below the version of the ABI, which has no patch level.
		abi := strconv.Itoa(rt.major) + "." + strconv.Itoa(rt.minor) + ".0"
		vars["GEM_HOME"] = in.SDKDir
		vars["GEM_PATH"] = list(
			under(in.TaskRoot, "vendor/bundle/ruby/"+abi),
			under(in.OptDir, "ruby/gems/"+abi),
			in.SDKDir,
		)
		vars["RUBYLIB"] = list(in.TaskRoot, under(in.RuntimeDir, "lib"), under(in.OptDir, "ruby/lib"))
	}
	if byShell {
		vars["PWD"] = in.TaskRoot
		vars["SHLVL"] = "0"
	}
	return vars
}

// nodeLayers returns where layers keep modules for one version of Node, which
// the oldest runtime, nodejs, does not name.
func (in Input) nodeLayers(rt runtime) string {
	if rt.major == 0 {
		return ""
	}
	return under(in.OptDir, "nodejs/node"+strconv.Itoa(rt.major)+"/node_modules")
}

// list joins the parts that are not empty.
func list(parts ...string) string {
	var b strings.Builder
	for _, part := range parts {
		if part == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte(':')
		}
		b.WriteString(part)
	}
	return b.String()
}

// under returns name below dir, or "" if there is no dir.
func under(dir, name string) string {
	if dir == "" {
		return ""
	}
	return path.Join(dir, name)
}

// A runtime is a runtime identifier taken apart: python3.12 is {python 3 12},
// java8.al2 is {java 8 0}, provided.al2023 is {provided 0 0}.
type runtime struct {
	family       string
	major, minor int
}

func parseRuntime(id string) runtime {
	n := strings.IndexFunc(id, func(r rune) bool { return r < 'a' || r > 'z' })
	if n < 0 {
		return runtime{family: id}
	}
	major, minor, _ := strings.Cut(id[n:], ".")
	rt := runtime{family: id[:n]}
	// What is no number ("x", "al2") is as good as 0.
	rt.major, _ = strconv.Atoi(major)
	rt.minor, _ = strconv.Atoi(minor)
	return rt
}

func (rt runtime) atLeast(major, minor int) bool {
	return cmp.Or(cmp.Compare(rt.major, major), cmp.Compare(rt.minor, minor)) >= 0
}
