package bootstraps

import (
	"path/filepath"
	"strings"
)

var pythonTraits = traits{
	name:     "Python",
	program:  "python",
	others:   []string{"python3", "python2"},
	numbered: "python",
	// Tags leave out the dot: cp311.
	versionOf: func(numbers string) string {
		if len(numbers) > 1 && !strings.Contains(numbers, ".") {
			return numbers[:1] + "." + numbers[1:]
		}
		return numbers
	},
	lines: []version{{2, 7}, {3, 6}},

	questions: [][]string{
		{"-S", "-E", "-c", `import sys; sys.stdout.write("python\t%d.%d.%d\t%s\n" % (sys.version_info[:3] + (sys.executable,)))`},
	},
	layouts: []layout{
		{"pyenv", "$PYENV_ROOT ~/.pyenv", "versions/*/bin"},
		{"uv", "$UV_PYTHON_INSTALL_DIR $XDG_DATA_HOME/uv/python ~/.local/share/uv/python", "cpython-*/bin"},
		{"asdf", "$ASDF_DATA_DIR ~/.asdf", "installs/python/*/bin"},
		{"mise", "$MISE_DATA_DIR $XDG_DATA_HOME/mise ~/.local/share/mise", "installs/python/*/bin"},
		// Tarballs, manylinux (/opt/python/cp311-cp311), conda, the tool cache of
		// GitHub's runners, Homebrew.
		{"/opt", "/opt", "python*/bin python/*/bin *conda*/bin hostedtoolcache/Python/*/*/bin homebrew/bin homebrew/opt/python@*/bin"},
		{"/usr/local", "/usr/local", "bin python*/bin"},
		{"homebrew", "/home/linuxbrew/.linuxbrew", "bin opt/python@*/bin"},
	},
	ways: []way{
		{command: "apt install python3"},
		{command: "pyenv install %s"},
		{command: "uv python install %s", since: version{3, 8}},
	},

	command: func(rt Runtime, in Interpreter, dir string, o Options) []string {
		args := []string{filepath.Join(dir, "main.py"), o.OptDir, o.SDKDir, o.BytecodeDir, o.hostPackages()}
		if o.Debugger != nil && o.Debugger.foreign { // which may be a package of the host
			return args
		}
		return append([]string{"-S"}, args...)
	},
	debugger: pythonDebugger,
	attach:   pythonAttachment,
	sdk: &sdkTraits{
		defaults: []string{"boto3"},
		allowed:  `^(boto3|botocore|s3transfer)(==[0-9.]+)?$`,
		naming:   "boto3, botocore or s3transfer, with ==1.2.3",
		perMinor: true, // their dependencies differ
		install:  SDK.pip,
	},
}
