package bootstraps

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
)

var dotnetTraits = traits{
	name:    ".NET",
	program: "dotnet",
	lines:   []version{{2, 0}},

	questions: [][]string{
		{"--list-runtimes"},
		{"--info"}, // .NET Core 2.0 knows no other; with an SDK this takes long
	},
	read: readDotNet,
	layouts: []layout{
		{"DOTNET_ROOT", "$DOTNET_ROOT", "."},
		{"~/.dotnet", "~/.dotnet", "."},
		{"asdf", "$ASDF_DATA_DIR ~/.asdf", "installs/dotnet/* installs/dotnet-core/*"},
		{"mise", "$MISE_DATA_DIR $XDG_DATA_HOME/mise ~/.local/share/mise", "dotnet-root installs/dotnet/*"},
		// Microsoft's packages, Debian's and Ubuntu's, Fedora's.
		{"/usr", "/usr", "share/dotnet lib/dotnet lib64/dotnet"},
		{"/opt", "/opt", "dotnet dotnet-* homebrew/opt/dotnet*/libexec"},
		{"/usr/local", "/usr/local", "share/dotnet bin"},
		{"homebrew", "/home/linuxbrew/.linuxbrew", "bin opt/dotnet*/libexec"},
		{"snap", "/snap/dotnet-sdk", "current"},
	},
	ways: []way{{command: "apt install dotnet-runtime-%s"}, {command: "dotnet-install.sh --runtime dotnet --channel %s"}},

	command:     dotnetCommand,
	environment: dotnetEnvironment,
	debugger:    dotnetDebugger,
	attach:      dotnetAttachment,
	leftovers:   dotnetLeftovers,
	compiled:    "LambdaBootstrap.dll",
	compiler:    "mcs",
}

// readDotNet reads the list of runtimes that one dotnet has.
func readDotNet(file, stdout, _ string) (versions []version, real string, err error) {
	for line := range strings.Lines(stdout) {
		name, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		var number string
		switch name {
		case "Microsoft.NETCore.App": // 8.0.4 [/usr/lib/dotnet/shared/Microsoft.NETCore.App]
			var dir string
			number, dir, _ = strings.Cut(rest, " ")
			file = filepath.Join(strings.Trim(dir, "[]"), "../../dotnet")
		case "Version": // : 2.0.0, of dotnet and of the one runtime that comes with it
			number = strings.TrimLeft(rest, " :")
		default:
			continue
		}
		if v := parseVersion(number); len(v) == 3 { // and no preview
			versions = append(versions, v)
		}
	}
	if versions == nil {
		return nil, "", errNoInterpreter
	}
	return versions, file, nil
}

// dotnetCommand starts the bootstrap with the function's dependencies and
// settings, which `dotnet publish` leaves beside its assembly, or a function
// that is a program itself.
func dotnetCommand(_ Runtime, in Interpreter, dir string, o Options) []string {
	// Whichever runtime the function was built for, a newer one may stand in.
	rollForward := []string{"exec", "--roll-forward-on-no-candidate-fx", "2"}
	if program := dotnetProgram(o.TaskRoot, o.Handler); program != "" {
		return append(rollForward, program)
	}
	assembly, _, _ := strings.Cut(o.Handler, "::")
	args := []string{"exec", "--fx-version", in.Version}
	if settings := published(o.TaskRoot, assembly, ".runtimeconfig.json"); settings != "" {
		args = append(rollForward, "--runtimeconfig", settings)
	}
	if slices.Compare(parseVersion(in.Version), version{3}) < 0 && icuVersion() == "" { // see dotnetEnvironment: it knows no variable
		args = []string{"exec", "--runtimeconfig", filepath.Join(dir, "invariant.runtimeconfig.json")}
	}
	if dependencies := published(o.TaskRoot, assembly, ".deps.json"); dependencies != "" {
		args = append(args, "--depsfile", dependencies)
	}
	return append(args, filepath.Join(dir, "LambdaBootstrap.dll"), o.Handler)
}

// dotnetProgram returns the program that a function is itself, or "".
func dotnetProgram(taskRoot, handler string) string {
	program := filepath.Join(taskRoot, handler+".dll")
	if strings.Contains(handler, "::") || !isFile(program) {
		return ""
	}
	return program
}

// dotnetLeftovers are the pipes through which debuggers talk to a process.
func dotnetLeftovers(in Interpreter, tmp string) []string {
	if slices.Compare(parseVersion(in.Version), version{3}) < 0 {
		return []string{"/tmp/clr-debug-pipe-%d-*"} // it knows no other directory
	}
	return []string{filepath.Join(tmp, "clr-debug-pipe-%d-*"), filepath.Join(tmp, "dotnet-diagnostic-%d-*")}
}

// published returns the file that `dotnet publish` made for an assembly, or the
// only one of its kind, or "".
func published(dir, assembly, suffix string) string {
	if path := filepath.Join(dir, assembly+suffix); isFile(path) {
		return path
	}
	entries, _ := os.ReadDir(dir) // code that cannot be read fails elsewhere
	entries = slices.DeleteFunc(entries, func(e os.DirEntry) bool { return !strings.HasSuffix(e.Name(), suffix) })
	if len(entries) != 1 {
		return ""
	}
	return filepath.Join(dir, entries[0].Name())
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// dotnetEnvironment lets .NET work with the ICU libraries of this host: each
// version of .NET looks for those that are older than itself only. Without
// any it has to do without, or would not start.
func dotnetEnvironment(Interpreter) []string {
	if version := icuVersion(); version != "" {
		return []string{"CLR_ICU_VERSION_OVERRIDE=" + version}
	}
	return []string{"DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1"}
}

// icuVersion returns the version of the ICU libraries of this host, or "".
func icuVersion() string {
	for _, dir := range []string{"/usr/lib/*-linux-gnu", "/usr/lib64", "/usr/lib"} {
		paths, _ := filepath.Glob(dir + "/libicuuc.so.*") // the pattern is good
		for _, path := range paths {
			if version := strings.TrimPrefix(filepath.Ext(path), "."); parseVersion(version) != nil && strings.HasSuffix(path, ".so."+version) {
				return version
			}
		}
	}
	return ""
}
