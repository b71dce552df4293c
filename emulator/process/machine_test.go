package process_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sam/emulator"
	"sam/emulator/emulatortest"
	"sam/emulator/process"
)

// TestFence fills a file that is in memory, which nobody watches: the kernel
// ends that.
func TestFence(t *testing.T) {
	if err := process.CanLimitMemory(); err != nil {
		emulatortest.Lacks(t, "memory-groups", err.Error())
	}
	for name, runner := range map[string]emulator.Runner{"plain": process.New(), "sandboxed": newSandboxed(t)} {
		t.Run(name, func(t *testing.T) {
			var output bytes.Buffer
			instance, err := runner.Start(t.Context(), emulator.Spec{
				Args: []string{"/bin/sh", "-c", "head -c 100000000 /dev/zero > file; echo survived"},
				Env:  []string{"PATH=/usr/bin:/bin"}, Dir: t.TempDir(), Output: &output, MemoryLimit: 16 << 20,
			})
			if err != nil {
				t.Fatal(err)
			}
			<-instance.Exited()
			if got := instance.Exit(); got != (emulator.ExitState{Signal: "killed", OutOfMemory: true}) {
				t.Errorf("%+v %q", got, output.String())
			}
			if err := instance.Stop(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}

// inMachine is what the machine of TestInMachine does first: it gives a user a
// part of the control groups, as systemd does, and has the user run the tests.
const inMachine = `#!/bin/busybox sh
/bin/busybox --install -s /bin
mkdir -p /proc /sys /dev /tmp /usr /etc && ln -s /bin /usr/bin && chmod 1777 /tmp
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
echo user:x:1000:1000::/tmp:/bin/sh > /etc/passwd
mount -t cgroup2 cgroups /sys/fs/cgroup
ip link set lo up
cd /sys/fs/cgroup
echo +cpu +memory > cgroup.subtree_control
mkdir -p user/shell
echo +cpu +memory > user/cgroup.subtree_control
chown -R 1000:1000 user
echo $$ > user/shell/cgroup.procs
cd /tmp
export HOME=/tmp SAM_TEST_REQUIRE=namespaces,cgroups,memory-groups
start-stop-daemon -S -c user:1000 -x /tests -- -test.run '^(TestContract|TestSandboxContract|TestProcessors|TestFence)$/(kills|takes|measures|plain|sandboxed)'
echo "left: $(ls -d /sys/fs/cgroup/user/sam-* 2>/dev/null)."
poweroff -f
`

// TestInMachine runs tests of this package as an ordinary user of a machine that
// has only the second version of control groups. This host's may be others, or
// nobody's to write to.
func TestInMachine(t *testing.T) {
	kernels, err := filepath.Glob(filepath.Join(emulatortest.Parts(t), "machine/boot/vmlinuz-*"))
	if err != nil {
		t.Fatal(err)
	}
	_, noMachine := exec.LookPath("qemu-system-x86_64")
	busybox, noBusybox := exec.LookPath("busybox")
	if len(kernels) == 0 || noMachine != nil || noBusybox != nil {
		emulatortest.Lacks(t, "machine", fmt.Sprintf("it takes qemu-system-x86, busybox-static and a kernel: %v %v %v", noMachine, noBusybox, kernels))
	}
	root := t.TempDir()
	if err := os.MkdirAll(filepath.Join(root, "root/bin"), 0o755); err != nil {
		t.Fatal(err)
	}
	// What starts first moves to a root directory that can be replaced.
	write(t, filepath.Join(root, "init"), "#!/root/bin/busybox sh\n/root/bin/busybox mkdir /new\n/root/bin/busybox mount -t tmpfs new /new\n"+
		"/root/bin/busybox mv /root/* /new\nexec /new/bin/busybox switch_root /new /init\n")
	write(t, filepath.Join(root, "root/init"), inMachine)
	script := fmt.Sprintf("set -e; cp %s %s/root/bin/busybox; CGO_ENABLED=0 go test -c -o %[2]s/root/tests .; cd %[2]s; find . | busybox cpio -o -H newc 2>/dev/null | gzip -1 > %[2]s.cpio.gz", busybox, root)
	if out, err := exec.Command("sh", "-c", script).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	// Without the help of the processor, which machines in machines need not have.
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	machine := exec.CommandContext(ctx, "qemu-system-x86_64", "-accel", "tcg", "-m", "1024", "-nographic", "-no-reboot", "-nodefaults", "-serial", "stdio",
		"-kernel", kernels[0], "-initrd", root+".cpio.gz", "-append", "console=ttyS0 quiet panic=-1")
	out, err := machine.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "\nPASS\r\n") || !strings.Contains(string(out), "left: .") {
		t.Errorf("%v\n%s", err, out)
	}
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o755); err != nil {
		t.Fatal(err)
	}
}
