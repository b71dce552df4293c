package process

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"sam/emulator"
)

// A request is what a Runner wants of the keeper of a sandbox: one of the
// fields below the first.
type request struct {
	ID      int              // of the request, and of the process that it starts
	Furnish *emulator.Layout `json:",omitempty"`
	Start   *command         `json:",omitempty"` // comes with the file for its output
	Signal  syscall.Signal   `json:",omitempty"` // for the process with the ID, and its group
	Listen  bool             `json:",omitempty"` // on the loopback interface: the answer comes with the socket
	List    string           `json:",omitempty"` // the files of a directory
}

// A command is a process to start.
type command struct {
	Args, Env []string
	Dir       string
}

// program is the path of what is started: images name programs as shells do, by
// what is in PATH.
func (c *command) program() string {
	name := c.Args[0]
	if strings.Contains(name, "/") {
		return name
	}
	for _, variable := range c.Env {
		list, found := strings.CutPrefix(variable, "PATH=")
		for _, dir := range filepath.SplitList(list) {
			path := filepath.Join(dir, name)
			if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() && info.Mode().Perm()&0o111 != 0 {
				return path
			}
		}
		if found {
			break // the first of a name counts
		}
	}
	return name
}

// A report answers a request, and another one tells the end of a process. That
// with the ID 0 comes unasked: the sandbox is there.
type report struct {
	ID     int
	Failed *failure `json:",omitempty"`
	Names  []string `json:",omitempty"` // of files
	Ended  *ending  `json:",omitempty"`
}

// A failure is an error of the kernel's on its way between processes.
type failure struct {
	Doing string
	Errno syscall.Errno
}

func (f *failure) Error() string { return f.Doing + ": " + f.Errno.Error() }

// Unwrap makes the number known to errors.Is.
func (f *failure) Unwrap() error { return f.Errno }

// An ending is that of a process.
type ending struct {
	Status syscall.WaitStatus
	MaxRSS int64 // bytes
}

// A line carries messages between a Runner and a keeper.
type line struct{ conn *net.UnixConn }

// newLine takes over one end of a socket.
func newLine(socket *os.File) (*line, error) {
	defer socket.Close()
	conn, err := net.FileConn(socket)
	if err != nil {
		return nil, err
	}
	unixConn, ok := conn.(*net.UnixConn)
	if !ok {
		return nil, fmt.Errorf("%s is not a socket of ours", conn.LocalAddr())
	}
	return &line{unixConn}, nil
}

// headerSize is the size of a message's length, which comes before it.
const headerSize = 4

// send sends a message, with a file unless that is nil.
func (l *line) send(message any, file *os.File) error {
	body, err := json.Marshal(message)
	if err != nil {
		return fmt.Errorf("encode message: %w", err)
	}
	framed := append(binary.LittleEndian.AppendUint32(nil, uint32(len(body))), body...)
	if file != nil {
		n, _, err := l.conn.WriteMsgUnix(framed, unix.UnixRights(int(file.Fd())), nil)
		if err != nil {
			return err
		}
		framed = framed[n:]
	}
	_, err = l.conn.Write(framed)
	return err
}

// receive waits for a message, and returns the file that came with it, or nil.
// The error is io.EOF if nobody is at the other end any more.
func (l *line) receive(message any) (file *os.File, err error) {
	header, rights := make([]byte, headerSize), make([]byte, unix.CmsgSpace(4))
	n, oob, _, _, err := l.conn.ReadMsgUnix(header, rights)
	if err != nil {
		return nil, err
	}
	if oob > 0 {
		if file, err = fileOf(rights[:oob]); err != nil {
			return nil, err
		}
	}
	if n == 0 {
		return nil, io.EOF
	}
	if _, err := io.ReadFull(l.conn, header[n:]); err != nil {
		return file, err
	}
	body := make([]byte, binary.LittleEndian.Uint32(header))
	if _, err := io.ReadFull(l.conn, body); err != nil {
		return file, err
	}
	return file, json.Unmarshal(body, message)
}

func fileOf(rights []byte) (*os.File, error) {
	messages, err := unix.ParseSocketControlMessage(rights)
	if err != nil || len(messages) != 1 {
		return nil, fmt.Errorf("receive a file: %w", err)
	}
	files, err := unix.ParseUnixRights(&messages[0])
	if err != nil || len(files) != 1 {
		return nil, fmt.Errorf("receive a file: %w", err)
	}
	return os.NewFile(uintptr(files[0]), "output"), nil
}
