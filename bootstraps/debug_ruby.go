package bootstraps

import (
	"context"
	"fmt"
	"net"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// rubyDebugPaths prints the directories of the gem debug and of the gems that it
// needs: the bootstrap runs without RubyGems, which would find them. Its arguments
// are directories of gems beside those of the host.
const rubyDebugPaths = `
Gem.paths = { "GEM_PATH" => (Gem.path + ARGV).join(":") }
seen = {}
visit = lambda do |name, version|
  next if seen[name]
  seen[name] = spec = Gem::Specification.find_by_name(name, version)
  spec.runtime_dependencies.each { |dependency| visit.(dependency.name, dependency.requirement) }
end
visit.("debug", ">= 1")
puts seen.each_value.flat_map(&:full_require_paths)`

// rubyDebugger does what the program rdbg would do: it has the gem debug stop
// Ruby before the first line.
func rubyDebugger(ctx context.Context, f *Finder, to Debuggee, d Debug) (*Debugger, error) {
	bundled, _ := filepath.Glob(filepath.Join(to.TaskRoot, "vendor/bundle/ruby/*")) // at worst there are none
	for _, layer := range to.Layers {
		gems, _ := filepath.Glob(filepath.Join(layer, "ruby/gems/*"))
		bundled = append(bundled, gems...)
	}
	paths, err := f.runVersed(ctx, to.Interpreter, append([]string{"-e", rubyDebugPaths}, bundled...))
	switch {
	case err != nil:
		return nil, err
	case paths == "":
		gem := filepath.Join(filepath.Dir(to.Interpreter.Path), "gem")
		return nil, &DebugError{
			Reason: fmt.Sprintf("Ruby %s (%s) cannot be debugged: it has no gem debug, which rdbg is part of", to.Interpreter.Version, to.Interpreter.Path),
			Next:   fmt.Sprintf("install it (%s install debug); it needs Ruby 2.6 or newer", gem),
		}
	}
	flags := slices.Clip(d.Args)
	for dir := range strings.Lines(paths) {
		flags = append(flags, "-I", strings.TrimSpace(dir))
	}
	return &Debugger{
		Address:     d.address(),
		flags:       append(flags, "-r", "debug/open"),
		environment: []string{"RUBY_DEBUG_HOST=" + loopback, "RUBY_DEBUG_PORT=" + strconv.Itoa(d.Port)},
	}, nil
}

func rubyAttachment(_ Interpreter, port int) Attachment {
	return Attachment{Type: "rdbg", DebugPort: net.JoinHostPort(loopback, strconv.Itoa(port)), LocalFS: true}
}
