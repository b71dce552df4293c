package packaging

import (
	"archive/zip"
	"context"
	"crypto/md5"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

const (
	// maxUnzipped is what Lambda lets a function have, with its layers, in bytes.
	// https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
	maxUnzipped = 250 << 20
	// MaxZipped is how large an archive in bytes can be that is given to Lambda
	// directly, and not by way of S3.
	MaxZipped = 50 << 20
)

// An Artifact is something that a template refers to and that is to be stored.
type Artifact struct {
	// Name is what the template calls it, for messages.
	Name string
	// Key says the content: the same files have the same key, on all machines
	// and at all times, so that nothing needs to be stored twice. It is MD5, as
	// it is for the AWS CLI, which thereby finds the files that it has uploaded.
	Key string
	// Size is that of the files in bytes, before they are compressed.
	Size int64
	// IsArchive tells whether it is code or a layer.
	IsArchive bool

	write func(ctx context.Context, w io.Writer, progress func(int64)) error
}

// Write writes the content. It calls progress with the number of bytes of files
// that have been written since the last time. The error says what to do if a
// file has changed since the template was read.
func (a *Artifact) Write(ctx context.Context, w io.Writer, progress func(int64)) error {
	return a.write(ctx, w, progress)
}

// Warning says what Lambda is going to object to, or is empty.
func (a *Artifact) Warning() string {
	if !a.IsArchive || a.Size <= maxUnzipped {
		return ""
	}
	return fmt.Sprintf("%s has %d MB of files: Lambda refuses functions of more than %d MB unzipped, layers included", a.Name, a.Size>>20, maxUnzipped>>20)
}

// newArtifact looks at a file or a directory.
func newArtifact(ctx context.Context, path string, archived bool) (*Artifact, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		isArchive, unzipped, err := lookIntoArchive(path)
		if err != nil {
			return nil, err
		}
		if isArchive || !archived {
			f := &file{path: path}
			if err := f.look(make([]byte, copySize)); err != nil {
				return nil, err
			}
			if !isArchive {
				unzipped = f.size
			}
			return &Artifact{Key: hex.EncodeToString(f.sum[:]), Size: unzipped, IsArchive: archived, write: f.writeTo}, nil
		}
		if ext := strings.ToLower(filepath.Ext(path)); ext == ".zip" || ext == ".jar" {
			return nil, fmt.Errorf("%s is no archive, or a damaged one: build it again", path)
		}
	}
	files, err := list(ctx, path, info)
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, errors.New("the directory has no files: correct the path, or build it first")
	}
	if err := look(ctx, files); err != nil {
		return nil, err
	}
	a := &Artifact{Key: keyOf(files), IsArchive: archived}
	for _, f := range files {
		a.Size += f.size
	}
	a.write = func(ctx context.Context, w io.Writer, progress func(int64)) error {
		return writeArchive(ctx, w, files, progress)
	}
	return a, nil
}

// lookIntoArchive tells whether a file is a zip archive, as jars are too, and
// how large its files are.
func lookIntoArchive(path string) (isArchive bool, unzipped int64, err error) {
	archive, err := zip.OpenReader(path)
	if errors.Is(err, zip.ErrFormat) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return false, 0, nil
	}
	if err != nil {
		return false, 0, err
	}
	for _, f := range archive.File {
		unzipped += int64(f.UncompressedSize64)
	}
	return true, unzipped, archive.Close()
}

// newTemplateArtifact is a nested template with its references replaced.
func newTemplateArtifact(name, text string) *Artifact {
	sum := md5.Sum([]byte(text))
	return &Artifact{
		Name: name, Key: hex.EncodeToString(sum[:]) + ".template", Size: int64(len(text)),
		write: func(_ context.Context, w io.Writer, _ func(int64)) error {
			_, err := io.WriteString(w, text)
			return err
		},
	}
}

// NewTemplate is the artifact of a template that is too large to be sent.
func NewTemplate(text string) *Artifact { return newTemplateArtifact("template", text) }
