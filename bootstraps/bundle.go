package bootstraps

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
)

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
