package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"sam/cmd/internal/cli"
	"sam/cmd/internal/cloud"
	"sam/cmd/internal/command"
	"sam/cmd/internal/config"
	"sam/cmd/internal/project/scaffold"
	"sam/cmd/internal/ui"
	"sam/emulator/emulatortest"
	"sam/emulator/events"
)

// TestCommandReference keeps docs/commands.md equal to the help texts.
func TestCommandReference(t *testing.T) {
	var b strings.Builder
	b.WriteString("# Commands\n\nThis page is what `--help` prints. It is generated: change the commands.\n")
	for _, cmd := range commands() {
		var help strings.Builder
		cmd.SetOut(&help)
		if err := cmd.Help(); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "\n## %s\n\n```\n%s\n```\n", cmd.CommandPath(), strings.TrimSpace(help.String()))
	}
	golden(t, "docs/commands.md", b.String())
}

// TestHelp holds all help texts to one form: a line that begins with a capital
// and ends without a full stop, and an example of a command of sam.
func TestHelp(t *testing.T) {
	for _, cmd := range commands("generate-event", "s3", "put") {
		short := cmd.Short
		if short == "" || strings.ToUpper(short[:1]) != short[:1] || strings.HasSuffix(short, ".") {
			t.Errorf("%s: %q should begin with a capital and end without a full stop", cmd.CommandPath(), short)
		}
		if listed := cmd.Parent() != nil && cmd.Parent().Parent() != nil && cmd.Parent().Parent().Name() == "generate-event"; listed && cmd.Name() != "put" {
			continue // an event that is not named has but its line in the list
		}
		if !strings.HasPrefix(cmd.Example, "  ") || !strings.Contains(cmd.Example, "sam ") {
			t.Errorf("%s has no example", cmd.CommandPath())
		}
		cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if f.Usage == "" || strings.ToUpper(strings.Trim(f.Usage, "`")[:1]) != strings.Trim(f.Usage, "`")[:1] || strings.HasSuffix(f.Usage, ".") {
				t.Errorf("%s --%s: %q should begin with a capital and end without a full stop", cmd.CommandPath(), f.Name, f.Usage)
			}
		})
	}
}

// TestEventReference keeps docs/events.md equal to the events that there are.
func TestEventReference(t *testing.T) {
	services, err := events.Services()
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	b.WriteString("# Sample events\n\nWhat `sam local generate-event` prints, and `sam local invoke --generate` invokes with. All take\n`--time` as well. This page is generated: change the files of the events.\n\n| event | what it is | flags |\n|---|---|---|\n")
	for _, service := range services {
		for _, name := range append([]string{""}, service.Events...) {
			event, err := events.Load(service.Name, name)
			if name == "" && errors.Is(err, fs.ErrNotExist) {
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			var flags []string
			for _, flag := range event.Flags {
				if flag.Short != "" {
					flags = append(flags, "`-"+flag.Short+"`")
				}
				flags = append(flags, "`--"+flag.Name+"`")
			}
			fmt.Fprintf(&b, "| `%s` | [%s](%s) | %s |\n", strings.TrimSpace(service.Name+" "+name), event.Summary, event.Docs, strings.Join(flags, " "))
		}
	}
	golden(t, "docs/events.md", b.String())
}

// TestParityTable keeps the table in docs/parity.md equal to the commands and
// flags that there are. The text around it is written by hand.
func TestParityTable(t *testing.T) {
	const begin, end = "<!-- generated: the table -->\n", "<!-- end of the table -->\n"
	path := filepath.Join(emulatortest.Root(t), "docs/parity.md")
	page, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(page), begin)
	_, after, closed := strings.Cut(rest, end)
	if !found || !closed {
		t.Fatalf("docs/parity.md lacks %q or %q", begin, end)
	}
	golden(t, "docs/parity.md", before+begin+parityTable(t)+end+after)
}

// commands are all commands, of which those below generate-event are there as far
// as args name them.
func commands(args ...string) []*cobra.Command {
	host := &config.Host{Lookup: func(string) (string, bool) { return "", false }}
	var all []*cobra.Command
	carried := slices.Concat(scaffold.Root(&ui.UI{}, host).Commands(), cloud.Root(&ui.UI{}, host).Commands())
	var walk func(*cobra.Command)
	walk = func(cmd *cobra.Command) {
		if cmd.DisableFlagParsing { // another program has this command
			cmd = carried[slices.IndexFunc(carried, func(c *cobra.Command) bool { return c.Name() == cmd.Name() })]
		}
		cmd.InitDefaultHelpFlag()
		all = append(all, cmd)
		for _, sub := range cmd.Commands() {
			if !sub.Hidden {
				walk(sub)
			}
		}
	}
	walk(cli.Root(&ui.UI{}, host, args))
	return all
}

func parityTable(t *testing.T) string {
	t.Helper()
	list, err := os.ReadFile(filepath.Join(emulatortest.Root(t), "testdata/sam-cli.txt"))
	if err != nil {
		t.Fatal(err)
	}
	ours := make(map[string]*cobra.Command)
	for _, cmd := range commands() {
		ours[strings.TrimPrefix(cmd.CommandPath(), "sam ")] = cmd
	}
	var b strings.Builder
	b.WriteString("\n| command | flag | SAM CLI | here |\n|---|---|---|---|\n")
	theirs := make(map[string]bool)
	name := ""
	for _, line := range strings.Split(string(list), "\n") {
		fields := strings.Fields(line)
		if len(fields) < 2 || fields[0] == "#" {
			continue
		}
		since := map[string]string{"2018": "since 0.4.0", "today": "today"}[fields[len(fields)-1]]
		names := fields[:len(fields)-1]
		if !strings.HasPrefix(line, " ") {
			name = strings.Join(names, " ")
			theirs[name] = true
			status := "yes"
			if ours[name] == nil {
				status = "not yet"
			}
			fmt.Fprintf(&b, "| `%s` | | %s | %s |\n", name, since, status)
			continue
		}
		theirs[name+" "+names[0]] = true
		fmt.Fprintf(&b, "| | `%s` | %s | %s |\n", strings.Join(names, "`, `"), since, flagStatus(ours[name], strings.TrimPrefix(names[0], "--")))
	}
	b.WriteString(ownRows(ours, theirs))
	return b.String() + "\n"
}

func flagStatus(cmd *cobra.Command, name string) string {
	if cmd != nil && command.Refuses(cmd, name) {
		return "refused, says what to do instead"
	}
	if cmd == nil || cmd.Flag(name) == nil && cmd.InheritedFlags().Lookup(name) == nil {
		return "not yet"
	}
	if flag := cmd.Flag(name); flag != nil && strings.Contains(flag.Usage, "no effect") {
		return "accepted, no effect (says so)"
	}
	return "yes"
}

// ownRows are the commands and flags that only sam has.
func ownRows(ours map[string]*cobra.Command, theirs map[string]bool) string {
	var rows []string
	for name, cmd := range ours {
		if !cmd.HasSubCommands() && !theirs[name] || name == "local runtimes" {
			rows = append(rows, fmt.Sprintf("| `%s` | | | own |\n", name))
			continue
		}
		cmd.LocalNonPersistentFlags().VisitAll(func(f *pflag.Flag) {
			if theirs[name] && !theirs[name+" --"+f.Name] && f.Name != "help" {
				rows = append(rows, fmt.Sprintf("| `%s` | `--%s` | | own |\n", name, f.Name))
			}
		})
	}
	slices.Sort(rows)
	return strings.Join(rows, "")
}

// golden compares a file of the project with what it should be, or rewrites it.
func golden(t *testing.T, name, want string) {
	t.Helper()
	path := filepath.Join(emulatortest.Root(t), name)
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, err := os.ReadFile(path)
	if err != nil || string(got) != want {
		t.Errorf("%s is not what the code says (%v): run make docs", name, err)
	}
}
