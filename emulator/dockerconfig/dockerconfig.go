// Package dockerconfig reads what the user has told Docker's own command: the
// credentials of registries, and where its engine is. Podman, nerdctl and others
// use the same files.
package dockerconfig

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/docker/cli/cli/config"
	"github.com/docker/cli/cli/config/configfile"
)

// A Config is the directory ~/.docker, or the one that DOCKER_CONFIG names.
type Config struct {
	dir  string
	file *configfile.ConfigFile
}

// Load reads the configuration in dir. A directory without one is an empty
// configuration.
func Load(dir string) (*Config, error) {
	file, err := config.Load(dir)
	if err != nil {
		return nil, fmt.Errorf("read Docker's configuration: %w", err)
	}
	return &Config{dir, file}, nil
}

// dockerHub is what the configuration calls registry-1.docker.io.
const dockerHub = "https://index.docker.io/v1/"

// Credentials are the user and the password for a registry, or a token without a
// user; both are empty if there are none. It asks the credential helpers that the
// configuration names.
func (c *Config) Credentials(host string) (user, secret string, err error) {
	if host == "registry-1.docker.io" || host == "docker.io" {
		host = dockerHub
	}
	auth, err := c.file.GetAuthConfig(host)
	if err != nil {
		return "", "", fmt.Errorf("get the credentials of %s: %w", host, err)
	}
	if auth.IdentityToken != "" {
		return "", auth.IdentityToken, nil
	}
	return auth.Username, auth.Password, nil
}

// Engine is the address of the engine that a context names, or empty if that is
// the default one. An empty name is the context that the configuration has chosen.
func (c *Config) Engine(context string) (string, error) {
	if context == "" {
		context = c.file.CurrentContext
	}
	if context == "" || context == "default" {
		return "", nil
	}
	id := sha256.Sum256([]byte(context)) // Docker's name for the directory
	file := filepath.Join(c.dir, "contexts", "meta", hex.EncodeToString(id[:]), "meta.json")
	data, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		return "", fmt.Errorf("docker has no context %q", context)
	}
	if err != nil {
		return "", fmt.Errorf("read Docker's context %q: %w", context, err)
	}
	var meta struct {
		Endpoints map[string]struct{ Host string }
	}
	if err := json.Unmarshal(data, &meta); err != nil {
		return "", fmt.Errorf("read Docker's context %q: %s: %w", context, file, err)
	}
	return meta.Endpoints["docker"].Host, nil
}
