package environ

import (
	"flag"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// full is an input in which nothing is missing.
func full(runtime string) Input {
	return Input{
		Function: Function{
			Name:           "HelloFunction",
			Runtime:        runtime,
			Handler:        "app.handler",
			MemoryMB:       512,
			TimeoutSeconds: 30,
			Region:         "eu-central-1",
			Account:        "123456789012",
			Variables:      map[string]string{"TABLE": "orders", "UNRESOLVED": ""},
		},
		Credentials: Credentials{"id", "secret", "token"},
		RuntimeAPI:  "127.0.0.1:9001",
		LogStream:   LogStream(time.Date(2018, 6, 1, 23, 0, 0, 0, time.FixedZone("", -2*3600)), [16]byte{0x0a, 15: 0xff}),
		TaskRoot:    "/stand-in/task",
		OptDir:      "/stand-in/opt",
		RuntimeDir:  "/stand-in/runtime",
		SDKDir:      "/stand-in/sdk",
		LangDir:     "/stand-in/lang/bin",
		TmpDir:      "/stand-in/tmp",
	}
}

func TestBuildPerRuntime(t *testing.T) {
	runtimes := []string{
		"nodejs", "nodejs8.10", "nodejs20.x",
		"python2.7", "python3.6", "python3.11", "python3.12",
		"java8", "java8.al2", "java11", "java21",
		"dotnetcore2.0", "dotnet8", "ruby2.5", "ruby3.3",
		"go1.x", "provided", "provided.al2023",
	}
	for _, runtime := range runtimes {
		t.Run(runtime, func(t *testing.T) {
			got := strings.Join(Build(full(runtime)), "\n") + "\n"
			golden := filepath.Join("testdata", runtime+".env")
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("got:\n%s\nwant (run with -update to accept):\n%s", got, want)
			}
		})
	}
}

// build returns the environment as a map, and fails if it is not sorted.
func build(t *testing.T, in Input) map[string]string {
	t.Helper()
	list := Build(in)
	if !slices.IsSorted(list) {
		t.Errorf("not sorted: %q", list)
	}
	vars := map[string]string{}
	for _, v := range list {
		name, value, _ := strings.Cut(v, "=")
		if _, ok := vars[name]; ok {
			t.Errorf("%s is there twice", name)
		}
		vars[name] = value
	}
	return vars
}

func TestBuildValues(t *testing.T) {
	tests := []struct {
		name   string
		change func(*Input)
		want   map[string]string // "-" is: not set
	}{
		{
			"defaults of AWS",
			func(in *Input) { in.Function.MemoryMB, in.Function.TimeoutSeconds = 0, 0 },
			map[string]string{
				"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128",
				"AWS_LAMBDA_FUNCTION_TIMEOUT":     "3",
				"AWS_LAMBDA_FUNCTION_NAME":        "HelloFunction",
				"AWS_LAMBDA_LOG_GROUP_NAME":       "/aws/lambda/HelloFunction",
				"AWS_LAMBDA_LOG_FORMAT":           "-",
				"AWS_LAMBDA_LOG_LEVEL":            "-",
			},
		},
		{
			"its own name",
			func(in *Input) { in.Function.FunctionName = "hello" },
			map[string]string{
				"AWS_LAMBDA_FUNCTION_NAME":  "hello",
				"AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/hello",
			},
		},
		{
			"LoggingConfig, JSON",
			func(in *Input) { in.Function.LogFormat, in.Function.LogGroup = "JSON", "/team" },
			map[string]string{
				"AWS_LAMBDA_LOG_FORMAT":     "JSON",
				"AWS_LAMBDA_LOG_LEVEL":      "INFO",
				"AWS_LAMBDA_LOG_GROUP_NAME": "/team",
			},
		},
		{
			"LoggingConfig, level",
			func(in *Input) { in.Function.LogFormat, in.Function.LogLevel = "JSON", "DEBUG" },
			map[string]string{"AWS_LAMBDA_LOG_LEVEL": "DEBUG"},
		},
		{
			"LoggingConfig, text",
			func(in *Input) { in.Function.LogFormat = "Text" },
			map[string]string{"AWS_LAMBDA_LOG_FORMAT": "Text", "AWS_LAMBDA_LOG_LEVEL": "-"},
		},
		{
			"long-lived credentials",
			func(in *Input) { in.Credentials.SessionToken = "" },
			map[string]string{"AWS_ACCESS_KEY_ID": "id", "AWS_SESSION_TOKEN": "-"},
		},
		{
			"no directories",
			func(in *Input) {
				in.TaskRoot, in.OptDir, in.RuntimeDir, in.SDKDir, in.LangDir, in.TmpDir = "", "", "", "", "", ""
			},
			map[string]string{
				"PATH":               "/usr/local/bin:/usr/bin/:/bin",
				"LD_LIBRARY_PATH":    "-",
				"NODE_PATH":          "-",
				"LAMBDA_TASK_ROOT":   "-",
				"LAMBDA_RUNTIME_DIR": "-",
				"PWD":                "-",
				"TMPDIR":             "-",
			},
		},
		{
			"no layers",
			func(in *Input) { in.OptDir = "" },
			map[string]string{
				"LD_LIBRARY_PATH": "/stand-in/task:/stand-in/task/lib",
				"NODE_PATH":       "/stand-in/sdk/node_modules:/stand-in/task",
			},
		},
		{
			"the event",
			func(in *Input) {},
			map[string]string{"AWS_LAMBDA_EVENT_BODY": "-"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			in := full("nodejs20.x")
			tt.change(&in)
			compare(t, build(t, in), tt.want)
		})
	}
}

func compare(t *testing.T, vars, want map[string]string) {
	t.Helper()
	for _, name := range slices.Sorted(maps.Keys(want)) {
		got, ok := vars[name]
		if !ok {
			got = "-"
		}
		if got != want[name] {
			t.Errorf("%s is %q, want %q", name, got, want[name])
		}
	}
}

// A process that has both would choose for itself.
func TestGoFunctionThatListensIsNotToldOfTheRuntimeAPI(t *testing.T) {
	in := full("go1.x")
	in.ServerPort = "40000"
	in.Function.Variables = map[string]string{"AWS_LAMBDA_RUNTIME_API": "evil", "_LAMBDA_SERVER_PORT": "evil"}
	env := Build(in)
	if !slices.Contains(env, "_LAMBDA_SERVER_PORT=40000") {
		t.Error("it is not told its port")
	}
	if i := slices.IndexFunc(env, func(v string) bool { return strings.HasPrefix(v, "AWS_LAMBDA_RUNTIME_API") }); i >= 0 {
		t.Errorf("it has %s", env[i])
	}
}

func TestBuildDeclaredVariables(t *testing.T) {
	overrides, err := ParseOverrides([]byte(`{
		"Parameters": {"FILE": "all", "MINE": "all", "EXTRA": "x", "_HANDLER": "evil"},
		"HelloFunction": {"MINE": "mine", "EMPTY_FILE": null}
	}`))
	if err != nil {
		t.Fatal(err)
	}
	shell := map[string]string{
		"FILE": "shell", "SHELL_VALUE": "shell", "EMPTY_SHELL": "", "EMPTY_FILE": "shell",
		"HOME": "/home/me", "LAMBDA_TASK_ROOT": "/elsewhere",
	}
	in := full("python3.12")
	in.Overrides = overrides.For(in.Function)
	in.Shell = func(name string) (string, bool) {
		value, ok := shell[name]
		return value, ok
	}
	in.Function.Variables = map[string]string{
		"FILE": "template", "MINE": "template", "SHELL_VALUE": "template",
		"EMPTY_SHELL": "template", "EMPTY_FILE": "template", "TEMPLATE": "template",
		"LANG": "de_DE.UTF-8", "PATH": "/opt/bin", "TZ": "Europe/Berlin", "PYTHONPATH": "lib",
		"AWS_REGION": "us-west-2", "AWS_ACCESS_KEY_ID": "other", "TMPDIR": "/scratch",
		"AWS_LAMBDA_RUNTIME_API": "evil", "AWS_EXECUTION_ENV": "evil", "LAMBDA_RUNTIME_DIR": "evil",
		"LAMBDA_TASK_ROOT": "evil", "_HANDLER": "evil",
	}
	compare(t, build(t, in), map[string]string{
		"FILE":        "all",
		"MINE":        "mine",
		"SHELL_VALUE": "shell",
		"EMPTY_SHELL": "",
		"EMPTY_FILE":  "",
		"TEMPLATE":    "template",
		"EXTRA":       "-", // not declared
		"HOME":        "-",

		"LANG":              "de_DE.UTF-8",
		"PATH":              "/opt/bin",
		"TZ":                "Europe/Berlin",
		"PYTHONPATH":        "lib",
		"AWS_REGION":        "us-west-2",
		"AWS_ACCESS_KEY_ID": "other",
		"TMPDIR":            "/scratch",

		"AWS_LAMBDA_RUNTIME_API": "127.0.0.1:9001",
		"AWS_EXECUTION_ENV":      "AWS_Lambda_python3.12",
		"LAMBDA_RUNTIME_DIR":     "/stand-in/runtime",
		"LAMBDA_TASK_ROOT":       "/stand-in/task",
		"_HANDLER":               "app.handler",
	})
}
