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

// A Containers is a Runner whose sandboxes are containers: those of a Layout
// with an Image.
type Containers interface {
	Sandboxer
	// Image makes an image ready: one that is there, that a registry has, or that
	// is in an archive. The error is an *ImageError, or the end of ctx.
	Image(ctx context.Context, name string) (*Image, error)
}

// An ImageError says why an image cannot be had.
type ImageError struct {
	Image string
	Err   error
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
