package bootstraps

import "path/filepath"

var rubyTraits = traits{
	name:     "Ruby",
	program:  "ruby",
	numbered: "ruby", // Debian
	lines:    []version{{2, 5}},

	questions: [][]string{
		// Only the Ruby that is written in C calls its engine ruby.
		{"--disable-gems", "-rrbconfig", "-e", `puts [RUBY_ENGINE, RUBY_VERSION, RbConfig.ruby].join("\t")`},
	},
	layouts: []layout{
		{"rbenv", "$RBENV_ROOT ~/.rbenv", "versions/*/bin"},
		{"rvm", "$rvm_path ~/.rvm", "rubies/*/bin"},
		{"rvm", "/usr/local/rvm", "rubies/*/bin"},
		{"chruby", "~/.rubies", "*/bin"},
		{"asdf", "$ASDF_DATA_DIR ~/.asdf", "installs/ruby/*/bin"},
		{"mise", "$MISE_DATA_DIR $XDG_DATA_HOME/mise ~/.local/share/mise", "installs/ruby/*/bin"},
		// chruby's other directory, tarballs, the tool cache of GitHub's runners,
		// Homebrew, snap.
		{"/opt", "/opt", "rubies/*/bin ruby*/bin hostedtoolcache/Ruby/*/*/bin homebrew/opt/ruby*/bin"},
		{"/usr/local", "/usr/local", "bin ruby*/bin"},
		{"homebrew", "/home/linuxbrew/.linuxbrew", "bin opt/ruby*/bin"},
		{"snap", "/snap/ruby", "current/bin"},
	},
	ways: []way{{command: "apt install ruby"}, {command: "rvm install %s"}, {command: "mise install ruby@%s"}},

	command: func(_ Runtime, _ Interpreter, dir string, o Options) []string {
		return []string{"--disable-gems", filepath.Join(dir, "main.rb"), o.OptDir, o.SDKDir} // the bootstrap loads them when they are asked for
	},
	// Where this host lacks the locale that LANG names, which AWS has, Ruby would
	// take variables for ASCII.
	environment: func(Interpreter) []string { return []string{"LC_CTYPE=C.UTF-8"} },
	debugger:    rubyDebugger,
	attach:      rubyAttachment,
}
