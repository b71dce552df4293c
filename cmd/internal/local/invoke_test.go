package local

import (
	"context"
	"io"
	"maps"
	"reflect"
	"strings"
	"testing"

	"sam/cmd/internal/config"
)

// TestInvokeOptions checks what the command line becomes, without running
// anything.
func TestInvokeOptions(t *testing.T) {
	for name, test := range map[string]struct {
		args string
		want InvokeOptions
	}{
		"nothing":               {"", InvokeOptions{}},
		"a function":            {"Ratings", InvokeOptions{Function: "Ratings"}},
		"flags behind it":       {"Ratings -e event.json", InvokeOptions{Function: "Ratings", Event: "event.json"}},
		"flags before it":       {"--event=event.json -n env.json Ratings", InvokeOptions{Function: "Ratings", Event: "event.json", options: options{EnvVars: "env.json"}}},
		"values in the flag":    {"-tt.yaml -e- F", InvokeOptions{Function: "F", Event: "-", options: options{templateOptions: templateOptions{Template: "t.yaml"}}}},
		"SAM CLI's other names": {"--template-file t.yaml", InvokeOptions{options: options{templateOptions: templateOptions{Template: "t.yaml"}}}},
		"another runtime":       {"F -r nodejs8.10", InvokeOptions{Function: "F", Runtime: "nodejs8.10"}},
		"a dash that ends them": {"--no-event -- F", InvokeOptions{Function: "F", NoEvent: true}},
		"parameters in a row": {"F --parameter-overrides A=1 B=2 --region eu-west-1",
			InvokeOptions{Function: "F", options: options{templateOptions: templateOptions{Parameters: []string{"A=1", "B=2"}, Region: "eu-west-1"}}}},
		"what is for Docker": {"-d 5858 --docker-network host --skip-pull-image -v /src",
			InvokeOptions{options: options{Debugging: debugOptions{Ports: []int{5858}}, Containers: ContainerOptions{SkipPullImage: true, DockerNetwork: "host"}, templateOptions: templateOptions{BaseDir: "/src"}}}},
		"what is for the host": {"--runtime-path python3.8=/p --runtime-path nodejs20.x=/n --exact-runtime --host-packages",
			InvokeOptions{options: options{RuntimePaths: []string{"python3.8=/p", "nodejs20.x=/n"}, ExactRuntime: true, HostPackages: true}}},
	} {
		t.Run(name, func(t *testing.T) {
			var got *InvokeOptions
			cmd := newInvoke(&config.Host{}, func(_ context.Context, o *InvokeOptions) error { got = o; return nil })
			cmd.SetArgs(strings.Fields(test.args))
			cmd.SetOut(io.Discard)
			cmd.SetErr(io.Discard)
			if err := cmd.Execute(); err != nil {
				t.Fatal(err)
			}
			test.want.Isolation.Level = "auto"
			test.want.Containers.Backend, test.want.Containers.ContainerdAddress = "auto", containerdSocket
			if !reflect.DeepEqual(*got, test.want) {
				t.Errorf("%+v, want %+v", *got, test.want)
			}
		})
	}
}

func TestExplicitInterpreters(t *testing.T) {
	host := &config.Host{Environ: []string{"SAM_RUNTIME_PATH_PYTHON3_11=/of/env", "SAM_RUNTIME_PATH_nodejs20.x=/node", "SAM_RUNTIME_PATH_PYTHON3_8=", "PATH=/bin"}}
	paths, from, err := explicitInterpreters([]string{"python3.11=/of/flag"}, host)
	if err != nil {
		t.Fatal(err)
	}
	if want := map[string]string{"python3.11": "/of/flag", "nodejs20.x": "/node"}; !maps.Equal(paths, want) {
		t.Errorf("paths %v, want %v", paths, want)
	}
	if want := map[string]string{"python3.11": "--runtime-path", "nodejs20.x": "SAM_RUNTIME_PATH_nodejs20.x"}; !maps.Equal(from, want) {
		t.Errorf("from %v, want %v", from, want)
	}
	for _, flag := range []string{"python3.11", "python3.11=", "=x", "cobol=/x"} {
		if _, _, err := explicitInterpreters([]string{flag}, &config.Host{}); err == nil {
			t.Errorf("--runtime-path %q was accepted", flag)
		}
	}
}
