package credentials

import (
	"fmt"
	"testing"
)

func TestParseINI(t *testing.T) {
	tests := []struct {
		name string
		text string
		want string // as fmt prints the map
	}{
		{"empty", "", "map[]"},
		{"settings", "[a]\nx=1\ny = two words\nz: 3\n", "map[a:map[x:1 y:two words z:3]]"},
		{"lines of Windows", "\ufeff[a]\r\nx = 1\r\n\r\n", "map[a:map[x:1]]"},
		{"case", "[Dev]\nAWS_Access_Key_ID = AbC", "map[Dev:map[aws_access_key_id:AbC]]"},
		{"blanks", "[ a b ] # c\n  x  =  1  \n  y = 2\n", "map[a b:map[x:1 y:2]]"},
		{"comments", "# c\n; c\n[a]\n  # c = d\nx = 1 # c\ny = 2 ; c\nz = a#b;c\ncredential_process = a ; b # c", "map[a:map[credential_process:a ; b # c x:1 y:2 z:a#b;c]]"},
		{"equals signs", "[a]\nx = a=b=", "map[a:map[x:a=b=]]"},
		{"no value", "[a]\nx =\ny=", "map[a:map[x: y:]]"},
		{"settings of settings", "[a]\ns3 =\n  region = inner\n  # c\n  x = 2\nregion = outer\n", "map[a:map[region:outer s3:\nregion = inner\nx = 2]]"},
		{"a value that goes on", "[a]\nx = 1\n\t2\n", "map[a:map[x:1\n2]]"},
		{"a section twice", "[a]\nx = 1\n[b]\n[a]\ny = 2\nx = 3", "map[a:map[x:3 y:2] b:map[]]"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := parseINI(tt.text)
			if err != nil {
				t.Fatal(err)
			}
			if fmt.Sprint(got) != tt.want {
				t.Errorf("got  %q\nwant %q", fmt.Sprint(got), tt.want)
			}
		})
	}
}

func TestParseINIErrors(t *testing.T) {
	const setting, section = "expected a setting like region = us-east-1", "expected a section like [default]"
	tests := []struct{ text, want string }{
		{"[a]\n\nregion", "3: " + setting},
		{"[a]\n= x", "2: " + setting},
		{"x = 1", "1: " + section + " before the first setting"},
		{"[a", "1: " + section},
		{"[]", "1: " + section},
		{"[a] b", "1: " + section},
	}
	for _, tt := range tests {
		if _, err := parseINI(tt.text); err == nil || err.Error() != tt.want {
			t.Errorf("%q: got %v, want %s", tt.text, err, tt.want)
		}
	}
}

func TestConfigProfiles(t *testing.T) {
	sections, err := parseINI(`
[default]
[profile dev]
[profile	tab]
[profile   "with blanks"]
[profile 'single']
[profile bare words]
[profile]
[profiled x]
[sso-session s]
[preview]
`)
	if err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprint(configProfiles(sections))
	if want := "map[bare words:map[] default:map[] dev:map[] single:map[] tab:map[] with blanks:map[]]"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
