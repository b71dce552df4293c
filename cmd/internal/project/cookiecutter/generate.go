package cookiecutter

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"sam/cmd/internal/project/jinja"
)

// maxFile is the size in bytes from which a file is copied without a look
// inside: no text of a project is that large.
const maxFile = 16 << 20

// Name returns the name of the project's directory.
func (t *Template) Name(answers *jinja.Dict) (string, error) {
	return t.render(t.project, t.project, answers)
}

// Generate writes the project into a directory. Nothing is written outside of
// it, wherever names lead that the template has or the answers make.
func (t *Template) Generate(ctx context.Context, answers *jinja.Dict, into *os.Root) error {
	template, err := os.OpenRoot(filepath.Join(t.dir, t.project))
	if err != nil {
		return fmt.Errorf("read the template: %w", err)
	}
	defer template.Close()
	return fs.WalkDir(template.FS(), ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return fmt.Errorf("read the template: %w", err)
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case name == ".":
			return nil
		}
		where := t.project + "/" + name
		target, err := t.target(where, name, answers)
		if err != nil {
			return err
		}
		if target == "" { // an if in the name that leaves nothing of it
			if entry.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if entry.IsDir() {
			return into.MkdirAll(target, 0o777)
		}
		if err := t.generateFile(template, name, where, target, answers, into); err != nil {
			return err
		}
		return nil
	})
}

// target is where a file or a directory of the template goes. It is empty if
// one of its elements is.
func (t *Template) target(where, name string, answers *jinja.Dict) (string, error) {
	var elements []string
	for _, element := range strings.Split(name, "/") {
		rendered, err := t.render(where, element, answers)
		if err != nil {
			return "", err
		}
		if rendered == "" {
			return "", nil
		}
		elements = append(elements, rendered)
	}
	target := strings.Join(elements, "/")
	if !filepath.IsLocal(target) || strings.ContainsRune(target, 0) {
		return "", fmt.Errorf("%s: its name becomes %q, which leads out of the project", where, target)
	}
	return path.Clean(target), nil
}

func (t *Template) generateFile(template *os.Root, name, where, target string, answers *jinja.Dict, into *os.Root) error {
	in, err := template.Open(name) // follows links as far as they stay in the template
	if err != nil {
		return fmt.Errorf("%s cannot be read, or leads out of the template: %w", where, err)
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil {
		return fmt.Errorf("read the template: %w", err)
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%s is neither a file nor a directory", where)
	}
	if err := into.MkdirAll(path.Dir(target), 0o777); err != nil {
		return fmt.Errorf("write the project: %w", err)
	}
	out, err := into.OpenFile(target, os.O_WRONLY|os.O_CREATE|os.O_EXCL, info.Mode().Perm()|0o600)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s: another file of the template becomes %s, too", where, target)
	}
	if err != nil {
		return fmt.Errorf("write the project: %w", err)
	}
	if info.Size() > maxFile || t.isVerbatim(name) {
		_, err = io.Copy(out, in)
	} else {
		err = t.renderFile(in, out, where, answers)
	}
	return errors.Join(err, out.Close())
}

func (t *Template) renderFile(in io.Reader, out io.Writer, where string, answers *jinja.Dict) error {
	content, err := io.ReadAll(in)
	if err != nil {
		return fmt.Errorf("read the template: %w", err)
	}
	if !isBinary(content) {
		rendered, err := t.render(where, string(content), answers)
		if err != nil {
			return err
		}
		content = []byte(rendered)
	}
	_, err = out.Write(content)
	return err
}

func isBinary(content []byte) bool {
	return bytes.IndexByte(content, 0) >= 0 || !utf8.Valid(content)
}

// isVerbatim says whether a file, or a directory that it is in, is one of those
// whose contents are not rendered.
func (t *Template) isVerbatim(name string) bool {
	for ; name != "."; name = path.Dir(name) {
		if slices.ContainsFunc(t.verbatim, func(pattern string) bool {
			matches, err := match(pattern, name)
			return err == nil && matches
		}) {
			return true
		}
	}
	return false
}

// match is Python's fnmatch, for which a slash is a character like others.
func match(pattern, name string) (bool, error) {
	hide := func(s string) string { return strings.ReplaceAll(s, "/", "\x00") }
	return path.Match(hide(pattern), hide(name))
}
