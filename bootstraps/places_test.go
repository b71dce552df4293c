package bootstraps

import (
	"os"
	"testing"
)

// layouts has each place where an interpreter is looked for, in the order of
// preference within its language.
var layouts = []struct {
	runtime string
	file    string
	origin  string
}{
	{"python3.8", "bin/python3.8", "PATH"},
	{"python3.8", "bin/python3", "PATH"},
	{"python3.8", "usr/bin/python", "PATH"},
	{"python3.8", "home/.pyenv/versions/3.8.18/bin/python3.8", "pyenv"},
	{"python3.8", "home/.pyenv/versions/myproject/bin/python", "pyenv"},
	{"python3.8", "home/.local/share/uv/python/cpython-3.8.20-linux-x86_64-gnu/bin/python3.8", "uv"},
	{"python3.8", "home/.asdf/installs/python/3.8.12/bin/python3", "asdf"},
	{"python3.8", "home/.local/share/mise/installs/python/3.8.19/bin/python3.8", "mise"},
	{"python3.8", "opt/hostedtoolcache/Python/3.8.18/x64/bin/python", "/opt"},
	{"python3.8", "opt/python3.8/bin/python3.8", "/opt"},
	{"python3.8", "opt/python/cp38-cp38/bin/python", "/opt"},
	{"python3.8", "opt/homebrew/bin/python3.8", "/opt"},
	{"python3.8", "opt/homebrew/opt/python@3.8/bin/python3.8", "/opt"},
	{"python3.8", "opt/miniconda3/bin/python3.8", "/opt"},
	{"python3.8", "usr/local/bin/python3.8", "/usr/local"},
	{"python3.8", "usr/local/python3.8/bin/python3", "/usr/local"},
	{"python3.8", "home/linuxbrew/.linuxbrew/opt/python@3.8/bin/python3.8", "homebrew"},

	{"nodejs20.x", "bin/node-20", "PATH"},
	{"nodejs20.x", "bin/nodejs", "PATH"},
	{"nodejs20.x", "usr/bin/node", "PATH"},
	{"nodejs20.x", "home/.asdf/installs/nodejs/20.11.0/bin/node", "asdf"},
	{"nodejs20.x", "home/.local/share/mise/installs/node/20.1.0/bin/node", "mise"},
	{"nodejs20.x", "home/.nvm/versions/node/v20.1.0/bin/node", "nvm"},
	{"nodejs20.x", "home/.local/share/fnm/node-versions/v20.1.0/installation/bin/node", "fnm"},
	{"nodejs20.x", "home/.fnm/node-versions/v20.1.0/installation/bin/node", "fnm"},
	{"nodejs20.x", "home/.volta/tools/image/node/20.1.0/bin/node", "volta"},
	{"nodejs20.x", "home/.nodenv/versions/20.1.0/bin/node", "nodenv"},
	{"nodejs20.x", "opt/node-v20.1.0-linux-x64/bin/node", "/opt"},
	{"nodejs20.x", "opt/hostedtoolcache/node/20.1.0/x64/bin/node", "/opt"},
	{"nodejs20.x", "opt/node-v20/bin/node", "/opt"},
	{"nodejs20.x", "opt/homebrew/opt/node@20/bin/node", "/opt"},
	{"nodejs20.x", "opt/nodejs/bin/node", "/opt"},
	{"nodejs20.x", "usr/local/n/versions/node/20.2.0/bin/node", "/usr/local"},
	{"nodejs20.x", "usr/local/lib/nodejs/node-v20.1.0-linux-x64/bin/node", "/usr/local"},
	{"nodejs20.x", "usr/local/bin/node", "/usr/local"},
	{"nodejs20.x", "home/linuxbrew/.linuxbrew/opt/node@20/bin/node", "homebrew"},
	{"nodejs20.x", "snap/node/current/bin/node", "snap"},
	{"nodejs20.x", "project/node_modules/node/bin/node", "node_modules"},

	{"java17", "bin/java", "PATH"},
	{"java17", "java-home/bin/java", "JAVA_HOME"},
	{"java17", "home/.sdkman/candidates/java/17.0.9-tem/bin/java", "sdkman"},
	{"java17", "home/.asdf/installs/java/temurin-17.0.9+9/bin/java", "asdf"},
	{"java17", "home/.local/share/mise/installs/java/17.0.2/bin/java", "mise"},
	{"java17", "home/.jenv/versions/17/bin/java", "jenv"},
	{"java17", "home/.jabba/jdk/openjdk@1.17.0/bin/java", "jabba"},
	{"java17", "home/.jdks/temurin-17.0.9/bin/java", "IntelliJ IDEA"},
	{"java17", "home/.gradle/jdks/eclipse_adoptium-17-amd64-linux.2/bin/java", "Gradle"},
	{"java17", "usr/lib/jvm/java-17-openjdk-amd64/bin/java", "/usr/lib/jvm"},
	{"java17", "usr/lib64/jvm/java-17-openjdk/bin/java", "/usr/lib64/jvm"},
	{"java17", "usr/java/jdk-17/bin/java", "/usr/java"},
	{"java17", "opt/hostedtoolcache/Java_Temurin-Hotspot_jdk/17.0.9-9/x64/bin/java", "/opt"},
	{"java17", "opt/jdk-17.0.9+9/bin/java", "/opt"},
	{"java17", "opt/homebrew/opt/openjdk@17/bin/java", "/opt"},
	{"java17", "opt/java/openjdk/bin/java", "/opt"},
	{"java17", "usr/local/openjdk-17/bin/java", "/usr/local"},
	{"java17", "usr/local/bin/java", "/usr/local"},
	{"java17", "home/linuxbrew/.linuxbrew/opt/openjdk@17/bin/java", "homebrew"},
	{"java17", "snap/openjdk/current/jdk/bin/java", "snap"},

	{"dotnet8", "bin/dotnet", "PATH"},
	{"dotnet8", "dotnet-root/dotnet", "DOTNET_ROOT"},
	{"dotnet8", "home/.dotnet/dotnet", "~/.dotnet"},
	{"dotnet8", "home/.asdf/installs/dotnet/8.0.100/dotnet", "asdf"},
	{"dotnet8", "home/.local/share/mise/installs/dotnet/8.0.100/dotnet", "mise"},
	{"dotnet8", "home/.local/share/mise/dotnet-root/dotnet", "mise"},
	{"dotnet8", "usr/share/dotnet/dotnet", "/usr"},
	{"dotnet8", "usr/lib/dotnet/dotnet", "/usr"},
	{"dotnet8", "usr/lib64/dotnet/dotnet", "/usr"},
	{"dotnet8", "opt/homebrew/opt/dotnet@8/libexec/dotnet", "/opt"},
	{"dotnet8", "opt/dotnet/dotnet", "/opt"},
	{"dotnet8", "usr/local/share/dotnet/dotnet", "/usr/local"},
	{"dotnet8", "home/linuxbrew/.linuxbrew/opt/dotnet@8/libexec/dotnet", "homebrew"},
	{"dotnet8", "snap/dotnet-sdk/current/dotnet", "snap"},

	{"ruby3.3", "bin/ruby3.3", "PATH"},
	{"ruby3.3", "usr/bin/ruby", "PATH"},
	{"ruby3.3", "home/.rbenv/versions/3.3.6/bin/ruby", "rbenv"},
	{"ruby3.3", "home/.rvm/rubies/ruby-3.3.6/bin/ruby", "rvm"},
	{"ruby3.3", "usr/local/rvm/rubies/ruby-3.3.6/bin/ruby", "rvm"},
	{"ruby3.3", "home/.rubies/ruby-3.3.6/bin/ruby", "chruby"},
	{"ruby3.3", "home/.asdf/installs/ruby/3.3.6/bin/ruby", "asdf"},
	{"ruby3.3", "home/.local/share/mise/installs/ruby/3.3.6/bin/ruby", "mise"},
	{"ruby3.3", "opt/rubies/ruby-3.3.6/bin/ruby", "/opt"},
	{"ruby3.3", "opt/hostedtoolcache/Ruby/3.3.6/x64/bin/ruby", "/opt"},
	{"ruby3.3", "opt/ruby-3.3/bin/ruby", "/opt"},
	{"ruby3.3", "opt/homebrew/opt/ruby@3.3/bin/ruby", "/opt"},
	{"ruby3.3", "usr/local/bin/ruby", "/usr/local"},
	{"ruby3.3", "home/linuxbrew/.linuxbrew/opt/ruby@3.3/bin/ruby", "homebrew"},
	{"ruby3.3", "snap/ruby/current/bin/ruby", "snap"},
}

var exactVersion = map[string]string{
	"dotnet8": "8.0.4", "java17": "17.0.9", "nodejs20.x": "20.9.0", "python3.8": "3.8.5", "ruby3.3": "3.3.6",
}

func TestEveryPlaceIsSearched(t *testing.T) {
	for _, layout := range layouts {
		t.Run(layout.file, func(t *testing.T) {
			h := newHost(t)
			h.roots()
			path := h.interpreter(layout.runtime, layout.file, exactVersion[layout.runtime])
			in := find(t, h.finder(), layout.runtime)
			if in.Path != path || in.Origin != layout.origin || !in.Exact {
				t.Errorf("found %+v, want an exact one in %s", in, layout.origin)
			}
		})
	}
}

// roots sets the variables that name the one directory of an interpreter.
func (h *host) roots() {
	h.vars["JAVA_HOME"], h.vars["DOTNET_ROOT"] = h.path("java-home"), h.path("dotnet-root")
}

// All places at once: whatever is preferred is taken away, and the next one
// must be found.
func TestPlacesAreSearchedInOrder(t *testing.T) {
	for id := range exactVersion {
		h := newHost(t)
		h.roots()
		f := h.finder()
		for _, layout := range layouts {
			if layout.runtime == id {
				h.interpreter(id, layout.file, exactVersion[id])
			}
		}
		for _, layout := range layouts {
			if layout.runtime != id {
				continue
			}
			in := find(t, f, id)
			if in.Path != h.path(layout.file) {
				t.Fatalf("found %s, want %s", in.Path, h.path(layout.file))
			}
			if err := os.Remove(in.Path); err != nil {
				t.Fatal(err)
			}
		}
		missing(t, f, id)
	}
}

func TestVersionManagersAreWhereVariablesSay(t *testing.T) {
	tests := []struct{ variable, runtime, file, origin string }{
		{"PYENV_ROOT", "python3.8", "versions/3.8.18/bin/python3.8", "pyenv"},
		{"UV_PYTHON_INSTALL_DIR", "python3.8", "cpython-3.8.20-linux-x86_64-gnu/bin/python3.8", "uv"},
		{"XDG_DATA_HOME", "python3.8", "uv/python/cpython-3.8.20-linux-x86_64-gnu/bin/python3.8", "uv"},
		{"XDG_DATA_HOME", "nodejs20.x", "mise/installs/node/20/bin/node", "mise"},
		{"ASDF_DATA_DIR", "python3.8", "installs/python/3.8.12/bin/python3", "asdf"},
		{"ASDF_DATA_DIR", "nodejs20.x", "installs/nodejs/20.11.0/bin/node", "asdf"},
		{"MISE_DATA_DIR", "python3.8", "installs/python/3.8.12/bin/python3", "mise"},
		{"MISE_DATA_DIR", "nodejs20.x", "installs/node/20.11.0/bin/node", "mise"},
		{"NVM_DIR", "nodejs20.x", "versions/node/v20.1.0/bin/node", "nvm"},
		{"FNM_DIR", "nodejs20.x", "node-versions/v20.1.0/installation/bin/node", "fnm"},
		{"VOLTA_HOME", "nodejs20.x", "tools/image/node/20.1.0/bin/node", "volta"},
		{"NODENV_ROOT", "nodejs20.x", "versions/20.1.0/bin/node", "nodenv"},
		{"N_PREFIX", "nodejs20.x", "n/versions/node/20.1.0/bin/node", "n"},
		{"SDKMAN_DIR", "java17", "candidates/java/17.0.9-tem/bin/java", "sdkman"},
		{"SDKMAN_CANDIDATES_DIR", "java17", "java/17.0.9-tem/bin/java", "sdkman"},
		{"JENV_ROOT", "java17", "versions/17/bin/java", "jenv"},
		{"MISE_DATA_DIR", "dotnet8", "dotnet-root/dotnet", "mise"},
		{"RBENV_ROOT", "ruby3.3", "versions/3.3.6/bin/ruby", "rbenv"},
		{"rvm_path", "ruby3.3", "rubies/ruby-3.3.6/bin/ruby", "rvm"},
	}
	for _, tt := range tests {
		t.Run(tt.variable+" "+tt.runtime, func(t *testing.T) {
			h := newHost(t)
			h.vars[tt.variable] = h.path("else[where]") // brackets are no pattern
			path := h.interpreter(tt.runtime, "else[where]/"+tt.file, exactVersion[tt.runtime])
			in := find(t, h.finder(), tt.runtime)
			if in.Path != path || in.Origin != tt.origin {
				t.Errorf("found %+v, want %s from %s", in, path, tt.origin)
			}
		})
	}
}

func TestNewestPatchOfAManagerWins(t *testing.T) {
	h := newHost(t)
	for _, patch := range []string{"3.8.9", "3.8.18", "3.8.2"} {
		h.python("home/.pyenv/versions/"+patch+"/bin/python3.8", patch)
	}
	if in := find(t, h.finder(), "python3.8"); in.Version != "3.8.18" {
		t.Errorf("found %s", in.Version)
	}
	if asked := h.asked(); len(asked) != 1 {
		t.Errorf("asked %q, but the names tell which one is newest", asked)
	}
}

func TestLaunchersAreSkipped(t *testing.T) {
	h := newHost(t)
	h.python("home/.pyenv/shims/python3.8", "3.8.1")
	h.node("home/.volta/bin/volta-shim", "20.1.0")
	h.link("home/.volta/bin/node", "volta-shim")
	h.node("usr/bin/snap", "20.1.0")
	h.link("bin/node", "../usr/bin/snap")
	f := h.finder()
	f.Path += ":" + h.path("home/.pyenv/shims") + ":" + h.path("home/.volta/bin")
	missing(t, f, "python3.8")
	missing(t, f, "nodejs20.x")
	if asked := h.asked(); asked != nil {
		t.Errorf("asked %q", asked)
	}
}

func TestRelativeEntriesOfPathAreSkipped(t *testing.T) {
	h := newHost(t)
	t.Chdir(h.dir)
	h.node("relative/node", "20.1.0")
	h.node("node", "20.1.0")
	f := h.finder()
	f.Path = "relative::."
	missing(t, f, "nodejs20.x")
}

func TestLinksAreFollowed(t *testing.T) {
	h := newHost(t)
	path := h.python("usr/lib/python3.8", "3.8.1")
	h.link("bin/python3.8", "../usr/lib/python3.8")
	if in := find(t, h.finder(), "python3.8"); in.Path != path {
		t.Errorf("found %s, want %s", in.Path, path)
	}
}

// A virtual environment's python is a link that bears no minor version. What
// it leads to tells enough not to run it for another version's sake.
func TestNamesBehindLinksAreHints(t *testing.T) {
	h := newHost(t)
	h.python("usr/bin/python3.11", "3.11.2")
	h.link("bin/python", "python3")
	h.link("bin/python3", "../usr/bin/python3.11")
	h.python("home/.pyenv/versions/3.8.18/bin/python3.8", "3.8.18")
	find(t, h.finder(), "python3.8")
	if asked := h.asked(); len(asked) != 1 {
		t.Errorf("asked %q, want only the one from pyenv", asked)
	}
}
