package scaffold

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode"
)

// maxName is the longest file name that Linux's file systems take, in bytes.
const maxName = 255

// checkName refuses names that are no name of a directory, or that would have
// to be quoted in the files of the project.
func checkName(name string) error {
	switch {
	case name == "":
		return errors.New("the name of the project is empty")
	case strings.ContainsAny(name, `/\`):
		return fmt.Errorf("%q is no name of a project: a name has no slashes (--output-dir chooses where it goes)", name)
	case strings.Trim(name, ".") != name:
		return fmt.Errorf("%q is no name of a project: a name neither begins nor ends with a dot", name)
	case len(name) > maxName:
		return fmt.Errorf("the name of the project is longer than %d bytes", maxName)
	}
	for i, r := range name {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || i > 0 && strings.ContainsRune(" -_.", r) {
			continue
		}
		return fmt.Errorf("%q is no name of a project: %q cannot be in it (letters, digits, and behind the first of them spaces, dots, hyphens and underscores can)", name, r)
	}
	return nil
}

// slug is a name as CloudFormation and package managers want it: lower case,
// with hyphens.
func slug(name string) string {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool {
		return r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
	text := strings.Join(words, "-")
	if text == "" || !unicode.IsLetter(rune(text[0])) {
		return strings.TrimSuffix("app-"+text, "-")
	}
	return text
}

// create makes the directory name in outputDir and has fill write into it. When
// fill fails nothing stays, and what was there before is never touched.
func create(outputDir, name string, fill func(dir string, root *os.Root) error) (err error) {
	made, err := makeParents(outputDir)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			for _, dir := range made {
				_ = os.Remove(dir) // goes only if it is empty
			}
		}
	}()
	dir := filepath.Join(outputDir, name)
	err = os.Mkdir(dir, 0o777)
	if errors.Is(err, fs.ErrExist) {
		kind := "file"
		if info, statErr := os.Stat(dir); statErr == nil && info.IsDir() {
			kind = "directory"
		}
		return &existsError{dir, kind}
	}
	if err != nil {
		return fmt.Errorf("make the directory of the project: %w", err)
	}
	defer func() {
		if err != nil {
			_ = os.RemoveAll(dir)
		}
	}()
	root, err := os.OpenRoot(dir)
	if err != nil {
		return fmt.Errorf("open the directory of the project: %w", err)
	}
	defer root.Close()
	return fill(dir, root)
}

// makeParents makes outputDir where it is missing, and returns what it made,
// the innermost first.
func makeParents(outputDir string) (made []string, err error) {
	for dir := filepath.Clean(outputDir); ; dir = filepath.Dir(dir) {
		if _, err := os.Lstat(dir); err == nil || dir == filepath.Dir(dir) {
			break
		}
		made = append(made, dir)
	}
	if err := os.MkdirAll(outputDir, 0o777); err != nil {
		return nil, fmt.Errorf("make the output directory: %w", err)
	}
	return made, nil
}

// An existsError says that something is where the project should be.
type existsError struct{ path, kind string }

func (e *existsError) Error() string {
	return fmt.Sprintf("%q %s already exists", filepath.Base(e.path), e.kind)
}

// Hint says how to get out of its way.
func (e *existsError) Hint() string {
	return fmt.Sprintf("nothing was changed in it: choose another name with --name, or another place with --output-dir (%s is taken)", e.path)
}
