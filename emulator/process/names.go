package process

import (
	"fmt"
	"os"
	"path"
	"strings"

	"golang.org/x/sys/unix"

	"sam/emulator"
)

// nameHosts writes /etc/hosts and /etc/resolv.conf, as far as they differ from
// the host's.
func (p *place) nameHosts(layout *emulator.Layout) error {
	hosts, err := os.ReadFile("/etc/hosts")
	switch {
	case p.hosts != nil:
		hosts = p.hosts
	case err != nil:
		hosts = []byte("127.0.0.1\tlocalhost\n")
	}
	hosts = fmt.Appendf(hosts, "\n%s\n", strings.Join(layout.Hosts, "\n"))
	if err := replace("/etc/hosts", hosts); err != nil {
		return err
	}
	if len(layout.Nameservers) == 0 && p.resolver != nil {
		return replace("/etc/resolv.conf", p.resolver)
	}
	if len(layout.Nameservers) == 0 {
		return nil
	}
	return replace("/etc/resolv.conf", []byte("nameserver "+strings.Join(layout.Nameservers, "\nnameserver ")+"\n"))
}

// replace mounts a file with other content on one that is there, or writes it
// where nothing is.
func replace(name string, content []byte) error {
	own := "/." + path.Base(name)
	if err := os.WriteFile(own, content, 0o644); err != nil {
		return asFailure(err)
	}
	if real, err := os.Stat(name); err != nil || !real.Mode().IsRegular() {
		if err := makePoint(name, false); err != nil {
			return nil // a host without the file, and /etc cannot be written: it does without
		}
	}
	if err := unix.Mount(own, name, "", unix.MS_BIND, ""); err != nil {
		return failed("mount "+name, err)
	}
	if err := setattr(unix.AT_FDCWD, name, 0, unix.MOUNT_ATTR_RDONLY); err != nil {
		return failed("protect "+name, err)
	}
	return asFailure(os.Remove(own)) // what is mounted stays
}
