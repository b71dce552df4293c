package credentials

import (
	"fmt"
	"strings"
)

// parseINI reads the format of AWS's shared files, as botocore does: settings
// in sections, names of settings in any case, full-line comments with # or ;
// and, for a value that goes on, lines that are indented deeper than the first
// one. The settings below "s3 =" are such lines; nothing here needs them. An
// error begins with the line's number.
func parseINI(text string) (map[string]map[string]string, error) {
	sections := map[string]map[string]string{}
	var section map[string]string
	setting, settingIndent := "", 0 // the last of the section
	text = strings.TrimPrefix(text, "\ufeff")
	for i, line := range strings.Split(text, "\n") {
		content := strings.TrimSpace(line)
		indent := len(line) - len(strings.TrimLeft(line, " \t"))
		switch {
		case content == "" || isComment(content):
		case setting != "" && indent > settingIndent:
			section[setting] += "\n" + content
		case content[0] == '[':
			name, rest, ok := strings.Cut(content[1:], "]")
			if name, rest = strings.TrimSpace(name), strings.TrimSpace(rest); !ok || name == "" || rest != "" && !isComment(rest) {
				return nil, fmt.Errorf("%d: expected a section like [default]", i+1)
			}
			if sections[name] == nil {
				sections[name] = map[string]string{}
			}
			section, setting = sections[name], ""
		default:
			sign := strings.IndexAny(content, "=:")
			if sign <= 0 {
				return nil, fmt.Errorf("%d: expected a setting like region = us-east-1", i+1)
			}
			if section == nil {
				return nil, fmt.Errorf("%d: expected a section like [default] before the first setting", i+1)
			}
			setting, settingIndent = strings.ToLower(strings.TrimSpace(content[:sign])), indent
			section[setting] = withoutComment(setting, content[sign+1:])
		}
	}
	return sections, nil
}

func isComment(s string) bool { return s[0] == '#' || s[0] == ';' }

// withoutComment returns a value without the comment that AWS's SDKs, unlike
// botocore, allow after a blank. The shell that gets a credential_process has
// its own use for both signs.
func withoutComment(setting, value string) string {
	if setting != "credential_process" {
		for _, sign := range []string{" #", " ;", "\t#", "\t;"} {
			value, _, _ = strings.Cut(value, sign)
		}
	}
	return strings.TrimSpace(value)
}
