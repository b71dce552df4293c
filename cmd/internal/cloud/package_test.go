package cloud

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"io"
	"math/rand"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"sam/cmd/internal/awstest"
)

func TestPackage(t *testing.T) {
	proxy := moto(t).NewProxy(t, nil)
	use(t, proxy.URL, "template.yaml", "# mine\n"+functionTemplate, "src/app.py", "def handler(e, c): pass\n")
	makeBucket(t, "package")
	first := succeeds(t, "package", "--s3-bucket", "package", "--s3-prefix", "p/q/", "--metadata", "a=1,b=2", "--kms-key-id", "alias/k")
	stored := keys(t, "package")
	if len(stored) != 1 || !strings.HasPrefix(first.stdout, "# mine\n") || !strings.Contains(first.stdout, `CodeUri: "s3://package/`+stored[0]+`"`) || !strings.HasPrefix(stored[0], "p/q/") {
		t.Fatalf("the bucket has %v, and the template is\n%s", stored, first.stdout)
	}
	object, err := client(t).GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String("package"), Key: aws.String(stored[0])})
	check(t, err)
	data, err := io.ReadAll(object.Body)
	check(t, err)
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil || len(archive.File) != 1 || archive.File[0].Name != "app.py" {
		t.Errorf("the archive is wrong: %v", err)
	}
	if object.Metadata["a"] != "1" || object.Metadata["b"] != "2" || aws.ToString(object.SSEKMSKeyId) != "alias/k" {
		t.Errorf("metadata %v, key %s", object.Metadata, aws.ToString(object.SSEKMSKeyId))
	}
	before := count(proxy.Requests(), "PUT /package/")
	second := succeeds(t, "package", "--s3-bucket", "package", "--s3-prefix", "p/q")
	if second.stdout != first.stdout || second.stderr != "F (src) is uploaded already\n" || count(proxy.Requests(), "PUT /package/") != before {
		t.Errorf("the second run says\n%s%s", second.stdout, second.stderr)
	}
	succeeds(t, "package", "--s3-bucket", "package", "--s3-prefix", "p/q", "--force-upload")
	if count(proxy.Requests(), "PUT /package/") != before+1 {
		t.Error("--force-upload uploads nothing")
	}
	out := succeeds(t, "package", "--s3-bucket", "package", "--output-template-file", "out.json", "--use-json")
	written, err := os.ReadFile("out.json")
	if err != nil || !strings.HasPrefix(string(written), "{\n    \"Resources\"") || !strings.Contains(out.stdout, "Successfully packaged artifacts and wrote output template to file out.json.") {
		t.Errorf("%v, %s\n%s", err, out.stdout, written)
	}
}

func TestPackageWithoutLocalFilesNeedsNoAWS(t *testing.T) {
	use(t, "http://127.0.0.1:1", "template.yaml", "Resources: {B: {Type: AWS::S3::Bucket}}\n")
	if r := succeeds(t, "package"); r.stdout != "Resources: {B: {Type: AWS::S3::Bucket}}\n" {
		t.Errorf("the template is %s", r.stdout)
	}
}

// random writes a file that cannot be compressed.
func random(t *testing.T, path string, size int) [sha256.Size]byte {
	t.Helper()
	data := make([]byte, size)
	r := rand.New(rand.NewSource(int64(size)))
	_, _ = r.Read(data)
	write(t, path, string(data))
	return sha256.Sum256(data)
}

// sumOf is the checksum of the only file in an archive.
func sumOf(t *testing.T, bucket, key string) (sum [sha256.Size]byte) {
	t.Helper()
	object, err := client(t).GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String(bucket), Key: aws.String(key)})
	check(t, err)
	data, err := io.ReadAll(object.Body)
	check(t, err)
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	check(t, err)
	in, err := archive.File[0].Open()
	check(t, err)
	hash := sha256.New()
	_, err = io.Copy(hash, in)
	check(t, err)
	hash.Sum(sum[:0])
	return sum
}

func TestLargeUploads(t *testing.T) {
	proxy := moto(t).NewProxy(t, nil)
	use(t, proxy.URL, "template.yaml", functionTemplate)
	want := random(t, "src/large.bin", 105<<20)
	makeBucket(t, "large")
	r := succeeds(t, "package", "--s3-bucket", "large", "--output-template-file", "out.yaml")
	stored := keys(t, "large")
	if len(stored) != 1 || sumOf(t, "large", stored[0]) != want {
		t.Errorf("what is stored is not what was packaged: %v", stored)
	}
	if parts := count(proxy.Requests(), "PUT /large/"+stored[0]+"?partNumber"); parts < 20 && count(proxy.Requests(), "PUT") < 20 {
		t.Errorf("it was uploaded in %d parts", parts)
	}
	if !strings.Contains(r.stderr, "Warning: F (src) has 105.0 MB zipped: an archive of more than 50 MB reaches Lambda only by way of S3\n") {
		t.Errorf("the notices are\n%s", r.stderr)
	}
}

func TestUploadsAreRetried(t *testing.T) {
	var parts, heads atomic.Int32
	proxy := moto(t).NewProxy(t, func(w http.ResponseWriter, r *http.Request) bool {
		switch {
		case r.Method == http.MethodHead && heads.Add(1) <= 2:
			w.WriteHeader(http.StatusServiceUnavailable)
		case r.Method == http.MethodPut && r.URL.Query().Has("partNumber"):
			switch parts.Add(1) {
			case 1:
				awstest.Cut(w, r)
			case 2:
				awstest.RefuseS3(w, http.StatusServiceUnavailable, "SlowDown", "Please reduce your request rate.")
			case 4:
				awstest.RefuseS3(w, http.StatusInternalServerError, "InternalError", "We encountered an internal error.")
			default:
				return false
			}
		default:
			return false
		}
		return true
	})
	use(t, moto(t).URL, "template.yaml", functionTemplate)
	want := random(t, "src/large.bin", 20<<20)
	makeBucket(t, "retried")
	t.Setenv("AWS_ENDPOINT_URL", proxy.URL)
	succeeds(t, "package", "--s3-bucket", "retried")
	if stored := keys(t, "retried"); len(stored) != 1 || sumOf(t, "retried", stored[0]) != want {
		t.Errorf("what is stored is not what was packaged: %v", stored)
	}
	if parts.Load() < 7 {
		t.Errorf("%d parts were sent", parts.Load())
	}
}

func TestUploadsThatAreGivenUpLeaveNothing(t *testing.T) {
	proxy := moto(t).NewProxy(t, func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method != http.MethodPut || r.URL.Query().Get("partNumber") != "2" {
			return false
		}
		awstest.Cut(w, r)
		return true
	})
	use(t, moto(t).URL, "template.yaml", functionTemplate, "out.yaml", "old")
	random(t, "src/large.bin", 20<<20)
	makeBucket(t, "givenup")
	t.Setenv("AWS_ENDPOINT_URL", proxy.URL)
	t.Setenv("AWS_MAX_ATTEMPTS", "2")
	r := sam(t, t.Context(), "package", "--s3-bucket", "givenup", "--output-template-file", "out.yaml")
	if r.code != 1 || !strings.Contains(r.stderr, "Error: Upload F (src): ") || !strings.HasSuffix(r.stderr, "Run the command again: what is uploaded stays\n") {
		t.Errorf("exit code %d\n%s", r.code, r.stderr)
	}
	uploads, err := client(t).ListMultipartUploads(t.Context(), &s3.ListMultipartUploadsInput{Bucket: aws.String("givenup")})
	if err != nil || len(uploads.Uploads) != 0 || len(keys(t, "givenup")) != 0 {
		t.Errorf("%v: there are %d uploads, and %v", err, len(uploads.Uploads), keys(t, "givenup"))
	}
	if text, err := os.ReadFile("out.yaml"); err != nil || string(text) != "old" {
		t.Errorf("the output is %q, %v", text, err)
	}
	if entries, err := os.ReadDir("."); err != nil || len(entries) != 3 {
		t.Errorf("there are %v", entries)
	}
}

func TestFilesThatChangeWhileTheyAreUploaded(t *testing.T) {
	proxy := moto(t).NewProxy(t, func(_ http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodHead && strings.Count(r.URL.Path, "/") == 2 { // whether it is there
			_ = os.Remove("src/b")
		}
		return false
	})
	use(t, proxy.URL, "template.yaml", functionTemplate, "src/a", "a", "src/b", "b")
	makeBucket(t, "changing")
	fails(t, "Error: src/b has changed while it was packaged: run the command again once nothing writes to it\n", "package", "--s3-bucket", "changing")
	if stored := keys(t, "changing"); len(stored) != 0 {
		t.Errorf("the bucket has %v", stored)
	}
}

func TestBucketsThatCannotBeUsed(t *testing.T) {
	use(t, moto(t).URL, "template.yaml", functionTemplate, "src/a", "a")
	makeBucket(t, "usable")
	fails(t, "Error: The template refers to local files, and there is no bucket to upload them to\nName one with --s3-bucket, or let sam have one of its own with --resolve-s3\n", "package")
	isMisused(t, "Error: --s3-bucket: a/b/c is a bucket with a path in it\nWrite --s3-bucket a --s3-prefix b/c\n", "package", "--s3-bucket", "s3://a/b/c/")
	isMisused(t, "Error: --output-template-file: there is no directory gone: make it first\n'sam package --help' shows the options.\n", "package", "--s3-bucket", "usable", "--output-template-file", "gone/out.yaml")
	isMisused(t, "Error: --output-template-file: src is a directory: name a file in it\n'sam package --help' shows the options.\n", "package", "--s3-bucket", "usable", "--output-template-file", "src")
	fails(t, "Error: The endpoint localhost is no URL\nCorrect --endpoint-url, AWS_ENDPOINT_URL, or the profile\n", "package", "--s3-bucket", "usable", "--endpoint-url", "localhost")
	isMisused(t, "Error: --s3-bucket and --resolve-s3 were both given\nDecide for one of them\n", "package", "--s3-bucket", "x", "--resolve-s3")
	fails(t, "Error: The bucket nowhere does not exist\nCreate it with aws s3 mb s3://nowhere, or let sam have one of its own with --resolve-s3\n", "package", "--s3-bucket", "nowhere")
	fails(t, "Error: The bucket usable is in eu-west-1, and not in us-east-2\nLambda takes code only from its own region: use another bucket, or --region eu-west-1\n", "package", "--s3-bucket", "usable", "--region", "us-east-2")
	for name, test := range map[string]struct {
		status     int
		code, want string
	}{
		"denied":  {http.StatusForbidden, "AccessDenied", "Error: Access to the bucket usable is denied\nIt may be another account's: check its name, the profile, and its policy\n"},
		"expired": {http.StatusBadRequest, "ExpiredToken", "Error: The AWS credentials have expired\nLog in again, or set new ones\n"},
		"unknown": {http.StatusForbidden, "InvalidAccessKeyId", "Error: AWS does not know the credentials that were sent\nRun aws sts get-caller-identity to see whose they are; check AWS_ACCESS_KEY_ID, or the profile\n"},
	} {
		t.Run(name, func(t *testing.T) {
			refuse := func(w http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodHead {
					w.WriteHeader(test.status)
				} else {
					awstest.RefuseS3(w, test.status, test.code, "No.")
				}
			}
			proxy := moto(t).NewProxy(t, func(w http.ResponseWriter, r *http.Request) bool {
				refuse(w, r)
				return true
			})
			t.Setenv("AWS_ENDPOINT_URL", proxy.URL)
			fails(t, test.want, "package", "--s3-bucket", "usable")
		})
	}
}

func TestWhoMayOnlyWrite(t *testing.T) {
	proxy := moto(t).NewProxy(t, func(w http.ResponseWriter, r *http.Request) bool {
		switch r.Method {
		case http.MethodHead:
			w.Header().Set("X-Amz-Bucket-Region", "eu-west-1")
			w.WriteHeader(http.StatusForbidden)
		case http.MethodGet:
			awstest.RefuseS3(w, http.StatusForbidden, "AccessDenied", "Access Denied")
		default:
			return false
		}
		return true
	})
	use(t, moto(t).URL, "template.yaml", functionTemplate, "src/a", "a")
	makeBucket(t, "writeonly")
	t.Setenv("AWS_ENDPOINT_URL", proxy.URL)
	succeeds(t, "package", "--s3-bucket", "writeonly")
}

func TestCredentialsAndRegions(t *testing.T) {
	use(t, moto(t).URL, "template.yaml", functionTemplate, "src/a", "a")
	makeBucket(t, "credentials")
	t.Run("no region", func(t *testing.T) {
		t.Setenv("AWS_REGION", "")
		fails(t, "Error: No AWS region is configured\nName one with --region, in AWS_REGION, or in the profile (aws configure)\n", "package", "--s3-bucket", "credentials")
	})
	t.Run("no credentials", func(t *testing.T) {
		t.Setenv("AWS_ACCESS_KEY_ID", "")
		t.Setenv("AWS_SECRET_ACCESS_KEY", "")
		fails(t, "Error: No AWS credentials were found\nSet AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a profile with --profile, or run aws configure\n", "package", "--s3-bucket", "credentials")
	})
	t.Run("no such profile", func(t *testing.T) {
		fails(t, "Error: The AWS profile nobody does not exist\nRun aws configure list-profiles to see those that do\n", "package", "--s3-bucket", "credentials", "--profile", "nobody")
	})
	t.Run("nobody there", func(t *testing.T) {
		t.Setenv("AWS_MAX_ATTEMPTS", "1")
		fails(t, "Error: AWS cannot be reached at 127.0.0.1:1: connection refused\nCheck the network, proxies, and AWS_ENDPOINT_URL\n", "package", "--s3-bucket", "credentials", "--endpoint-url", "http://127.0.0.1:1")
	})
	t.Run("a role with MFA", func(t *testing.T) {
		write(t, "config", "[profile dev]\nregion = eu-west-1\nrole_arn = arn:aws:iam::123456789012:role/dev\nmfa_serial = arn:aws:iam::123456789012:mfa/ada\nsource_profile = ada\n[profile ada]\naws_access_key_id = AKIA\naws_secret_access_key = s\n")
		t.Setenv("AWS_CONFIG_FILE", "config")
		t.Setenv("AWS_ENDPOINT_URL_STS", moto(t).URL)
		t.Setenv("AWS_ACCESS_KEY_ID", "")
		t.Setenv("AWS_SECRET_ACCESS_KEY", "")
		r := succeeds(t, "< 123456\n", "package", "--s3-bucket", "credentials", "--profile", "dev")
		if !strings.HasPrefix(r.stderr, "Assume Role MFA token code: ") {
			t.Errorf("the notices are\n%s", r.stderr)
		}
	})
	t.Run("a login that was none", func(t *testing.T) {
		write(t, "config", "[profile dev]\nregion = eu-west-1\nsso_session = s\nsso_account_id = 1\nsso_role_name = r\n[sso-session s]\nsso_region = eu-west-1\nsso_start_url = https://example.com/start\n")
		t.Setenv("AWS_CONFIG_FILE", "config")
		t.Setenv("AWS_ACCESS_KEY_ID", "")
		t.Setenv("AWS_SECRET_ACCESS_KEY", "")
		fails(t, "Error: The login of the AWS profile has expired, or there was none\nLog in with: aws sso login --profile dev\n", "package", "--s3-bucket", "credentials", "--profile", "dev")
	})
}
