package template

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

const (
	// maxSize bounds a template in bytes. CloudFormation's own limit is 1 MB.
	maxSize = 16 << 20
	// maxValues bounds what aliases expand to.
	maxValues = 1 << 20
	// maxDepth bounds nesting.
	maxDepth = 200
)

// A MissingError says that there is no template.
type MissingError struct {
	Path string // absolute
}

func (e *MissingError) Error() string { return "Template file not found at " + e.Path }

// read is readFile, and notes the file.
func (s *scope) read(path string) (root *Value, faults []*Error, err error) {
	s.files = append(s.files, path)
	return readFile(path)
}

// readFile reads a document. Faults that do not keep it from being understood,
// such as duplicate keys, come as a list. The error is *MissingError, *Error, or
// one of the file system.
func readFile(path string) (root *Value, faults []*Error, err error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		abs, absErr := filepath.Abs(path)
		if absErr != nil {
			abs = path
		}
		return nil, nil, &MissingError{Path: abs}
	case err != nil:
		return nil, nil, fmt.Errorf("read template: %w", err)
	case !info.Mode().IsRegular():
		return nil, nil, &Error{Position: Position{File: path}, Message: "is not a file"}
	case info.Size() > maxSize:
		return nil, nil, &Error{Position: Position{File: path}, Message: fmt.Sprintf("is larger than a template may be (%d MB)", maxSize>>20)}
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, nil, fmt.Errorf("read template: %w", err)
	}
	return parse(path, data)
}

// Parse reads a document, YAML or JSON, without resolving anything: functions
// have their long form, aliases and merges are replaced by what they stand for,
// and values know where they begin. file is for messages. The error is an *Error.
func Parse(file string, data []byte) (*Value, error) {
	root, _, err := parse(file, data)
	return root, err
}

// parse reads JSON if that is what the text is, else YAML.
func parse(file string, data []byte) (root *Value, faults []*Error, err error) {
	data = bytes.TrimPrefix(data, []byte("\ufeff")) // Windows editors write one
	if bytes.HasPrefix(bytes.TrimLeft(data, " \t\r\n"), []byte("{")) {
		root, faults, err := parseJSON(file, data)
		if err == nil || filepath.Ext(file) == ".json" {
			return root, faults, err
		}
	}
	return parseYAML(file, data)
}

// builder makes the values of one document, within its limits.
type builder struct {
	file   string
	left   int // values until maxValues
	faults []*Error
}

func newBuilder(file string) *builder { return &builder{file: file, left: maxValues} }

func (b *builder) at(line, col int) Position { return Position{File: b.file, Line: line, Col: col} }

func (b *builder) errorf(line, col int, format string, args ...any) *Error {
	return &Error{Position: b.at(line, col), Message: fmt.Sprintf(format, args...)}
}

// count is called for every value that is made.
func (b *builder) count(line, col, depth int) error {
	if depth > maxDepth {
		return b.errorf(line, col, "the template is nested deeper than %d levels", maxDepth)
	}
	if b.left--; b.left < 0 {
		return b.errorf(line, col, "the template has more than %d values (do its aliases multiply?)", maxValues)
	}
	return nil
}

// add adds an entry to a map, or faults a second one of the same key: the
// last one wins, as it does where templates are read without a check.
func (b *builder) add(m *Value, seen map[string]int, entry Entry) {
	if i, duplicate := seen[entry.Key]; duplicate {
		b.faults = append(b.faults, &Error{Position: entry.At, Message: fmt.Sprintf("the key %s stands here a second time; the first is in line %d", entry.Key, m.Entries[i].At.Line)})
		m.Entries[i] = entry
		return
	}
	seen[entry.Key] = len(m.Entries)
	m.Entries = append(m.Entries, entry)
}
