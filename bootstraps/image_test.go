package bootstraps

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestDefaultImages(t *testing.T) {
	for id, want := range map[string]string{
		"python2.7": "public.ecr.aws/lambda/python:2.7", "python3.13": "public.ecr.aws/lambda/python:3.13",
		"nodejs8.10": "lambci/lambda:nodejs8.10", "nodejs4.3-edge": "lambci/lambda:nodejs4.3",
		"nodejs10.x": "public.ecr.aws/lambda/nodejs:10", "nodejs22.x": "public.ecr.aws/lambda/nodejs:22",
		"java8": "public.ecr.aws/lambda/java:8", "java8.al2": "public.ecr.aws/lambda/java:8.al2", "java21": "public.ecr.aws/lambda/java:21",
		"dotnetcore2.0": "lambci/lambda:dotnetcore2.0", "dotnetcore3.1": "public.ecr.aws/lambda/dotnet:core3.1", "dotnet8": "public.ecr.aws/lambda/dotnet:8",
		"ruby3.3": "public.ecr.aws/lambda/ruby:3.3", "go1.x": "public.ecr.aws/lambda/go:1",
		"provided": "public.ecr.aws/lambda/provided:alami", "provided.al2023": "public.ecr.aws/lambda/provided:al2023",
	} {
		if got := DefaultImage(parse(t, id)); got != want {
			t.Errorf("%s: %s, want %s", id, got, want)
		}
	}
}

// An image is played by what its programs print.
type imagePrograms map[string]string

func (programs imagePrograms) content(file string, asked *[]string) ImageContent {
	return ImageContent{ID: "sha256:1", MemoryFile: file, Run: func(args []string) (string, error) {
		*asked = append(*asked, args[0])
		printed, found := programs[args[0]]
		if !found {
			return "", os.ErrNotExist
		}
		return printed, nil
	}}
}

func TestInterpretersOfImages(t *testing.T) {
	aws := imagePrograms{"/var/lang/bin/python3.12": "python\t3.12.7\t/var/lang/bin/python3.12\n", "python3": "python\t3.9.1\t/usr/bin/python3\n"}
	plain := imagePrograms{"python": "python\t3.13.1\t/usr/local/bin/python3.13\n"}
	java := imagePrograms{"java": "    java.home = /opt/java\n    java.version = 21.0.1\n"}
	for _, tt := range []struct {
		name    string
		image   imagePrograms
		runtime string
		want    Interpreter // none: it is missing
	}{
		{"AWS's", aws, "python3.12", Interpreter{"/var/lang/bin/python3.12", "3.12.7", true, "image"}},
		{"a plain one", plain, "python3.13", Interpreter{"/usr/local/bin/python3.13", "3.13.1", true, "image"}},
		{"a stand-in", plain, "python3.12", Interpreter{"/usr/local/bin/python3.13", "3.13.1", false, "image"}},
		{"one that says it on stderr", java, "java21", Interpreter{"/opt/java/bin/java", "21.0.1", true, "image"}},
		{"of another language", java, "nodejs20.x", Interpreter{}},
		{"of another line", plain, "python2.7", Interpreter{}},
		{"something else by that name", imagePrograms{"node": "hello\n"}, "nodejs20.x", Interpreter{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var asked []string
			memory := filepath.Join(t.TempDir(), "images.json")
			find := func(f *Finder) (Interpreter, error) {
				return f.FindInImage(t.Context(), parse(t, tt.runtime), tt.image.content(memory, &asked))
			}
			got, err := find(&Finder{})
			missing, isMissing := errors.AsType[*MissingError](err)
			if tt.want == (Interpreter{}) {
				if !isMissing || missing.Nearest != nil {
					t.Errorf("found %+v, %v", got, err)
				}
				return
			}
			if err != nil || got != tt.want {
				t.Errorf("found %+v, %v; want %+v", got, err, tt.want)
			}
			before := slices.Clone(asked)
			if again, err := find(&Finder{}); err != nil || again != tt.want || !slices.Equal(asked, before) {
				t.Errorf("the second time %+v, %v, after asking %q", again, err, asked)
			}
			if _, err := find(&Finder{ExactOnly: true}); (err == nil) != tt.want.Exact {
				t.Errorf("only exact ones: %v", err)
			}
		})
	}
}

func TestImagesThatCannotBeAsked(t *testing.T) {
	broken := errors.New("no container today")
	_, err := (&Finder{}).FindInImage(t.Context(), parse(t, "python3.12"), ImageContent{
		MemoryFile: filepath.Join(t.TempDir(), "images.json"),
		Run:        func([]string) (string, error) { return "", broken },
	})
	if !errors.Is(err, broken) {
		t.Errorf("error is %v", err)
	}
}
