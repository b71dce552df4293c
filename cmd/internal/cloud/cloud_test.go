package cloud

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"sam/cmd/internal/awstest"
	"sam/cmd/internal/command"
	"sam/cmd/internal/config"
	"sam/cmd/internal/ui"
)

var server *awstest.Server

func TestMain(m *testing.M) {
	code := m.Run()
	if server != nil {
		server.Stop()
	}
	os.Exit(code)
}

// moto is the server that all tests share.
func moto(t *testing.T) *awstest.Server {
	t.Helper()
	if server == nil {
		server = awstest.Start(t)
	}
	return server
}

// use makes a server the AWS of this process, in a directory of its own with
// these files: names and contents in turns.
func use(t *testing.T, url string, files ...string) (dir string) {
	t.Helper()
	for key, value := range awstest.Env(url) {
		t.Setenv(key, value)
	}
	dir = t.TempDir()
	t.Setenv("HOME", dir)
	t.Chdir(dir)
	write(t, files...)
	return dir
}

func write(t *testing.T, files ...string) {
	t.Helper()
	for i := 0; i < len(files); i += 2 {
		check(t, os.MkdirAll(filepath.Dir(files[i]), 0o755))
		check(t, os.WriteFile(files[i], []byte(files[i+1]), 0o644))
	}
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// A run is what has become of a command.
type run struct {
	stdout, stderr string
	code           int
}

// sam runs a command. A first argument "< TEXT" is its standard input.
func sam(t *testing.T, ctx context.Context, args ...string) run {
	t.Helper()
	in := ""
	if text, is := strings.CutPrefix(args[0], "< "); is {
		in, args = text, args[1:]
	}
	var out, errs bytes.Buffer
	u := &ui.UI{Stdin: strings.NewReader(in), Stdout: &out, Stderr: &errs}
	err := command.Run(ctx, Root(u, config.System()), Spread(args))
	code := command.Report(u, err)
	return run{out.String(), errs.String(), code}
}

// succeeds runs a command that has to succeed, and returns its output.
func succeeds(t *testing.T, args ...string) run {
	t.Helper()
	r := sam(t, t.Context(), args...)
	if r.code != 0 {
		t.Fatalf("sam %s: exit code %d\n%s%s", strings.Join(args, " "), r.code, r.stdout, r.stderr)
	}
	return r
}

// fails runs a command that has to fail with this sentence and this hint at the
// end of what it says.
func fails(t *testing.T, want string, args ...string) {
	t.Helper()
	ends(t, 1, want, args...)
}

// isMisused is fails for a command line that is at fault.
func isMisused(t *testing.T, want string, args ...string) {
	t.Helper()
	ends(t, 2, want, args...)
}

func ends(t *testing.T, code int, want string, args ...string) {
	t.Helper()
	r := sam(t, t.Context(), args...)
	if r.code != code || !strings.HasSuffix(r.stderr, want) {
		t.Errorf("sam %s: exit code %d, %s%s\nwant %d,\n%s", strings.Join(args, " "), r.code, r.stdout, r.stderr, code, want)
	}
}

func client(t *testing.T) *s3.Client {
	t.Helper()
	cfg, err := (&awsOptions{}).load(t.Context(), &ui.UI{})
	check(t, err)
	return s3.NewFromConfig(cfg, func(o *s3.Options) { o.UsePathStyle = true })
}

func makeBucket(t *testing.T, name string) {
	t.Helper()
	_, err := client(t).CreateBucket(t.Context(), &s3.CreateBucketInput{
		Bucket: aws.String(name), CreateBucketConfiguration: &types.CreateBucketConfiguration{LocationConstraint: types.BucketLocationConstraintEuWest1},
	})
	check(t, err)
}

// keys are those of a bucket.
func keys(t *testing.T, bucket string) []string {
	t.Helper()
	out, err := client(t).ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: aws.String(bucket)})
	check(t, err)
	var keys []string
	for _, object := range out.Contents {
		keys = append(keys, aws.ToString(object.Key))
	}
	return keys
}

// outputs are those of a stack.
func outputs(t *testing.T, stack string) map[string]string {
	t.Helper()
	var list []struct{ OutputKey, OutputValue string }
	check(t, json.Unmarshal([]byte(succeeds(t, "list", "stack-outputs", "--stack-name", stack, "--output", "json").stdout), &list))
	values := make(map[string]string)
	for _, o := range list {
		values[o.OutputKey] = o.OutputValue
	}
	return values
}

// functionTemplate is a template with one function.
const functionTemplate = "Resources: {F: {Type: AWS::Serverless::Function, Properties: {CodeUri: src, Handler: app.handler, Runtime: python3.11}}}\n"

// hooks is the hook of a proxy that answers some calls, by action, or method
// and path.
func hooks(answers map[string]func(w http.ResponseWriter, r *http.Request)) func(w http.ResponseWriter, r *http.Request) bool {
	return func(w http.ResponseWriter, r *http.Request) bool {
		call := awstest.Call(r)
		for _, name := range []string{call, r.Method + " " + r.URL.Path} {
			if answer := answers[name]; answer != nil {
				answer(w, r)
				return true
			}
		}
		return false
	}
}

func count(list []string, prefix string) (n int) {
	for _, s := range list {
		if strings.HasPrefix(s, prefix) {
			n++
		}
	}
	return n
}

func TestBothTreesHaveTheSameCommands(t *testing.T) {
	root := Root(&ui.UI{}, &config.Host{})
	var names []string
	for _, c := range command.Cloud.Commands {
		names = append(names, c.Name)
	}
	slices.Sort(names)
	var here []string
	for _, cmd := range root.Commands() {
		here = append(here, cmd.Name())
		if cmd.Short == "" {
			t.Errorf("%s has no description", cmd.Name())
		}
	}
	slices.Sort(here)
	if !slices.Equal(here, names) {
		t.Errorf("sam knows %v, and there are %v", names, here)
	}
}

func TestFlagsThatAreNotThere(t *testing.T) {
	isMisused(t, "Error: no such option: --stak-name\nDid you mean --stack-name?\n", "deploy", "--stak-name", "s")
	isMisused(t, "Error: no such option: --resolve-image-repos\nPush container images to ECR with docker push, and name them by their URIs in ImageUri: sam has no Docker\n", "deploy", "--resolve-image-repos")
	isMisused(t, "Error: no such option: -i\nTraces are shown by aws xray get-trace-summaries\n", "logs", "-i")
	isMisused(t, "Error: no such option: --bogus\n'sam list resources --help' shows the options.\n", "list", "resources", "--bogus")
	isMisused(t, "Error: No such command \"resurces\".\nDid you mean resources?\n", "list", "resurces", "--stack-name", "s")
	isMisused(t, "Error: Got unexpected extra argument (stray)\n'sam deploy --help' shows the options.\n", "deploy", "stray")
	isMisused(t, "Error: Flag needs an argument: --tags\n'sam deploy --help' shows the options.\n", "deploy", "--tags", "--stack-name", "s")
}

func TestSpread(t *testing.T) {
	got := Spread([]string{"deploy", "--capabilities", "A", "B", "--stack-name", "s", "--tags", "a=b", "c=d", "--guided", "x", "--tags=e=f", "g"})
	want := []string{"deploy", "--capabilities", "A", "--capabilities", "B", "--stack-name", "s", "--tags", "a=b", "--tags", "c=d", "--guided", "x", "--tags=e=f", "g"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	if got := Spread([]string{"deploy", "--tags", "--stack-name", "s"}); !slices.Equal(got, []string{"deploy", "--stack-name", "s", "--tags"}) {
		t.Errorf("got %q", got)
	}
}
