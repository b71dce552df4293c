package config

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/pflag"
)

// FilePath is where a configuration file is looked for: beside the template that
// was given, or else in the current directory.
func (h *Host) FilePath(name, template string) string {
	if filepath.IsAbs(name) {
		return name
	}
	if template != "" {
		name = filepath.Join(filepath.Dir(template), name)
	}
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(h.Dir, name)
}

// unsaved are the flags that say where to save, and whether.
var unsaved = []string{"save-params", "config-file", "config-env"}

// SaveGiven writes the flags that have been given, and not been resolved yet, to
// the configuration file, as those of the command ("local invoke"). It returns
// the path of the file.
func SaveGiven(flags *pflag.FlagSet, command string, h *Host) (string, error) {
	var given []Setting
	flags.Visit(func(f *pflag.Flag) {
		if _, isOpposite := f.Value.(*opposite); isOpposite || slices.Contains(unsaved, f.Name) {
			return
		}
		key := strings.ReplaceAll(f.Name, "-", "_")
		if f.Name == "template" {
			key = "template_file" // as SAM CLI has it, which reads the file too
		}
		given = append(given, Setting{Key: key, Value: typed(f.Value)})
	})
	template := valueOf(flags, "template")
	path := h.FilePath(cmp.Or(valueOf(flags, "config-file"), firstThere(h, template)), template)
	if filepath.Ext(path) != ".toml" {
		return "", fmt.Errorf("--save-params writes TOML, and the configuration file is %s: write to it by hand, or name another with --config-file", path)
	}
	text, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("read the configuration file: %w", err)
	}
	env := cmp.Or(valueOf(flags, "config-env"), "default")
	if text, err = Set(path, text, []string{env, section(command), "parameters"}, given); err != nil {
		return "", err
	}
	if err := WriteFile(path, string(text)); err != nil {
		return "", fmt.Errorf("write the configuration file: %w", err)
	}
	return path, nil
}

// typed is the value of a flag in its type.
func typed(value pflag.Value) any {
	if list, isList := value.(pflag.SliceValue); isList {
		return list.GetSlice()
	}
	switch value.Type() {
	case "bool":
		return value.String() == "true"
	case "int":
		if n, err := strconv.Atoi(value.String()); err == nil {
			return n
		}
	}
	return value.String()
}

// firstThere is the name of the configuration file that is used if none is
// named, or of the one to make.
func firstThere(h *Host, template string) string {
	for _, name := range fileNames {
		if _, err := os.Stat(h.FilePath(name, template)); err == nil {
			return name
		}
	}
	return fileNames[0]
}
