package local

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"sam/cmd/internal/config"
)

// templateOptions are what all commands that read a template can be told.
type templateOptions struct {
	Template   string
	Parameters []string
	Imports    string
	Profile    string
	Region     string
	BaseDir    string
}

// options are what all commands that run functions can be told.
type options struct {
	templateOptions
	EnvVars      string
	Isolation    isolationOptions
	LogFile      string
	RuntimePaths []string
	ExactRuntime bool
	HostPackages bool
	Debug        bool
	Debugging    debugOptions
	Containers   ContainerOptions
}

func (o *templateOptions) addFlags(flags *pflag.FlagSet) {
	flags.SortFlags = false
	config.Alias(flags, "template-file", "template")
	flags.StringVarP(&o.Template, "template", "t", "", "Template `file` (default .aws-sam/build/template.yaml, template.yaml, .yml or .json)")
	config.FromEnv(flags, "template", "SAM_TEMPLATE_FILE")
	flags.StringArrayVar(&o.Parameters, "parameter-overrides", nil, "Template parameters, as `Key=Value` or ParameterKey=Key,ParameterValue=Value")
	flags.StringVar(&o.Imports, "import-values", "", "JSON or YAML `file` with the values of Fn::ImportValue")
	flags.StringVar(&o.Profile, "profile", "", "AWS `profile` whose credentials and region functions get")
	flags.StringVar(&o.Region, "region", "", "AWS `region` that functions are said to be in")
	flags.StringVarP(&o.BaseDir, "docker-volume-basedir", "v", "", "`Directory` that relative code paths start from (default the template's)")
	config.FromEnv(flags, "docker-volume-basedir", "SAM_DOCKER_VOLUME_BASEDIR")
}

func (o *options) addFlags(flags *pflag.FlagSet) {
	o.templateOptions.addFlags(flags)
	flags.StringVarP(&o.EnvVars, "env-vars", "n", "", "JSON or .env `file` with values for environment variables that the template declares")
	flags.StringVarP(&o.LogFile, "log-file", "l", "", "`File` that gets the function's result and log")

	flags.StringArrayVar(&o.RuntimePaths, "runtime-path", nil, "Interpreter of a runtime, as `ID=PATH` [SAM_RUNTIME_PATH_<ID>]")
	flags.BoolVar(&o.ExactRuntime, "exact-runtime", false, "Refuse an interpreter of another version than the function asks for")
	flags.BoolVar(&o.HostPackages, "host-packages", false, "Let functions import the packages that are installed on the host")

	o.Isolation.addFlags(flags)
	o.Debugging.addFlags(flags)
	o.Containers.addFlags(flags)
}

// sayIneffective names the options that were given and change nothing.
func (o *options) sayIneffective(say func(format string, args ...any)) {
	for _, given := range []struct {
		flag, why string
		is        bool
	}{
		{"--docker-network", "functions run on the host's network", o.Containers.DockerNetwork != "" && o.Containers.inHostNetwork()},
		{"--mount", "functions see all of the host with --isolation none", o.Isolation.Level == isolationNone && len(o.Isolation.Mounts) > 0},
		{"--add-host", "functions have the host's /etc/hosts with --isolation none", o.Isolation.Level == isolationNone && len(o.Isolation.Hosts) > 0},
		{"--container-dns", "functions have the host's name servers with --isolation none", o.Isolation.Level == isolationNone && len(o.Isolation.Nameservers) > 0},
		{"--skip-pull-image", "functions run without images", o.Containers.SkipPullImage && o.Containers.Backend == backendHost},
	} {
		if given.is {
			say("%s has no effect: %s", given.flag, given.why)
		}
	}
}

// setDebug takes the flag that all commands have.
func (o *options) setDebug(cmd *cobra.Command) {
	debug, err := cmd.Flags().GetBool("debug")
	o.Debug = err == nil && debug
}

// noArgs refuses arguments, but for those of --parameter-overrides.
func (o *templateOptions) noArgs(_ *cobra.Command, args []string) error {
	if rest := o.takeParameters(args); len(rest) > 0 {
		return fmt.Errorf("got unexpected extra argument (%s)", rest[0])
	}
	return nil
}

// takeParameters takes the arguments that belong to --parameter-overrides:
// SAM CLI lets several follow the flag, each an argument of its own.
func (o *templateOptions) takeParameters(args []string) (rest []string) {
	for _, arg := range args {
		if len(o.Parameters) > 0 && strings.Contains(arg, "=") {
			o.Parameters = append(o.Parameters, arg)
		} else {
			rest = append(rest, arg)
		}
	}
	return rest
}
