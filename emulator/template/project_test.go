package template

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestCodeOutsideOfTheProject(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "repository/.git"), 0o755); err != nil {
		t.Fatal(err)
	}
	far := strings.Repeat("../", 40) + "etc"
	for _, test := range []struct {
		file, uri string
		out       bool
	}{
		{"repository/infra/template.yaml", "src", false},
		{"repository/infra/template.yaml", "../src", false},
		{"repository/infra/template.yaml", "..", false},
		{"repository/infra/template.yaml", "../../elsewhere", true},
		{"repository/infra/template.yaml", "../src/../../elsewhere", true},
		{"repository/infra/template.yaml", "..src", false},
		{"repository/infra/template.yaml", "/absolute", false},
		{"loose/template.yaml", "../sibling", false},
		{"loose/template.yaml", far, true},
	} {
		path := write(t, dir, test.file, "Resources:\n  Fn:\n    Type: AWS::Serverless::Function\n    Properties: {Runtime: python3.11, Handler: a.b, CodeUri: '"+test.uri+"'}\n")
		template, err := Read(path, Options{})
		if err != nil {
			t.Fatal(err)
		}
		problems, err := template.Check()
		if err != nil {
			t.Fatal(err)
		}
		fn := template.Functions()[0]
		if (fn.Unrunnable != nil) != test.out || (len(problems) > 0) != test.out {
			t.Errorf("%s in %s: %v, %v; want an error: %v", test.uri, test.file, fn.Unrunnable, problems, test.out)
		}
		if test.out && !strings.Contains(fn.Unrunnable.Error(), ":4:62: Fn: CodeUri "+test.uri+" leads out of the project") {
			t.Errorf("%s: %v", test.uri, fn.Unrunnable)
		}
	}
}
