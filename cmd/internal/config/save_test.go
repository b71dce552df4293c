package config

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/spf13/pflag"
)

func TestSaveGiven(t *testing.T) {
	h := &Host{Dir: t.TempDir()}
	flags := func(args ...string) *pflag.FlagSet {
		f := pflag.NewFlagSet("", pflag.ContinueOnError)
		AddFileFlags(f)
		f.String("template", "", "")
		f.StringArray("parameter-overrides", nil, "")
		f.Int("max-wait-duration", 0, "")
		f.Bool("express", true, "")
		f.Bool("guided", false, "")
		Negate(f, "express", "")
		if err := f.Parse(args); err != nil {
			t.Fatal(err)
		}
		return f
	}
	given := flags("--parameter-overrides=Stage=prod", "--parameter-overrides=Title=two words", "--max-wait-duration", "5", "--no-express", "--save-params", "--config-env", "prod")
	path, err := SaveGiven(given, "remote invoke", h)
	const want = "version = 0.1\n\n[prod.remote_invoke.parameters]\nexpress = false\nmax_wait_duration = 5\nparameter_overrides = ['Stage=prod', 'Title=two words']\n"
	text, readErr := os.ReadFile(filepath.Join(h.Dir, "samconfig.toml"))
	if err != nil || readErr != nil || string(text) != want || path != filepath.Join(h.Dir, "samconfig.toml") {
		t.Fatalf("%v %v %s\n%s", err, readErr, path, text)
	}
	again := flags("--config-env", "prod")
	if err := ResolveFile(again, "remote invoke", h); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"express", "max-wait-duration", "parameter-overrides"} {
		if got := again.Lookup(name).Value.String(); got != given.Lookup(name).Value.String() {
			t.Errorf("%s is %s", name, got)
		}
	}
	if _, err := SaveGiven(flags("--config-file", "samconfig.yaml", "--guided"), "deploy", h); err == nil {
		t.Error("YAML is written")
	}
}
