package bootstraps

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path"
	"slices"
	"strings"
)

// oldImages are those of runtimes for which AWS has never published any, made
// from AWS's own runtimes by others.
// https://hub.docker.com/r/lambci/lambda
var oldImages = []string{"dotnetcore1.0", "dotnetcore2.0", "nodejs", "nodejs4.3", "nodejs6.10", "nodejs8.10"}

// DefaultImage names the image of a runtime: AWS's own, if there is one.
// https://gallery.ecr.aws/lambda
func DefaultImage(rt Runtime) string {
	const ofAWS = "public.ecr.aws/lambda/"
	switch id := strings.TrimSuffix(rt.ID, "-edge"); {
	case slices.Contains(oldImages, id):
		return "lambci/lambda:" + id
	case rt.Language == Custom:
		_, system, _ := strings.Cut(id, ".")
		return ofAWS + "provided:" + cmp.Or(system, "alami")
	case rt.Language == Go:
		return ofAWS + "go:1"
	case strings.HasPrefix(id, "dotnetcore"):
		return ofAWS + "dotnet:core" + rt.Version
	default: // python3.12, nodejs20.x, java8.al2, dotnet8
		return ofAWS + string(rt.Language) + ":" + strings.TrimSuffix(strings.TrimPrefix(id, string(rt.Language)), ".x")
	}
}

// ImageContent is what can be found out about an image.
type ImageContent struct {
	// ID says what is in the image.
	ID string
	// MemoryFile remembers what was found, by ID.
	MemoryFile string
	// Run runs a program of the image, which is in its PATH or has a path, and
	// returns what it prints. The error is os.ErrNotExist if there is none, and a
	// *RefusalError if it fails.
	Run func(args []string) (output string, err error)
}

// langDir is where AWS's images have the interpreter.
const langDir = "/var/lang/bin"

// FindInImage returns the interpreter of an image that runs rt: that of AWS's
// images, or the first in the PATH that is usable. The error is a *MissingError,
// or one of Run.
func (f *Finder) FindInImage(ctx context.Context, rt Runtime, image ImageContent) (Interpreter, error) {
	known := readImageMemory(image.MemoryFile)
	key := image.ID + " " + string(rt.Language)
	found, ok := known[key]
	if !ok {
		var err error
		if found, err = askImage(ctx, rt, image.Run); err != nil {
			return Interpreter{}, err
		}
		known[key] = found
		if data, err := json.MarshalIndent(known, "", "\t"); err == nil && found.Path != "" {
			_ = replaceFile(image.MemoryFile, data) // it can be asked again
		}
	}
	given := answer{Versions: found.Versions, real: found.Path}
	if best := given.best(rt); best != nil && usable(rt, best) {
		in := newInterpreter(rt, given, "image")
		if in.Exact || !f.ExactOnly {
			return in, nil
		}
		return in, &MissingError{Runtime: rt, ExactOnly: true, Looked: []string{langDir, "PATH"}, Nearest: &in}
	}
	return Interpreter{}, &MissingError{Runtime: rt, ExactOnly: f.ExactOnly, Looked: []string{langDir, "PATH"}}
}

// imageAnswer is what the interpreter of an image answers.
type imageAnswer struct {
	Path     string   `json:"path"`
	Versions []string `json:"versions"`
}

// A RefusalError is that of a program which ran, and did not answer.
type RefusalError struct{ Err error }

func (e *RefusalError) Error() string { return e.Err.Error() }
func (e *RefusalError) Unwrap() error { return e.Err }

// askImage asks the programs of an image that may be interpreters. What is none
// is no error: it has no versions.
func askImage(ctx context.Context, rt Runtime, run func([]string) (string, error)) (imageAnswer, error) {
	t := rt.Language.traits()
	names := append([]string{t.program}, t.others...)
	if t.numbered != "" && rt.Version != "" {
		names = append([]string{t.numbered + rt.Version}, names...)
	}
	var candidates []string
	for _, name := range names {
		candidates = append(candidates, path.Join(langDir, name), name)
	}
	for _, candidate := range candidates {
		for _, question := range t.questions {
			printed, err := run(append([]string{candidate}, question...))
			if ctx.Err() != nil {
				return imageAnswer{}, context.Cause(ctx)
			}
			if errors.Is(err, os.ErrNotExist) {
				break // there is no such program
			}
			if _, ran := errors.AsType[*RefusalError](err); ran {
				continue // it may know another question
			}
			if err != nil {
				return imageAnswer{}, err
			}
			if versions, real, err := t.answer(rt.Language, candidate, printed, printed); err == nil {
				found := imageAnswer{Path: real}
				for _, v := range versions {
					found.Versions = append(found.Versions, v.String())
				}
				return found, nil
			}
		}
	}
	return imageAnswer{}, nil
}

func readImageMemory(file string) map[string]imageAnswer {
	known := make(map[string]imageAnswer)
	data, err := os.ReadFile(file)
	if err != nil || json.Unmarshal(data, &known) != nil {
		return make(map[string]imageAnswer) // images can be asked again
	}
	return known
}
