package config

import "testing"

func TestSet(t *testing.T) {
	for _, test := range []struct{ name, in, want string }{
		{"a new file", "", "version = 0.1\n\n[default.deploy.parameters]\nstack_name = 'a'\nconfirm = true\n"},
		{"another table", "# mine\nversion = 0.1\n[default.build.parameters]\ncached = true  # fast", "# mine\nversion = 0.1\n[default.build.parameters]\ncached = true  # fast\n\n[default.deploy.parameters]\nstack_name = 'a'\nconfirm = true\n"},
		{
			"the table",
			"version = 0.1\n\n[default.deploy.parameters]  # here\nstack_name = 'old'\ntags = [ # several\n  'a=b',\n]\n# comment\n\n[prod.deploy.parameters]\nstack_name = 'p'\n",
			"version = 0.1\n\n[default.deploy.parameters]  # here\nstack_name = 'a'\ntags = [ # several\n  'a=b',\n]\n# comment\nconfirm = true\n\n[prod.deploy.parameters]\nstack_name = 'p'\n",
		},
		{"quoted keys, and text like a header", "version = 0.1\n[default]\nx = '''\n[default.deploy.parameters]\n'''\n[default.\"deploy\".parameters]\n\"confirm\" = false\n", "version = 0.1\n[default]\nx = '''\n[default.deploy.parameters]\n'''\n[default.\"deploy\".parameters]\nconfirm = true\nstack_name = 'a'\n"},
	} {
		got, err := Set("samconfig.toml", []byte(test.in), []string{"default", "deploy", "parameters"}, []Setting{{"stack_name", "a"}, {"confirm", true}})
		if err != nil || string(got) != test.want {
			t.Errorf("%s: %v\n%s\nwant\n%s", test.name, err, got, test.want)
		}
	}
	for _, in := range []string{"no TOML", "version = 0.1\ndefault = {deploy = {parameters = {a = 1}}}\n", "x = 1\n"} {
		if got, err := Set("samconfig.toml", []byte(in), []string{"default", "deploy", "parameters"}, []Setting{{"a", "b"}}); err == nil {
			t.Errorf("%q became %q", in, got)
		}
	}
	for _, text := range []string{`A="1" B="it's"`, `A="1"`, "two\nlines", `back\slash`, "é"} {
		got, err := Set("samconfig.toml", nil, []string{"t"}, []Setting{{"k", text}})
		if err != nil {
			t.Fatal(err)
		}
		if f, err := parseFile("samconfig.toml", got); err != nil || f.tables["t"].(map[string]any)["k"] != text {
			t.Errorf("%q was written as %s (%v)", text, got, err)
		}
	}
}
