// Package scaffold holds the command `sam init`: the projects that sam brings, and
// those of templates of cookiecutter. It is a program of its own, sam-init, which
// sam carries.
package scaffold

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"sam/bootstraps"
	"sam/cmd/internal/command"
	"sam/cmd/internal/config"
	"sam/cmd/internal/project/cookiecutter"
	"sam/cmd/internal/project/jinja"
	"sam/cmd/internal/ui"
)

const defaultName = "sam-app"

// initOptions are what `sam init` is told.
type initOptions struct {
	Name         string
	Runtime      string
	Template     string
	Architecture string
	OutputDir    string
	Location     string
	ExtraContext string
	AllowHooks   bool
	NoInput      bool
	given        func(flag string) bool
}

// Root returns the command tree.
func Root(u *ui.UI, h *config.Host) *cobra.Command {
	return command.Init.Root(u, h, map[string]*cobra.Command{
		"init": newInit(func(ctx context.Context, o *initOptions) error { return runInit(ctx, u, h, o) }),
	})
}

func newInit(run func(context.Context, *initOptions) error) *cobra.Command {
	var o initOptions
	cmd := &cobra.Command{
		Use: "init",
		Long: `Begin a project: a function with a template, a unit test and a sample event. It
runs as it is, without a network; Java, .NET and Go need the one command to build
that its README has.

On a terminal, and without flags, it asks for what it needs to know, unless CI is set.
A language without a version (nodejs, python, java, dotnet, go, ruby) is its newest
runtime. An existing directory is never touched.

--location takes a template of cookiecutter: a directory, a zip file or its URL, or
a git repository (gh:user/repository, an address of git, with #branch if need be).
Its programs (hooks) run only with --allow-hooks.`,
		Example: `  sam init -r python3.13 -n shop
  sam init -r nodejs22.x -n orders --app-template queue-worker
  sam init -l gh:aws-samples/cookiecutter-aws-sam-python`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return fmt.Errorf("got unexpected extra argument (%s): --name names the project", args[0])
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.given = cmd.Flags().Changed
			err := run(cmd.Context(), &o)
			if wrong := (*choiceError)(nil); errors.As(err, &wrong) {
				return cmd.FlagErrorFunc()(cmd, err)
			}
			return err
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVarP(&o.Runtime, "runtime", "r", "nodejs", "Runtime `ID`, or a language")
	flags.StringVarP(&o.Name, "name", "n", defaultName, "`Name` of the project and of its directory")
	flags.StringVar(&o.Template, "app-template", "", "`Template`: hello-world, http-api, s3-processor, scheduled-job, queue-worker (default \"hello-world\")")
	flags.StringVarP(&o.Architecture, "architecture", "a", "", "Processor that AWS runs it on, `x86_64 or arm64`")
	flags.StringVarP(&o.OutputDir, "output-dir", "o", ".", "`Directory` that the project's directory goes into")
	flags.StringVarP(&o.Location, "location", "l", "", "`Place` of a template of cookiecutter")
	flags.StringVar(&o.ExtraContext, "extra-context", "", "`JSON` object with values for what a template of cookiecutter asks")
	flags.BoolVar(&o.AllowHooks, "allow-hooks", false, "Run the programs of a template of cookiecutter")
	flags.BoolVar(&o.NoInput, "no-input", false, "Ask nothing: take the defaults (--no-interactive is the same)")
	config.Alias(flags, "no-interactive", "no-input")
	_ = cmd.RegisterFlagCompletionFunc("app-template", completeTemplates) // the flag is there
	return cmd
}

// A choiceError says that a flag names something that there is not.
type choiceError struct {
	flag string
	err  error
}

func (e *choiceError) Error() string { return e.flag + ": " + e.err.Error() }
func (e *choiceError) Unwrap() error { return e.err }

// A generateError says that a project was not made.
type generateError struct {
	name string
	err  error
}

// SAM CLI's words, which scripts look for.
func (e *generateError) Error() string {
	return fmt.Sprintf("An error ocurred while generating this %s: %v", e.name, e.err)
}
func (e *generateError) Unwrap() error { return e.err }

func runInit(ctx context.Context, u *ui.UI, h *config.Host, o *initOptions) error {
	if o.Location != "" {
		return fromLocation(ctx, u, h, o)
	}
	for _, flag := range []string{"extra-context", "allow-hooks"} {
		if o.given(flag) {
			return &choiceError{"--" + flag, errors.New("it is for templates of cookiecutter: --location names one")}
		}
	}
	all, err := builtins()
	if err != nil {
		return err
	}
	answered := slices.ContainsFunc([]string{"runtime", "name", "app-template", "architecture"}, o.given)
	if !answered && o.mayAsk(u, h) {
		if err := o.ask(ctx, u, all); err != nil {
			return err
		}
	}
	if err := checkName(o.Name); err != nil {
		return &choiceError{"--name", err}
	}
	chosen, err := chooseRuntime(o.Runtime)
	if err != nil {
		return &choiceError{"--runtime", err}
	}
	template, err := find(all, o.Template, chosen)
	if err != nil {
		return &choiceError{"--app-template", err}
	}
	if chosen.architecture = o.Architecture; !slices.Contains([]string{"", "x86_64", "arm64"}, o.Architecture) {
		return &choiceError{"--architecture", fmt.Errorf("%q is neither x86_64 nor arm64", o.Architecture)}
	}
	say(u, ui.Bold, "[+] Initializing project structure...")
	err = create(o.OutputDir, o.Name, func(_ string, root *os.Root) error {
		return template.generate(ctx, o.Name, chosen, root)
	})
	if err != nil {
		return &generateError{o.Name, err}
	}
	say(u, ui.Green, fmt.Sprintf("[SUCCESS] - Read %s/README.md for further instructions on how to proceed", filepath.Join(o.OutputDir, o.Name)))
	say(u, ui.Bold, "[*] Project initialization is now complete")
	return nil
}

// mayAsk says whether somebody is there to answer. Build servers that have terminals
// set CI.
func (o *initOptions) mayAsk(u *ui.UI, h *config.Host) bool {
	return u.StdinIsTerminal && u.StderrIsTerminal && !o.NoInput && h.Getenv("CI") == ""
}

// say prints a line of SAM CLI's, which are on standard output.
func say(u *ui.UI, style ui.Style, line string) {
	fmt.Fprintln(u.Stdout, u.OnStdout(style, line))
}

// ask asks for name, runtime and template.
func (o *initOptions) ask(ctx context.Context, u *ui.UI, all []builtin) error {
	p := newPrompter(u)
	var err error
	if o.Name, err = p.ask(ctx, "Name of the project", defaultName, func(name string) error {
		if _, statErr := os.Lstat(filepath.Join(o.OutputDir, name)); statErr == nil && checkName(name) == nil {
			return fmt.Errorf("there is something named %s already", name)
		}
		return checkName(name)
	}); err != nil {
		return err
	}
	var names, versions []string
	for _, language := range []string{"nodejs", "python", "java", "dotnet", "go", "ruby", "provided.al2023"} {
		choice, err := chooseRuntime(language)
		if err != nil {
			return err
		}
		description := choice.runtime.ID
		if choice.language == bootstraps.Custom {
			description = "a runtime of one's own, in bash"
		}
		names, versions = append(names, language), append(versions, description)
	}
	if o.Runtime, err = p.choose(ctx, "Runtime (another one by its name, such as python3.11)", names, versions, func(name string) error {
		_, err := chooseRuntime(name)
		return err
	}); err != nil {
		return err
	}
	chosen, err := chooseRuntime(o.Runtime)
	if err != nil {
		return err
	}
	var templates, titles []string
	for _, b := range all {
		if _, err := find(all, b.Name, chosen); err == nil {
			templates, titles = append(templates, b.Name), append(titles, b.Title)
		}
	}
	if len(templates) > 1 {
		o.Template, err = p.choose(ctx, "Template", templates, titles, nil)
	}
	return err
}

// fromLocation makes a project of a template of cookiecutter.
func fromLocation(ctx context.Context, u *ui.UI, h *config.Host, o *initOptions) error {
	for _, flag := range []string{"app-template", "architecture"} {
		if o.given(flag) {
			return &choiceError{"--" + flag, errors.New("it is for templates of sam's own: leave out --location")}
		}
	}
	given, err := o.context()
	if err != nil {
		return err
	}
	say(u, ui.Bold, "[+] Initializing project structure...")
	temporary, err := os.MkdirTemp("", "sam-init-")
	if err != nil {
		return fmt.Errorf("make a temporary directory: %w", err)
	}
	defer os.RemoveAll(temporary)
	interactive := o.mayAsk(u, h)
	env := h.Environ
	if !interactive {
		env = append(slices.Clone(env), "GIT_TERMINAL_PROMPT=0") // git fails instead of asking for a password
	}
	fetcher := cookiecutter.Fetcher{Dir: temporary, Env: env, Notice: u.Stderr}
	if err := o.generate(ctx, u, &fetcher, given, interactive); err != nil {
		return &generateError{o.Name, err}
	}
	say(u, ui.Bold, "[*] Project initialization is now complete")
	return nil
}

// context are the values that flags have for the variables of a template.
func (o *initOptions) context() (*jinja.Dict, error) {
	given := jinja.NewDict()
	if o.given("name") {
		given.Set("project_name", o.Name)
	}
	if o.given("runtime") {
		given.Set("runtime", o.Runtime)
	}
	if o.ExtraContext == "" {
		return given, nil
	}
	extra, err := cookiecutter.ParseContext(o.ExtraContext)
	if err != nil {
		return nil, &choiceError{"--extra-context", err}
	}
	for _, key := range extra.Keys() {
		value, _ := extra.Get(key)
		given.Set(key, value)
	}
	return given, nil
}

func (o *initOptions) generate(ctx context.Context, u *ui.UI, fetcher *cookiecutter.Fetcher, given *jinja.Dict, interactive bool) error {
	dir, err := fetcher.Fetch(ctx, o.Location)
	if err != nil {
		return err
	}
	template, err := cookiecutter.Open(dir, o.Location)
	if err != nil {
		return err
	}
	for _, key := range given.Keys() {
		if !slices.ContainsFunc(template.Variables, func(v cookiecutter.Variable) bool { return v.Name == key }) {
			u.Notice("The template does not ask for %s", key)
		}
	}
	answers, err := template.Answer(given, asking(ctx, u, interactive))
	if err != nil {
		return err
	}
	name, err := template.Name(answers)
	if err != nil {
		return err
	}
	if err := checkName(name); err != nil {
		return err
	}
	if hooks := template.Hooks(); len(hooks) > 0 && !o.AllowHooks {
		u.Notice("Not run: %s of the template (--allow-hooks runs programs that come with a template; read them first)", strings.Join(hooks, ", "))
	}
	return create(o.OutputDir, name, func(project string, root *os.Root) error {
		hook := func(name string) error {
			if !o.AllowHooks {
				return nil
			}
			return template.RunHook(ctx, name, answers, project, u.Stderr)
		}
		if err := hook(cookiecutter.PreGenerate); err != nil {
			return err
		}
		if err := template.Generate(ctx, answers, root); err != nil {
			return err
		}
		return hook(cookiecutter.PostGenerate)
	})
}

// asking returns what asks the questions of a template, or nil if nobody is
// there.
func asking(ctx context.Context, u *ui.UI, interactive bool) func(cookiecutter.Question) (string, error) {
	if !interactive {
		return nil
	}
	p := newPrompter(u)
	return func(q cookiecutter.Question) (string, error) {
		if q.Choices == nil {
			return p.ask(ctx, q.Prompt, q.Text, func(string) error { return nil })
		}
		return p.choose(ctx, q.Prompt, q.Choices, make([]string, len(q.Choices)), nil)
	}
}
