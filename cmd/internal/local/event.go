package local

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"sam/cmd/internal/ui"
	"sam/rapi"
)

// readEvent reads the event of an invocation: from a file, or from standard
// input if the file is "-", or if none is named and standard input is no
// terminal.
func readEvent(ctx context.Context, u *ui.UI, file string, none bool) ([]byte, error) {
	var event []byte
	var err error
	name := file
	switch {
	case none, file == "" && u.StdinIsTerminal:
		return []byte("{}"), nil
	case file == "", file == "-":
		u.Notice("Reading invoke payload from stdin (you can also pass it from file with --event)")
		name = "stdin"
		event, err = interruptible(ctx, func() ([]byte, error) { return io.ReadAll(io.LimitReader(u.Stdin, rapi.MaxEvent+1)) })
	default:
		event, err = interruptible(ctx, func() ([]byte, error) { return readEventFile(file) })
	}
	if err != nil {
		return nil, fmt.Errorf("read event: %w", err)
	}
	event = bytes.TrimPrefix(event, []byte("\ufeff")) // Windows editors write one
	if len(event) > rapi.MaxEvent {
		return nil, fmt.Errorf("the event in %s is larger than Lambda accepts: the limit is %d bytes (6 MiB)", name, rapi.MaxEvent)
	}
	if len(bytes.TrimSpace(event)) == 0 {
		return []byte("{}"), nil
	}
	return event, checkJSON(name, event)
}

// interruptible calls read, which may wait for somebody at the other end of a
// terminal or a pipe. Such a wait cannot be interrupted, only left.
func interruptible(ctx context.Context, read func() ([]byte, error)) ([]byte, error) {
	type input struct {
		data []byte
		err  error
	}
	done := make(chan input, 1)
	go func() {
		data, err := read()
		done <- input{data, err}
	}()
	select {
	case in := <-done:
		return in.data, in.err
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// readEventFile reads no more than what is needed to see that a file is too
// large.
func readEventFile(path string) ([]byte, error) {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		abs, absErr := filepath.Abs(path)
		if absErr != nil {
			abs = path
		}
		return nil, fmt.Errorf("there is no file %s", abs)
	}
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, rapi.MaxEvent+1))
}

func checkJSON(name string, data []byte) error {
	if json.Valid(data) {
		return nil
	}
	var syntax *json.SyntaxError
	if err := json.Unmarshal(data, new(json.RawMessage)); errors.As(err, &syntax) {
		before := data[:max(int(syntax.Offset)-1, 0)] // the offset is behind the character that is wrong
		line := 1 + bytes.Count(before, []byte("\n"))
		return fmt.Errorf("%s:%d:%d: the event is not JSON: %w", name, line, len(before)-bytes.LastIndexByte(before, '\n'), syntax)
	}
	return fmt.Errorf("%s: the event is not JSON", name)
}
