package config

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v3"
)

// fileNames are the names that a configuration file is found under.
var fileNames = []string{"samconfig.toml", "samconfig.yaml", "samconfig.yml"}

// AddFileFlags adds the flags that choose the configuration file and what is
// read of it.
func AddFileFlags(flags *pflag.FlagSet) {
	flags.String("config-file", "", "Configuration `file` (default samconfig.toml, .yaml or .yml beside the given template)")
	flags.Bool("save-params", false, "Save the given options in the configuration file")
	flags.String("config-env", "default", "`Environment` whose tables of the configuration file are read")
}

// ResolveFile gives flags that have no value yet the one that the
// configuration file has for the command ("local invoke"), else the one it has
// for all. It is called after Resolve, because environment variables come
// before the file. Keys that are no flags of the command are not its business.
func ResolveFile(flags *pflag.FlagSet, command string, h *Host) error {
	f, err := findFile(flags, h)
	if err != nil || f == nil {
		return err
	}
	env := cmp.Or(valueOf(flags, "config-env"), "default")
	for _, section := range []string{section(command), "global"} {
		if err := f.apply(flags, env, section, "parameters"); err != nil {
			return err
		}
	}
	return nil
}

// section is the table of a command.
func section(command string) string { return strings.NewReplacer(" ", "_", "-", "_").Replace(command) }

// valueOf returns the value of a flag that the command may not have.
func valueOf(flags *pflag.FlagSet, name string) string {
	if flag := flags.Lookup(name); flag != nil {
		return flag.Value.String()
	}
	return ""
}

// A file is a configuration file that was read.
type file struct {
	name   string // for messages
	tables map[string]any
}

// findFile reads the configuration file beside the template that was given, or
// else in the current directory. It returns nil if there is none and none was
// asked for.
func findFile(flags *pflag.FlagSet, h *Host) (*file, error) {
	template := valueOf(flags, "template")
	names := fileNames
	explicit := valueOf(flags, "config-file")
	if explicit != "" {
		names = []string{explicit}
	}
	for _, name := range names {
		if template != "" && !filepath.IsAbs(name) {
			name = filepath.Join(filepath.Dir(template), name)
		}
		data, err := os.ReadFile(h.FilePath(name, ""))
		switch {
		case err == nil:
			return parseFile(name, data)
		case explicit != "" || !errors.Is(err, fs.ErrNotExist):
			return nil, &MissingFileError{Name: cmp.Or(explicit, name), Err: err}
		}
	}
	return nil, nil
}

// A MissingFileError says that a configuration file cannot be read.
type MissingFileError struct {
	Name string // as it was given
	Err  error
}

func (e *MissingFileError) Error() string {
	return fmt.Sprintf("Config file %s does not exist or could not be read!", e.Name)
}

func (e *MissingFileError) Unwrap() error { return e.Err }

// Hint tells where the file was looked for: not always where the user thinks.
func (e *MissingFileError) Hint() string { return e.Err.Error() }

func parseFile(name string, data []byte) (*file, error) {
	data = bytes.TrimPrefix(data, []byte("\ufeff")) // Windows editors write one
	var content any
	var err error
	versionLine := "version = 0.1"
	switch ext := filepath.Ext(name); ext {
	case ".toml":
		tables := make(map[string]any)
		err = tomlError(name, toml.Unmarshal(data, &tables))
		content = tables
	case ".yaml", ".yml":
		versionLine = "version: 0.1"
		err = yamlError(name, yaml.Unmarshal(data, &content))
	default:
		err = fmt.Errorf("the config file %s uses an unsupported extension, and cannot be read: use .toml, .yaml or .yml", name)
	}
	if err != nil {
		return nil, err
	}
	tables, isTable := content.(map[string]any)
	switch {
	case content == nil, isTable && len(tables) == 0:
		return &file{name: name}, nil // empty, which SAM CLI does not mind
	case !isTable:
		return nil, fmt.Errorf("%s: %s where the environments should be", name, describe(content))
	}
	switch tables["version"].(type) {
	case int, int64, float64:
		return &file{name: name, tables: tables}, nil
	}
	return nil, fmt.Errorf("%s: 'version' key is not present or is in unrecognized format: begin the file with the line %q", name, versionLine)
}

func tomlError(name string, err error) error {
	var syntax *toml.DecodeError
	if !errors.As(err, &syntax) {
		return err
	}
	line, column := syntax.Position()
	return fmt.Errorf("%s:%d:%d: the file is not valid TOML: %s", name, line, column, strings.TrimPrefix(syntax.Error(), "toml: "))
}

// yamlError takes the line out of the YAML reader's message, which is the only
// place where it puts it.
func yamlError(name string, err error) error {
	if err == nil {
		return nil
	}
	message := strings.TrimPrefix(err.Error(), "yaml: ")
	message = strings.TrimPrefix(message, "unmarshal errors:\n  ")
	message, _, _ = strings.Cut(message, "\n") // the first says enough
	line := 0
	if n, scanErr := fmt.Sscanf(message, "line %d:", &line); n != 1 || scanErr != nil {
		return fmt.Errorf("%s: the file is not valid YAML: %s", name, message)
	}
	_, message, _ = strings.Cut(message, ": ")
	if strings.HasPrefix(message, "did not find expected") {
		line++ // the reader counts these lines from 0
	}
	return fmt.Errorf("%s:%d: the file is not valid YAML: %s", name, line, message)
}

// apply gives flags that have no value yet the values of a table, which may be
// missing.
func (f *file) apply(flags *pflag.FlagSet, path ...string) error {
	table := f.tables
	for i, key := range path {
		value, found := table[key]
		if !found || value == nil {
			return nil
		}
		var isTable bool
		if table, isTable = value.(map[string]any); !isTable {
			return fmt.Errorf("%s: [%s] should be a table, not %s", f.name, strings.Join(path[:i+1], "."), describe(value))
		}
	}
	for _, key := range slices.Sorted(maps.Keys(table)) {
		flag := flags.Lookup(strings.ReplaceAll(key, "_", "-"))
		if flag == nil || flag.Changed {
			continue
		}
		words, err := words(flag, table[key])
		if err != nil {
			return fmt.Errorf("%s: [%s] %s: %w", f.name, strings.Join(path, "."), key, err)
		}
		for _, word := range words {
			if err := flags.Set(flag.Name, word); err != nil {
				return fmt.Errorf("%s: [%s] %s: %w", f.name, strings.Join(path, "."), key, mismatch(flag, word))
			}
		}
	}
	return nil
}
