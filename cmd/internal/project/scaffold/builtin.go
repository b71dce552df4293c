package scaffold

import (
	"bytes"
	"cmp"
	"context"
	"embed"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v3"

	"sam/bootstraps"
	"sam/cmd/internal/project/jinja"
	"sam/cmd/internal/ui"
	"sam/emulator/events"
)

// The templates that sam brings: templates/TEMPLATE/LANGUAGE, the manifest of each
// template, and what all projects have. A file whose name ends in .jinja is
// rendered and loses that ending; all others are copied.
//
//go:embed all:templates
var templates embed.FS

// A builtin is a template that sam brings.
type builtin struct {
	Name string `yaml:"-"`
	// Order is the place in lists; the first is the default.
	Order    int
	Title    string
	Function string // to invoke
	Several  bool   // it is not the only one
	Path     string // that its API serves; empty without one
	// Event is the sample event that the project gets, as events/event.json.
	Event struct {
		Service, Name string
		Flags         map[string]string
	}
	Languages map[bootstraps.Language]struct {
		Without []string // runtimes that lack what the code needs
		Code    string   // directory, or archive
		Timeout int      // seconds
		// Jinja: handler, and commands; what runs as it is has nothing to build.
		Handler, Build, Test string
	}
}

// builtins returns the templates that sam brings, the default first.
func builtins() ([]builtin, error) {
	names, err := fs.Glob(templates, "templates/*/manifest.yaml")
	if err != nil {
		return nil, err
	}
	var all []builtin
	for _, name := range names {
		data, err := templates.ReadFile(name)
		if err != nil {
			return nil, err
		}
		b := builtin{Name: path.Base(path.Dir(name))}
		decoder := yaml.NewDecoder(bytes.NewReader(data))
		decoder.KnownFields(true)
		if err := decoder.Decode(&b); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		all = append(all, b)
	}
	slices.SortFunc(all, func(a, b builtin) int { return cmp.Compare(a.Order, b.Order) })
	return all, nil
}

// completeTemplates completes the names of the templates that sam brings, the
// default first.
func completeTemplates(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	all, err := builtins()
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	var names []string
	for _, b := range all {
		names = append(names, cobra.CompletionWithDesc(b.Name, b.Title))
	}
	return names, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
}

// generate writes a project for a runtime.
func (b *builtin) generate(ctx context.Context, name string, choice choice, into *os.Root) error {
	language := b.Languages[choice.language]
	variables := map[string]any{
		"name": name, "slug": slug(name), "title": b.Title,
		"runtime": choice.runtime.ID, "version": choice.runtime.Version, "language": string(choice.language),
		"function": b.Function, "several": b.Several, "path": b.Path, "architecture": choice.architecture,
		"code": language.Code, "timeout": language.Timeout,
	}
	for key, text := range map[string]string{"handler": language.Handler, "build": language.Build, "test": language.Test} {
		rendered, err := jinja.Render(b.Name+"/manifest.yaml", text, variables, jinja.Options{})
		if err != nil {
			return err
		}
		variables[key] = rendered
	}
	for _, dir := range []string{"templates/common", "templates/" + b.Name + "/common", "templates/" + b.Name + "/" + string(choice.language)} {
		if _, err := fs.Stat(templates, dir); err != nil {
			continue // not every template has something in common
		}
		if err := copyTree(ctx, dir, variables, into); err != nil {
			return err
		}
	}
	event, err := b.event()
	if err != nil {
		return err
	}
	if err := into.Mkdir("events", 0o777); err != nil {
		return err
	}
	return into.WriteFile("events/event.json", event, 0o666)
}

func (b *builtin) event() ([]byte, error) {
	event, err := events.Load(b.Event.Service, b.Event.Name)
	if err != nil {
		return nil, err
	}
	return event.Generate(b.Event.Flags, events.Epoch)
}

// copyTree copies what is below a directory of the templates.
func copyTree(ctx context.Context, dir string, variables map[string]any, into *os.Root) error {
	return fs.WalkDir(templates, dir, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		target := strings.TrimPrefix(strings.TrimPrefix(name, dir), "/")
		if target == "" {
			return nil
		}
		if entry.IsDir() {
			return into.MkdirAll(target, 0o777)
		}
		content, err := templates.ReadFile(name)
		if err != nil {
			return err
		}
		if rendered, isJinja := strings.CutSuffix(target, ".jinja"); isJinja {
			text, err := jinja.Render(name, string(content), variables, jinja.Options{TrimBlocks: true, LStripBlocks: true})
			if err != nil {
				return err
			}
			target, content = rendered, []byte(text)
		}
		mode := fs.FileMode(0o666)
		if bytes.HasPrefix(content, []byte("#!")) { // a program; embedded files have no mode
			mode = 0o777
		}
		return into.WriteFile(target, content, mode)
	})
}

// A choice is a runtime to make a project for.
type choice struct {
	language     bootstraps.Language
	runtime      bootstraps.Runtime
	architecture string // empty: the default of AWS
}

// languages are names that stand for the newest runtime of a language, as SAM CLI of
// 2018 let one name it.
var languages = []struct {
	name     string
	language bootstraps.Language
}{
	{"nodejs", bootstraps.NodeJS}, {"python", bootstraps.Python}, {"java", bootstraps.Java}, {"dotnet", bootstraps.DotNet},
	{"dotnetcore", bootstraps.DotNet}, {"go", bootstraps.Go}, {"ruby", bootstraps.Ruby},
}

// chooseRuntime returns what --runtime names: a runtime or a language.
func chooseRuntime(name string) (choice, error) {
	for _, l := range languages {
		if l.name != name {
			continue
		}
		of := l.language
		if of == bootstraps.Go {
			of = bootstraps.Custom // AWS runs Go programs on it since go1.x ended
		}
		var newest bootstraps.Runtime
		for _, rt := range bootstraps.Runtimes() {
			if rt.Language == of {
				newest = rt
			}
		}
		return choice{language: l.language, runtime: newest}, nil
	}
	rt, err := bootstraps.Parse(name)
	if err != nil {
		return choice{}, &unknownRuntimeError{name}
	}
	return choice{language: rt.Language, runtime: rt}, nil
}

// An unknownRuntimeError says that a name is neither that of a runtime nor that of
// a language.
type unknownRuntimeError struct{ name string }

func (e *unknownRuntimeError) Error() string { return fmt.Sprintf("unsupported runtime %q", e.name) }

// Hint names what was probably meant.
func (e *unknownRuntimeError) Hint() string {
	var names []string
	for _, rt := range bootstraps.Runtimes() {
		names = append(names, rt.ID)
	}
	for _, l := range languages {
		names = append(names, l.name)
	}
	slices.Reverse(names) // of two that are as near, the newest
	if nearest := ui.Nearest(e.name, names); nearest != "" {
		return "did you mean " + nearest + "?"
	}
	return "name a language (nodejs, python, java, dotnet, go, ruby) or a runtime, such as python3.13 or provided.al2023"
}

// find returns the template of a name for a runtime; without a name the default.
func find(all []builtin, name string, choice choice) (*builtin, error) {
	var names []string
	for i, b := range all {
		names = append(names, b.Name)
		if b.Name != name && (name != "" || i > 0) {
			continue
		}
		language, has := b.Languages[choice.language]
		switch {
		case !has:
			var languages []string
			for _, l := range slices.Sorted(maps.Keys(b.Languages)) {
				languages = append(languages, l.Name())
			}
			return nil, fmt.Errorf("there is no template %s for %s: it is for %s", b.Name, choice.language.Name(), strings.Join(languages, " and "))
		case slices.Contains(language.Without, choice.runtime.ID):
			return nil, fmt.Errorf("there is no template %s for %s: choose a newer runtime", b.Name, choice.runtime.ID)
		}
		return &b, nil
	}
	return nil, &unknownTemplateError{name, names}
}

// An unknownTemplateError says that no template has a name.
type unknownTemplateError struct {
	name  string
	names []string
}

func (e *unknownTemplateError) Error() string { return fmt.Sprintf("there is no template %q", e.name) }

// Hint says which there are.
func (e *unknownTemplateError) Hint() string { return "there are: " + strings.Join(e.names, ", ") }
