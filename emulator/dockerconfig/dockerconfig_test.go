package dockerconfig_test

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sam/emulator/dockerconfig"
)

// write writes files of a configuration, and returns its directory.
func write(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func load(t *testing.T, dir string) *dockerconfig.Config {
	t.Helper()
	c, err := dockerconfig.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCredentials(t *testing.T) {
	dir := write(t, map[string]string{
		"config.json": `{
			"auths": {
				"registry.example:5000": {"auth": "YWRhOnNlY3JldA=="},
				"https://index.docker.io/v1/": {"auth": "aHViOnB1bGw="},
				"token.example": {"identitytoken": "a token", "auth": "YWRhOg=="}
			},
			"credHelpers": {"helped.example": "test", "broken.example": "missing"}
		}`,
		"docker-credential-test": "#!/bin/sh\nread host\n[ $1 = get ] && echo \"{\\\"ServerURL\\\": \\\"$host\\\", \\\"Username\\\": \\\"helped\\\", \\\"Secret\\\": \\\"by $host\\\"}\"\n",
	})
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	c := load(t, dir)
	for host, want := range map[string][2]string{
		"registry.example:5000": {"ada", "secret"},
		"registry-1.docker.io":  {"hub", "pull"},
		"docker.io":             {"hub", "pull"},
		"token.example":         {"", "a token"},
		"helped.example":        {"helped", "by helped.example"},
		"unknown.example":       {},
	} {
		user, secret, err := c.Credentials(host)
		if err != nil || user != want[0] || secret != want[1] {
			t.Errorf("%s: %q, %q, %v; want %q", host, user, secret, err, want)
		}
	}
	if _, _, err := c.Credentials("broken.example"); err == nil || !strings.Contains(err.Error(), "credentials of broken.example") {
		t.Errorf("a helper that is missing: %v", err)
	}
}

func TestEngines(t *testing.T) {
	dir := write(t, map[string]string{
		"config.json": `{"currentContext": "remote"}`,
		"contexts/meta/" + digest("remote") + "/meta.json": `{"Name": "remote", "Endpoints": {"docker": {"Host": "tcp://192.0.2.1:2375"}}}`,
		"contexts/meta/" + digest("broken") + "/meta.json": `{`,
	})
	c := load(t, dir)
	for context, want := range map[string]string{"": "tcp://192.0.2.1:2375", "remote": "tcp://192.0.2.1:2375", "default": ""} {
		if got, err := c.Engine(context); err != nil || got != want {
			t.Errorf("%q: %q, %v; want %q", context, got, err, want)
		}
	}
	for context, want := range map[string]string{"missing": `docker has no context "missing"`, "broken": `read Docker's context "broken"`} {
		if _, err := c.Engine(context); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want %q", context, err, want)
		}
	}
	if got, err := load(t, t.TempDir()).Engine(""); err != nil || got != "" {
		t.Errorf("without a configuration: %q, %v", got, err)
	}
}

// digest is Docker's name for the directory of a context.
func digest(context string) string {
	sum := sha256.Sum256([]byte(context))
	return hex.EncodeToString(sum[:])
}

func TestDamagedConfiguration(t *testing.T) {
	if _, err := dockerconfig.Load(write(t, map[string]string{"config.json": "{"})); err == nil || !strings.Contains(err.Error(), "read Docker's configuration") {
		t.Errorf("error %v", err)
	}
}
