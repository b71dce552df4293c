package emulator

import (
	"context"
	"slices"
	"strings"
)

// An Image is what the file system of a container begins as.
type Image struct {
	// Name is what it was asked for by.
	Name string
	// ID is the digest of its configuration, which says what is in it.
	ID string
	// Root is the directory of the host that it was unpacked into, or empty if a
	// daemon keeps it.
	Root string
	// Entrypoint and Command are the command line that it brings.
	Entrypoint, Command []string
	// Env are the environment variables that it sets, as KEY=value.
	Env []string
	// Dir is the working directory of the command, or empty.
	Dir string
}

// complete adds the image's variables to those of a function, which count more.
func (i *Image) complete(env []string) []string {
	for _, own := range i.Env {
		name, _, _ := strings.Cut(own, "=")
		if !slices.ContainsFunc(env, func(v string) bool { return strings.HasPrefix(v, name+"=") }) {
			env = append(env, own)
		}
	}
	return env
}

// prevail drops those of a function's variables for which the image has its own:
// Lambda sets those of its own names alone, and those that the function declares.
// https://docs.aws.amazon.com/lambda/latest/dg/images-create.html
func (i *Image) prevail(env []string, declared map[string]string) []string {
	return slices.DeleteFunc(env, func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		_, own := declared[name]
		ofLambda := strings.HasPrefix(name, "AWS_") || strings.HasPrefix(name, "_")
		return !own && !ofLambda && slices.ContainsFunc(i.Env, func(v string) bool { return strings.HasPrefix(v, name+"=") })
	})
}

// A Containers is a Runner whose sandboxes are containers: those of a Layout
// with an Image.
type Containers interface {
	Sandboxer
	// Image makes an image ready: one that is there or in an archive, or, unless it
	// has to be local, one that a registry has. The error is an *ImageError, or the
	// end of ctx.
	Image(ctx context.Context, name string, local bool) (*Image, error)
}

// An ImageError says why an image cannot be had.
type ImageError struct {
	Image string
	Err   error
	// Missing says that it is not there, and nobody has asked a registry for it.
	Missing bool
	// Advice is what the user can do about it, or empty.
	Advice string
}

func (e *ImageError) Error() string { return "image " + e.Image + ": " + e.Err.Error() }
func (e *ImageError) Unwrap() error { return e.Err }

// Hint says what to do next.
func (e *ImageError) Hint() string { return e.Advice }

// A PullPolicy says when images are pulled from their registries.
type PullPolicy int

// The policies.
const (
	PullMissing PullPolicy = iota
	PullAlways
	PullNever
)

// A Progress is told how far the download of an image has come, in bytes. total
// grows as more of the image is known; done equals it at the end.
type Progress func(image string, done, total int64)
