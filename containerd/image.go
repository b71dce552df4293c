package containerd

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	containerd "github.com/containerd/containerd/v2/client"
	"github.com/containerd/containerd/v2/core/content"
	"github.com/containerd/containerd/v2/core/images"
	"github.com/containerd/containerd/v2/core/images/archive"
	"github.com/containerd/containerd/v2/core/remotes"
	"github.com/containerd/containerd/v2/core/remotes/docker"
	"github.com/containerd/errdefs"
	"github.com/distribution/reference"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"sam/emulator"
)

// Image implements emulator.Containers. A name that is a file is an archive, as
// `docker save` and others write it.
func (r *Runner) Image(ctx context.Context, name string, local bool) (*emulator.Image, error) {
	image, err := r.image(r.in(ctx), name, local)
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if err != nil {
		return nil, asImageError(name, err, "import it: ctr -n "+namespace+" images import FILE")
	}
	return image, nil
}

func (r *Runner) image(ctx context.Context, name string, local bool) (*emulator.Image, error) {
	find := func(ctx context.Context, name string) (containerd.Image, error) { return r.find(ctx, name, local) }
	if isFile(name) {
		find = r.load
	}
	found, err := find(ctx, name)
	if err != nil {
		return nil, err
	}
	config, id, err := configuration(ctx, found)
	if err != nil {
		return nil, err
	}
	if config.Architecture != runtime.GOARCH {
		return nil, foreign(name)
	}
	unpacked, err := found.IsUnpacked(ctx, r.snapshotter)
	if err == nil && !unpacked {
		err = found.Unpack(ctx, r.snapshotter)
	}
	if err != nil {
		return nil, fmt.Errorf("unpack it: %w", err)
	}
	r.mu.Lock()
	r.images[id] = found
	r.mu.Unlock()
	return &emulator.Image{
		Name: name, ID: id, Env: config.Config.Env, Dir: config.Config.WorkingDir,
		Entrypoint: config.Config.Entrypoint, Command: config.Config.Cmd,
	}, nil
}

// configuration reads an image's, and its digest.
func configuration(ctx context.Context, image containerd.Image) (config ocispec.Image, id string, err error) {
	target, err := image.Config(ctx)
	if err != nil {
		return config, "", fmt.Errorf("read its manifest: %w", err)
	}
	data, err := content.ReadBlob(ctx, image.ContentStore(), target)
	if err == nil {
		err = json.Unmarshal(data, &config)
	}
	if err != nil {
		return config, "", fmt.Errorf("read its configuration: %w", err)
	}
	return config, target.Digest.String(), nil
}

// find returns an image of the store, after pulling it if need be.
func (r *Runner) find(ctx context.Context, name string, local bool) (containerd.Image, error) {
	parsed, err := reference.ParseDockerRef(name)
	if err != nil {
		return nil, fmt.Errorf("it is neither a file nor the name of an image: %w", err)
	}
	full := parsed.String()
	known, missing := r.client.GetImage(ctx, full)
	switch {
	case missing != nil && !errdefs.IsNotFound(missing):
		return nil, missing
	case missing == nil && r.options.Pull != emulator.PullAlways:
		return known, nil
	case local:
		return nil, &emulator.ImageError{Err: errors.New("it is not here"), Missing: true}
	case missing != nil && r.options.Pull == emulator.PullNever:
		return nil, &emulator.ImageError{
			Image: name, Err: errors.New("it is not in containerd's store"),
			Advice: "leave out --skip-pull-image, or import it: ctr -n " + namespace + " images import FILE",
		}
	}
	pulled, err := r.pull(ctx, full)
	if err != nil && missing == nil && ctx.Err() == nil {
		r.options.Notice(fmt.Sprintf("Image %s could not be pulled, and is used as it is here: %v", name, worded(err)))
		return known, nil
	}
	return pulled, err
}

// newResolver finds images in their registries.
func newResolver(credentials func(host string) (user, secret string, err error)) remotes.Resolver {
	return docker.NewResolver(docker.ResolverOptions{Hosts: docker.ConfigureDefaultRegistries(
		docker.WithPlainHTTP(docker.MatchLocalhost), // as Docker has it
		docker.WithAuthorizer(docker.NewDockerAuthorizer(docker.WithAuthCreds(credentials))),
	)})
}

// pull gets an image from its registry, and unpacks it.
func (r *Runner) pull(ctx context.Context, full string) (containerd.Image, error) {
	progress := newProgress(r.client.ContentStore(), func(done, total int64) { r.options.Progress(full, done, total) })
	image, err := r.client.Pull(ctx, full,
		containerd.WithResolver(newResolver(r.options.Credentials)), containerd.WithPullUnpack, containerd.WithPullSnapshotter(r.snapshotter),
		containerd.WithImageHandlerWrapper(progress.watch))
	progress.end(ctx, err == nil)
	return image, err
}

// archiveLabel says of which archive an image was imported, which is not read
// again unless it has changed.
const archiveLabel = "sam.archive"

// load imports an archive, and returns its one image for this machine.
func (r *Runner) load(ctx context.Context, file string) (containerd.Image, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	version := fmt.Sprintf("%s %d %d", file, info.Size(), info.ModTime().UnixNano())
	known, err := r.client.ListImages(ctx, fmt.Sprintf("labels.%q==%q", archiveLabel, version))
	if err == nil && len(known) > 0 {
		return known[0], nil
	}
	// An archive without a name for its image gets one: that of the file.
	own := "sam.local/" + strings.Map(plain, strings.ToLower(filepath.Base(file)))
	imported, err := r.client.Import(ctx, f,
		containerd.WithImageRefTranslator(archive.AddRefPrefix(own)),
		containerd.WithDigestRef(archive.DigestTranslator(own)),
		containerd.WithSkipDigestRef(func(name string) bool { return name != "" }),
		containerd.WithImageLabels(map[string]string{archiveLabel: version}))
	switch {
	case errors.Is(err, images.ErrEmptyWalk):
		return nil, foreign(file)
	case err != nil:
		return nil, &emulator.ImageError{
			Image: file, Err: fmt.Errorf("it cannot be imported: %w", err),
			Advice: "make the archive again: docker save -o FILE IMAGE",
		}
	}
	found := make(map[string]images.Image)
	for _, image := range imported {
		found[image.Target.Digest.String()] = image
	}
	if len(found) != 1 {
		return nil, &emulator.ImageError{
			Image: file, Err: fmt.Errorf("it has %d images", len(found)),
			Advice: "make an archive of one: docker save -o FILE IMAGE",
		}
	}
	return containerd.NewImage(r.client, imported[0]), nil
}

// foreign is what is wrong with an image that this machine cannot run.
func foreign(image string) error {
	return &emulator.ImageError{
		Image: image, Err: fmt.Errorf("it is for another processor than this machine's, %s", runtime.GOARCH),
		Advice: "build it for linux/" + runtime.GOARCH + ", or pull that variant of it",
	}
}

// plain keeps what names of images may consist of.
func plain(c rune) rune {
	if c >= 'a' && c <= 'z' || c >= '0' && c <= '9' {
		return c
	}
	return '-'
}

func isFile(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.Mode().IsRegular()
}

// asImageError finds out what stands behind the errors of registries. offline is
// another way to an image.
func asImageError(name string, err error, offline string) error {
	if known, ok := errors.AsType[*emulator.ImageError](err); ok {
		known.Image = name
		return known
	}
	e := &emulator.ImageError{Image: name, Err: worded(err)}
	_, network := errors.AsType[net.Error](err)
	switch {
	case strings.Contains(err.Error(), "no match for platform"): // containerd has no type for it
		return foreign(name)
	case errors.Is(err, docker.ErrInvalidAuthorization):
		e.Advice = "log in to the registry: docker login HOST"
	case errdefs.IsNotFound(err):
		e.Advice = "check the name; a registry also says so to who may not see an image: docker login"
	case network:
		e.Advice = "without a network, " + offline
	case strings.Contains(err.Error(), "no space left on device"): // words of the daemon
		e.Advice = "make room where containerd keeps images, for example with ctr -n " + namespace + " images rm IMAGE"
	case errors.Is(err, fs.ErrPermission):
		e.Advice = "let this user read it"
	}
	return e
}

// worded is the innermost of an error's sentences that says something to users.
func worded(err error) error {
	if operation, ok := errors.AsType[*net.OpError](err); ok {
		return operation
	}
	return err
}
