package template

import (
	"os"
	"path/filepath"
	"strings"
)

// A relative path of code may leave the template's directory (templates often
// have one of their own), but not the project: what lies outside of that is not
// there for the next person, and is more likely a mistake, or a template that
// is up to something.

// climbsOut tells whether a relative path leads out of the project, and names
// that: the repository that the template is in. Without one it is the whole
// file system, which a path leaves by more steps up than there are.
func (t *Template) climbsOut(path string) (project string, out bool) {
	path = filepath.Clean(path)
	if filepath.IsAbs(path) || path != ".." && !strings.HasPrefix(path, "../") {
		return "", false
	}
	dir, err := filepath.Abs(filepath.Dir(t.File))
	if err != nil {
		return "", false
	}
	project = repository(dir)
	if project == "/" {
		steps := strings.Count(path+"/", "../")
		return project, steps >= strings.Count(dir, "/")
	}
	inside, err := filepath.Rel(project, filepath.Join(dir, path))
	return project, err != nil || inside == ".." || strings.HasPrefix(inside, "../")
}

// repository is the nearest directory above that is under version control, or
// the root.
func repository(dir string) string {
	for ; dir != "/"; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, ".git")); err == nil {
			return dir
		}
	}
	return dir
}

// checkCode finds code that lies outside of the project.
func (t *Template) checkCode(r Resource) *Error {
	property := codeProperty(r.Type)
	if property == "" {
		return nil
	}
	uri := t.property(r, property)
	if !uri.IsScalar() || t.scope.options.BaseDir != "" {
		return nil
	}
	project, out := t.climbsOut(uri.Text)
	if !out {
		return nil
	}
	return uri.errorf(r.ID, "%s %s leads out of the project (%s): give an absolute path if that is meant", property, uri.Text, project)
}

// codeProperty is the property that says where a resource's code is, or "".
func codeProperty(kind string) string {
	return map[string]string{
		"AWS::Serverless::Function": "CodeUri", "AWS::Lambda::Function": "Code",
		"AWS::Serverless::LayerVersion": "ContentUri", "AWS::Lambda::LayerVersion": "Content",
	}[kind]
}
