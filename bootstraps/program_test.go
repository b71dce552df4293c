package bootstraps

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"
)

func TestProgramsAreFound(t *testing.T) {
	h := newHost(t)
	h.file("both/bootstrap", "", 0o755)
	h.file("layer/bootstrap", "", 0o644) // whether it can be run is found out by running it
	h.file("neither/bootstrap/README", "a directory", 0o644)
	for _, tt := range []struct{ runtime, handler, code, opt, want string }{
		{"go1.x", "main", "both", "layer", "both/main"},
		{"go1.x", "bin/main", "both", "", "both/bin/main"},
		{"provided", "any", "both", "layer", "both/bootstrap"},
		{"provided.al2", "any", "neither", "layer", "layer/bootstrap"},
		{"provided.al2023", "any", "neither", "", "Couldn't find valid bootstrap(s): [neither/bootstrap]"},
		{"provided.al2023", "any", "neither", "absent", "Couldn't find valid bootstrap(s): [neither/bootstrap absent/bootstrap]"},
	} {
		opt := tt.opt
		if opt != "" {
			opt = h.path(opt)
		}
		got, err := Program(parse(t, tt.runtime), tt.handler, h.path(tt.code), opt)
		if err != nil {
			if _, ok := errors.AsType[*EntrypointError](err); !ok {
				t.Errorf("error is %T", err)
			}
			got = err.Error()
		}
		if got = strings.ReplaceAll(got, h.dir+"/", ""); got != tt.want {
			t.Errorf("%s in %s and %s: %s, want %s", tt.runtime, tt.code, tt.opt, got, tt.want)
		}
	}
}

func TestProgramsThatCannotBeStarted(t *testing.T) {
	self, err := os.ReadFile("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	machine := func(number byte) string {
		const place = 18 // of e_machine in the header
		return string(self[:place]) + string([]byte{number}) + string(self[place+1:])
	}
	h := newHost(t)
	for _, tt := range []struct {
		name, content string
		mode          os.FileMode
		want          string
	}{
		{"plain", "#!/bin/sh\n", 0o644, "permission denied (it is not executable: chmod +x makes it so)"},
		{"text", "echo hello\n", 0o755, "exec format error (it is neither a program for Linux nor a script that begins with #!)"},
		{"empty", "", 0o755, "exec format error (it is neither a program for Linux nor a script that begins with #!)"},
		{"dos", "#!/bin/bash\r\necho\r\n", 0o755, "no such file or directory (its lines end as on Windows: dos2unix makes it a script of Linux)"},
		{"perl", "#! /nowhere/perl -w\n", 0o755, "no such file or directory (its first line names /nowhere/perl, which is not here)"},
		{"arm", machine(183), 0o755, "exec format error (it is built for arm64, and this machine is x86_64)"},
		{"risc", machine(243), 0o755, "exec format error (it is built for EM_RISCV, and this machine is x86_64)"},
	} {
		path := h.file(tt.name, tt.content, tt.mode)
		err := exec.CommandContext(t.Context(), path).Start()
		err = StartError(path, path, err)
		if _, ok := errors.AsType[*EntrypointError](err); !ok {
			t.Errorf("%s: %T %v", tt.name, err, err)
			continue
		}
		if want := "fork/exec " + path + ": " + tt.want; err.Error() != want {
			t.Errorf("%s: %v\nwant %s", tt.name, err, want)
		}
	}
	absent := h.path("absent")
	err = StartError(absent, absent, exec.CommandContext(t.Context(), absent).Start())
	if want := "fork/exec " + absent + ": no such file or directory (the handler has to name a program in the function's code)"; err.Error() != want {
		t.Errorf("%v\nwant %s", err, want)
	}
	other := errors.New("too many processes")
	if err := StartError(absent, absent, other); err != other {
		t.Errorf("%v became %v", other, err)
	}
}
