package packaging

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"sam/emulator/template"
)

// A Package is a template with everything local that it refers to.
type Package struct {
	document   *document
	references []reference
}

// A reference is a place in a template that refers to something local.
type reference struct {
	property
	resource string          // logical id, for messages
	name     string          // of the property
	location string          // as the template has it
	value    *template.Value // to replace; nil: the property is to be added
	owner    *template.Value // the map that has the property

	artifact *Artifact
	nested   *Package // in its place
	stored   *object  // in its place
}

// An object is one in S3, which a template refers to by an s3:// URI where
// CloudFormation wants a map.
type object struct{ bucket, key, version string }

// parseObject reads s3://bucket/key?versionId=version; nil if it is none.
func parseObject(location string) *object {
	u, err := url.Parse(location)
	if err != nil || u.Scheme != "s3" || u.Host == "" || len(u.Path) < 2 {
		return nil
	}
	return &object{u.Host, strings.TrimPrefix(u.Path, "/"), u.Query().Get("versionId")}
}

// Read reads a template and looks at all files that it refers to: what they
// contain decides under which keys they are stored. The error is a
// *template.Error, a *template.MissingError, or one of the file system.
func Read(ctx context.Context, file string) (*Package, error) {
	return (&reader{ctx, make(map[source]*Artifact)}).read(file, nil)
}

// A reader reads a template and those nested in it.
type reader struct {
	ctx       context.Context // of one Read
	artifacts map[source]*Artifact
}

// A source is where an artifact comes from: many functions share one.
type source struct {
	path     string
	archived bool
}

// read reads a template; outer are the files on the way to here.
func (r *reader) read(file string, outer []string) (*Package, error) {
	abs, err := filepath.Abs(file)
	if err != nil {
		return nil, fmt.Errorf("find the template: %w", err)
	}
	if slices.Contains(outer, abs) {
		return nil, errors.New("it is a template that contains this one")
	}
	if _, err := os.Stat(abs); errors.Is(err, fs.ErrNotExist) {
		return nil, &template.MissingError{Path: abs}
	}
	d, err := readDocument(file)
	if err != nil {
		return nil, err
	}
	p := &Package{document: d}
	p.findReferences()
	for i := range p.references {
		if err := context.Cause(r.ctx); err != nil {
			return nil, err
		}
		if err := p.references[i].read(r, filepath.Dir(file), append(slices.Clone(outer), abs)); err != nil {
			return nil, p.references[i].explain(err)
		}
	}
	return p, nil
}

// read looks at what is referred to.
func (r *reference) read(from *reader, dir string, outer []string) (err error) {
	switch {
	case r.stored != nil:
		return nil
	case r.image:
		return errors.New("an image of this machine, which sam does not push: push it to a repository in ECR, and name it by its URI")
	}
	path := strings.TrimPrefix(r.location, "file://")
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, path)
	}
	if r.template {
		r.nested, err = from.read(path, outer)
		return err
	}
	r.artifact, err = from.artifact(source{path, r.archived})
	if err == nil {
		r.artifact.Name = r.resource + " (" + r.location + ")"
	}
	return err
}

// artifact looks at a file or a directory, once.
func (r *reader) artifact(from source) (*Artifact, error) {
	if known := r.artifacts[from]; known != nil {
		same := *known
		return &same, nil
	}
	a, err := newArtifact(r.ctx, from.path, from.archived)
	if err == nil {
		r.artifacts[from] = a
	}
	return a, err
}

// explain words why something cannot be read, unless it is a template that
// says so itself.
func (r *reference) explain(err error) error {
	if nested := new(template.Error); errors.As(err, &nested) {
		return err
	}
	at := r.owner.At
	if r.value != nil {
		at = r.value.At
	}
	var missing *template.MissingError
	var fault *fs.PathError
	message := fmt.Sprintf("%s refers to %s: %v", r.name, r.location, err)
	switch {
	case r.image && r.value == nil:
		message = "its package type is Image, and it has no ImageUri: push an image to a repository in ECR, and name it there by its URI"
	case strings.Contains(r.location, "${") && errors.Is(err, fs.ErrNotExist): // the variable of Fn::ForEach
		message = fmt.Sprintf("%s refers to %s, a path with a variable: write the resources out, or give them one path", r.name, r.location)
	case errors.As(err, &missing):
		message = fmt.Sprintf("%s refers to the template %s, which does not exist: correct the path", r.name, r.location)
	case errors.Is(err, fs.ErrNotExist) && errors.As(err, &fault):
		message = fmt.Sprintf("%s refers to %s, but %s does not exist: correct the path, or build it first", r.name, r.location, fault.Path)
	case errors.Is(err, fs.ErrPermission) && errors.As(err, &fault):
		message = fmt.Sprintf("%s refers to %s, but %s cannot be read: change its permissions, or remove it", r.name, r.location, fault.Path)
	}
	return &template.Error{Position: at, Resource: r.resource, Message: message}
}

func (p *Package) findReferences() {
	root := p.document.root
	for _, section := range root.Get("Metadata").Children() {
		p.findIn(section.Key, section.Key, section.Value, metadata)
	}
	for _, g := range globals {
		// What Globals lack, no resource is assumed to lack.
		if owner := root.Get("Globals", g.section); owner != nil {
			for _, property := range properties {
				property.assumed = false
				if property.kind == g.kind {
					p.findBelow("Globals."+g.section, owner, property, property.path)
				}
			}
		}
	}
	p.findInResources(root.Get("Resources"))
	p.findIncludes(root)
}

func (p *Package) findInResources(resources *template.Value) {
	for _, entry := range resources.Children() {
		if loop := entry.Value; strings.HasPrefix(entry.Key, "Fn::ForEach::") && loop.Kind == template.List && len(loop.Items) == 3 {
			p.findInResources(loop.Items[2])
			continue
		}
		kind := entry.Value.Get("Type")
		if kind.IsScalar() {
			p.findIn(entry.Key, kind.Text, entry.Value.Get("Properties"), properties)
		}
	}
}

// findIn looks for all properties that a kind may have.
func (p *Package) findIn(id, kind string, owner *template.Value, of []property) {
	for _, property := range of {
		if property.kind == kind {
			p.findBelow(id, owner, property, property.path)
		}
	}
}

// findBelow looks for the property at path below owner.
func (p *Package) findBelow(id string, owner *template.Value, of property, path []string) {
	if path[0] == "*" {
		for _, entry := range owner.Children() {
			p.findBelow(id, entry.Value, of, path[1:])
		}
		return
	}
	value := owner.Get(path[0])
	switch {
	case len(path) > 1:
		p.findBelow(id, value, of, path[1:])
	case value == nil && of.assumed && len(owner.Children()) > 0 && !p.hasCodeElsewhere(of, owner):
		p.add(reference{property: of, resource: id, name: path[0], location: ".", owner: owner})
	case value == nil || value.Kind != template.String || of.image && isPushed(value.Text):
	case isLocal(value.Text):
		p.add(reference{property: of, resource: id, name: path[0], location: value.Text, value: value, owner: owner})
	case of.form != uri && parseObject(value.Text) != nil:
		p.add(reference{property: of, resource: id, name: path[0], location: value.Text, value: value, owner: owner, stored: parseObject(value.Text)})
	}
}

// isPushed tells whether an image is in a registry that can be ECR, or stands
// in for it.
func isPushed(image string) bool {
	registry, _, _ := strings.Cut(image, "/")
	return strings.Contains(registry, ".dkr.ecr.") || strings.Contains(registry, ".dkr-ecr.") || strings.HasPrefix(registry, "localhost:") || strings.HasPrefix(registry, "127.0.0.1:")
}

func (p *Package) add(r reference) { p.references = append(p.references, r) }

// hasCodeElsewhere tells whether a resource without the property needs none: its
// code is inline, an image (or is none), or what Globals say.
func (p *Package) hasCodeElsewhere(of property, owner *template.Value) bool {
	root := p.document.root
	for _, g := range globals {
		if g.kind == of.kind && root.Get("Globals", g.section, of.path[0]) != nil {
			return true
		}
	}
	kind := owner.Get("PackageType")
	if kind == nil {
		kind = root.Get("Globals", "Function", "PackageType")
	}
	isImage := kind.IsScalar() && kind.Text == "Image"
	return owner.Get("InlineCode") != nil || owner.Get("ImageUri") != nil || isImage != of.image
}

// isLocal tells whether a location is a path, and not a URL.
func isLocal(location string) bool {
	return location != "" && !strings.Contains(location, "://") || strings.HasPrefix(location, "file://")
}

// findIncludes looks for AWS::Include, which may stand anywhere.
func (p *Package) findIncludes(v *template.Value) {
	for _, item := range v.Items {
		p.findIncludes(item)
	}
	for _, entry := range v.Entries {
		if entry.Key == "Fn::Transform" || entry.Key == "Transform" {
			p.findInclude(entry.Value)
		}
		p.findIncludes(entry.Value)
	}
}

func (p *Package) findInclude(transform *template.Value) {
	for _, item := range transform.Items { // of the whole template
		p.findInclude(item)
	}
	parameters := transform.Get("Parameters")
	location := parameters.Get("Location")
	name := transform.Get("Name")
	if name.IsScalar() && name.Text == "AWS::Include" && location != nil && location.Kind == template.String && isLocal(location.Text) {
		p.add(reference{resource: "AWS::Include", name: "Location", location: location.Text, value: location, owner: parameters})
	}
}

// IsLocal tells whether the template refers to anything local.
func (p *Package) IsLocal() bool {
	return slices.ContainsFunc(p.references, func(r reference) bool { return r.stored == nil })
}

// Root is what the template says.
func (p *Package) Root() *template.Value { return p.document.root }

// A Destination is where artifacts are going to be.
type Destination struct {
	Bucket string
	Prefix string // of keys; may be empty
	// TemplateURL is the URL by which CloudFormation finds a template.
	TemplateURL func(key string) string
}

// Key is the whole key of an artifact.
func (d *Destination) Key(key string) string {
	if prefix := strings.Trim(d.Prefix, "/"); prefix != "" {
		return prefix + "/" + key
	}
	return key
}

// Render returns the template that refers to artifacts at their destination,
// and the artifacts: those with the same content once.
func (p *Package) Render(to Destination) (text string, artifacts []*Artifact, err error) {
	c := &collection{seen: make(map[string]bool)}
	text, err = p.render(to, c)
	return text, c.artifacts, err
}

type collection struct {
	artifacts []*Artifact
	seen      map[string]bool // keys
}

func (c *collection) add(a *Artifact) {
	if !c.seen[a.Key] {
		c.seen[a.Key] = true
		c.artifacts = append(c.artifacts, a)
	}
}

func (p *Package) render(to Destination, c *collection) (string, error) {
	var edits []edit
	for _, ref := range p.references {
		var by func(quoted bool) string
		switch {
		case ref.stored != nil:
			by = p.document.location(ref.form, *ref.stored)
		case ref.nested != nil:
			text, err := ref.nested.render(to, c)
			if err != nil {
				return "", err
			}
			artifact := newTemplateArtifact(ref.nested.document.file, text)
			c.add(artifact)
			by = func(quoted bool) string { return p.document.scalar(to.TemplateURL(to.Key(artifact.Key)), quoted) }
		default:
			c.add(ref.artifact)
			by = p.document.location(ref.form, object{bucket: to.Bucket, key: to.Key(ref.artifact.Key)})
		}
		if ref.value == nil {
			edits = append(edits, p.document.insert(ref.owner, ref.name, by))
			continue
		}
		edit, err := p.document.replace(ref.value, ref.owner, by)
		if err != nil {
			return "", err
		}
		edits = append(edits, edit)
	}
	return p.document.apply(edits)
}
