package bootstraps

import (
	"bytes"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

var nodeTraits = traits{
	name:     "Node.js",
	program:  "node",
	others:   []string{"nodejs"}, // Debian before 2018
	numbered: "node-",            // Fedora
	lines:    []version{{4}},

	questions: [][]string{
		{"-e", `console.log(["nodejs", process.versions.node.split("-")[0], process.execPath].join("\t"))`},
	},
	layouts: []layout{
		{"asdf", "$ASDF_DATA_DIR ~/.asdf", "installs/nodejs/*/bin"},
		{"mise", "$MISE_DATA_DIR $XDG_DATA_HOME/mise ~/.local/share/mise", "installs/node/*/bin"},
		{"nvm", "$NVM_DIR ~/.nvm", "versions/node/*/bin"},
		{"fnm", "$FNM_DIR $XDG_DATA_HOME/fnm ~/.local/share/fnm", "node-versions/*/installation/bin"},
		{"fnm", "~/.fnm", "node-versions/*/installation/bin"},
		{"volta", "$VOLTA_HOME ~/.volta", "tools/image/node/*/bin"},
		{"nodenv", "$NODENV_ROOT ~/.nodenv", "versions/*/bin"},
		{"n", "$N_PREFIX", "n/versions/node/*/bin"},
		// Tarballs, the tool cache of GitHub's runners, Homebrew, snap.
		{"/opt", "/opt", "node*/bin node/*/bin nodejs/*/bin hostedtoolcache/node/*/*/bin homebrew/bin homebrew/opt/node@*/bin"},
		{"/usr/local", "/usr/local", "bin node*/bin lib/nodejs/*/bin n/versions/node/*/bin"},
		{"homebrew", "/home/linuxbrew/.linuxbrew", "bin opt/node@*/bin"},
		{"snap", "/snap/node", "current/bin"},
		// `npm install node@8.10.0` puts a real binary there.
		{"node_modules", ".", "node_modules/node/bin"},
	},
	ways: []way{{command: "apt install nodejs"}, {command: "nvm install %s"}},

	command: func(rt Runtime, in Interpreter, dir string, o Options) []string {
		return append(nodeFlags(rt, in, o), filepath.Join(dir, "bootstrap.js"), o.OptDir, o.SDKDir, o.hostPackages())
	},
	debugger: nodeDebugger, debugsAnywhere: true,
	attach: nodeAttachment,
	bundle: bundleNode,
	sdk: &sdkTraits{
		defaults: nodePackages,
		allowed:  `^(aws-sdk|@(?:aws-sdk|smithy)/[a-z0-9-]+)(@[0-9A-Za-z.~^-]+)?$`,
		naming:   "aws-sdk, @aws-sdk/... or @smithy/..., with @1.2.3",
		install:  SDK.npm,
	},
}

// nodeFlags are the options that AWS starts Node.js with, as far as users see
// them and the interpreter has them. The heap is sized so that a function fails
// for want of memory here as it would there.
func nodeFlags(rt Runtime, in Interpreter, o Options) []string {
	flags := []string{"--max-old-space-size=" + strconv.Itoa(o.MemoryMB-o.MemoryMB/10)}
	// AWS turns these off, unless NODE_OPTIONS turns them on.
	// https://docs.aws.amazon.com/lambda/latest/dg/lambda-nodejs.html
	for _, feature := range []struct {
		name         string
		since, known version // the runtime that has it off, the interpreter that has it
	}{
		{"experimental-require-module", version{20}, version{20, 19}},
		{"experimental-detect-module", version{22}, version{22, 7}},
	} {
		if slices.Compare(parseVersion(rt.Version), feature.since) >= 0 && slices.Compare(parseVersion(in.Version), feature.known) >= 0 &&
			!strings.Contains(o.NodeOptions, "--"+feature.name) {
			flags = append(flags, "--no-"+feature.name)
		}
	}
	return flags
}

// bundleNode puts the files of the Node.js bootstrap that every start needs
// into bootstrap.js, since each file that is loaded adds 0.3 ms to a cold start:
// they become functions that its require calls. Those in newer syntax than the
// oldest interpreters parse (esm*.js) stay files, with what they require.
func bundleNode(files map[string][]byte) {
	var bundle bytes.Buffer
	bundle.WriteString("'use strict';\n\nconst parts = {\n")
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if name != "bootstrap.js" && strings.HasSuffix(name, ".js") && !strings.HasPrefix(name, "esm") {
			fmt.Fprintf(&bundle, "'./%s'(module, exports, require) {\n%s\n},\n", name, files[name])
		}
	}
	bundle.WriteString(bundleLoader)
	fmt.Fprintf(&bundle, "(function (require) {\n%s\n})(load);\n", files["bootstrap.js"])
	files["bootstrap.js"] = bundle.Bytes()
}

const bundleLoader = `};

const loaded = {};

function load(name) {
  if (!parts[name]) return require(name);
  if (!loaded[name]) {
    const module = loaded[name] = { exports: {} };
    parts[name](module, module.exports, load);
  }
  return loaded[name].exports;
}

load.resolve = require.resolve;

`
