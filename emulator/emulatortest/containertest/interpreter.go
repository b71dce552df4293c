package containertest

import (
	"os"
	"path/filepath"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"sam/bootstraps"
)

// Interpreter is an image with an interpreter of this machine where AWS's images
// have theirs, or, if it is plain, where others have it.
func Interpreter(in bootstraps.Interpreter, plain bool) Image {
	prefix := "/var/lang"
	if plain {
		prefix = "/usr/local"
	}
	files := map[string]string{prefix + "/bin/" + filepath.Base(in.Path): in.Path}
	// The standard library of Python is beside it. Others have theirs inside.
	number := strings.Split(in.Version, ".")
	library := filepath.Join(filepath.Dir(filepath.Dir(in.Path)), "lib", "python"+strings.Join(number[:2], "."))
	if _, err := os.Stat(library); err == nil && strings.Contains(filepath.Base(in.Path), "python") {
		files[prefix+"/lib/"+filepath.Base(library)] = library
	}
	return Image{Files: files, Config: v1.Config{Env: []string{"PATH=" + prefix + "/bin:/usr/bin:/bin", "OF_THE_IMAGE=yes"}}}
}
