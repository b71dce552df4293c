package credentials

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A profile is what the shared files say under one name.
type profile struct {
	name        string
	named       bool              // somebody asked for it
	credentials map[string]string // from the credentials file, nil if not there
	config      map[string]string // from the config file, nil if not there
}

// readProfile reads the profile that is in effect. It has to exist only if it
// was asked for.
func readProfile(o Options) (*profile, error) {
	// botocore's order; other SDKs know only AWS_PROFILE.
	name := cmp.Or(o.Profile, o.Getenv("AWS_DEFAULT_PROFILE"), o.Getenv("AWS_PROFILE"))
	p := &profile{name: cmp.Or(name, "default"), named: name != ""}

	credentialsFile := o.file("AWS_SHARED_CREDENTIALS_FILE", "credentials")
	configFile := o.file("AWS_CONFIG_FILE", "config")
	credentials, err := p.readFile(credentialsFile)
	if err != nil {
		return nil, err
	}
	config, err := p.readFile(configFile)
	if err != nil {
		return nil, err
	}
	config = configProfiles(config)
	p.credentials, p.config = credentials[p.name], config[p.name]
	if p.named && p.credentials == nil && p.config == nil {
		maps.Copy(config, credentials)
		return nil, &UnknownProfileError{
			Profile: p.name,
			Known:   slices.Sorted(maps.Keys(config)),
			Files:   []string{credentialsFile, configFile},
		}
	}
	return p, nil
}

// file returns the path of one of the shared files, "" if there is none.
func (o Options) file(variable, name string) string {
	path := cmp.Or(o.Getenv(variable), "~/.aws/"+name)
	inHome, ok := strings.CutPrefix(path, "~/")
	switch {
	case !ok:
		return path
	case o.Home == "":
		return ""
	}
	return filepath.Join(o.Home, inHome)
}

// readFile returns the sections of a shared file. One that cannot be opened
// counts as empty unless a profile was asked for, and one that does not exist
// always does: HOME may well be the directory of another user.
func (p *profile) readFile(path string) (map[string]map[string]string, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) || err != nil && !p.named {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read AWS profile %s: %w", p.name, err)
	}
	sections, err := parseINI(string(data))
	if err != nil {
		return nil, fmt.Errorf("%s:%w", path, err)
	}
	return sections, nil
}

// configProfiles returns the profiles of a config file, where each but the
// default has its own kind of section: [profile NAME], or with quotes where
// there are blanks in the name.
func configProfiles(sections map[string]map[string]string) map[string]map[string]string {
	profiles := map[string]map[string]string{}
	for section, values := range sections {
		kind, name, _ := strings.Cut(strings.ReplaceAll(section, "\t", " "), " ")
		name = strings.TrimSpace(name)
		if n := len(name); n >= 2 && strings.ContainsRune(`"'`, rune(name[0])) && name[n-1] == name[0] {
			name = name[1 : n-1]
		}
		switch {
		case section == "default":
			profiles[section] = values
		case kind == "profile" && name != "":
			profiles[name] = values
		}
	}
	return profiles
}

// value returns a setting of the profile, "" if it is not set.
func (p *profile) value(key string) string {
	return cmp.Or(p.credentials[key], p.config[key])
}

// needSDK are the settings that make botocore ask a service for credentials,
// whatever else the profile says.
var needSDK = []string{
	"role_arn", "credential_source", "web_identity_token_file",
	"sso_session", "sso_account_id", "sso_role_name", "login_session",
}

// find returns the profile's credentials, none if it has none. The
// order of the sources is botocore's.
func (p *profile) find(ctx context.Context) (Credentials, error) {
	for _, setting := range needSDK {
		if p.value(setting) != "" {
			return Credentials{}, &NeedsSDKError{Profile: p.name, Setting: setting}
		}
	}
	if c, err := p.static(p.credentials); err != nil || c != (Credentials{}) {
		return c, err
	}
	if command := p.value("credential_process"); command != "" {
		c, err := runProcess(ctx, command)
		if err != nil {
			return Credentials{}, fmt.Errorf("credential_process of AWS profile %s: %w", p.name, err)
		}
		return c, nil
	}
	return p.static(p.config)
}

// static returns the keys that a section holds.
func (p *profile) static(section map[string]string) (Credentials, error) {
	id, secret := section["aws_access_key_id"], section["aws_secret_access_key"]
	if id != "" && secret == "" {
		return Credentials{}, fmt.Errorf("AWS profile %s has an aws_access_key_id but no aws_secret_access_key: add it", p.name)
	}
	if id == "" {
		return Credentials{}, nil
	}
	return Credentials{id, secret, cmp.Or(section["aws_session_token"], section["aws_security_token"])}, nil
}

// An UnknownProfileError says that nothing is configured under the name of a
// profile that was asked for.
type UnknownProfileError struct {
	Profile string
	Known   []string // the profiles that exist, sorted
	Files   []string // where they were looked for, "" for none
}

func (e *UnknownProfileError) Error() string {
	files := slices.DeleteFunc(slices.Clone(e.Files), func(file string) bool { return file == "" })
	if len(files) == 0 {
		return fmt.Sprintf("AWS profile %q was asked for, but there is no home directory with AWS's files", e.Profile)
	}
	return fmt.Sprintf("AWS profile %q is not in %s", e.Profile, strings.Join(files, " or "))
}

// Hint says what to do about it.
func (e *UnknownProfileError) Hint() string {
	if len(e.Known) == 0 {
		return "run aws configure --profile " + shellWord(e.Profile)
	}
	return "use one of " + strings.Join(e.Known, ", ")
}

// A NeedsSDKError says that a profile gets its credentials from a service of
// AWS, for which this package has no client.
type NeedsSDKError struct {
	Profile string
	Setting string // "sso_session": the first setting that makes it so
}

func (e *NeedsSDKError) Error() string {
	return fmt.Sprintf("AWS profile %q has to ask AWS for its credentials (%s), which sam cannot do", e.Profile, e.Setting)
}

// Hint says what to do about it. Variables beat AWS_PROFILE, but not --profile.
func (e *NeedsSDKError) Hint() string {
	return fmt.Sprintf(`run eval "$(aws configure export-credentials --profile %s --format env)" first, and leave out --profile`, shellWord(e.Profile))
}

// shellWord quotes s where a shell would take it apart.
func shellWord(s string) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return strings.ContainsRune(" \t'\"\\$`*?&|;<>()#~!", r) }) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
