package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"sam/emulator/emulatortest"
)

// What scripts can run beside sam.

// runServer (serve NAME ARGS...) is sam with its standard error in NAME.err, where a
// script can read it while the server runs, and its process id in NAME.pid.
func runServer() {
	name := os.Args[1]
	log, err := os.Create(name + ".err")
	if err == nil {
		err = os.WriteFile(name+".pid", fmt.Appendln(nil, os.Getpid()), 0o600)
	}
	if err == nil { // as a shell would have it: sam asks where its output goes
		err = unix.Dup2(int(log.Fd()), int(os.Stderr.Fd()))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Args = append([]string{"sam"}, os.Args[2:]...)
	main()
}

// runOffline (offline PROGRAM ARGS...) runs a program in a network of its own, in
// which there is nothing but loopback. Where the system lets users have none the
// program runs in the network that there is, unless "offline" is required.
func runOffline() {
	inside := exec.Command("/proc/self/exe", os.Args[1:]...)
	inside.Args[0] = "offline-inside"
	inside.Stdin, inside.Stdout, inside.Stderr = os.Stdin, os.Stdout, os.Stderr
	inside.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNET,
		UidMappings: []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}},
	}
	err := inside.Run()
	refused := errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.ENOSPC)
	if refused && !emulatortest.Required("offline") {
		err = execProgram(os.Args[1:])
	}
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		fmt.Fprintln(os.Stderr, err)
	}
	if err != nil {
		os.Exit(1)
	}
}

// runOfflineInside brings loopback up, in the network that runOffline made.
func runOfflineInside() {
	socket, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM, 0)
	var loopback *unix.Ifreq
	if err == nil {
		loopback, err = unix.NewIfreq("lo")
	}
	if err == nil {
		loopback.SetUint16(unix.IFF_UP)
		err = unix.IoctlIfreq(socket, unix.SIOCSIFFLAGS, loopback)
	}
	if err == nil {
		err = execProgram(os.Args[1:])
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// execProgram becomes a program.
func execProgram(args []string) error {
	path, err := exec.LookPath(args[0])
	if err != nil {
		return err
	}
	return syscall.Exec(path, args, os.Environ())
}

// runClient (http [FLAGS] STATUS METHOD URL) sends a request. The body of the answer
// goes to standard output, its head to standard error; it fails unless the
// answer has the STATUS.
func runClient() {
	if err := sendRequest(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func sendRequest(args []string) error {
	flags := flag.NewFlagSet("http", flag.ContinueOnError)
	header := make(http.Header)
	flags.Func("H", "header, as `Name: value`", func(field string) error {
		name, value, _ := strings.Cut(field, ": ")
		value, err := text(value)
		header.Add(name, value)
		return err
	})
	data := flags.String("d", "", "`body`; with an @ before it the name of its file")
	ca := flags.String("ca", "", "`file` with the certificate to trust")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() != 3 {
		return errors.New("usage: http [FLAGS] STATUS METHOD URL")
	}
	body, err := text(*data)
	if err != nil {
		return err
	}
	req, err := http.NewRequest(flags.Arg(1), flags.Arg(2), strings.NewReader(body))
	if err != nil {
		return err
	}
	req.Header = header
	transport, err := trusting(*ca)
	if err != nil {
		return err
	}
	res, err := transport.RoundTrip(req) // follows no redirect
	if err != nil {
		return err
	}
	defer res.Body.Close()
	fmt.Fprintln(os.Stderr, res.Proto, res.Status)
	if err := res.Header.Write(os.Stderr); err != nil {
		return err
	}
	if _, err := io.Copy(os.Stdout, res.Body); err != nil {
		return err
	}
	if want := flags.Arg(0); strconv.Itoa(res.StatusCode) != want {
		return fmt.Errorf("the status is not %s", want)
	}
	return nil
}

// text is an argument, or the content of the file that it names.
func text(argument string) (string, error) {
	name, isFile := strings.CutPrefix(argument, "@")
	if !isFile {
		return argument, nil
	}
	content, err := os.ReadFile(name)
	return string(content), err
}

// trusting is a transport that goes nowhere but where the request says.
func trusting(file string) (*http.Transport, error) {
	transport := &http.Transport{DisableCompression: true}
	if file == "" {
		return transport, nil
	}
	certificate, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(certificate)
	transport.TLSClientConfig = &tls.Config{RootCAs: pool}
	return transport, nil
}
