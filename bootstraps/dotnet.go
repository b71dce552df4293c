package bootstraps

import (
	"path/filepath"
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
	real, err = filepath.EvalSymlinks(file)
	return versions, real, err
}
