package process

import (
	"bytes"
	"fmt"
	"os"
	"syscall"
)

// sameIDs are mappings for a user namespace in which users and groups are who
// they are outside. An ordinary user may map itself only; root maps all that
// there are here, so that it can still read the files of others.
func sameIDs() (users, groups []syscall.SysProcIDMap, err error) {
	uid, gid := os.Getuid(), os.Getgid()
	if uid != 0 {
		return []syscall.SysProcIDMap{{ContainerID: uid, HostID: uid, Size: 1}}, []syscall.SysProcIDMap{{ContainerID: gid, HostID: gid, Size: 1}}, nil
	}
	if users, err = allIDs("/proc/self/uid_map"); err != nil {
		return nil, nil, err
	}
	groups, err = allIDs("/proc/self/gid_map")
	return users, groups, err
}

// allIDs maps each id of this process's namespace to itself.
func allIDs(file string) ([]syscall.SysProcIDMap, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var ids []syscall.SysProcIDMap
	for line := range bytes.Lines(content) {
		var first, outside, count int
		if _, err := fmt.Sscan(string(line), &first, &outside, &count); err != nil {
			return nil, fmt.Errorf("read %s: %w", file, err)
		}
		ids = append(ids, syscall.SysProcIDMap{ContainerID: first, HostID: first, Size: count})
	}
	return ids, nil
}
