package containerd

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/containerd/containerd/v2/core/content"
	"github.com/containerd/containerd/v2/core/images"
	imagearchive "github.com/containerd/containerd/v2/core/images/archive"
	"github.com/containerd/containerd/v2/core/remotes"
	"github.com/containerd/containerd/v2/pkg/archive"
	"github.com/containerd/containerd/v2/pkg/archive/compression"
	"github.com/containerd/containerd/v2/plugins/content/local"
	"github.com/containerd/platforms"
	"github.com/distribution/reference"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"sam/emulator"
	"sam/emulator/process"
)

// Unpacked is a Runner that needs no daemon and no root: it unpacks images into a
// directory, and runs what is in them in namespaces.
type Unpacked struct {
	*process.Isolated
	dir     string
	options Options
}

// NewUnpacked returns a Runner that keeps images below dir. Of options it needs no
// Address and no Keeper. It starts to make the first sandbox at once.
func NewUnpacked(dir string, options Options) *Unpacked {
	return &Unpacked{process.Isolate(true), dir, options}
}

// What there is of an image in its directory.
const (
	rootDir    = "root"
	configFile = "config.json"
)

// Image implements emulator.Containers. A name may be that of an archive, or of a
// directory with an OCI image layout.
func (r *Unpacked) Image(ctx context.Context, name string, onlyLocal bool) (*emulator.Image, error) {
	image, err := r.image(ctx, name, onlyLocal)
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if err != nil {
		return nil, asImageError(name, err, "name an archive of it: docker save -o FILE IMAGE")
	}
	return image, nil
}

func (r *Unpacked) image(ctx context.Context, name string, onlyLocal bool) (*emulator.Image, error) {
	info, err := os.Stat(name)
	file := err == nil
	key, fetch := name, r.importFile
	if file {
		key = fmt.Sprintf("%s %d %d", name, info.Size(), info.ModTime().UnixNano())
	} else {
		parsed, err := reference.ParseDockerRef(name)
		if err != nil {
			return nil, fmt.Errorf("it is neither a file nor the name of an image: %w", err)
		}
		name, key, fetch = parsed.String(), parsed.String(), r.pull
	}
	known, missing := r.known(key)
	switch {
	case missing == nil && (file || r.options.Pull != emulator.PullAlways):
		return known.as(name), nil
	case file:
	case onlyLocal:
		return nil, &emulator.ImageError{Err: errors.New("it is not here"), Missing: true}
	case r.options.Pull == emulator.PullNever && missing != nil:
		return nil, &emulator.ImageError{Err: errors.New("it is not here"), Advice: "leave out --skip-pull-image, or name an archive of it"}
	}
	fresh, err := r.fetch(ctx, name, key, fetch)
	if err != nil && missing == nil && ctx.Err() == nil {
		r.options.Notice(fmt.Sprintf("Image %s could not be pulled, and is used as it is here: %v", name, worded(err)))
		return known.as(name), nil
	}
	if err != nil {
		return nil, err
	}
	return fresh.as(name), nil
}

// unpackedImage is an image in a directory.
type unpackedImage struct {
	dir    string
	config ocispec.Image
}

// as is the image under the name that it was asked for by.
func (i *unpackedImage) as(name string) *emulator.Image {
	return &emulator.Image{
		Name: name, ID: "sha256:" + filepath.Base(i.dir), Root: filepath.Join(i.dir, rootDir),
		Env: i.config.Config.Env, Dir: i.config.Config.WorkingDir, Entrypoint: i.config.Config.Entrypoint, Command: i.config.Config.Cmd,
	}
}

// known returns the image that a key stands for.
func (r *Unpacked) known(key string) (*unpackedImage, error) {
	id, err := os.ReadFile(r.keyFile(key))
	if err != nil {
		return nil, err
	}
	return r.read(string(id))
}

func (r *Unpacked) keyFile(key string) string {
	sum := sha256.Sum256([]byte(key))
	return filepath.Join(r.dir, "names", hex.EncodeToString(sum[:]))
}

func (r *Unpacked) read(id string) (*unpackedImage, error) {
	image := &unpackedImage{dir: filepath.Join(r.dir, id)}
	data, err := os.ReadFile(filepath.Join(image.dir, configFile))
	if err == nil {
		err = json.Unmarshal(data, &image.config)
	}
	return image, err
}

// fetch gets an image into a store that is kept for as long as it takes to unpack
// it.
func (r *Unpacked) fetch(ctx context.Context, name, key string, get func(context.Context, string, content.Store) (content.Provider, ocispec.Descriptor, error)) (*unpackedImage, error) {
	if err := os.MkdirAll(filepath.Join(r.dir, "names"), 0o755); err != nil {
		return nil, fmt.Errorf("make a directory for images: %w", err)
	}
	work, err := os.MkdirTemp(r.dir, ".new-")
	if err != nil {
		return nil, fmt.Errorf("make a directory for an image: %w", err)
	}
	defer os.RemoveAll(work)
	store, err := local.NewStore(filepath.Join(work, "content"))
	if err != nil {
		return nil, fmt.Errorf("make a store for an image: %w", err)
	}
	provider, target, err := get(ctx, name, store)
	if err != nil {
		return nil, err
	}
	id, err := r.unpack(ctx, provider, target, work)
	if err != nil {
		return nil, err
	}
	keys := []string{key}
	if own := target.Annotations[images.AnnotationImageName]; own != "" { // by which an archive calls it
		keys = append(keys, own)
	}
	for _, key := range keys {
		if err := os.WriteFile(r.keyFile(key), []byte(id), 0o644); err != nil {
			return nil, fmt.Errorf("remember an image: %w", err)
		}
	}
	return r.read(id)
}

// unpack puts the files of an image into a directory of its own, unless they are
// there already.
func (r *Unpacked) unpack(ctx context.Context, provider content.Provider, target ocispec.Descriptor, work string) (id string, err error) {
	manifest, err := images.Manifest(ctx, provider, target, platforms.Default())
	if err != nil {
		return "", fmt.Errorf("read its manifest: %w", err)
	}
	config, err := content.ReadBlob(ctx, provider, manifest.Config)
	if err != nil {
		return "", fmt.Errorf("read its configuration: %w", err)
	}
	var about ocispec.Image
	if err := json.Unmarshal(config, &about); err != nil {
		return "", fmt.Errorf("read its configuration: %w", err)
	}
	if about.Architecture != runtime.GOARCH {
		return "", foreign("")
	}
	id = manifest.Config.Digest.Encoded()
	final := filepath.Join(r.dir, id)
	if _, err := os.Stat(final); err == nil {
		return id, nil
	}
	unpacked := filepath.Join(work, "image")
	if err := os.MkdirAll(filepath.Join(unpacked, rootDir), 0o755); err != nil {
		return "", fmt.Errorf("make a directory for an image: %w", err)
	}
	for _, layer := range manifest.Layers {
		if err := apply(ctx, provider, layer, filepath.Join(unpacked, rootDir)); err != nil {
			return "", fmt.Errorf("unpack it: %w", err)
		}
	}
	if err := os.WriteFile(filepath.Join(unpacked, configFile), config, 0o644); err != nil {
		return "", fmt.Errorf("keep its configuration: %w", err)
	}
	if err := os.Rename(unpacked, final); err != nil {
		if _, other := os.Stat(final); other != nil { // nor has another program done it meanwhile
			return "", fmt.Errorf("put an image into place: %w", err)
		}
	}
	return id, nil
}

// apply unpacks a layer. All files are this user's.
func apply(ctx context.Context, provider content.Provider, layer ocispec.Descriptor, root string) error {
	reader, err := provider.ReaderAt(ctx, layer)
	if err != nil {
		return err
	}
	defer reader.Close()
	stream, err := compression.DecompressStream(content.NewReader(reader))
	if err != nil {
		return err
	}
	defer stream.Close()
	_, err = archive.Apply(ctx, root, stream, archive.WithNoSameOwner())
	return err
}

// pull gets an image from its registry.
func (r *Unpacked) pull(ctx context.Context, name string, store content.Store) (content.Provider, ocispec.Descriptor, error) {
	resolver := newResolver(r.options.Credentials)
	_, target, err := resolver.Resolve(ctx, name)
	if err != nil {
		return nil, target, err
	}
	fetcher, err := resolver.Fetcher(ctx, name)
	if err != nil {
		return nil, target, err
	}
	progress := newProgress(store, func(done, total int64) { r.options.Progress(name, done, total) })
	children := images.LimitManifests(images.FilterPlatforms(images.ChildrenHandler(store), platforms.Default()), platforms.Default(), 1)
	err = images.Dispatch(ctx, images.Handlers(progress.watch(remotes.FetchHandler(store, fetcher)), children), nil, target)
	progress.end(ctx, err == nil)
	return store, target, err
}

// importFile reads an archive, or a directory with an image layout.
func (r *Unpacked) importFile(ctx context.Context, name string, store content.Store) (content.Provider, ocispec.Descriptor, error) {
	unreadable := func(err error) error {
		return &emulator.ImageError{Err: fmt.Errorf("it cannot be read: %w", err), Advice: "make an archive of one image: docker save -o FILE IMAGE"}
	}
	var provider content.Provider = store
	var index ocispec.Index
	file, err := os.Open(name)
	if err != nil {
		return nil, ocispec.Descriptor{}, err
	}
	defer file.Close()
	data, err := os.ReadFile(filepath.Join(name, ocispec.ImageIndexFile))
	if err == nil {
		provider, err = local.NewStore(name)
	} else if target, importErr := imagearchive.ImportIndex(ctx, store, file); importErr == nil {
		data, err = content.ReadBlob(ctx, store, target)
	} else {
		err = importErr
	}
	if err == nil {
		err = json.Unmarshal(data, &index)
	}
	if err != nil {
		return nil, ocispec.Descriptor{}, unreadable(err)
	}
	if len(index.Manifests) != 1 {
		return nil, ocispec.Descriptor{}, unreadable(fmt.Errorf("it has %d images", len(index.Manifests)))
	}
	return provider, index.Manifests[0], nil
}

// Sandbox implements emulator.Sandboxer: the image's directories are shown in place
// of the host's.
func (r *Unpacked) Sandbox(ctx context.Context, layout emulator.Layout) (emulator.Sandbox, error) {
	entries, err := os.ReadDir(layout.Image.Root)
	if err != nil {
		return nil, fmt.Errorf("look into an image: %w", err)
	}
	var own []emulator.Mount
	links := make(map[string]string)
	for link, target := range layout.Links {
		links[link] = target
	}
	for _, entry := range entries {
		at, source := "/"+entry.Name(), filepath.Join(layout.Image.Root, entry.Name())
		switch {
		case strings.Contains(" /dev /proc /sys /tmp ", " "+at+" "): // these are the kernel's, and the function's
		case entry.Type()&os.ModeSymlink != 0:
			if links[at], err = os.Readlink(source); err != nil {
				return nil, fmt.Errorf("look into an image: %w", err)
			}
		default:
			own = append(own, emulator.Mount{Sources: []string{source}, Target: at})
		}
	}
	layout.Mounts, layout.Links = append(own, layout.Mounts...), links
	return r.Isolated.Sandbox(ctx, layout)
}
