package code

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
)

const (
	// maxEntries bounds the files and directories of a copy. AWS publishes
	// no such limit; this one keeps an archive of empty files from using up
	// memory and inodes.
	maxEntries = 500_000

	// maxDirectory is the room that maxEntries entries with long paths take.
	maxDirectory = 128 << 20

	// layout is part of every key: raise it when the same archive is to be
	// unpacked differently from before.
	layout = 1
)

var errNoArchive = errors.New("it is no complete zip archive, pack it again")

// contentKey names the content of an archive by its length and its central
// directory, which holds every entry's name, mode, size and CRC-32. To hash
// the entries themselves would take longer than many a function runs.
func contentKey(f *os.File) ([sha256.Size]byte, error) {
	info, err := f.Stat()
	if err != nil {
		return [sha256.Size]byte{}, err
	}
	directory, err := readDirectory(f, info.Size())
	if err != nil {
		return [sha256.Size]byte{}, err
	}
	if bytes.Count(directory, []byte("PK\x01\x02")) > maxEntries {
		return [sha256.Size]byte{}, errTooMany
	}
	directory = binary.LittleEndian.AppendUint64(directory, uint64(info.Size()))
	return sha256.Sum256(append(directory, layout)), nil
}

// readDirectory returns the central directory of a zip archive as it is on
// disk (APPNOTE.TXT 4.3.12). It lies right before its end record, which is the
// last thing in the file but for a comment. archive/zip, which would decode
// every entry, is needed only once the archive has to be unpacked.
func readDirectory(r io.ReaderAt, size int64) ([]byte, error) {
	const (
		endLen       = 22
		end64Len     = 56
		locatorLen   = 20
		maxComment   = 1<<16 - 1
		endSig       = "PK\x05\x06"
		end64Sig     = "PK\x06\x06"
		locatorSig   = "PK\x06\x07"
		commentLenAt = 20
	)
	tail := make([]byte, min(size, locatorLen+endLen+maxComment))
	if err := readAt(r, tail, size-int64(len(tail))); err != nil {
		return nil, err
	}
	i := bytes.LastIndex(tail, []byte(endSig))
	if i < 0 || len(tail)-i < endLen {
		return nil, errNoArchive
	}
	if int(binary.LittleEndian.Uint16(tail[i+commentLenAt:])) > len(tail)-i-endLen {
		return nil, errNoArchive
	}
	length := uint64(binary.LittleEndian.Uint32(tail[i+12:]))
	end := size - int64(len(tail)-i)

	// Zip64 has its own end record, and a locator for it before the old one.
	if i >= locatorLen && string(tail[i-locatorLen:][:4]) == locatorSig {
		end = int64(binary.LittleEndian.Uint64(tail[i-locatorLen+8:]))
		record := make([]byte, end64Len)
		if err := readAt(r, record, end); err != nil {
			return nil, err
		}
		if string(record[:4]) != end64Sig {
			return nil, errNoArchive
		}
		length = binary.LittleEndian.Uint64(record[40:])
	}
	if length > maxDirectory {
		return nil, errTooMany
	}
	if int64(length) > end {
		return nil, errNoArchive
	}
	// Room for what contentKey appends.
	directory := make([]byte, length, length+16)
	return directory, readAt(r, directory, end-int64(length))
}

func readAt(r io.ReaderAt, b []byte, offset int64) error {
	if offset < 0 {
		return errNoArchive
	}
	if _, err := r.ReadAt(b, offset); err == io.EOF {
		return errNoArchive
	} else if err != nil {
		return fmt.Errorf("read: %w", err)
	}
	return nil
}
