package cookiecutter

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"

	"sam/emulator/code"
)

// maxDownload is the size in bytes that an archive may have.
const maxDownload = 256 << 20

// hosts are the abbreviations of places with git repositories.
var hosts = [][2]string{
	{"gh:", "https://github.com/"},
	{"gl:", "https://gitlab.com/"},
	{"bb:", "https://bitbucket.org/"},
}

// A Fetcher gets templates from where they are.
type Fetcher struct {
	Dir    string    // for what is fetched; the caller removes it
	Env    []string  // of git
	Notice io.Writer // what git and a download say
}

// Fetch returns the directory of the template at a location: a directory, a zip
// file, the URL of one, or a git repository, with #ref for a branch, a tag or a
// commit.
func (f *Fetcher) Fetch(ctx context.Context, location string) (string, error) {
	address, ref, _ := strings.Cut(location, "#")
	for _, host := range hosts {
		if rest, short := strings.CutPrefix(address, host[0]); short {
			address = host[1] + strings.TrimSuffix(rest, ".git") + ".git"
		}
	}
	info, err := os.Stat(location)
	switch {
	case err == nil && info.IsDir():
		return location, nil
	case err == nil:
		return f.unzip(ctx, location, location)
	case strings.HasPrefix(address, "hg+") || strings.HasPrefix(address, "hg@"):
		return "", fmt.Errorf("%s is a Mercurial repository: clone it, and give the directory", location)
	case isURL(address) && strings.HasSuffix(strings.ToLower(pathOf(address)), ".zip"):
		return f.download(ctx, address)
	case isGit(address):
		return f.clone(ctx, strings.TrimPrefix(address, "git+"), ref)
	}
	return "", &NotFoundError{location}
}

// A NotFoundError says that there is no template at a location.
type NotFoundError struct{ Location string }

func (e *NotFoundError) Error() string {
	return fmt.Sprintf("a valid repository for %q could not be found", e.Location)
}

// Hint says what a location is.
func (e *NotFoundError) Hint() string {
	return "a location is a directory, a zip file, its URL, or a git repository: gh:user/repository, https://host/repository.git, git@host:repository.git, each with #branch if need be"
}

func isURL(address string) bool {
	return strings.HasPrefix(address, "https://") || strings.HasPrefix(address, "http://")
}

func pathOf(address string) string {
	if u, err := url.Parse(address); err == nil {
		return u.Path
	}
	return address
}

// isGit says whether git can be asked for an address. It knows others, which
// run programs.
func isGit(address string) bool {
	for _, scheme := range []string{"https://", "http://", "ssh://", "git://", "file://", "git+https://", "git+ssh://", "git+file://"} {
		if strings.HasPrefix(address, scheme) {
			return true
		}
	}
	return regexp.MustCompile(`^[\w.-]+@[\w.-]+:`).MatchString(address)
}

// unzip unpacks an archive. Its template is in it, or in the one directory that
// it has at the top.
func (f *Fetcher) unzip(ctx context.Context, file, name string) (string, error) {
	dir, err := code.Open(ctx, file, f.Dir)
	if err != nil {
		return "", err
	}
	if _, err := os.Stat(filepath.Join(dir, contextFile)); err == nil {
		return dir, nil
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return "", fmt.Errorf("read the archive: %w", err)
	}
	var top []string
	for _, entry := range entries {
		if entry.IsDir() {
			top = append(top, entry.Name())
		}
	}
	if len(top) != 1 {
		return "", fmt.Errorf("zip repository %s does not include a top-level directory", name)
	}
	return filepath.Join(dir, top[0]), nil
}

func (f *Fetcher) download(ctx context.Context, address string) (string, error) {
	fmt.Fprintf(f.Notice, "Downloading %s\n", address)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return "", fmt.Errorf("download %s: %w", address, err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		if ctx.Err() != nil {
			return "", context.Cause(ctx)
		}
		return "", fmt.Errorf("download the template: %w", err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return "", fmt.Errorf("download the template: %s answers %s", address, res.Status)
	}
	file := filepath.Join(f.Dir, "template.zip")
	out, err := os.Create(file)
	if err != nil {
		return "", fmt.Errorf("download the template: %w", err)
	}
	n, err := io.Copy(out, io.LimitReader(res.Body, maxDownload+1))
	if err = errors.Join(err, out.Close()); err != nil {
		return "", fmt.Errorf("download the template: %w", err)
	}
	if n > maxDownload {
		return "", fmt.Errorf("download the template: %s is larger than %d MB", address, maxDownload>>20)
	}
	return f.unzip(ctx, file, address)
}

func (f *Fetcher) clone(ctx context.Context, address, ref string) (string, error) {
	if strings.HasPrefix(ref, "-") {
		return "", fmt.Errorf("%q is no branch, tag or commit", ref)
	}
	dir := filepath.Join(f.Dir, "repository")
	clone := []string{"clone", "--quiet"}
	if ref == "" {
		clone = append(clone, "--depth=1")
	}
	if err := f.git(ctx, append(clone, "--", address, dir)...); err != nil {
		return "", fmt.Errorf("clone %s: %w", address, err)
	}
	if ref != "" {
		if err := f.git(ctx, "-C", dir, "-c", "advice.detachedHead=false", "checkout", "--quiet", ref, "--"); err != nil {
			return "", fmt.Errorf("%s has no branch, tag or commit %s: %w", address, ref, err)
		}
	}
	return dir, nil
}

func (f *Fetcher) git(ctx context.Context, args ...string) error {
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Env = f.Env
	var said strings.Builder
	cmd.Stdout, cmd.Stderr = f.Notice, &said
	defer confine(cmd, false)()
	err := cmd.Run()
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.Is(err, exec.ErrNotFound):
		return errors.New("git is not installed: install it, or give a directory or a zip file")
	case said.Len() > 0:
		return errors.New(strings.Join(strings.Fields(said.String()), " "))
	}
	return err
}
