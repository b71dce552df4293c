package events

import (
	"bufio"
	"bytes"
	"errors"
	"flag"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "rewrite the expected payloads")

// everyEvent calls test for each event; those of 2018 have no name.
func everyEvent(t *testing.T, test func(t *testing.T, service, name string, event *Event)) {
	t.Helper()
	services, err := Services()
	if err != nil {
		t.Fatal(err)
	}
	for _, service := range services {
		for _, name := range append(service.Events, "") {
			event, err := Load(service.Name, name)
			if name == "" && errors.Is(err, fs.ErrNotExist) {
				continue
			}
			t.Run(path.Join(service.Name, name), func(t *testing.T) {
				if err != nil {
					t.Fatal(err)
				}
				test(t, service.Name, name, event)
			})
		}
	}
}

func payload(t *testing.T, event *Event, values map[string]string) []byte {
	t.Helper()
	data, err := event.Generate(values, Epoch)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestPayloads compares every event with testdata.
func TestPayloads(t *testing.T) {
	seen := make(map[string]bool)
	everyEvent(t, func(t *testing.T, service, name string, event *Event) {
		file := filepath.Join("testdata", service, name) + ".json"
		seen[file] = true
		got := payload(t, event, nil)
		if *update {
			if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, got, 0o644); err != nil {
				t.Fatal(err)
			}
			return
		}
		want, err := os.ReadFile(file)
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("the payload differs from %s (%v): go test -update rewrites it\n%s", file, err, got)
		}
	})
	err := filepath.WalkDir("testdata", func(file string, _ fs.DirEntry, err error) error {
		if filepath.Ext(file) == ".json" && !seen[file] {
			t.Errorf("%s is of no event", file)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// TestFiles checks what the code takes for granted.
func TestFiles(t *testing.T) {
	shared, err := readCommon()
	if err != nil {
		t.Fatal(err)
	}
	dirs, err := fs.Glob(files, "data/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range dirs {
		if name := strings.TrimSuffix(path.Base(dir), ".yaml"); name != "common" && shared.Services[name] == "" {
			t.Errorf("%s: the service has no title in common.yaml", dir)
		}
	}
	everyEvent(t, func(t *testing.T, service, name string, event *Event) {
		if got := Summary(service, name); got != event.Summary || got == "" {
			t.Errorf("the first line of the file gives the summary %q, and the file %q", got, event.Summary)
		}
		if !strings.HasPrefix(event.Docs, "https://") {
			t.Errorf("docs: %q", event.Docs)
		}
		for _, flag := range event.Flags {
			if flag.Help == "" || flag.Default == "" {
				t.Errorf("--%s has no help or no default", flag.Name)
			}
			if err := flag.check(flag.Default); err != nil {
				t.Errorf("default: %v", err)
			}
		}
	})
}

// TestFlags checks that every flag is in the payload.
func TestFlags(t *testing.T) {
	others := map[string]string{"": "another value", "base64": "YW5vdGhlcg==", "json": `["another"]`, "strings": `{"another":"value"}`}
	everyEvent(t, func(t *testing.T, _, _ string, event *Event) {
		for _, flag := range event.Flags {
			if bytes.Equal(payload(t, event, nil), payload(t, event, map[string]string{flag.Name: others[flag.Type]})) {
				t.Errorf("--%s changes nothing", flag.Name)
			}
		}
	})
}

// TestEventsOfSAMCLI checks that all of its events are here, with its flags.
func TestEventsOfSAMCLI(t *testing.T) {
	list, err := os.Open("testdata/sam-cli.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer list.Close()
	services, count := make(map[string]bool), 0
	for lines := bufio.NewScanner(list); lines.Scan(); {
		fields := strings.Fields(lines.Text())
		if fields[0] == "#" {
			continue
		}
		service, name, want := fields[0], strings.TrimPrefix(fields[1], "-"), fields[2:]
		event, err := Load(service, name)
		if err != nil {
			t.Error(err)
			continue
		}
		if name != "" {
			services[service] = true
			count++
		}
		var got []string
		for _, flag := range event.Flags {
			if flag.Short != "" {
				flag.Name = flag.Short + ":" + flag.Name
			}
			got = append(got, flag.Name)
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%s %s: flags %v, want %v", service, name, got, want)
		}
	}
	if len(services) != 26 || count != 68 {
		t.Errorf("%d services and %d events, not 26 and 68", len(services), count)
	}
}

// TestTime checks that times and ids follow from the time, and from it alone.
func TestTime(t *testing.T) {
	event, err := Load("sqs", "receive-message")
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, time.July, 1, 14, 0, 0, 0, time.FixedZone("CEST", 2*60*60))
	generate := func(at time.Time) string {
		data, err := event.Generate(nil, at)
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	first := generate(at)
	if first != generate(at.UTC()) {
		t.Error("the same time gives another event")
	}
	if !strings.Contains(first, `"SentTimestamp": "1782907200000"`) {
		t.Errorf("the time is not in the event: %s", first)
	}
	id := func(event string) string {
		for line := range strings.Lines(event) {
			if strings.Contains(line, `"messageId"`) {
				return line
			}
		}
		return ""
	}
	if later := generate(at.Add(time.Nanosecond)); id(first) == "" || id(first) == id(later) {
		t.Errorf("another time has the same id: %s", id(later))
	}
}

func TestWrongValues(t *testing.T) {
	for command, want := range map[string]string{
		"kinesis syslog data=x,y":                                `--data: "x,y" is not base64`,
		"eventbridge custom detail={":                            `--detail: "{" is not JSON`,
		`apigateway aws-proxy querystringparameters={"foo":1}`:   `--querystringparameters: "{\"foo\":1}" is not a JSON object of strings`,
		`apigateway aws-proxy querystringparameters=["not","a"]`: `--querystringparameters: "[\"not\",\"a\"]" is not a JSON object of strings`,
	} {
		fields := strings.Fields(command)
		event, err := Load(fields[0], fields[1])
		if err != nil {
			t.Fatal(err)
		}
		name, value, _ := strings.Cut(fields[2], "=")
		if _, err := event.Generate(map[string]string{name: value}, Epoch); err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", command, err, want)
		}
	}
}
