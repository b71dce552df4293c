package rapi

import (
	"errors"

	"golang.org/x/sys/unix"
)

// ErrLoopbackDown says that no process of this host could reach a Runtime API.
var ErrLoopbackDown = errors.New("open runtime API: the loopback interface is down, by which functions get their events (ip link set lo up)")

// loopbackDown tells whether the loopback interface is there and down: the
// kernel lets programs listen on it all the same.
func loopbackDown() bool {
	socket, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return false
	}
	defer unix.Close(socket)
	request, err := unix.NewIfreq("lo")
	if err != nil {
		return false
	}
	return unix.IoctlIfreq(socket, unix.SIOCGIFFLAGS, request) == nil && request.Uint16()&unix.IFF_UP == 0
}
