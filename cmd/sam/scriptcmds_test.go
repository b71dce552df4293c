package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/rogpeppe/go-internal/testscript"

	"sam/cmd/internal/awstest"
	"sam/emulator/emulatortest"
)

// What scripts can do beyond the commands of testscript.

// limit is how long a script waits for what must happen.
const limit = 20 * time.Second

// within waits until something has happened, and tells whether it has before
// the limit.
func within(limit time.Duration, happened func() bool) bool {
	deadline := time.Now().Add(limit)
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for !happened() {
		if time.Now().After(deadline) {
			return false
		}
		<-tick.C
	}
	return true
}

// cmdAlive (alive FILE): the process whose id is in FILE is alive; with ! it is
// gone, or will be presently.
func cmdAlive(ts *testscript.TestScript, neg bool, args []string) {
	pid := readPid(ts, args)
	switch {
	case !neg && !isAlive(pid):
		ts.Fatalf("process %d is gone", pid)
	case neg && !within(limit, func() bool { return !isAlive(pid) }):
		ts.Fatalf("process %d is alive", pid)
	}
}

// cmdSignal (signal NAME FILE): sends a signal to the process whose id is in FILE,
// which it waits for.
func cmdSignal(ts *testscript.TestScript, neg bool, args []string) {
	signals := map[string]syscall.Signal{"HUP": syscall.SIGHUP, "INT": syscall.SIGINT, "KILL": syscall.SIGKILL, "TERM": syscall.SIGTERM}
	if neg || len(args) != 2 || signals[args[0]] == 0 {
		ts.Fatalf("usage: signal HUP|INT|KILL|TERM FILE")
	}
	if err := syscall.Kill(readPid(ts, args[1:]), signals[args[0]]); err != syscall.ESRCH { // gone is as good
		ts.Check(err)
	}
}

// cmdFill (fill FILE SIZE TEXT): writes a file of SIZE bytes that repeats TEXT.
func cmdFill(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: fill FILE SIZE TEXT")
	}
	size, err := strconv.Atoi(args[1])
	ts.Check(err)
	data := bytes.Repeat([]byte(args[2]), size/len(args[2])+1)[:size]
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), data, 0o644))
}

// cmdEmpty (empty DIR): a directory has nothing in it, or does not exist.
func cmdEmpty(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: empty DIR")
	}
	entries, err := os.ReadDir(ts.MkAbs(args[0]))
	if err == nil && len(entries) > 0 {
		ts.Fatalf("%s holds %s", args[0], entries[0].Name())
	}
}

// cmdPort (port NAME): sets $NAME to a port that nobody listens on.
func cmdPort(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: port NAME")
	}
	ts.Setenv(args[0], strconv.Itoa(emulatortest.FreePort(ts)))
}

// cmdAwait (await FILE REGEXP): waits until FILE has a match.
func cmdAwait(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: await FILE REGEXP")
	}
	pattern, err := regexp.Compile("(?m)" + args[1])
	ts.Check(err)
	var text []byte
	if !within(limit, func() bool {
		text, err = os.ReadFile(ts.MkAbs(args[0]))
		return pattern.Match(text)
	}) {
		ts.Fatalf("%s has no match of %s (%v):\n%s", args[0], args[1], err, text)
	}
}

// cmdMoto (moto BUCKET): commands that speak to AWS speak to a server that stands
// in for it, and that has this bucket.
func cmdMoto(ts *testscript.TestScript, url string, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: moto BUCKET")
	}
	for key, value := range awstest.Env(url) {
		if value != "" { // nothing of this machine is there
			ts.Setenv(key, value)
		}
	}
	ts.Setenv("AWS_DEFAULT_REGION", ts.Getenv("AWS_REGION")) // which is what the AWS CLI reads
	ts.Check(ts.Exec(ts.Getenv("AWS"), "s3", "mb", "s3://"+args[0]))
}

// runningLine is the line by which a server tells its URL.
var runningLine = regexp.MustCompile(`(?m)^ \* Running on (\S+).*$`)

// cmdReady (ready NAME): waits until the server that was started by `serve NAME`
// serves. $NAME becomes its URL, and $NAME_lambda that of the Lambda API beside
// it.
func cmdReady(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: ready NAME")
	}
	name := args[0]
	pid := readPid(ts, []string{name + ".pid"})
	var text []byte
	if !within(limit, func() bool {
		alive := isAlive(pid)
		text, _ = os.ReadFile(ts.MkAbs(name + ".err"))
		return bytes.Contains(text, []byte("\nPress CTRL+C to quit\n")) || !alive
	}) || !isAlive(pid) {
		ts.Fatalf("%s does not serve:\n%s", name, text)
	}
	for i, match := range runningLine.FindAllSubmatch(text, -1) {
		ts.Setenv(name+[]string{"", "_lambda"}[i], string(match[1]))
	}
}

// cmdCertificate (certificate CERT KEY): writes the certificate and the key of
// a server on this machine.
func cmdCertificate(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: certificate CERT KEY")
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	ts.Check(err)
	about := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	certificate, err := x509.CreateCertificate(rand.Reader, about, about, key.Public(), key)
	ts.Check(err)
	private, err := x509.MarshalPKCS8PrivateKey(key)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate}), 0o600))
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}), 0o600))
}

// cmdTokens (tokens FILE NAME=CLAIMS...): makes a key, writes its JSON Web Key
// Set to FILE, and sets each $NAME to a token with these CLAIMS.
func cmdTokens(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: tokens FILE NAME=CLAIMS...")
	}
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	ts.Check(err)
	key := jose.JSONWebKey{Key: private, KeyID: args[0], Algorithm: string(jose.RS256), Use: "sig"}
	keys, err := json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{key.Public()}})
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), keys, 0o600))
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: key}, nil)
	ts.Check(err)
	for _, arg := range args[1:] {
		name, claims, _ := strings.Cut(arg, "=")
		signed, err := signer.Sign([]byte(claims))
		ts.Check(err)
		token, err := signed.CompactSerialize()
		ts.Check(err)
		ts.Setenv(name, token)
	}
}

func readPid(ts *testscript.TestScript, args []string) int {
	if len(args) != 1 {
		ts.Fatalf("name one file with a process id")
	}
	var text string
	if !within(limit, func() bool {
		data, err := os.ReadFile(ts.MkAbs(args[0]))
		text = string(data)
		return err == nil && strings.HasSuffix(text, "\n")
	}) {
		ts.Fatalf("%s did not come", args[0])
	}
	pid, err := strconv.Atoi(strings.TrimSpace(text))
	ts.Check(err)
	return pid
}

// isAlive tells whether there is a process that is no zombie. While one becomes
// another program its first thread may look like one, and is not alone.
func isAlive(pid int) bool {
	process := filepath.Join("/proc", strconv.Itoa(pid))
	threads, err := os.ReadDir(filepath.Join(process, "task"))
	if err != nil || len(threads) > 1 {
		return err == nil
	}
	status, err := os.ReadFile(filepath.Join(process, "stat"))
	return err == nil && !bytes.Contains(status, []byte(") Z "))
}
