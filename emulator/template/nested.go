package template

import (
	"path/filepath"
	"slices"
	"strings"
)

// readNested reads the templates of nested stacks that are local. outer are
// the files on the way to here, this one included.
func (t *Template) readNested(outer []string) {
	for _, r := range t.resources {
		location, isStack := t.nestedLocation(r)
		if !isStack {
			continue
		}
		if !location.IsScalar() || strings.Contains(location.Text, "{{resolve:") || strings.Contains(location.Text, "://") && !strings.HasPrefix(location.Text, "file://") {
			t.warn(r.Value, r.ID, "its template is not a local file: what is in it is left out")
			continue
		}
		path := strings.TrimPrefix(location.Text, "file://")
		if !filepath.IsAbs(path) {
			path = filepath.Join(filepath.Dir(t.File), path)
		}
		abs, err := filepath.Abs(path)
		if err == nil && slices.Contains(outer, abs) {
			t.faults = append(t.faults, location.errorf(r.ID, "the nested stack contains itself: %s", path))
			continue
		}
		t.scope.files = append(t.scope.files, path) // it may be missing
		options := t.scope.options
		options.Parameters = t.nestedParameters(r)
		nested, err := read(path, strings.TrimPrefix(t.StackPath+"/"+r.ID, "/"), outer, options)
		if err != nil {
			t.faults = append(t.faults, location.errorf(r.ID, "read the nested stack: %v", err))
			continue
		}
		t.nested = append(t.nested, nested)
	}
}

func (t *Template) nestedLocation(r Resource) (location *Value, isStack bool) {
	switch r.Type {
	case "AWS::Serverless::Application":
		return t.property(r, "Location"), true
	case "AWS::CloudFormation::Stack":
		if asset := r.asset("TemplateURL"); asset != nil {
			return asset, true
		}
		return t.property(r, "TemplateURL"), true
	}
	return nil, false
}

// nestedParameters are the values that a nested stack gets. One that is not
// known locally is left to the default of its parameter.
func (t *Template) nestedParameters(r Resource) map[string]string {
	values := make(map[string]string)
	parameters := t.property(r, "Parameters")
	if parameters == nil {
		return values
	}
	for _, entry := range parameters.Entries {
		switch {
		case entry.Value.IsScalar():
			values[entry.Key] = entry.Value.Text
		case entry.Value.Kind == List && findUnresolved(entry.Value) == nil:
			values[entry.Key] = strings.Join(strings.Split(listing(entry.Value), ", "), ",")
		default:
			t.warn(entry.Value, r.ID, "the parameter %s is not known locally: the nested stack has its default", entry.Key)
		}
	}
	return values
}

// asset is the local path that the CDK notes for a property of a resource, in
// its metadata; nil if there is none.
// https://docs.aws.amazon.com/cdk/v2/guide/assets.html
func (r *Resource) asset(property string) *Value {
	metadata := r.Value.Get("Metadata")
	if metadata.Get("aws:asset:property").text() != property && !strings.HasPrefix(metadata.Get("aws:asset:property").text(), property+".") {
		return nil
	}
	if path := metadata.Get("aws:asset:path"); path.IsScalar() && path != nil {
		return path
	}
	return nil
}

// cdkID is the name of a resource in the CDK's source: what SAM CLI was told,
// or the part of its path before "Resource".
func (r *Resource) cdkID() string {
	metadata := r.Value.Get("Metadata")
	if id := metadata.Get("SamResourceId").text(); id != "" {
		return id
	}
	path, _ := strings.CutSuffix(metadata.Get("aws:cdk:path").text(), "/Resource")
	return path[strings.LastIndexByte(path, '/')+1:]
}
