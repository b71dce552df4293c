package emulator

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"sam/bootstraps"
	"sam/emulator/code"
)

// A view is where the processes of an environment find the directories of their
// function: on the host, or where Lambda has them.
type view struct {
	hostTask, hostOpt string // the code and the layers on the host; hostOpt is empty if there are none

	// What processes call them. An empty tmp is /tmp; the others are empty if
	// there is no such directory.
	task, opt, sdk, runtime, lang, bytecode, tmp string
}

// lambdaView is that of a sandbox.
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
func (p *Prepared) lambdaView(opt string) view {
	return view{
		hostTask: p.dir, hostOpt: opt,
		task: "/var/task", opt: "/opt", sdk: "/var/runtime", runtime: "/var/runtime", lang: "/var/lang/bin",
		bytecode: p.ownBytecode(),
	}
}

// containerView is that of a container, whose image brings the interpreter.
func (p *Prepared) containerView(opt string) view {
	at := p.lambdaView(opt)
	at.lang = p.langDir()
	return at
}

// hostView is that of a plain process.
func (p *Prepared) hostView(opt, tmp string) view {
	return view{
		hostTask: p.dir, hostOpt: opt,
		task: p.dir, opt: opt, sdk: p.options.SDKDir, runtime: p.bootstrap, lang: p.langDir(),
		bytecode: p.options.BytecodeDir, tmp: tmp,
	}
}

// path is what processes call a file of the code or of a layer. Other files
// have one name.
func (v *view) path(host string) string {
	for _, dir := range []struct{ host, shown string }{{v.hostTask, v.task}, {v.hostOpt, v.opt}} {
		if dir.host == "" {
			continue
		}
		if below, found := strings.CutPrefix(host+"/", dir.host+"/"); found {
			return filepath.Join(dir.shown, below)
		}
	}
	return host
}

// host is where a file of the code or of a layer is on the host.
func (v *view) host(shown string) string {
	back := view{hostTask: v.task, hostOpt: v.opt, task: v.hostTask, opt: v.hostOpt}
	return back.path(shown)
}

// inWords words an error about the function's program as its processes see it.
func (v *view) inWords(err error) error {
	entrypoint, ok := errors.AsType[*bootstraps.EntrypointError](err)
	if !ok {
		return err
	}
	names := []string{v.hostTask, v.task}
	if v.hostOpt != "" {
		names = append(names, v.hostOpt, v.opt)
	}
	return &bootstraps.EntrypointError{Message: strings.NewReplacer(names...).Replace(entrypoint.Message)}
}

// paths are what processes call files that are given by their names alone.
func (v *view) paths(hosts []string) []string {
	shown := make([]string, len(hosts))
	for i, host := range hosts {
		shown[i] = v.path(host)
	}
	return shown
}

// langDir is the directory of the interpreter, or "".
func (p *Prepared) langDir() string {
	if p.Interpreter.Path == "" {
		return ""
	}
	return filepath.Dir(p.Interpreter.Path)
}

// ownBytecode is where compiled code is kept of this function alone: in
// sandboxes the code of all functions is in the same directory.
func (p *Prepared) ownBytecode() string {
	id := sha256.Sum256([]byte(strings.Join(append([]string{p.dir}, p.layers...), "\x00")))
	return filepath.Join(p.options.BytecodeDir, fmt.Sprintf("sandbox-%x", id[:8]))
}

// defaultTmpMB is the size of /tmp of who does not say it.
const defaultTmpMB = 512

// sandbox makes the sandbox of an environment, or returns nil: the environment
// has to do without.
func (e *Emulator) sandbox(ctx context.Context, p *Prepared, opt string) (Sandbox, error) {
	if p.containers != nil {
		return p.containers.Sandbox(ctx, e.containerLayout(p, opt))
	}
	sandboxer, ok := e.config.Runner.(Sandboxer)
	if !ok || p.Debugger != nil { // debuggers know files by their paths on the host
		return nil, nil
	}
	sandbox, err := sandboxer.Sandbox(ctx, e.layout(p))
	without, ok := errors.AsType[*UnsandboxedError](err)
	if ok {
		err = nil
	}
	e.isolation.Do(func() { e.sayIsolation(without) })
	return sandbox, err
}

// sayIsolation tells what environments get, once.
func (e *Emulator) sayIsolation(without *UnsandboxedError) {
	if without == nil {
		e.config.Logger.Debug("isolation", "level", "namespaces")
		return
	}
	e.config.Logger.Debug("isolation", "level", "none", "reason", without)
	if e.config.Surroundings.wanted() {
		e.notice("--mount, --add-host and --container-dns have no effect: functions are not isolated (%v)", without)
	}
}

// containerLayout is what a container shows of the host. Layers are one directory
// already.
func (e *Emulator) containerLayout(p *Prepared, opt string) Layout {
	layout := e.layout(p)
	if p.Function.Image != "" {
		layout.Mounts, layout.Links = slices.Clone(e.config.Surroundings.Mounts), nil
	}
	layout.Image = p.image
	layout.MemoryLimit, layout.Processors = e.limits(p)
	layout.Mounts = slices.DeleteFunc(layout.Mounts, func(m Mount) bool { return m.Target == "/opt" || m.Target == "/var/runtime" })
	if opt != "" {
		layout.Mounts = append(layout.Mounts, Mount{Sources: []string{opt}, Target: "/opt"})
	}
	return layout
}

// layout is what a sandbox shows of the host: what the function consists of,
// and what the user asks for.
func (e *Emulator) layout(p *Prepared) Layout {
	own := e.config.Surroundings
	layout := Layout{
		Mounts: []Mount{{Sources: p.layers, Target: "/opt"}, {Sources: []string{p.dir}, Target: "/var/task"}},
		TmpMB:  cmp.Or(p.EphemeralMB, defaultTmpMB),
		Hosts:  append([]string{"127.0.0.1 sandbox.localdomain sandbox"}, own.Hosts...), Nameservers: own.Nameservers,
	}
	var readable []string
	readable, layout.Links = code.Linked(p.dir, "/var/task")
	if p.runtime.Interpreted() {
		readable = append(readable, p.bootstrap)
	}
	if p.runtime.Interpreted() && p.image == nil {
		layout.Links["/var/lang/bin"] = p.langDir()
		layout.Mounts = append(layout.Mounts, Mount{Sources: present(p.options.SDKDir), Target: "/var/runtime"})
		readable = append(readable, e.config.Finder.Installation(p.runtime, p.Interpreter)...)
	}
	for _, path := range readable {
		layout.Mounts = append(layout.Mounts, Mount{Sources: []string{path}, Target: path})
	}
	if p.runtime.Language == bootstraps.Python {
		own := p.ownBytecode()
		if err := os.MkdirAll(own, 0o755); err == nil { // without it Python compiles at each start
			layout.Mounts = append(layout.Mounts, Mount{Sources: []string{own}, Target: own, Writable: true})
		}
	}
	layout.Mounts = append(layout.Mounts, own.Mounts...)
	return layout
}

// present is a directory, if it is there.
func present(dir string) []string {
	if info, err := os.Stat(dir); dir == "" || err != nil || !info.IsDir() {
		return nil
	}
	return []string{dir}
}

// Surroundings are what the user wants functions to see besides, as far as they
// have a sandbox.
type Surroundings struct {
	// Mounts show files of the host.
	Mounts []Mount
	// Hosts are lines of /etc/hosts.
	Hosts []string
	// Nameservers are asked for names in place of the host's.
	Nameservers []string
}

func (s *Surroundings) wanted() bool { return len(s.Mounts)+len(s.Hosts)+len(s.Nameservers) > 0 }
