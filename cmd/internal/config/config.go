// Package config resolves what a command was told: flags first, then the
// environment variables that stand for them, then samconfig.toml, then the
// defaults.
//
// It also describes the host that a command runs on. No other package reads
// this process's environment variables.
package config

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/pflag"
	"golang.org/x/sys/unix"
)

// A Host is the part of this process's surroundings that commands may use.
type Host struct {
	Environ []string // KEY=value
	Lookup  func(string) (string, bool)
	Home    string // may be empty
	Dir     string // the current directory
}

// Getenv returns an environment variable, or "".
func (h *Host) Getenv(name string) string {
	value, _ := h.Lookup(name)
	return value
}

// System returns the host that this process runs on.
func System() *Host {
	h := &Host{Environ: os.Environ(), Lookup: os.LookupEnv, Home: os.Getenv("HOME")}
	h.Dir, _ = os.Getwd() // a directory that was removed fails at its first use, by name
	return h
}

// Colour says whether the user lets terminals show colours.
func (h *Host) Colour() bool {
	return h.Getenv("NO_COLOR") == "" && h.Getenv("SAM_CLI_NO_COLOR") == "" && h.Getenv("TERM") != "dumb"
}

// CacheDir returns the directory for what can be made again. It exists, unless
// no place can be written to.
func (h *Host) CacheDir() string { return h.writableDir("XDG_CACHE_HOME", ".cache") }

// DataDir returns the directory for what was installed on request.
func (h *Host) DataDir() string { return h.writableDir("XDG_DATA_HOME", ".local/share") }

// writableDir is our directory below one of the XDG base directories, or one
// for this user below the temporary directory if that cannot be written.
func (h *Host) writableDir(variable, inHome string) string {
	base := h.Getenv(variable)
	if !filepath.IsAbs(base) && h.Home != "" {
		base = filepath.Join(h.Home, inHome)
	}
	if dir := filepath.Join(base, "sam"); filepath.IsAbs(dir) && os.MkdirAll(dir, 0o755) == nil && unix.Access(dir, unix.W_OK) == nil {
		return dir
	}
	return filepath.Join(os.TempDir(), fmt.Sprintf("sam-%d", os.Getuid()), filepath.Base(inHome))
}

const envAnnotation = "sam_environment_variable"

// FromEnv says that a flag takes its value from an environment variable if it
// is not given.
func FromEnv(flags *pflag.FlagSet, flag, variable string) {
	if err := flags.SetAnnotation(flag, envAnnotation, []string{variable}); err != nil {
		panic(err) // the flag does not exist: a mistake in the program
	}
	f := flags.Lookup(flag)
	f.Usage += " [" + variable + "]"
}

// Resolve gives flags that were not given the value of their environment
// variable.
func Resolve(flags *pflag.FlagSet, h *Host) error {
	var err error
	flags.VisitAll(func(f *pflag.Flag) {
		variables := f.Annotations[envAnnotation]
		if err != nil || f.Changed || len(variables) == 0 {
			return
		}
		value := h.Getenv(variables[0])
		if value == "" {
			return
		}
		word := value
		if f.Value.Type() == "bool" {
			word, err = boolean(value)
		}
		if err == nil {
			err = flags.Set(f.Name, word)
		}
		if err != nil {
			err = &EnvError{Variable: variables[0], Value: value, Flag: f.Name}
		}
	})
	return err
}

// An EnvError says that an environment variable has no value that its flag
// can take.
type EnvError struct {
	Variable, Value, Flag string
}

func (e *EnvError) Error() string {
	return fmt.Sprintf("Invalid value for --%s: %q, from the environment variable %s", e.Flag, e.Value, e.Variable)
}

// boolean reads the words that SAM CLI takes for yes and no.
func boolean(word string) (string, error) {
	switch strings.ToLower(word) {
	case "yes", "y", "on":
		return "true", nil
	case "no", "n", "off":
		return "false", nil
	}
	value, err := strconv.ParseBool(strings.ToLower(word))
	return strconv.FormatBool(value), err
}
