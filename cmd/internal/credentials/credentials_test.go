package credentials

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A home is a home directory with AWS's files, and an environment.
type home struct {
	dir string
	env map[string]string
}

// newHome writes the files that are not empty.
func newHome(t *testing.T, credentials, config string, env map[string]string) home {
	t.Helper()
	h := home{t.TempDir(), env}
	if err := os.Mkdir(filepath.Join(h.dir, ".aws"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{"credentials": credentials, "config": config} {
		if content != "" {
			h.write(t, filepath.Join(".aws", name), content)
		}
	}
	return h
}

func (h home) write(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(h.dir, name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func (h home) options(profile, region string) Options {
	return Options{
		Profile: profile,
		Region:  region,
		Getenv:  func(name string) string { return h.env[name] },
		Home:    h.dir,
	}
}

const (
	staticFile = `
[default]
aws_access_key_id = default-id
aws_secret_access_key = default-secret

[dev]
aws_access_key_id = dev-id
aws_secret_access_key = dev-secret
aws_session_token = dev-token
`
	configFile = `
[default]
region = eu-west-1

[profile dev]
region = eu-west-2
output = json
`
)

func TestResolve(t *testing.T) {
	env := map[string]string{"AWS_ACCESS_KEY_ID": "env-id", "AWS_SECRET_ACCESS_KEY": "env-secret"}
	fromDefault := Credentials{"default-id", "default-secret", ""}
	fromDev := Credentials{"dev-id", "dev-secret", "dev-token"}
	fromEnv := Credentials{"env-id", "env-secret", ""}
	with := func(env map[string]string, more ...string) map[string]string {
		both := map[string]string{}
		for name, value := range env {
			both[name] = value
		}
		for i := 0; i < len(more); i += 2 {
			both[more[i]] = more[i+1]
		}
		return both
	}

	tests := []struct {
		name                string
		credentials, config string
		env                 map[string]string
		profile, region     string
		want                Result
	}{
		{name: "nothing", want: Result{placeholder, "us-east-1", ""}},
		{name: "default profile", credentials: staticFile, config: configFile, want: Result{fromDefault, "eu-west-1", ""}},
		{name: "only a region", config: configFile, want: Result{placeholder, "eu-west-1", ""}},
		{name: "environment", credentials: staticFile, config: configFile, env: env, want: Result{fromEnv, "eu-west-1", ""}},
		{
			name: "environment with a token", env: with(env, "AWS_SESSION_TOKEN", "t", "AWS_REGION", "r"),
			want: Result{Credentials{"env-id", "env-secret", "t"}, "r", ""},
		},
		{
			name: "environment over AWS_PROFILE", credentials: staticFile, config: configFile,
			env: with(env, "AWS_PROFILE", "dev"), want: Result{fromEnv, "eu-west-2", ""},
		},
		{
			name: "--profile over environment", credentials: staticFile, config: configFile,
			env: env, profile: "dev", want: Result{fromDev, "eu-west-2", ""},
		},
		{
			name: "--profile over AWS_PROFILE", credentials: staticFile, config: configFile,
			env: with(nil, "AWS_PROFILE", "missing"), profile: "dev", want: Result{fromDev, "eu-west-2", ""},
		},
		{
			name: "AWS_PROFILE", credentials: staticFile, config: configFile,
			env: with(nil, "AWS_PROFILE", "dev"), want: Result{fromDev, "eu-west-2", ""},
		},
		{
			name: "AWS_DEFAULT_PROFILE first", credentials: staticFile,
			env: with(nil, "AWS_PROFILE", "default", "AWS_DEFAULT_PROFILE", "dev"), want: Result{fromDev, "us-east-1", ""},
		},
		{
			name: "--region", credentials: staticFile, config: configFile, region: "flag",
			env: with(nil, "AWS_REGION", "r", "AWS_DEFAULT_REGION", "d"), want: Result{fromDefault, "flag", ""},
		},
		{
			name: "AWS_REGION", config: configFile,
			env: with(nil, "AWS_REGION", "r", "AWS_DEFAULT_REGION", "d"), want: Result{placeholder, "r", ""},
		},
		{
			name: "AWS_DEFAULT_REGION", config: configFile,
			env: with(nil, "AWS_DEFAULT_REGION", "d"), want: Result{placeholder, "d", ""},
		},
		{
			name:   "keys in the config file",
			config: "[profile old]\naws_access_key_id=a\naws_secret_access_key=b\naws_security_token=c", profile: "old",
			want: Result{Credentials{"a", "b", "c"}, "us-east-1", ""},
		},
		{
			name:        "credentials file over config file",
			credentials: "[x]\naws_access_key_id=a\naws_secret_access_key=b\nregion=one",
			config:      "[profile x]\naws_access_key_id=c\naws_secret_access_key=d\nregion=two\ncredential_process=exit 1",
			profile:     "x", want: Result{Credentials{"a", "b", ""}, "one", ""},
		},
		{
			name: "credential_process over keys beside it", profile: "x",
			config: `[profile x]
aws_access_key_id = c
aws_secret_access_key = d
credential_process = printf '%s' '{"Version": 1, "AccessKeyId": "p", "SecretAccessKey": "q"}'`,
			want: Result{Credentials{"p", "q", ""}, "us-east-1", ""},
		},
		{
			name: "a profile without credentials", config: configFile, profile: "dev",
			want: Result{placeholder, "eu-west-2", "AWS profile dev has no credentials, so functions get placeholders"},
		},
		{
			name: "a default profile that nobody asked for", config: "[default]\nsso_session = s\nregion = eu-west-1",
			want: Result{placeholder, "eu-west-1", `AWS profile "default" has to ask AWS for its credentials (sso_session), ` +
				`which sam cannot do, so functions get placeholder credentials: ` +
				`run eval "$(aws configure export-credentials --profile default --format env)" first, and leave out --profile`},
		},
		{
			name: "one that needs the SDK, under environment variables", config: "[default]\nrole_arn = r\nregion = eu-west-1",
			env: env, want: Result{fromEnv, "eu-west-1", ""},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := newHome(t, tt.credentials, tt.config, tt.env)
			got, err := Resolve(t.Context(), h.options(tt.profile, tt.region))
			if err != nil {
				t.Fatal(err)
			}
			if got != tt.want {
				t.Errorf("got  %+v\nwant %+v", got, tt.want)
			}
		})
	}
}

func TestResolveErrors(t *testing.T) {
	tests := []struct {
		name                string
		credentials, config string
		env                 map[string]string
		profile             string
		want                string
	}{
		{name: "half of the environment", env: map[string]string{"AWS_ACCESS_KEY_ID": "x"}, want: "AWS_ACCESS_KEY_ID is set without AWS_SECRET_ACCESS_KEY"},
		{name: "half of a profile", credentials: "[default]\naws_access_key_id = x", want: "AWS profile default has an aws_access_key_id but no aws_secret_access_key"},
		{name: "syntax", config: "[default]\nregion", want: "/.aws/config:2: expected a setting"},
		{name: "process", config: "[default]\ncredential_process = echo locked >&2; exit 3", want: "credential_process of AWS profile default: exit status 3: locked"},
		{name: "silent process", config: "[default]\ncredential_process = exit 3", want: "credential_process of AWS profile default: exit status 3"},
		{name: "no such process", config: "[default]\ncredential_process = /no/such", want: "/no/such: not found"},
		{name: "no JSON", config: "[default]\ncredential_process = echo secret", want: "it printed no JSON object"},
		{name: "version", config: `[default]` + "\n" + `credential_process = echo '{"Version": 2}'`, want: "of version 2"},
		{name: "no keys", config: `[default]` + "\n" + `credential_process = echo '{"Version": 1, "AccessKeyId": "x"}'`, want: "no SecretAccessKey"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := newHome(t, tt.credentials, tt.config, tt.env)
			got, err := Resolve(t.Context(), h.options(tt.profile, ""))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
			if got != (Result{}) {
				t.Errorf("got %+v with the error", got)
			}
		})
	}
}

func TestResolveUnknownProfile(t *testing.T) {
	for _, variable := range []string{"", "AWS_PROFILE", "AWS_DEFAULT_PROFILE"} {
		h := newHome(t, staticFile, configFile+"[profile only config]\n[other]\n", nil)
		o := h.options("missing", "")
		if variable != "" {
			h.env = map[string]string{variable: "missing"}
			o = h.options("", "")
		}
		_, err := Resolve(t.Context(), o)
		var unknown *UnknownProfileError
		if !errors.As(err, &unknown) {
			t.Fatalf("%s: got %v", variable, err)
		}
		if want := []string{"default", "dev", "only config"}; unknown.Profile != "missing" || !slices.Equal(unknown.Known, want) {
			t.Errorf("got %+v, want profiles %v", unknown, want)
		}
		want := `AWS profile "missing" is not in ` + h.dir + "/.aws/credentials or " + h.dir + "/.aws/config"
		if err.Error() != want {
			t.Errorf("got  %s\nwant %s", err, want)
		}
		if got, want := unknown.Hint(), "use one of default, dev, only config"; got != want {
			t.Errorf("got hint %q, want %q", got, want)
		}
	}
}

func TestResolveWithoutHome(t *testing.T) {
	// A file in the current directory is not the user's: it could name a
	// program to run.
	h := newHome(t, "", "[default]\ncredential_process = exit 1\n", nil)
	t.Chdir(h.dir)
	o := h.options("", "")
	o.Home = ""
	if got, err := Resolve(t.Context(), o); err != nil || got.Credentials != placeholder {
		t.Errorf("got %+v, %v", got, err)
	}
	o.Profile = "it's mine"
	_, err := Resolve(t.Context(), o)
	var unknown *UnknownProfileError
	if !errors.As(err, &unknown) {
		t.Fatalf("got %v", err)
	}
	if got, want := unknown.Hint(), `run aws configure --profile 'it'\''s mine'`; got != want {
		t.Errorf("got hint %s, want %s", got, want)
	}
}

func TestResolveNeedsSDK(t *testing.T) {
	for _, setting := range []string{
		"role_arn = arn:aws:iam::1:role/x\nsource_profile = default",
		"credential_source = Ec2InstanceMetadata",
		"web_identity_token_file = /token",
		"sso_session = x",
		"sso_account_id = 1",
		"login_session = arn:aws:iam::1:user/x",
	} {
		name, _, _ := strings.Cut(setting, " ")
		h := newHome(t, staticFile, "[profile team dev]\n"+setting, map[string]string{"AWS_PROFILE": "team dev"})
		for _, o := range []Options{h.options("team dev", ""), h.options("", "eu-west-1")} {
			_, err := Resolve(t.Context(), o)
			var needs *NeedsSDKError
			if !errors.As(err, &needs) || needs.Profile != "team dev" || needs.Setting != name {
				t.Errorf("%s: got %v", name, err)
				continue
			}
			if want := `eval "$(aws configure export-credentials --profile 'team dev' --format env)"`; !strings.Contains(needs.Hint(), want) {
				t.Errorf("hint %q lacks %s", needs.Hint(), want)
			}
		}
	}
}

func TestResolveOtherFiles(t *testing.T) {
	h := newHome(t, "syntax error", "syntax error", map[string]string{"AWS_CONFIG_FILE": "~/my.config"})
	h.env["AWS_SHARED_CREDENTIALS_FILE"] = h.write(t, "mine", staticFile)
	h.write(t, "my.config", configFile)
	got, err := Resolve(t.Context(), h.options("dev", ""))
	if want := (Result{Credentials{"dev-id", "dev-secret", "dev-token"}, "eu-west-2", ""}); err != nil || got != want {
		t.Errorf("got %+v, %v; want %+v", got, err, want)
	}
}

func TestResolveReadsNothingNeedless(t *testing.T) {
	h := newHome(t, "syntax error", "syntax error", map[string]string{
		"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_REGION": "r", "AWS_PROFILE": "missing",
	})
	got, err := Resolve(t.Context(), h.options("", ""))
	if want := (Result{Credentials{"a", "b", ""}, "r", ""}); err != nil || got != want {
		t.Errorf("got %+v, %v; want %+v", got, err, want)
	}
}

func TestResolveUnreadableFiles(t *testing.T) {
	h := newHome(t, "", "", map[string]string{"AWS_CONFIG_FILE": t.TempDir()}) // a directory fails for root, too
	if got, err := Resolve(t.Context(), h.options("", "")); err != nil || got.Credentials != placeholder {
		t.Errorf("got %+v, %v", got, err)
	}
	if _, err := Resolve(t.Context(), h.options("dev", "")); err == nil || !strings.Contains(err.Error(), "read AWS profile dev: ") {
		t.Errorf("got %v", err)
	}
}

func TestResolveKeepsToTheContext(t *testing.T) {
	h := newHome(t, "", "[default]\ncredential_process = exec sleep 1000\n", nil)
	ctx, cancel := context.WithCancelCause(t.Context())
	stop := errors.New("stop")
	cancel(stop)
	if _, err := Resolve(ctx, h.options("", "")); !errors.Is(err, stop) {
		t.Errorf("got %v", err)
	}
}
