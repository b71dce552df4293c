package events

import (
	"bytes"
	"embed"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

//go:embed data
var files embed.FS

// A Service is a source of events.
type Service struct {
	Name, Title string
	// Events are the names of its events. SAM CLI of 2018 knew no such names: a
	// service of that time has an event without one (see Load).
	Events []string
}

// An Event is a sample event: its payload, with places for the values of flags.
type Event struct {
	Summary string
	Docs    string // address of AWS's description
	Flags   []Flag

	defaults map[string]string    // of all flags, those of events that it is like included
	let      map[string]yaml.Node // values with a name
	payload  yaml.Node
}

// A Flag is a value that may be chosen.
type Flag struct {
	Name    string `yaml:"-"`
	Short   string // one letter, or empty
	Help    string
	Default string
	Type    string // base64, json, strings (a JSON object of strings) or empty: any text
}

// common is what events share.
type common struct {
	Services map[string]string // titles
	Flags    map[string]Flag
}

// file is the form of an event's file.
type file struct {
	Summary, Docs string
	Like          string // service/event
	Flags         yaml.Node
	Let           map[string]yaml.Node
	Event         yaml.Node
}

// Services returns the services by name.
func Services() ([]Service, error) {
	shared, err := readCommon()
	if err != nil {
		return nil, err
	}
	var services []Service
	for _, name := range slices.Sorted(maps.Keys(shared.Services)) {
		entries, err := fs.Glob(files, "data/"+name+"/*.yaml")
		if err != nil {
			return nil, err
		}
		for i, entry := range entries {
			entries[i] = strings.TrimSuffix(path.Base(entry), ".yaml")
		}
		services = append(services, Service{Name: name, Title: shared.Services[name], Events: entries})
	}
	return services, nil
}

// Summary returns what an event is, without reading more than its first line.
func Summary(service, event string) string {
	data, _ := files.ReadFile(fileName(service, event))
	line, _, _ := bytes.Cut(data, []byte("\n"))
	return strings.TrimPrefix(string(line), "summary: ")
}

// Load reads an event. Without a name it is the one that SAM CLI had for the
// service in 2018; the error is fs.ErrNotExist if it had none.
func Load(service, event string) (*Event, error) {
	var f file
	if err := read(fileName(service, event), &f); err != nil {
		return nil, err
	}
	shared, err := readCommon()
	if err != nil {
		return nil, err
	}
	e := &Event{Summary: f.Summary, Docs: f.Docs, defaults: make(map[string]string), let: f.Let, payload: f.Event}
	if f.Like != "" {
		if err := e.takeFrom(f.Like); err != nil {
			return nil, err
		}
	}
	if !f.Flags.IsZero() {
		if e.Flags, err = readFlags(&f.Flags, shared.Flags); err != nil {
			return nil, fmt.Errorf("%s: %w", fileName(service, event), err)
		}
	}
	for _, flag := range e.Flags {
		e.defaults[flag.Name] = flag.Default
	}
	return e, nil
}

// takeFrom takes what e lacks from another event.
func (e *Event) takeFrom(name string) error {
	like, err := Load(path.Split(name))
	if err != nil {
		return err
	}
	e.Flags, e.defaults = like.Flags, like.defaults
	let := make(map[string]yaml.Node)
	maps.Copy(let, like.let)
	maps.Copy(let, e.let)
	e.let = let
	if e.payload.IsZero() {
		e.payload = like.payload
	}
	if e.Docs == "" {
		e.Docs = like.Docs
	}
	return nil
}

// readFlags reads the flags in the order of the file.
func readFlags(node *yaml.Node, shared map[string]Flag) ([]Flag, error) {
	var flags []Flag
	for i := 0; i+1 < len(node.Content); i += 2 {
		name := node.Content[i].Value
		flag := shared[name]
		if err := node.Content[i+1].Decode(&flag); err != nil {
			return nil, err
		}
		flag.Name = name
		flags = append(flags, flag)
	}
	return flags, nil
}

func readCommon() (*common, error) {
	var shared common
	return &shared, read("data/common.yaml", &shared)
}

func read(name string, into any) error {
	data, err := files.ReadFile(name)
	if err != nil {
		return err
	}
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	decoder.KnownFields(true)
	if err := decoder.Decode(into); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

func fileName(service, event string) string {
	return path.Join("data", service, event) + ".yaml"
}
