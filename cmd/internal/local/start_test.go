package local

import (
	"context"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
	"time"

	"sam/cmd/internal/config"
)

// TestStartAPIOptions checks what the command line becomes, without running
// anything.
func TestStartAPIOptions(t *testing.T) {
	for name, test := range map[string]struct {
		args string
		set  func(*StartAPIOptions)
	}{
		"nothing":         {"", func(*StartAPIOptions) {}},
		"where to listen": {"--host 0.0.0.0 -p 8080", func(o *StartAPIOptions) { o.Host, o.Port = "0.0.0.0", 8080 }},
		"a free port":     {"-p0 --lambda-port 0", func(o *StartAPIOptions) { o.Port, o.LambdaPort = 0, 0 }},
		"no static files": {"--static-dir=", func(o *StartAPIOptions) { o.StaticDir = "" }},
		"static files":    {"-s dist", func(o *StartAPIOptions) { o.StaticDir = "dist" }},
		"who may call":    {"--disable-authorizer --jwks keys.json", func(o *StartAPIOptions) { o.DisableAuthorizer, o.JWKS = true, "keys.json" }},
		"a certificate":   {"--ssl-cert-file c --ssl-key-file k", func(o *StartAPIOptions) { o.SSLCertFile, o.SSLKeyFile = "c", "k" }},
		"how environments live": {"--warm-containers EAGER --max-concurrency 3 --idle-timeout 90s", func(o *StartAPIOptions) {
			o.WarmContainers, o.MaxConcurrency, o.IdleTimeout = "EAGER", 3, 90*time.Second
		}},
		"a mode in small letters": {"--warm-containers eager", func(o *StartAPIOptions) { o.WarmContainers = "EAGER" }},
		"fresh environments":      {"--cold --no-watch", func(o *StartAPIOptions) { o.Cold, o.NoWatch = true, true }},
		"what invoke has, too": {"-t t.yaml -n env.json -l log -v /src", func(o *StartAPIOptions) {
			o.Template, o.EnvVars, o.LogFile, o.BaseDir = "t.yaml", "env.json", "log", "/src"
		}},
		"parameters in a row": {"--parameter-overrides A=1 B=2 -p 1", func(o *StartAPIOptions) { o.Parameters, o.Port = []string{"A=1", "B=2"}, 1 }},
	} {
		t.Run(name, func(t *testing.T) {
			want := &StartAPIOptions{serverOptions: defaultServerOptions(3000), StaticDir: "public", LambdaPort: noPort}
			test.set(want)
			got, err := startAPIOptions(test.args)
			if err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("%+v %v, want %+v", got, err, want)
			}
		})
	}
}

func TestStartAPIRefuses(t *testing.T) {
	for name, args := range map[string]string{
		"arguments":                      "F",
		"what is no port":                "-p 65536",
		"a port below all":               "-p -1",
		"a Lambda port that is none":     "--lambda-port 65536",
		"an unknown mode":                "--warm-containers SOMETIMES",
		"fresh and eager environments":   "--cold --warm-containers EAGER",
		"functions without environments": "--max-concurrency 0",
		"environments that do not live":  "--idle-timeout 0s",
		"a time without a unit":          "--idle-timeout 5",
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := startAPIOptions(args); err == nil {
				t.Errorf("%s became %+v", args, got)
			}
		})
	}
}

func TestStartLambdaOptions(t *testing.T) {
	for name, test := range map[string]struct {
		args string
		set  func(*StartLambdaOptions)
	}{
		"nothing":                       {"", func(*StartLambdaOptions) {}},
		"where to listen":               {"--host ::1 -p 0", func(o *StartLambdaOptions) { o.Host, o.Port = "::1", 0 }},
		"functions, and flags between":  {"A --cold Stack/B", func(o *StartLambdaOptions) { o.Functions, o.Cold = []string{"A", "Stack/B"}, true }},
		"functions, and parameters too": {"A --parameter-overrides K=1 L=2 B", func(o *StartLambdaOptions) { o.Functions, o.Parameters = []string{"A", "B"}, []string{"K=1", "L=2"} }},
	} {
		t.Run(name, func(t *testing.T) {
			want := &StartLambdaOptions{serverOptions: defaultServerOptions(3001)}
			test.set(want)
			var got *StartLambdaOptions
			cmd := newStartLambda(&config.Host{}, func(_ context.Context, o *StartLambdaOptions) error { got = o; return o.check() })
			cmd.SetArgs(strings.Fields(test.args))
			cmd.SetOut(io.Discard)
			cmd.SetErr(io.Discard)
			if err := cmd.Execute(); err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("%+v %v, want %+v", got, err, want)
			}
		})
	}
}

func defaultServerOptions(port int) serverOptions {
	return serverOptions{options: options{
		Isolation: isolationOptions{Level: isolationAuto}, Containers: ContainerOptions{Backend: backendAuto, ContainerdAddress: containerdSocket},
	}, Host: "127.0.0.1", Port: port, WarmContainers: "LAZY", MaxConcurrency: 10, IdleTimeout: 10 * time.Minute}
}

// startAPIOptions are those that the arguments become, once they are checked.
func startAPIOptions(args string) (*StartAPIOptions, error) {
	var got *StartAPIOptions
	cmd := newStartAPI(&config.Host{}, func(_ context.Context, o *StartAPIOptions) error { got = o; return o.check() })
	cmd.SetArgs(strings.Fields(args))
	cmd.SetOut(io.Discard)
	cmd.SetErr(io.Discard)
	err := cmd.Execute()
	if got == nil && err == nil {
		err = errors.New("nothing was run")
	}
	return got, err
}
