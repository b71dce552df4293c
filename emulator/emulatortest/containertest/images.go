package containertest

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

// tools are the programs that every image has.
var tools = []string{"bash", "sh", "cat", "echo", "env", "head", "mkfifo", "pwd", "setsid", "sleep", "tail", "timeout", "tr", "true"}

// An Image is what an image is made of.
type Image struct {
	// Files are files and directories of this machine, by where the image has
	// them. Programs bring the libraries that they are linked with.
	Files map[string]string
	// Config is the image's, but for its PATH and its processor.
	Config v1.Config
	// Architecture is the processor that the image is said to be for, or empty:
	// this one.
	Architecture string
}

// Build makes an image with the tools and its own files.
func (i Image) Build(t testing.TB) v1.Image {
	t.Helper()
	files := map[string]string{}
	for _, tool := range tools {
		path, err := exec.LookPath(tool)
		if err != nil {
			t.Fatal(err)
		}
		files["/usr/bin/"+tool] = path
	}
	for at, file := range i.Files {
		files[at] = file
	}
	layer := layerOf(t, files)
	image, err := mutate.AppendLayers(empty.Image, layer)
	if err != nil {
		t.Fatal(err)
	}
	config, err := image.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	config = config.DeepCopy()
	config.OS, config.Architecture = "linux", hostArchitecture()
	if i.Architecture != "" {
		config.Architecture = i.Architecture
	}
	config.Config = i.Config
	if !slices.ContainsFunc(config.Config.Env, func(v string) bool { return strings.HasPrefix(v, "PATH=") }) {
		config.Config.Env = append(config.Config.Env, "PATH=/usr/local/bin:/usr/bin:/bin")
	}
	if image, err = mutate.ConfigFile(image, config); err != nil {
		t.Fatal(err)
	}
	return image
}

// Archive writes an image as `docker save` does, and returns the file.
func Archive(t testing.TB, tag string, image v1.Image) string {
	t.Helper()
	reference, err := name.NewTag(tag)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "image.tar")
	if err := tarball.WriteToFile(file, reference, image); err != nil {
		t.Fatal(err)
	}
	return file
}

func layerOf(t testing.TB, files map[string]string) v1.Layer {
	t.Helper()
	var b bytes.Buffer
	w := &layerWriter{tar.NewWriter(&b), map[string]bool{}}
	err := w.link("/bin", "usr/bin")
	for at, file := range files {
		if err == nil {
			err = w.add(at, file)
		}
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	layer, err := tarball.LayerFromOpener(
		func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b.Bytes())), nil },
		tarball.WithCompressionLevel(gzip.NoCompression), // which takes long with the race detector
	)
	if err != nil {
		t.Fatal(err)
	}
	return layer
}

// A layerWriter writes each file once.
type layerWriter struct {
	*tar.Writer
	written map[string]bool
}

// leftOut are the parts of a Python that make an image large: its own tests, and
// what was installed.
var leftOut = []string{"test", "tests", "site-packages", "dist-packages", "idlelib", "config-3.11-x86_64-linux-gnu"}

// add writes a file or a directory of this machine, and what its programs are
// linked with.
func (w *layerWriter) add(at, source string) error {
	source, err := filepath.EvalSymlinks(source)
	if err != nil {
		return err
	}
	return filepath.WalkDir(source, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if slices.Contains(leftOut, entry.Name()) && path != source {
				return filepath.SkipDir
			}
			return nil
		}
		below, err := filepath.Rel(source, path)
		if err != nil {
			return err
		}
		if err := w.file(filepath.Join(at, below), path); err != nil {
			return err
		}
		return w.libraries(path)
	})
}

func (w *layerWriter) file(at, source string) error {
	if w.written[at] {
		return nil
	}
	w.written[at] = true
	content, err := os.ReadFile(source)
	if err != nil {
		return err
	}
	info, err := os.Stat(source)
	if err != nil {
		return err
	}
	header := &tar.Header{Name: at[1:], Size: int64(len(content)), Mode: int64(info.Mode().Perm()), ModTime: info.ModTime()}
	if err := w.WriteHeader(header); err != nil {
		return err
	}
	_, err = w.Write(content)
	return err
}

func (w *layerWriter) link(at, target string) error {
	return w.WriteHeader(&tar.Header{Typeflag: tar.TypeSymlink, Name: at[1:], Linkname: target, Mode: 0o777})
}

// library is a line of ldd.
var library = regexp.MustCompile(`(?m)(/\S+) \(0x`)

// libraries writes what a program or a library is linked with, where it is
// looked for.
func (w *layerWriter) libraries(program string) error {
	if info, err := os.Stat(program); err != nil || info.Mode().Perm()&0o111 == 0 && !strings.Contains(program, ".so") {
		return err
	}
	list, err := exec.Command("ldd", program).Output()
	if err != nil {
		return nil // it is no program, or linked with nothing
	}
	for _, match := range library.FindAllSubmatch(list, -1) {
		path := string(match[1])
		if err := w.file(path, path); err != nil {
			return err
		}
	}
	return nil
}

// Layout writes an image as the archive of an OCI image layout, without a name,
// and returns the file.
func Layout(t testing.TB, image v1.Image) string {
	t.Helper()
	dir := t.TempDir()
	path, err := layout.Write(filepath.Join(dir, "layout"), empty.Index)
	if err == nil {
		err = path.AppendImage(image)
	}
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "layout.tar")
	if out, err := exec.Command("tar", "--create", "--file", file, "--directory", string(path), ".").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return file
}
