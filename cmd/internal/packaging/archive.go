package packaging

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"io"
	"runtime"
	"strings"
	"sync"
	"unicode"

	"github.com/klauspost/compress/flate"
)

// zipVersion is the version of the format, 2.0, that unpacking needs.
const zipVersion = 20

// smallFile is up to which size in bytes a file is compressed in memory, beside
// others. Larger ones are compressed as they are written.
const smallFile = 1 << 20

// format is the version of what writeArchive writes for the same files. It
// counts up with every change, so that archives of older ones are not taken for
// the new.
const format = 1

// keyOf is the key of the archive of files: what is in them, their names, and
// whether they can be executed. It needs no compression, which may differ from
// one version of sam to the next.
func keyOf(files []*file) string {
	hash := md5.New()
	fmt.Fprintf(hash, "sam archive %d\n", format)
	for _, f := range files {
		fmt.Fprintf(hash, "%q %t %d %x\n", f.name, f.executable, f.size, f.sum)
	}
	return hex.EncodeToString(hash.Sum(nil))
}

// writeArchive writes a zip archive that depends on nothing but the files: no
// times, no owners, and of their permissions only whether they can be executed.
// Everybody may read them, because on Lambda another user than their owner does.
func writeArchive(ctx context.Context, w io.Writer, files []*file, progress func(int64)) error {
	ctx, stop := context.WithCancel(ctx)
	compressed := compressSmall(ctx, files)
	defer func() { // nobody compresses any more when this returns
		stop()
		for pending := range compressed {
			<-pending
		}
	}()
	archive := zip.NewWriter(w)
	archive.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) {
		return flate.NewWriter(w, flate.DefaultCompression)
	})
	buf := make([]byte, copySize)
	for _, f := range files {
		if err := context.Cause(ctx); err != nil {
			return err
		}
		var err error
		if f.size <= smallFile {
			err = context.Cause(ctx)
			if pending, ok := <-compressed; ok {
				err = (<-pending).writeTo(archive)
				progress(f.size)
			}
		} else {
			err = f.writeLarge(archive, buf, progress)
		}
		if err != nil {
			return err
		}
	}
	return archive.Close()
}

// header is that of the file in the archive.
func (f *file) header(method uint16) *zip.FileHeader {
	h := &zip.FileHeader{Name: f.name, Method: method}
	h.SetMode(0o644)
	if f.executable {
		h.SetMode(0o755)
	}
	// 1980-01-01, the first day that archives know.
	//lint:ignore SA1019 Modified would be written a second time, in a field of its own
	h.ModifiedDate = 1<<5 | 1
	h.CreatorVersion |= zipVersion
	h.ReaderVersion = zipVersion
	if strings.ContainsFunc(f.name, func(r rune) bool { return r > unicode.MaxASCII }) {
		h.Flags |= 0x800 // the name is UTF-8
	}
	return h
}

func (f *file) writeLarge(archive *zip.Writer, buf []byte, progress func(int64)) error {
	w, err := archive.CreateHeader(f.header(zip.Deflate))
	if err != nil {
		return err
	}
	return f.copyTo(&reporter{w, progress}, buf)
}

// A small is a small file in memory, compressed, or why it is not.
type small struct {
	header *zip.FileHeader
	data   []byte
	err    error
}

func (s small) writeTo(archive *zip.Writer) error {
	if s.err != nil {
		return s.err
	}
	w, err := archive.CreateRaw(s.header)
	if err == nil {
		_, err = w.Write(s.data)
	}
	return err
}

// compressSmall compresses the small files, several at once, and gives them in
// their order. It keeps only a few ahead of who takes them.
func compressSmall(ctx context.Context, files []*file) <-chan chan small {
	workers := runtime.GOMAXPROCS(0)
	ordered := make(chan chan small, 4*workers)
	type job struct {
		file *file
		done chan small
	}
	jobs := make(chan job)
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			c := newCompressor()
			for j := range jobs {
				j.done <- c.compress(j.file)
			}
		})
	}
	go func() {
		defer func() { close(jobs); wg.Wait(); close(ordered) }()
		for _, f := range files {
			if f.size > smallFile {
				continue
			}
			j := job{f, make(chan small, 1)}
			select {
			case ordered <- j.done:
			case <-ctx.Done():
				return
			}
			jobs <- j
		}
	}()
	return ordered
}

// A compressor compresses one file after another.
type compressor struct {
	plain   bytes.Buffer
	deflate *flate.Writer
	buf     []byte
}

func newCompressor() *compressor {
	deflate, err := flate.NewWriter(nil, flate.DefaultCompression)
	if err != nil {
		panic(err) // there is such a level
	}
	return &compressor{deflate: deflate, buf: make([]byte, copySize)}
}

func (c *compressor) compress(f *file) small {
	c.plain.Reset()
	if err := f.copyTo(&reporter{&c.plain, func(int64) {}}, c.buf); err != nil {
		return small{err: err}
	}
	var out bytes.Buffer
	c.deflate.Reset(&out)
	_, err := c.deflate.Write(c.plain.Bytes())
	if err == nil {
		err = c.deflate.Close()
	}
	if err != nil {
		return small{err: err}
	}
	s := small{header: f.header(zip.Deflate), data: out.Bytes()}
	if len(s.data) >= c.plain.Len() {
		s.header.Method, s.data = zip.Store, bytes.Clone(c.plain.Bytes())
	}
	s.header.CRC32 = crc32.ChecksumIEEE(c.plain.Bytes())
	s.header.UncompressedSize64 = uint64(c.plain.Len())
	s.header.CompressedSize64 = uint64(len(s.data))
	return s
}
