package template

import (
	"errors"
	"os"
	"path/filepath"
)

// An Image is what a function is packaged as in place of code.
type Image struct {
	// URI is its name, or the path of an archive from the current directory.
	URI string
	// EntryPoint, Command and WorkingDirectory take the place of the image's own, if
	// they are not empty.
	EntryPoint, Command []string
	WorkingDirectory    string
}

// image finds the image of a function that is one.
func (p *properties) image(fn *Function) {
	uri := p.text("ImageUri")
	if p.resource.Type == "AWS::Lambda::Function" {
		uri = p.text("Code", "ImageUri")
	}
	if uri == "" {
		if p.err == nil {
			fn.Unrunnable = errors.New("it is packaged as a container image, and no ImageUri names that")
		}
		return
	}
	if info, err := os.Stat(p.path(filepath.FromSlash(uri))); err == nil && info.Mode().IsRegular() {
		uri = p.path(filepath.FromSlash(uri))
	}
	fn.Image = &Image{
		URI: uri, EntryPoint: p.words("ImageConfig", "EntryPoint"), Command: p.words("ImageConfig", "Command"),
		WorkingDirectory: p.text("ImageConfig", "WorkingDirectory"),
	}
}

// words reads a list of strings.
func (p *properties) words(path ...string) []string {
	list := p.find(path...)
	if list == nil || list.Kind != List {
		return nil
	}
	var words []string
	for _, item := range list.Items {
		if value := p.scope.resolve(item); value != noValue {
			words = append(words, value.text())
		}
	}
	return words
}
