package docker

import (
	"archive/tar"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"runtime"
	"strings"

	"github.com/containerd/errdefs"
	"github.com/distribution/reference"
	"github.com/moby/moby/api/types/jsonstream"
	"github.com/moby/moby/api/types/registry"
	"github.com/moby/moby/client"

	"sam/emulator"
)

// Image implements emulator.Containers. A name that is a file is an archive, as
// `docker save` writes it.
func (r *Runner) Image(ctx context.Context, name string, local bool) (*emulator.Image, error) {
	image, err := r.image(ctx, name, local)
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if err != nil {
		return nil, asImageError(name, err)
	}
	return image, nil
}

func (r *Runner) image(ctx context.Context, name string, local bool) (*emulator.Image, error) {
	find := func(ctx context.Context, name string) (client.ImageInspectResult, error) {
		return r.find(ctx, name, local)
	}
	if info, err := os.Stat(name); err == nil && info.Mode().IsRegular() {
		find = r.load
	}
	found, err := find(ctx, name)
	if err != nil {
		return nil, err
	}
	if found.Architecture != runtime.GOARCH {
		return nil, &emulator.ImageError{
			Err:    fmt.Errorf("it is for another processor than this machine's, %s", runtime.GOARCH),
			Advice: "build it for linux/" + runtime.GOARCH + ", or pull that variant of it",
		}
	}
	image := &emulator.Image{Name: name, ID: found.ID}
	if config := found.Config; config != nil {
		image.Entrypoint, image.Command, image.Env, image.Dir = config.Entrypoint, config.Cmd, config.Env, config.WorkingDir
	}
	return image, nil
}

// find returns an image of the engine, after pulling it if need be.
func (r *Runner) find(ctx context.Context, name string, local bool) (client.ImageInspectResult, error) {
	known, missing := r.client.ImageInspect(ctx, name)
	switch {
	case missing != nil && !errdefs.IsNotFound(missing) && !errdefs.IsInvalidArgument(missing):
		return known, missing
	case missing == nil && r.options.Pull != emulator.PullAlways:
		return known, nil
	case local:
		return known, &emulator.ImageError{Err: errors.New("it is not here"), Missing: true}
	case missing != nil && r.options.Pull == emulator.PullNever:
		return known, &emulator.ImageError{
			Err:    errors.New("it is not in Docker's store"),
			Advice: "leave out --skip-pull-image, or load it: docker load -i FILE",
		}
	}
	if err := r.pull(ctx, name); err != nil {
		if missing == nil && ctx.Err() == nil {
			r.options.Notice(fmt.Sprintf("Image %s could not be pulled, and is used as it is here: %v", name, err))
			return known, nil
		}
		return known, err
	}
	return r.client.ImageInspect(ctx, name)
}

// pull has the engine get an image from its registry.
func (r *Runner) pull(ctx context.Context, name string) error {
	parsed, err := reference.ParseDockerRef(name)
	if err != nil {
		return fmt.Errorf("it is neither a file nor the name of an image: %w", err)
	}
	auth, err := r.authorization(reference.Domain(parsed))
	if err != nil {
		return err
	}
	messages, err := r.client.ImagePull(ctx, parsed.String(), client.ImagePullOptions{RegistryAuth: auth})
	if err != nil {
		return err
	}
	layers := make(map[string]jsonstream.Progress)
	for message, err := range messages.JSONMessages(ctx) {
		if err != nil {
			return err
		}
		if message.Error != nil {
			return message.Error
		}
		if message.Progress != nil && message.Status == "Downloading" {
			layers[message.ID] = *message.Progress
			var done, total int64
			for _, layer := range layers {
				done, total = done+layer.Current, total+layer.Total
			}
			r.options.Progress(parsed.String(), min(done, total-1), total)
		}
	}
	var total int64
	for _, layer := range layers {
		total += layer.Total
	}
	r.options.Progress(parsed.String(), max(total, 1), max(total, 1))
	return nil
}

// authorization is what the engine tells a registry of the user.
func (r *Runner) authorization(host string) (string, error) {
	user, secret, err := r.options.Credentials(host)
	if err != nil || secret == "" {
		return "", err
	}
	auth := registry.AuthConfig{Username: user, Password: secret, ServerAddress: host}
	if user == "" {
		auth = registry.AuthConfig{IdentityToken: secret, ServerAddress: host}
	}
	data, err := json.Marshal(auth)
	if err != nil {
		return "", fmt.Errorf("encode credentials: %w", err)
	}
	return base64.URLEncoding.EncodeToString(data), nil
}

// load has the engine load an archive, unless it has its image.
func (r *Runner) load(ctx context.Context, file string) (client.ImageInspectResult, error) {
	id, err := imageIn(file)
	if err != nil {
		return client.ImageInspectResult{}, unloadable(err)
	}
	if known, err := r.client.ImageInspect(ctx, id); err == nil {
		return known, nil
	}
	f, err := os.Open(file)
	if err != nil {
		return client.ImageInspectResult{}, err
	}
	defer f.Close()
	loaded, err := r.client.ImageLoad(ctx, f, client.ImageLoadWithQuiet(true))
	if err != nil {
		return client.ImageInspectResult{}, unloadable(err)
	}
	defer loaded.Close()
	for decoder := json.NewDecoder(loaded); ; {
		var message jsonstream.Message
		if err := decoder.Decode(&message); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return client.ImageInspectResult{}, unloadable(err)
		}
		if message.Error != nil {
			return client.ImageInspectResult{}, unloadable(message.Error)
		}
	}
	return r.client.ImageInspect(ctx, id)
}

func unloadable(err error) error {
	return &emulator.ImageError{Err: fmt.Errorf("it cannot be loaded: %w", err), Advice: "make an archive of one image: docker save -o FILE IMAGE"}
}

// imageIn returns the id of the one image in an archive.
func imageIn(file string) (string, error) {
	f, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer f.Close()
	for archive := tar.NewReader(f); ; {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return "", errors.New("it is no archive of docker save: there is no manifest.json in it")
		}
		if err != nil {
			return "", err
		}
		if path.Clean(header.Name) != "manifest.json" {
			continue
		}
		var images []struct{ Config string }
		if err := json.NewDecoder(archive).Decode(&images); err != nil {
			return "", fmt.Errorf("read its manifest.json: %w", err)
		}
		if len(images) != 1 {
			return "", fmt.Errorf("it has %d images", len(images))
		}
		// DIGEST.json, blobs/sha256/DIGEST, or sha256:DIGEST
		digest := strings.TrimSuffix(path.Base(images[0].Config), ".json")
		return "sha256:" + strings.TrimPrefix(digest, "sha256:"), nil
	}
}

// asImageError adds what to do about the errors of engines.
func asImageError(name string, err error) error {
	if known, ok := errors.AsType[*emulator.ImageError](err); ok {
		known.Image = name
		return known
	}
	e := &emulator.ImageError{Image: name, Err: err}
	text := err.Error()
	switch { // engines pass on the words of registries, and no types
	case strings.Contains(text, "no matching manifest"):
		e.Err = fmt.Errorf("it is for another processor than this machine's, %s", runtime.GOARCH)
		e.Advice = "build it for linux/" + runtime.GOARCH + ", or pull that variant of it"
	case strings.Contains(text, "no basic auth credentials"), strings.Contains(text, "unauthorized"), strings.Contains(text, "denied"):
		e.Advice = "log in to the registry: docker login HOST"
	case errdefs.IsNotFound(err), strings.Contains(text, "not found"), strings.Contains(text, "manifest unknown"):
		e.Advice = "check the name; a registry also says so to who may not see an image: docker login"
	case strings.Contains(text, "dial tcp"), strings.Contains(text, "connection refused"):
		e.Advice = "without a network, load it: docker load -i FILE"
	}
	return e
}
