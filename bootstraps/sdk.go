package bootstraps

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// An SDK keeps the AWS SDKs that AWS's runtimes bring along and this host's
// interpreters do not.
type SDK struct {
	// Dir is the directory that they are kept below, absolute; "" keeps none.
	Dir string
	// Env is the environment of pip and npm, which find their settings for the
	// network there.
	Env []string
}

// Path returns the directory that holds the SDK for rt on in, whether it has
// been installed or not: for Python a directory of modules, one for each minor
// version since their dependencies differ; for Node.js one that holds
// node_modules. It is "" if Dir is, or if there is no SDK to install for the
// language.
func (s SDK) Path(rt Runtime, in Interpreter) string {
	sdk := rt.Language.traits().sdk
	if s.Dir == "" || sdk == nil {
		return ""
	}
	dir := filepath.Join(s.Dir, "sdk", string(rt.Language))
	if sdk.perMinor {
		v := parseVersion(in.Version)
		dir = filepath.Join(dir, v[:min(len(v), 2)].String())
	}
	return dir
}

// Install downloads the SDK for rt on in with pip or npm, in place of the one
// that may be there; npm's packages that were named for that one stay. Packages come on top of what everybody gets, or choose its
// version: boto3, botocore and s3transfer, or aws-sdk, @aws-sdk/... and
// @smithy/.... What the tool prints goes to progress as it comes. If Install
// fails, nothing has changed; the error is a *PackageError, an *InstallError,
// the end of ctx, or tells which directory could not be written.
func (s SDK) Install(ctx context.Context, rt Runtime, in Interpreter, packages []string, progress io.Writer) error {
	all, err := sdkPackages(rt.Language, packages)
	if err != nil {
		return err
	}
	return s.install(ctx, rt, in, all, progress)
}

func (s SDK) install(ctx context.Context, rt Runtime, in Interpreter, packages []string, progress io.Writer) error {
	target := s.Path(rt, in)
	if target == "" {
		return errors.New("install the SDK: there is no data directory")
	}
	if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
		return fmt.Errorf("make the SDK's directory: %w", err)
	}
	fresh, err := os.MkdirTemp(filepath.Dir(target), ".new-")
	if err != nil {
		return fmt.Errorf("make the SDK's directory: %w", err)
	}
	defer os.RemoveAll(fresh)
	if err := os.Chmod(fresh, 0o755); err != nil { // functions may run as another user
		return fmt.Errorf("open up the SDK's directory: %w", err)
	}
	if err := rt.Language.traits().sdk.install(s, ctx, in, fresh, target, packages, progress); err != nil {
		return err
	}
	return swapDir(fresh, target)
}

// swapDir puts the directory fresh in the place of target.
func swapDir(fresh, target string) error {
	old := fresh + "-old"
	err := os.Rename(target, old)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("move the old SDK away: %w", err)
	}
	if err := os.Rename(fresh, target); err != nil {
		_ = os.Rename(old, target)
		return fmt.Errorf("put the SDK into place: %w", err)
	}
	// The new one works; what is left of the old one does no harm.
	_ = os.RemoveAll(old)
	return nil
}

func (s SDK) pip(ctx context.Context, in Interpreter, dir, _ string, packages []string, progress io.Writer) error {
	// -E, because PYTHONPATH and PYTHONHOME are meant for another Python.
	python := []string{in.Path, "-E", "-m", "pip"}
	env := append(slices.Clone(s.Env),
		// Settings that contradict --target, which developers like to have.
		"PIP_USER=0", "PIP_REQUIRE_VIRTUALENV=0",
		"PIP_ROOT_USER_ACTION=ignore", // it is no user's installation
	)
	if err := runTool(ctx, "pip", append(python, "--version"), dir, env, io.Discard); err != nil {
		if toolErr, ok := errors.AsType[*InstallError](err); ok {
			toolErr.hint = fmt.Sprintf("give %s a pip (%[1]s -m ensurepip, or apt install python3-pip)", in.Path)
		}
		return err
	}
	args := append(python, "install", "--disable-pip-version-check", "--no-input", "--target", dir)
	return runTool(ctx, "pip", append(args, packages...), dir, env, progress)
}

func (s SDK) npm(ctx context.Context, in Interpreter, dir, old string, packages []string, progress io.Writer) error {
	script := s.npmScript(in)
	if script == "" {
		return &InstallError{
			Tool: "npm", Err: errors.New("there is none beside " + in.Path + " or on PATH"),
			hint: "install npm (it comes with Node.js's own packages; apt install npm)",
		}
	}
	// npm records there what it installs, so that packages which were asked
	// for earlier stay.
	manifest, err := os.ReadFile(filepath.Join(old, "package.json"))
	if err != nil {
		manifest = []byte("{\"private\": true}\n")
	}
	if err := os.WriteFile(filepath.Join(dir, "package.json"), manifest, 0o644); err != nil {
		return fmt.Errorf("write the SDK's package.json: %w", err)
	}
	args := []string{in.Path, script, "install", "--prefix", dir,
		"--ignore-scripts", // an SDK has nothing to build
		"--no-package-lock", "--no-audit", "--no-fund", "--no-update-notifier"}
	return runTool(ctx, "npm", append(args, packages...), dir, s.Env, progress)
}

// npmScript finds the JavaScript that is npm, so that it runs on the very
// interpreter, not on whichever its first line names. Launchers are passed by.
func (s SDK) npmScript(in Interpreter) string {
	var path string
	for _, variable := range s.Env {
		if value, ok := strings.CutPrefix(variable, "PATH="); ok {
			path = value
		}
	}
	for _, dir := range append([]string{filepath.Dir(in.Path)}, filepath.SplitList(path)...) {
		if !filepath.IsAbs(dir) {
			continue
		}
		script, err := filepath.EvalSymlinks(filepath.Join(dir, "npm"))
		if err == nil && strings.HasSuffix(script, ".js") {
			return script
		}
	}
	return ""
}

// runTool runs pip or npm to its end.
func runTool(ctx context.Context, tool string, args []string, dir string, env []string, progress io.Writer) error {
	var end tail
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Env = append([]string{}, env...) // never nil, which would be ours
	// Beside the new directory, where nothing can be taken for a module of
	// pip's or a project of npm's.
	cmd.Dir = filepath.Dir(dir)
	output := io.MultiWriter(&end, progress)
	cmd.Stdout, cmd.Stderr = output, output
	defer confine(cmd)()
	err := cmd.Run()
	if ctx.Err() != nil {
		return fmt.Errorf("install the SDK: %w", context.Cause(ctx))
	}
	if err != nil {
		return &InstallError{Tool: tool, Err: err, Output: end.lastLines(10)}
	}
	return nil
}

// An InstallError says that pip or npm is not there or failed.
type InstallError struct {
	Tool   string // "pip" or "npm"
	Err    error
	Output []string // the last lines that it printed

	hint string
}

func (e *InstallError) Error() string {
	text := fmt.Sprintf("install the SDK with %s: %v", e.Tool, e.Err)
	if len(e.Output) > 0 {
		text += "\n\t" + strings.Join(e.Output, "\n\t")
	}
	return text
}

func (e *InstallError) Unwrap() error { return e.Err }

// Hint says what to do, or is "" if the tool's own words have to do.
func (e *InstallError) Hint() string { return e.hint }
