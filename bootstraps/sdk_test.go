package bootstraps

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestSDKPath(t *testing.T) {
	tests := []struct{ runtime, version, want string }{
		{"python3.8", "3.8.18", "/data/sdk/python/3.8"},
		{"python3.8", "3.11.2", "/data/sdk/python/3.11"}, // the interpreter counts
		{"python2.7", "2.7.18", "/data/sdk/python/2.7"},
		{"nodejs8.10", "8.10.0", "/data/sdk/nodejs"},
		{"nodejs20.x", "20.1.0", "/data/sdk/nodejs"},
	}
	for _, tt := range tests {
		in := Interpreter{Version: tt.version}
		if got := (SDK{Dir: "/data"}).Path(parse(t, tt.runtime), in); got != tt.want {
			t.Errorf("%s on %s: %s, want %s", tt.runtime, tt.version, got, tt.want)
		}
		if got := (SDK{}).Path(parse(t, tt.runtime), in); got != "" {
			t.Errorf("without a data directory: %s", got)
		}
	}
}

func TestSDKPackages(t *testing.T) {
	tests := []struct {
		lang    Language
		further string
		has     string // a package that is among the result
		lacks   string
	}{
		{NodeJS, "", "aws-sdk", ""},
		{NodeJS, "", "@aws-sdk/lib-dynamodb", ""},
		{NodeJS, "@aws-sdk/client-glue", "@aws-sdk/client-glue", ""},
		{NodeJS, "@aws-sdk/client-s3@3.600.0", "@aws-sdk/client-s3@3.600.0", "@aws-sdk/client-s3"},
		{NodeJS, "aws-sdk@^2.1000.0", "aws-sdk@^2.1000.0", "aws-sdk"},
		{NodeJS, "@smithy/types", "@smithy/types", ""},
		{Python, "", "boto3", ""},
		{Python, "boto3==1.34.0", "boto3==1.34.0", "boto3"},
		{Python, "botocore==1.34.0", "botocore==1.34.0", ""},
	}
	for _, tt := range tests {
		all, err := sdkPackages(tt.lang, strings.Fields(tt.further))
		if err != nil {
			t.Errorf("%s: %v", tt.further, err)
			continue
		}
		if !slices.Contains(all, tt.has) || slices.Contains(all, tt.lacks) {
			t.Errorf("%s with %q: %q", tt.lang, tt.further, all)
		}
	}
}

func TestForeignPackagesAreRefused(t *testing.T) {
	for lang, packages := range map[Language][]string{
		NodeJS: {"lodash", "aws-sdk-mock", "@aws-sdk", "@aws-sdk/", "@aws-sdk/../x", "@evil/aws-sdk", "--global", "", " aws-sdk",
			"@aws-sdk/client-s3@git+ssh://host/x", "@aws-sdk/client-s3@file:/x", "aws-sdk\n", "boto3"},
		Python: {"requests", "boto3>=1", "boto3 evil", "--index-url=x", "", "boto3==1.0 -r x", "aws-sdk"},
	} {
		for _, pkg := range packages {
			rt := Runtime{Language: lang}
			err := SDK{Dir: t.TempDir()}.Install(t.Context(), rt, Interpreter{}, []string{pkg}, io.Discard)
			refused, ok := errors.AsType[*PackageError](err)
			if !ok || refused.Package != pkg || refused.Hint() == "" {
				t.Errorf("%s %q: %v", lang, pkg, err)
			}
		}
	}
}

// What pip and npm do is tried with the real ones and a package that is a file
// here, so that no network is needed.

func TestInstallWithPip(t *testing.T) {
	rt, in := realInterpreter(t, Python)
	sdk := SDK{Dir: t.TempDir(), Env: append(os.Environ(),
		"PIP_USER=1", "PIP_REQUIRE_VIRTUALENV=1", "PYTHONPATH=/nonexistent", "PYTHONHOME=/nonexistent")}
	if err := exec.CommandContext(t.Context(), in.Path, "-m", "pip", "--version").Run(); err != nil {
		lacks(t, Python, in.Path+" has no pip")
	}
	installTwice(t, sdk, rt, in, "tiny.py", func(version string) string { return wheel(t, version) })
}

func TestInstallWithNpm(t *testing.T) {
	rt, in := realInterpreter(t, NodeJS)
	sdk := SDK{Dir: t.TempDir(), Env: os.Environ()}
	if sdk.npmScript(in) == "" {
		lacks(t, NodeJS, "this host has no npm")
	}
	installTwice(t, sdk, rt, in, "node_modules/tiny/index.js", func(version string) string { return tarball(t, version) })
}

// installTwice installs a package and then another version of it in its place.
// file is one of the package's that holds the version.
func installTwice(t *testing.T, sdk SDK, rt Runtime, in Interpreter, file string, pack func(version string) string) {
	t.Helper()
	target := sdk.Path(rt, in)
	for _, version := range []string{"1.0.0", "2.0.0"} {
		var progress bytes.Buffer
		if err := sdk.install(t.Context(), rt, in, []string{pack(version)}, &progress); err != nil {
			t.Fatal(err)
		}
		if content, err := os.ReadFile(filepath.Join(target, file)); err != nil || !strings.Contains(string(content), version) {
			t.Errorf("%s holds %q, %v; want %s", file, content, err, version)
		}
		if progress.Len() == 0 {
			t.Error("there was no progress")
		}
		checkAlone(t, target)
	}

	// A failure leaves what was there, and tells what the tool said.
	absent := filepath.Join(t.TempDir(), "absent"+filepath.Ext(pack("3.0.0")))
	err := sdk.install(t.Context(), rt, in, []string{absent}, io.Discard)
	failed, ok := errors.AsType[*InstallError](err)
	if !ok || !strings.Contains(err.Error(), "absent") || len(failed.Output) == 0 {
		t.Errorf("error is %v", err)
	}
	if content, err := os.ReadFile(filepath.Join(target, file)); err != nil || !strings.Contains(string(content), "2.0.0") {
		t.Errorf("after a failure, %s holds %q, %v", file, content, err)
	}
	checkAlone(t, target)
}

// checkAlone checks that there is nothing beside a directory: no old version of
// it, no half of a new one.
func checkAlone(t *testing.T, dir string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(dir))
	if err != nil || len(entries) != 1 {
		t.Errorf("beside %s: %v, %v", dir, entries, err)
	}
	info, err := os.Stat(dir)
	if err != nil || info.Mode().Perm() != 0o755 {
		t.Errorf("%s: %v, %v", dir, info.Mode(), err)
	}
}

func TestInterruptedInstallLeavesTheOldSDK(t *testing.T) {
	h := newHost(t)
	rt, in := parse(t, "python3.8"), Interpreter{Path: h.script("python", `case "$*" in
*--version) exit 0 ;;
esac
echo downloading
exec /bin/sleep 1000`), Version: "3.8.1"}
	sdk := SDK{Dir: h.path("data")}
	old := h.file("data/sdk/python/3.8/boto3.py", "old", 0o644)
	reason := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	err := sdk.Install(ctx, rt, in, nil, writerFunc(func(p []byte) { cancel(reason) }))
	if !errors.Is(err, reason) {
		t.Errorf("error is %v", err)
	}
	if content, err := os.ReadFile(old); string(content) != "old" {
		t.Errorf("%s holds %q, %v", old, content, err)
	}
	checkAlone(t, filepath.Dir(old))
}

func TestFailedSwapLeavesTheOldSDK(t *testing.T) {
	h := newHost(t)
	old := h.file("sdk/old/boto3.py", "old", 0o644)
	if err := swapDir(h.path("sdk/absent"), filepath.Dir(old)); err == nil {
		t.Error("there was no error")
	}
	if content, err := os.ReadFile(old); string(content) != "old" {
		t.Errorf("%s holds %q, %v", old, content, err)
	}
}

type writerFunc func(p []byte)

func (f writerFunc) Write(p []byte) (int, error) {
	f(p)
	return len(p), nil
}

func TestPythonWithoutPip(t *testing.T) {
	h := newHost(t)
	in := Interpreter{Path: h.script("python", "echo No module named pip >&2; exit 1"), Version: "3.8.1"}
	err := SDK{Dir: h.path("data")}.Install(t.Context(), parse(t, "python3.8"), in, nil, io.Discard)
	failed, ok := errors.AsType[*InstallError](err)
	if !ok || !strings.Contains(failed.Hint(), "-m ensurepip") {
		t.Fatalf("error is %v", err)
	}
	if want := "install the SDK with pip: exit status 1\n\tNo module named pip"; err.Error() != want {
		t.Errorf("error is %q, want %q", err, want)
	}
	if _, err := os.Stat(h.path("data/sdk/python/3.8")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("an SDK is there: %v", err)
	}
}

func TestNpmIsFound(t *testing.T) {
	h := newHost(t)
	in := Interpreter{Path: h.path("node/bin/node"), Version: "20.1.0"}
	sdk := SDK{Dir: h.path("data"), Env: []string{"PATH=/ignored", "PATH=relative:" + h.path("shims") + ":" + h.path("bin")}}

	h.script("shims/npm", "exit 1") // a launcher is not npm
	err := sdk.Install(t.Context(), parse(t, "nodejs20.x"), in, nil, io.Discard)
	failed, ok := errors.AsType[*InstallError](err)
	if !ok || failed.Tool != "npm" || failed.Hint() == "" {
		t.Errorf("without npm: %v", err)
	}

	onPath := h.file("lib/npm/bin/npm-cli.js", "", 0o755)
	h.link("bin/npm", onPath)
	if got := sdk.npmScript(in); got != onPath {
		t.Errorf("npm on PATH is %q, want %s", got, onPath)
	}
	beside := h.file("node/lib/node_modules/npm/bin/npm-cli.js", "", 0o755)
	h.link("node/bin/npm", "../lib/node_modules/npm/bin/npm-cli.js")
	if got := sdk.npmScript(in); got != beside {
		t.Errorf("npm beside the interpreter is %q, want %s", got, beside)
	}
}

// The registries' own small packages, once.
func TestInstallFromTheRegistries(t *testing.T) {
	if !required("network") {
		t.Skip("downloads from the registries of pip and npm only if SAM_TEST_REQUIRE lists network")
	}
	sdk := SDK{Dir: t.TempDir(), Env: os.Environ()}
	for lang, want := range map[Language]struct{ pkg, file string }{
		Python: {"jmespath", "jmespath/__init__.py"}, // what boto3 needs
		NodeJS: {"@smithy/types", "node_modules/@smithy/types/package.json"},
	} {
		rt, in := realInterpreter(t, lang)
		if err := sdk.install(t.Context(), rt, in, []string{want.pkg}, t.Output()); err != nil {
			t.Error(err)
			continue
		}
		if _, err := os.Stat(filepath.Join(sdk.Path(rt, in), want.file)); err != nil {
			t.Error(err)
		}
	}
}

// wheel makes a Python package with one module.
func wheel(t *testing.T, version string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "tiny-"+version+"-py2.py3-none-any.whl")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	archive := zip.NewWriter(file)
	info := "tiny-" + version + ".dist-info/"
	for _, entry := range []struct{ name, content string }{
		{"tiny.py", "version = '" + version + "'\n"},
		{info + "METADATA", "Metadata-Version: 2.1\nName: tiny\nVersion: " + version + "\n"},
		{info + "WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py2-none-any\nTag: py3-none-any\n"},
		{info + "RECORD", "tiny.py,,\n" + info + "METADATA,,\n" + info + "WHEEL,,\n" + info + "RECORD,,\n"},
	} {
		w, err := archive.Create(entry.name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, entry.content); err != nil {
			t.Fatal(err)
		}
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// tarball makes a Node.js package with one module.
func tarball(t *testing.T, version string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "tiny-"+version+".tgz")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	compressed := gzip.NewWriter(file)
	archive := tar.NewWriter(compressed)
	for _, entry := range []struct{ name, content string }{
		{"package/package.json", `{"name": "tiny", "version": "` + version + `"}`},
		{"package/index.js", "exports.version = '" + version + "'\n"},
	} {
		if err := archive.WriteHeader(&tar.Header{Name: entry.name, Mode: 0o644, Size: int64(len(entry.content))}); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(archive, entry.content); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(archive.Close(), compressed.Close()); err != nil {
		t.Fatal(err)
	}
	return path
}
