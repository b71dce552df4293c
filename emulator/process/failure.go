package process

import (
	"cmp"
	"os"
	"slices"
	"syscall"
)

// failed says what could not be done, if err is an error.
func failed(doing string, err error) error {
	if err == nil {
		return nil
	}
	errno, ok := err.(syscall.Errno)
	if !ok {
		return asFailure(err)
	}
	return &failure{doing, errno}
}

// asFailure takes apart the errors of package os.
func asFailure(err error) error {
	switch e := err.(type) {
	case nil:
		return nil
	case *os.PathError:
		return failed(e.Op+" "+e.Path, e.Err)
	case *os.LinkError:
		return failed(e.Op+" "+e.New, e.Err)
	}
	return &failure{cmp.Or(err.Error(), "unknown"), syscall.EINVAL}
}

func isMissing(err error) bool {
	f, ok := err.(*failure)
	return ok && slices.Contains([]syscall.Errno{syscall.ENOENT, syscall.ENOTDIR, syscall.EACCES}, f.Errno)
}
