package cli

import (
	"runtime"
	"strings"

	"golang.org/x/sys/unix"

	"sam/cmd/internal/config"
	"sam/cmd/internal/ui"
)

// printInfo prints what a report of a problem should have in it.
func printInfo(u *ui.UI, h *config.Host) error {
	var info struct {
		Version string `json:"version"`
		System  struct {
			OS     string `json:"os"`
			Kernel string `json:"kernel"`
			Arch   string `json:"architecture"`
			Go     string `json:"go"`
		} `json:"system"`
		Directories struct {
			Cache string `json:"cache"`
			Data  string `json:"data"`
		} `json:"directories"`
		Environment map[string]string `json:"environment"` // what stands for flags
	}
	info.Version = Version
	info.System.OS, info.System.Arch, info.System.Go = runtime.GOOS, runtime.GOARCH, runtime.Version()
	var name unix.Utsname
	if err := unix.Uname(&name); err == nil {
		info.System.Kernel = unix.ByteSliceToString(name.Release[:])
	}
	info.Directories.Cache, info.Directories.Data = h.CacheDir(), h.DataDir()
	info.Environment = make(map[string]string)
	for _, variable := range h.Environ {
		if name, value, _ := strings.Cut(variable, "="); strings.HasPrefix(name, "SAM_") {
			info.Environment[name] = value
		}
	}
	return ui.PrintJSON(u.Stdout, info)
}
