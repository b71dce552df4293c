package process

import (
	"fmt"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"sam/emulator"
)

// A place is the file system of a sandbox, while it is being made: a tmpfs with
// mounts of the host's directories in it. The host's own root is at hostRoot
// until the place is furnished.
type place struct {
	host int // the host's root directory
	// hosts and resolver are files of the host's, if its /etc is not shown.
	hosts, resolver []byte
}

const hostRoot = "/.host"

// systemDirs are the host's directories that interpreters and tools live in.
// They are shown read-only. What is missing here is hidden: home directories
// and data.
var systemDirs = []string{
	"/bin", "/sbin", "/usr", "/lib", "/lib32", "/lib64", "/libx32", "/etc", "/sys",
	"/gnu", "/nix", "/snap", "/run/current-system", // what Guix, NixOS and snap have in place of /usr
	"/var/cache/fontconfig", "/var/lib/ca-certificates", "/var/lib/snapd",
}

// devices are all that there is in /dev.
var devices = []string{"null", "zero", "full", "random", "urandom"}

// secrets are files of systemDirs that root can read, and users cannot.
var secrets = []string{"/etc/shadow", "/etc/shadow-", "/etc/gshadow", "/etc/gshadow-", "/etc/ssh", "/etc/ssl/private", "/etc/sudoers", "/etc/NetworkManager/system-connections"}

// openPlace makes a root directory with the system's own directories. It needs
// new user, mount and process namespaces.
func openPlace() (*place, error) {
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return nil, failed("make mounts private", err)
	}
	// Any directory will do: it is covered only until it becomes the root.
	base := ""
	for _, dir := range []string{"/tmp", "/usr", "/etc", "/dev"} {
		if isDir(dir) {
			base = dir
			break
		}
	}
	if err := unix.Mount("tmpfs", base, "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, "mode=755"); err != nil {
		return nil, failed("mount a tmpfs", err)
	}
	if err := os.Mkdir(base+hostRoot, 0o700); err != nil {
		return nil, asFailure(err)
	}
	if err := unix.PivotRoot(base, base+hostRoot); err != nil {
		return nil, failed("change the root directory", err)
	}
	host, err := unix.Open(hostRoot, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, failed("open the host's root directory", err)
	}
	p := &place{host: host}
	for _, make := range []func() error{p.showSystem, p.makeDevices, p.makeProc} {
		if err := make(); err != nil {
			return nil, err
		}
	}
	return p, nil
}

func (p *place) showSystem() error {
	for _, dir := range systemDirs {
		if err := p.showAsIs(dir); err != nil && !isMissing(err) {
			return err
		}
	}
	for _, file := range secrets {
		if os.Getuid() != 0 {
			break // the kernel hides them
		}
		if err := p.hide(file); err != nil {
			return err
		}
	}
	return p.showResolver()
}

// hideSystem takes away the host's own directories, in the place of which an image
// has others.
func (p *place) hideSystem() error {
	p.hosts, _ = os.ReadFile("/etc/hosts") // what names mean goes by the host
	p.resolver, _ = os.ReadFile("/etc/resolv.conf")
	for _, dir := range systemDirs {
		if dir == "/sys" {
			continue
		}
		if _, err := os.Lstat(dir); err != nil {
			continue // it was not shown
		}
		for unix.Unmount(dir, unix.MNT_DETACH|unix.UMOUNT_NOFOLLOW) == nil {
			continue // something may be mounted twice
		}
		if err := os.Remove(dir); err != nil {
			return asFailure(err)
		}
	}
	return nil
}

// showAsIs shows a directory of the host where it is there, or makes the same
// symbolic link.
func (p *place) showAsIs(dir string) error {
	if link, err := os.Readlink(hostRoot + dir); err == nil {
		if err := os.MkdirAll(path.Dir(dir), 0o755); err != nil {
			return asFailure(err)
		}
		return asFailure(os.Symlink(link, dir))
	}
	return p.show(dir, dir, false)
}

// hide covers what only root could read.
func (p *place) hide(file string) error {
	info, err := os.Stat(file)
	if err != nil {
		return nil // there is nothing to hide
	}
	if info.IsDir() {
		return failed("hide "+file, unix.Mount("tmpfs", file, "tmpfs", unix.MS_RDONLY, "mode=755"))
	}
	return p.show("/dev/null", file, false)
}

// showResolver shows the directory that /etc/resolv.conf leads to, usually one
// in /run. Whoever changes the file puts a new one into the directory.
func (p *place) showResolver() error {
	link, err := os.Readlink("/etc/resolv.conf")
	if err != nil {
		return nil // it is no link
	}
	dir := path.Dir(path.Join("/etc", link))
	if path.IsAbs(link) {
		dir = path.Dir(link)
	}
	if isDir(dir) {
		return nil
	}
	if err := p.show(dir, dir, false); err != nil && !isMissing(err) {
		return err
	}
	return nil
}

func (p *place) makeDevices() error {
	for _, name := range devices {
		if err := p.show("/dev/"+name, "/dev/"+name, true); err != nil {
			return err
		}
	}
	for name, target := range map[string]string{"fd": "", "stdin": "/0", "stdout": "/1", "stderr": "/2"} {
		if err := os.Symlink("/proc/self/fd"+target, "/dev/"+name); err != nil {
			return asFailure(err)
		}
	}
	return nil
}

func (p *place) makeProc() error {
	if err := os.Mkdir("/proc", 0o755); err != nil {
		return asFailure(err)
	}
	return failed(mountingProc, unix.Mount("proc", "/proc", "proc", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, ""))
}

// furnish completes the place, and closes the way to the host.
func (p *place) furnish(layout *emulator.Layout) error {
	if layout.Image != nil {
		if err := p.hideSystem(); err != nil {
			return err
		}
	}
	for _, dir := range []string{"/tmp", "/var", "/run"} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return asFailure(err)
		}
	}
	size := fmt.Sprintf("mode=1777,size=%dm", layout.TmpMB)
	if err := unix.Mount("tmpfs", "/tmp", "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, size); err != nil {
		return failed("mount /tmp", err)
	}
	for i, mount := range layout.Mounts {
		if err := p.mount(mount, layout.Mounts[i+1:]); err != nil {
			return err
		}
	}
	for name, target := range layout.Links {
		if _, err := os.Lstat(name); err == nil {
			continue
		}
		if err := os.MkdirAll(path.Dir(name), 0o755); err != nil {
			return asFailure(err)
		}
		if err := os.Symlink(target, name); err != nil {
			return asFailure(err)
		}
	}
	if err := p.nameHosts(layout); err != nil {
		return err
	}
	if err := unix.Unmount(hostRoot, unix.MNT_DETACH); err != nil {
		return failed("let go of the host's root directory", err)
	}
	_ = unix.Close(p.host)
	if err := os.Remove(hostRoot); err != nil {
		return asFailure(err)
	}
	return failed("protect the root directory", setattr(unix.AT_FDCWD, "/", 0, unix.MOUNT_ATTR_RDONLY))
}

// mount shows what a Mount says. later are those behind it, which need places to
// be mounted on.
func (p *place) mount(m emulator.Mount, later []emulator.Mount) error {
	var inner []string
	for _, other := range later {
		if below, found := strings.CutPrefix(other.Target, m.Target+"/"); found && !p.has(m.Sources, below) {
			inner = append(inner, below)
		}
	}
	switch {
	case len(m.Sources) == 0:
		return asFailure(os.MkdirAll(m.Target, 0o755))
	case len(m.Sources) == 1 && len(inner) == 0:
		return p.show(m.Sources[0], m.Target, m.Writable)
	}
	return p.overlay(m, inner)
}

// has tells whether one of the host's directories has a directory below it.
func (p *place) has(dirs []string, below string) bool {
	return slices.ContainsFunc(dirs, func(dir string) bool {
		file, err := p.open(path.Join(dir, below))
		if err == nil {
			_ = unix.Close(file)
		}
		return err == nil
	})
}

// overlay lays directories over each other, and under them one with mount
// points.
func (p *place) overlay(m emulator.Mount, inner []string) error {
	// They are on a file system of their own, which the overlay keeps.
	const points = "/.points"
	if err := os.Mkdir(points, 0o755); err != nil {
		return asFailure(err)
	}
	if err := unix.Mount("tmpfs", points, "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, "mode=755"); err != nil {
		return failed("mount a tmpfs", err)
	}
	for _, below := range append(inner, ".") {
		if err := os.MkdirAll(path.Join(points, below), 0o755); err != nil {
			return asFailure(err)
		}
	}
	if err := os.MkdirAll(m.Target, 0o755); err != nil {
		return asFailure(err)
	}
	lower := points
	for _, source := range m.Sources {
		dir, err := p.open(source)
		if err != nil {
			return err
		}
		defer unix.Close(dir)
		lower = "/proc/self/fd/" + strconv.Itoa(dir) + ":" + lower // the first is on top
	}
	if err := unix.Mount("overlay", m.Target, "overlay", unix.MS_RDONLY|unix.MS_NOSUID|unix.MS_NODEV, "lowerdir="+lower); err != nil {
		return failed("mount an overlay on "+m.Target, err)
	}
	if err := unix.Unmount(points, unix.MNT_DETACH); err != nil {
		return failed("let go of mount points", err)
	}
	return asFailure(os.Remove(points))
}

// show mounts a file or directory of the host, with all that is mounted in it.
// One that is seen already stays as it is.
func (p *place) show(source, target string, writable bool) error {
	file, err := p.open(source)
	if err != nil {
		return err
	}
	defer unix.Close(file)
	var its, seen unix.Stat_t
	if err := unix.Fstat(file, &its); err != nil {
		return failed("look at "+source, err)
	}
	if !writable && unix.Stat(target, &seen) == nil && seen.Dev == its.Dev && seen.Ino == its.Ino {
		return nil
	}
	if err := makePoint(target, its.Mode&unix.S_IFMT == unix.S_IFDIR); err != nil {
		return asFailure(err)
	}
	tree, err := unix.OpenTree(file, "", unix.OPEN_TREE_CLONE|unix.OPEN_TREE_CLOEXEC|unix.AT_EMPTY_PATH|unix.AT_RECURSIVE)
	if err != nil {
		return failed("copy the mount of "+source, err)
	}
	defer unix.Close(tree)
	attributes := uint64(unix.MOUNT_ATTR_NOSUID)
	if !writable {
		attributes |= unix.MOUNT_ATTR_RDONLY
	}
	if err := setattr(tree, "", unix.AT_EMPTY_PATH|unix.AT_RECURSIVE, attributes); err != nil {
		return failed("protect "+source, err)
	}
	return failed("mount "+source+" on "+target, unix.MoveMount(tree, "", unix.AT_FDCWD, target, unix.MOVE_MOUNT_F_EMPTY_PATH))
}

// open opens what a path means on the host.
func (p *place) open(source string) (int, error) {
	file, err := unix.Openat2(p.host, source, &unix.OpenHow{Flags: unix.O_PATH | unix.O_CLOEXEC, Resolve: unix.RESOLVE_IN_ROOT})
	return file, failed("open "+source, err)
}

func setattr(dir int, name string, flags uint, attributes uint64) error {
	return unix.MountSetattr(dir, name, flags, &unix.MountAttr{Attr_set: attributes})
}

// makePoint makes what something can be mounted on.
func makePoint(target string, isDir bool) error {
	if isDir {
		return os.MkdirAll(target, 0o755)
	}
	if _, err := os.Stat(target); err == nil {
		return nil
	}
	if err := os.MkdirAll(path.Dir(target), 0o755); err != nil {
		return err
	}
	return os.WriteFile(target, nil, 0o644)
}

func isDir(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}
