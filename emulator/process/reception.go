package process

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"sam/emulator"
)

// What a container has of ours: the program that is its keeper, and the socket
// that this calls.
const (
	containerKeeper = "/.sam/keeper"
	containerSocket = "/.sam/socket"
)

// KeeperEnvironment are the environment variables of a keeper: it has next to
// nothing to do, and shall take as little memory.
var KeeperEnvironment = []string{"GOMAXPROCS=1", "GOTRACEBACK=none"}

// errNoKeeper is why nobody reports.
var errNoKeeper = errors.New("its first process, which is sam's, has ended at once")

// slack is what a container may use beyond the limit of its processes, in bytes:
// the keeper, and what is counted before they are killed.
const slack = 64 << 20

// ContainerMemory is the limit of a container's memory in bytes, 0 if it has none.
// What is in /tmp counts there, but not on Lambda.
func ContainerMemory(layout emulator.Layout) int64 {
	if layout.MemoryLimit == 0 {
		return 0
	}
	return layout.MemoryLimit + int64(layout.TmpMB)<<20 + slack
}

// A Reception is where the keeper of a container reports, so that the container
// becomes a sandbox. Whoever starts the container mounts its Mounts, has its
// Command run as process 1, of a process namespace, and awaits it.
type Reception struct {
	dir      string
	mounts   []emulator.Mount
	listener *net.UnixListener
}

// What the directories of Receptions are called, and the file in them that says
// whose they are.
const receptionPrefix, ownerFile = "sam-container-", "owner"

// SweepReceptions removes the directories of programs that were killed.
func SweepReceptions() {
	owners, _ := filepath.Glob(filepath.Join(os.TempDir(), receptionPrefix+"*", ownerFile)) // the pattern is good
	for _, file := range owners {
		if owner, err := os.ReadFile(file); err == nil && OwnerGone(string(owner)) {
			_ = os.RemoveAll(filepath.Dir(file)) // it may be another user's
		}
	}
}

// NewReception prepares for a container with a Layout. keeper is the path of a
// program of ours that is linked statically.
func NewReception(keeper string, layout emulator.Layout) (*Reception, error) {
	dir, err := os.MkdirTemp("", receptionPrefix)
	if err != nil {
		return nil, fmt.Errorf("make a directory for a container: %w", err)
	}
	r := &Reception{dir: dir}
	if err := os.WriteFile(filepath.Join(dir, ownerFile), []byte(Owner()), 0o600); err != nil {
		return nil, errors.Join(fmt.Errorf("mark the directory of a container: %w", err), r.Close())
	}
	socket := filepath.Join(dir, "socket")
	r.mounts = append(r.mounts, emulator.Mount{Sources: []string{keeper}, Target: containerKeeper})
	r.mounts = append(r.mounts, layout.Mounts...)
	if err := r.link(layout.Links); err != nil {
		return nil, errors.Join(err, r.Close())
	}
	r.listener, err = net.ListenUnix("unix", &net.UnixAddr{Name: socket, Net: "unix"})
	if err == nil {
		r.mounts = append(r.mounts, emulator.Mount{Sources: []string{socket}, Target: containerSocket})
		err = r.nameHosts(layout)
	}
	if err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return r, nil
}

// imageDirs are directories of images that must not be covered.
var imageDirs = []string{"/", "/bin", "/etc", "/home", "/lib", "/opt", "/root", "/run", "/usr", "/var"}

// link shows symbolic links: in directories with nothing else, because nobody can
// write to a container's root directory. Where an image has such a directory what
// they mean is shown in their places.
func (r *Reception) link(links map[string]string) error {
	made := make(map[string]string) // directories, by what they are mounted on
	for link, target := range links {
		parent := filepath.Dir(link)
		if slices.Contains(imageDirs, parent) {
			r.mounts = append(r.mounts, emulator.Mount{Sources: []string{target}, Target: link})
			continue
		}
		if made[parent] == "" {
			dir, err := os.MkdirTemp(r.dir, "links-")
			if err != nil {
				return fmt.Errorf("make a directory for links: %w", err)
			}
			made[parent] = dir
			r.mounts = append(r.mounts, emulator.Mount{Sources: []string{dir}, Target: parent})
		}
		if err := os.Symlink(target, filepath.Join(made[parent], filepath.Base(link))); err != nil {
			return fmt.Errorf("make a link for a container: %w", err)
		}
	}
	return nil
}

// nameHosts writes the /etc/hosts and /etc/resolv.conf of the container. The
// network is the host's.
func (r *Reception) nameHosts(layout emulator.Layout) error {
	hosts, err := os.ReadFile("/etc/hosts")
	if err != nil {
		hosts = []byte("127.0.0.1\tlocalhost\n")
	}
	hosts = fmt.Appendf(hosts, "\n%s\n", strings.Join(layout.Hosts, "\n"))
	resolver, err := os.ReadFile("/etc/resolv.conf")
	if len(layout.Nameservers) > 0 {
		resolver, err = []byte("nameserver "+strings.Join(layout.Nameservers, "\nnameserver ")+"\n"), nil
	}
	files := map[string][]byte{"hosts": hosts}
	if err == nil {
		files["resolv.conf"] = resolver
	}
	for name, content := range files {
		path := filepath.Join(r.dir, name)
		if err := os.WriteFile(path, content, 0o644); err != nil {
			return fmt.Errorf("write a container's /etc/%s: %w", name, err)
		}
		r.mounts = append(r.mounts, emulator.Mount{Sources: []string{path}, Target: "/etc/" + name})
	}
	return nil
}

// Mounts are what the container shows of the host: each has one Source.
func (r *Reception) Mounts() []emulator.Mount { return r.mounts }

// Command is process 1 of the container.
func (r *Reception) Command() []string { return []string{containerKeeper} }

// Contained is the sandbox that a container is. Its end is that of the keeper, and
// thereby of the container.
type Contained struct {
	*sandbox
	asking sync.Mutex // held while there is a question that is answered by more than an error
}

// Listen implements emulator.Networked, for containers that have a network of
// their own.
func (c *Contained) Listen() (net.Listener, error) {
	c.asking.Lock()
	defer c.asking.Unlock()
	if err := c.submit(&request{ID: c.newID(), Listen: true}, nil)(); err != nil {
		return nil, fmt.Errorf("open a port in a container: %w", err)
	}
	file := <-c.opened
	defer file.Close()
	return net.FileListener(file)
}

// List implements emulator.Lister.
func (c *Contained) List(dir string) ([]string, error) {
	c.asking.Lock()
	defer c.asking.Unlock()
	if err := c.submit(&request{ID: c.newID(), List: dir}, nil)(); err != nil {
		return nil, err
	}
	select {
	case names := <-c.named:
		return names, nil
	default:
		return nil, nil // the directory is empty
	}
}

// Await waits for the keeper, and returns the sandbox that it keeps. ctx bounds
// the wait, and so does the end of the container, which closes gone.
func (r *Reception) Await(ctx context.Context, gone <-chan struct{}) (*Contained, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go func() {
		select {
		case <-gone:
			cancel(errNoKeeper)
		case <-ctx.Done():
		}
	}()
	stop := context.AfterFunc(ctx, func() { _ = r.listener.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	conn, err := r.listener.AcceptUnix()
	if ctx.Err() != nil {
		if err == nil {
			_ = conn.Close()
		}
		return nil, context.Cause(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("wait for a container's keeper: %w", err)
	}
	s := newSandbox()
	s.control, s.hangUp = &line{conn}, conn.CloseWrite
	s.pid = peer(conn)
	made := s.expect(0)
	close(s.begun)
	go func() {
		s.listen()
		s.mu.Lock()
		s.reaped = true
		s.mu.Unlock()
		_ = conn.Close()
		close(s.gone)
	}()
	if err := <-made; err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return &Contained{sandbox: s}, nil
}

// Close removes what the container needed of the host.
func (r *Reception) Close() error {
	if r.listener != nil {
		_ = r.listener.Close()
	}
	if err := os.RemoveAll(r.dir); err != nil {
		return fmt.Errorf("remove a container's directory: %w", err)
	}
	return nil
}

// peer is the process at the other end of a socket, as it is called here, or 0.
func peer(conn *net.UnixConn) int {
	raw, err := conn.SyscallConn()
	if err != nil {
		return 0
	}
	pid := 0
	_ = raw.Control(func(fd uintptr) {
		if who, err := unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED); err == nil {
			pid = int(who.Pid)
		}
	})
	return pid
}

// callReception connects a container's keeper to its Runner.
func callReception() (*line, error) {
	conn, err := net.DialUnix("unix", nil, &net.UnixAddr{Name: containerSocket, Net: "unix"})
	if err != nil {
		return nil, err
	}
	return &line{conn}, nil
}
