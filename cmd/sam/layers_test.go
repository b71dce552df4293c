package main

import (
	"encoding/json"
	"os/exec"
	"path"
	"strings"
	"testing"

	"sam/emulator/emulatortest"
)

// goPackage is what `go list -json` says of a package.
type goPackage struct {
	ImportPath string
	Doc        string
	Imports    []string
}

func listPackages(t *testing.T) []goPackage {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Doc,Imports", "./...")
	cmd.Dir = emulatortest.Root(t)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var packages []goPackage
	for decoder := json.NewDecoder(strings.NewReader(string(out))); decoder.More(); {
		var p goPackage
		if err := decoder.Decode(&p); err != nil {
			t.Fatal(err)
		}
		packages = append(packages, p)
	}
	if len(packages) < 10 {
		t.Fatalf("go list shows %d packages", len(packages))
	}
	return packages
}

// layers says which packages of ours each package may import: patterns as of
// path.Match. A package that no rule covers fails the test.
var layers = []struct {
	packages string
	may      []string
}{
	{"sam/rapi", nil},
	{"sam/rapi/rapitest", nil},
	{"sam/bootstraps", nil},
	{"sam/bootstraps/golang", nil},
	{"sam/emulator/template", []string{"sam/emulator/template/schema"}},
	{"sam/emulator/template/schema", nil},
	{"sam/emulator/environ", nil},
	{"sam/emulator/code", nil},
	{"sam/emulator/events", nil},
	{"sam/emulator/watch", nil},
	{"sam/emulator/telemetry", []string{"sam/rapi"}},
	{"sam/emulator", []string{"sam/rapi", "sam/bootstraps", "sam/bootstraps/golang", "sam/emulator/template", "sam/emulator/environ", "sam/emulator/code", "sam/emulator/events", "sam/emulator/telemetry", "sam/emulator/watch"}},
	{"sam/emulator/emulatortest", []string{"sam/emulator", "sam/rapi/rapitest", "sam/bootstraps"}},
	{"sam/emulator/emulatortest/containertest", []string{"sam/emulator", "sam/emulator/emulatortest", "sam/bootstraps"}},
	{"sam/emulator/emulatortest/containertest/keeper", []string{"sam/emulator/process"}},
	{"sam/emulator/process", []string{"sam/emulator"}},
	{"sam/emulator/dockerconfig", nil},
	// What is in a container is a process of this host.
	{"sam/emulator/docker", []string{"sam/emulator", "sam/emulator/process"}},
	{"sam/containerd", []string{"sam/emulator", "sam/emulator/process"}},
	{"sam/emulator/apigw", []string{"sam/emulator", "sam/emulator/template", "sam/emulator/events"}},
	{"sam/emulator/lambdaapi", []string{"sam/emulator", "sam/emulator/template"}},
	{"sam/cmd/internal/project/jinja", nil},
	{"sam/cmd/internal/project/cookiecutter", []string{"sam/cmd/internal/project/jinja", "sam/emulator/code"}},
	{"sam/cmd/internal/project/scaffold", []string{"sam/bootstraps", "sam/emulator/*", "sam/cmd/internal/command", "sam/cmd/internal/config", "sam/cmd/internal/ui", "sam/cmd/internal/project/cookiecutter", "sam/cmd/internal/project/jinja"}},
	{"sam/cmd/internal/*", []string{"sam/*", "sam/*/*", "sam/cmd/internal/*"}},
	{"sam/cmd/sam-containers", []string{"sam/cmd/internal/containers", "sam/cmd/internal/local", "sam/cmd/internal/command", "sam/cmd/internal/ui", "sam/cmd/internal/config", "sam/emulator/process"}},
	{"sam/cmd/sam", []string{"sam/cmd/internal/cli", "sam/cmd/internal/command", "sam/cmd/internal/ui", "sam/cmd/internal/config", "sam/emulator/process"}},
	{"sam/cmd/sam-cloud", []string{"sam/cmd/internal/cloud", "sam/cmd/internal/command", "sam/cmd/internal/ui", "sam/cmd/internal/config"}},
	{"sam/cmd/sam-init", []string{"sam/cmd/internal/project/scaffold", "sam/cmd/internal/command", "sam/cmd/internal/ui", "sam/cmd/internal/config"}},
}

func TestImportsGoOneWay(t *testing.T) {
	for _, p := range listPackages(t) {
		may, known := allowed(p.ImportPath)
		if !known {
			t.Errorf("%s: no rule says what it may import; add one to layers", p.ImportPath)
			continue
		}
		for _, imported := range p.Imports {
			if strings.HasPrefix(imported, "sam/") && !matchesAny(may, imported) {
				t.Errorf("%s must not import %s", p.ImportPath, imported)
			}
			if !strings.HasPrefix(p.ImportPath, "sam/cmd/") && strings.HasPrefix(imported, "github.com/spf13/") {
				t.Errorf("%s must not import %s: only cmd knows the command line", p.ImportPath, imported)
			}
		}
	}
}

func allowed(importPath string) (may []string, known bool) {
	for _, rule := range layers {
		if ok, _ := path.Match(rule.packages, importPath); ok {
			return rule.may, true
		}
	}
	return nil, false
}

func matchesAny(patterns []string, importPath string) bool {
	for _, pattern := range patterns {
		if ok, _ := path.Match(pattern, importPath); ok {
			return true
		}
	}
	return false
}

func TestPackagesSayWhatTheyAreFor(t *testing.T) {
	for _, p := range listPackages(t) {
		if len(strings.Fields(p.Doc)) < 5 {
			t.Errorf("%s has no package comment that says what it owns", p.ImportPath)
		}
	}
}
