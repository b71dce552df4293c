package bootstraps

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
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
	rehearse: compilePython,
	sdk: &sdkTraits{
		defaults: []string{"boto3"},
		allowed:  `^(boto3|botocore|s3transfer)(==[0-9.]+)?$`,
		naming:   "boto3, botocore or s3transfer, with ==1.2.3",
		perMinor: true, // their dependencies differ
		install:  SDK.pip,
	},
}

// compilePython compiles the bootstrap. Python would do so itself at its first
// start, but for functions that may not write to it. It takes a moment only, of
// which nobody needs to be told.
func compilePython(ctx context.Context, in Interpreter, dir string, _ func()) error {
	done := filepath.Join(dir, "compiled-"+in.Version)
	if _, err := os.Stat(done); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.py"))
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, rehearseLimit, fmt.Errorf("no end within %v", rehearseLimit))
	defer cancel()
	program := "import py_compile, sys\nfor file in sys.argv[1:]: py_compile.compile(file)"
	cmd := exec.CommandContext(ctx, in.Path, append([]string{"-S", "-E", "-c", program}, files...)...)
	cmd.Dir, cmd.Env = dir, []string{}
	defer confine(cmd)()
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("compile Python's bootstrap: %w", err)
	}
	return os.WriteFile(done, nil, 0o644)
}
