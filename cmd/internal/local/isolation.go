package local

import (
	"fmt"
	"net/netip"
	"path/filepath"
	"strings"

	"github.com/spf13/pflag"

	"sam/cmd/internal/config"
	"sam/emulator"
	"sam/emulator/process"
)

// The levels of isolation.
const (
	isolationAuto       = "auto"
	isolationNamespaces = "namespaces"
	isolationNone       = "none"
)

// isolationOptions say what functions see of the host, and how much of it they
// may use.
type isolationOptions struct {
	Level       string
	Mounts      []string
	Hosts       []string
	Nameservers []string
	NoMemory    bool
	LimitCPU    bool
}

func (o *isolationOptions) addFlags(flags *pflag.FlagSet) {
	flags.StringVar(&o.Level, "isolation", isolationAuto, "`Level` of isolation: namespaces (Lambda's directories, nothing of yours), none, or auto: namespaces where the kernel allows it")
	config.FromEnv(flags, "isolation", "SAM_ISOLATION")
	flags.StringArrayVar(&o.Mounts, "mount", nil, "`Path` of the host that isolated functions see too; with :ro behind it they only read it")
	flags.BoolVar(&o.NoMemory, "no-memory-limit", false, "Let functions use more memory than their MemorySize")
	flags.BoolVar(&o.LimitCPU, "cpu-limit", false, "Give functions a share of the processor in proportion to their MemorySize, as Lambda does (by control groups)")
	flags.StringArrayVar(&o.Hosts, "add-host", nil, "Name and address for /etc/hosts of isolated functions, as `NAME:IP`")
	flags.StringArrayVar(&o.Nameservers, "container-dns", nil, "`IP` of a name server for isolated functions, in place of the host's")
}

// runner is what starts processes, and how to end it.
func (o *isolationOptions) runner(hostPackages bool) (runner emulator.Runner, stop func()) {
	// Who asks for the packages of the host does not want it hidden.
	if o.Level == isolationNone || o.Level == isolationAuto && hostPackages {
		return process.New(), func() {}
	}
	isolated := process.Isolate(o.Level == isolationNamespaces)
	return isolated, func() { _ = isolated.Close() } // it has no error
}

// surroundings are what the user adds to what functions see.
func (o *isolationOptions) surroundings(h *config.Host) (emulator.Surroundings, error) {
	var s emulator.Surroundings
	switch o.Level {
	case isolationAuto, isolationNamespaces, isolationNone:
	default:
		return s, fmt.Errorf("--isolation: %q is none of auto, namespaces and none", o.Level)
	}
	for _, mount := range o.Mounts {
		path, protected := strings.CutSuffix(mount, ":ro")
		path = absolute(h, path)
		real, err := filepath.EvalSymlinks(path)
		if err != nil {
			return s, fmt.Errorf("--mount: %w", err)
		}
		s.Mounts = append(s.Mounts, emulator.Mount{Sources: []string{real}, Target: path, Writable: !protected})
	}
	for _, host := range o.Hosts {
		name, ip, _ := strings.Cut(host, ":")
		address, err := netip.ParseAddr(ip)
		if name == "" || strings.ContainsAny(name, " \t\n#") || err != nil {
			return s, fmt.Errorf("--add-host: %q is not a name and an IP address with a colon between", host)
		}
		s.Hosts = append(s.Hosts, address.String()+" "+name)
	}
	for _, server := range o.Nameservers {
		address, err := netip.ParseAddr(server)
		if err != nil {
			return s, fmt.Errorf("--container-dns: %q is not an IP address", server)
		}
		s.Nameservers = append(s.Nameservers, address.String())
	}
	return s, nil
}
