package cloud

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/feature/s3/transfermanager"
	"github.com/aws/aws-sdk-go-v2/feature/s3/transfermanager/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"sam/cmd/internal/packaging"
	"sam/cmd/internal/ui"
)

// Uploads need partSize bytes for each part that is under way, of which a large
// artifact has several, and all others wait for that one.
const (
	partSize        = 5 << 20 // the least that S3 takes
	partsUnderWay   = 3
	uploadsUnderWay = 3
)

// A store is a bucket that artifacts go to.
type store struct {
	ui       *ui.UI
	s3       *s3.Client
	transfer *transfermanager.Client
	region   string
	to       packaging.Destination
	options  *uploadOptions
	large    sync.Mutex // one artifact of several parts at a time
}

func newStore(u *ui.UI, cfg aws.Config, o *uploadOptions, bucket string) *store {
	client := s3.NewFromConfig(cfg, func(o *s3.Options) {
		// What stands in for S3 has no names for buckets.
		o.UsePathStyle = o.BaseEndpoint != nil
	})
	s := &store{ui: u, s3: client, region: cfg.Region, options: o}
	s.transfer = transfermanager.New(client, func(o *transfermanager.Options) {
		o.PartSizeBytes, o.MultipartUploadThreshold = partSize, partSize
		o.Concurrency = partsUnderWay
		o.FailTimeout = 10 * time.Second // to tell S3 that an upload is given up
	})
	s.to = packaging.Destination{Bucket: bucket, Prefix: o.Prefix, TemplateURL: s.templateURL}
	return s
}

// templateURL is the URL of a template, in the form that CloudFormation wants.
func (s *store) templateURL(key string) string {
	o := s.s3.Options()
	endpoint, err := o.EndpointResolverV2.ResolveEndpoint(context.Background(), s3.EndpointParameters{
		Bucket: aws.String(s.to.Bucket), Region: aws.String(o.Region), Endpoint: o.BaseEndpoint, ForcePathStyle: aws.Bool(true),
		UseFIPS: aws.Bool(o.EndpointOptions.UseFIPSEndpoint == aws.FIPSEndpointStateEnabled),
	})
	if err != nil { // no endpoint that SDK knows has this form
		return fmt.Sprintf("https://s3.%s.amazonaws.com/%s/%s", o.Region, s.to.Bucket, key)
	}
	return endpoint.URI.String() + "/" + key
}

// check finds out whether the bucket can be used, before anything is compressed.
func (s *store) check(ctx context.Context) error {
	out, err := s.s3.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: aws.String(s.to.Bucket)})
	region := ""
	if out != nil {
		region = aws.ToString(out.BucketRegion)
	}
	var answer *awshttp.ResponseError
	if errors.As(err, &answer) {
		region = answer.HTTPResponse().Header.Get("X-Amz-Bucket-Region")
		switch answer.HTTPStatusCode() {
		case http.StatusNotFound:
			return &problem{fmt.Sprintf("the bucket %s does not exist", s.to.Bucket), fmt.Sprintf("create it with aws s3 mb s3://%s, or let sam have one of its own with --resolve-s3", s.to.Bucket), err}
		case http.StatusBadRequest, http.StatusForbidden:
			// The answer has no body that could say why; that to a GET does.
			_, why := s.s3.GetBucketLocation(ctx, &s3.GetBucketLocationInput{Bucket: aws.String(s.to.Bucket)})
			if why != nil && !isCode(why, "AccessDenied") {
				return explain(why)
			}
			err = nil // who may write need not be allowed to look
		}
	}
	if region != "" && region != s.region {
		return &problem{fmt.Sprintf("the bucket %s is in %s, and not in %s", s.to.Bucket, region, s.region), fmt.Sprintf("Lambda takes code only from its own region: use another bucket, or --region %s", region), err}
	}
	return err
}

// upload stores artifacts that are not there yet.
func (s *store) upload(ctx context.Context, artifacts []*packaging.Artifact) error {
	for _, a := range artifacts {
		if warning := a.Warning(); warning != "" {
			s.ui.Notice("Warning: %s", warning)
		}
	}
	p := newProgress(s.ui, artifacts, s.options.NoProgressbar)
	defer p.done()
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	queue := make(chan *packaging.Artifact)
	var wg sync.WaitGroup
	for range uploadsUnderWay {
		wg.Go(func() {
			for a := range queue {
				if err := s.uploadOne(ctx, a, p); err != nil {
					stop(err)
				}
			}
		})
	}
	for _, a := range artifacts {
		select {
		case queue <- a:
		case <-ctx.Done():
		}
	}
	close(queue)
	wg.Wait()
	return context.Cause(ctx)
}

func (s *store) uploadOne(ctx context.Context, a *packaging.Artifact, p *progress) error {
	key := aws.String(s.to.Key(a.Key))
	if !s.options.Force {
		there, err := s.has(ctx, key)
		if err != nil {
			return err
		}
		if there {
			p.unchanged(a)
			return nil
		}
	}
	if a.Size > partSize {
		s.large.Lock()
		defer s.large.Unlock()
	}
	in := &transfermanager.UploadObjectInput{Bucket: aws.String(s.to.Bucket), Key: key, Metadata: s.options.metadata}
	if s.options.KMSKey != "" {
		in.ServerSideEncryption, in.SSEKMSKeyID = types.ServerSideEncryptionAwsKms, aws.String(s.options.KMSKey)
	}
	began := time.Now()
	body, out := io.Pipe()
	in.Body = body
	written := make(chan error, 1)
	var size int64
	go func() {
		counted := &counter{to: out}
		err := a.Write(ctx, counted, p.read)
		size = counted.n
		out.CloseWithError(err)
		written <- err
	}()
	_, err := s.transfer.UploadObject(ctx, in)
	body.CloseWithError(errors.Join(err, io.ErrClosedPipe)) // nobody reads any more
	if writing := <-written; err != nil && writing != nil && !errors.Is(writing, io.ErrClosedPipe) {
		return writing // the reason of the reason
	}
	if isCode(err, "AccessDenied") {
		return &problem{fmt.Sprintf("access to the bucket %s is denied", s.to.Bucket), "it may be another account's: check its name, the profile, and its policy", err}
	}
	if err != nil {
		return fmt.Errorf("upload %s: %w", a.Name, explain(err))
	}
	p.uploaded(a, size, time.Since(began))
	if a.IsArchive && size > packaging.MaxZipped {
		s.ui.Notice("Warning: %s has %s zipped: an archive of more than %d MB reaches Lambda only by way of S3", a.Name, megabytes(size), packaging.MaxZipped>>20)
	}
	return nil
}

// has tells whether an object is there.
func (s *store) has(ctx context.Context, key *string) (bool, error) {
	_, err := s.s3.HeadObject(ctx, &s3.HeadObjectInput{Bucket: aws.String(s.to.Bucket), Key: key})
	var answer *awshttp.ResponseError
	if errors.As(err, &answer) {
		switch answer.HTTPStatusCode() {
		case http.StatusNotFound:
			return false, nil
		case http.StatusForbidden: // who may write need not be allowed to look
			return false, nil
		}
	}
	return err == nil, err
}

// A counter counts what is written.
type counter struct {
	to io.Writer
	n  int64
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.to.Write(p)
	c.n += int64(n)
	return n, err
}
