package local

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"sam/cmd/internal/config"
	"sam/cmd/internal/ui"
	"sam/emulator/apigw"
	"sam/emulator/template"
)

const (
	// noPort is the value of a port that was not given.
	noPort = -1
	// defaultStaticDir need not exist, and nobody is told that it does not.
	defaultStaticDir = "public"
)

// StartAPIOptions are what `sam local start-api` is told.
type StartAPIOptions struct {
	serverOptions
	StaticDir         string
	DisableAuthorizer bool
	JWKS              string
	SSLCertFile       string
	SSLKeyFile        string
	LambdaPort        int
}

// NewStartAPI returns the command `sam local start-api`.
func newStartAPICommand(u *ui.UI, h *config.Host, program *Program) *cobra.Command {
	return newStartAPI(h, func(ctx context.Context, o *StartAPIOptions) error {
		return u.Gathering(func(u *ui.UI) error { return runStartAPI(ctx, u, h, program, o) })
	})
}

func newStartAPI(h *config.Host, run func(context.Context, *StartAPIOptions) error) *cobra.Command {
	var o StartAPIOptions
	cmd := &cobra.Command{
		Use:   "start-api [flags]",
		Short: "Serve the template's APIs",
		Long: `Serve the REST and HTTP APIs of the template on this machine, until an interrupt.

Functions stay warm between requests, and as many environments of a function run
as there are requests at the same time. Changes of code, layers, the template and
the file of --env-vars take effect on the next request. Logs, the access log and
notices go to standard error.`,
		Example: `  sam local start-api
  sam local start-api -p 8080 --env-vars env.json --warm-containers EAGER
  sam local start-api --lambda-port 3001`,
		Args: o.noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.setDebug(cmd)
			return run(cmd.Context(), &o)
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVarP(&o.StaticDir, "static-dir", "s", defaultStaticDir, "`Directory` of files to serve beside the APIs, from the template's directory; \"\" serves none")
	flags.BoolVar(&o.DisableAuthorizer, "disable-authorizer", false, "Let every request through, without asking authorizers")
	flags.StringVar(&o.JWKS, "jwks", "", "`File or URL` of the JSON Web Key Set that JWT authorizers check tokens with")
	flags.StringVar(&o.SSLCertFile, "ssl-cert-file", "", "`File` with the certificate, in PEM; with --ssl-key-file it makes the server speak HTTPS")
	flags.StringVar(&o.SSLKeyFile, "ssl-key-file", "", "`File` with the certificate's key, in PEM")
	flags.IntVar(&o.LambdaPort, "lambda-port", noPort, "Serve the Lambda API, too, on this `port`; functions get its URL as AWS_ENDPOINT_URL_LAMBDA")
	flags.Lookup("lambda-port").DefValue = "0" // help shows no default
	o.addFlags(flags, 3000)
	_ = cmd.RegisterFlagCompletionFunc("debug-function", completeFunctions(h, &o.templateOptions, anyFunction)) // the flag is there
	return cmd
}

// check refuses what makes no sense, before anything is started.
func (o *StartAPIOptions) check() error {
	if o.LambdaPort != noPort {
		if err := checkPort("--lambda-port", o.LambdaPort); err != nil {
			return err
		}
		if o.LambdaPort == o.Port && o.Port != 0 {
			return errors.New("--port and --lambda-port are the same: each service needs its own")
		}
	}
	return o.serverOptions.check()
}

func runStartAPI(ctx context.Context, u *ui.UI, h *config.Host, program *Program, o *StartAPIOptions) error {
	if err := o.check(); err != nil {
		return err
	}
	certificate, err := readCertificate(o.SSLCertFile, o.SSLKeyFile)
	if err != nil {
		return err
	}
	if _, err := os.Stat(o.JWKS); o.JWKS != "" && !strings.Contains(o.JWKS, "://") && err != nil {
		return fmt.Errorf("read the file of --jwks: %w", err)
	}
	logger := newLogger(u, o.Debug)
	api, err := listen(o.Host, o.Port, certificate, logger) // a port that is taken stops us before anything starts
	if err != nil {
		return err
	}
	defer api.close()
	var lambda *endpoint
	var lambdaURL string
	if o.LambdaPort != noPort {
		if lambda, err = listen(o.Host, o.LambdaPort, nil, logger); err != nil {
			return err
		}
		defer lambda.close()
		lambdaURL = lambda.loopback()
	}
	srv, p, err := openServer(ctx, u, h, program, &o.serverOptions, lambdaURL)
	if err != nil {
		return err
	}
	defer srv.close()
	if err := srv.chooseDebugged(ctx, p); err != nil {
		return err
	}
	gateway := apigw.New(apigw.Config{
		Invoker: srv, Unlimited: srv.debug != nil, Port: api.port, StaticDir: srv.staticDir(p, o.StaticDir),
		DisableAuthorizer: o.DisableAuthorizer, JWKS: o.JWKS,
		Notice: u.Notice, AccessLog: u.Stderr,
	})
	srv.changed = func(p *project, routes []template.Route) {
		gateway.Serve(routes)
		srv.sayRoutes(api.url(), routes)
		srv.sayUnemulated(p, gateway)
	}
	if srv.apply(p) == 0 {
		return errors.New("template does not have any APIs connected to Lambda functions")
	}
	u.Notice("You can now browse to the above endpoints to invoke your functions. " +
		"You do not need to restart sam while you work on them: changes of code, template and environment variables take effect on the next request.")
	services := []service{{api, gateway, ""}}
	if lambda != nil {
		services = append(services, service{lambda, srv.lambdaAPI(), " (Lambda API)"})
	}
	return srv.serve(ctx, services...)
}

// sayRoutes lists what is served and was not before, a line for each function
// and path.
func (s *server) sayRoutes(url string, routes []template.Route) {
	for i := 0; i < len(routes); {
		first, methods := routes[i], []string{}
		for ; i < len(routes) && routes[i].Path == first.Path && routes[i].Function == first.Function; i++ {
			methods = append(methods, methodsOf(routes[i])...)
		}
		switch {
		case first.Mock != nil:
		case first.Function == "":
			s.sayOnce("%s: no function is behind %s %s", first.At, strings.Join(methods, ", "), first.Path)
		default:
			path := first.Path
			if !strings.HasPrefix(path, "/") {
				path = "/" + path
			}
			s.sayOnce("Mounting %s at %s%s [%s]", first.Function, url, path, strings.Join(methods, ", "))
		}
	}
}

// methodsOf are the HTTP methods that a route serves.
func methodsOf(r template.Route) []string {
	if r.Method == "ANY" {
		return []string{"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"}
	}
	return []string{r.Method}
}

// sayUnemulated lists what requests will not meet here, and will on AWS.
func (s *server) sayUnemulated(p *project, gateway *apigw.Gateway) {
	for _, left := range p.template.Unemulated() {
		s.sayOnce("%v", left)
	}
	for _, a := range gateway.Unenforced() {
		s.sayOnce("%s: the authorizer %s (%s) is not enforced: requests pass", a.At, a.Name, a.Kind)
	}
}

// staticDir is the directory of static files, which may come later, or "".
func (s *server) staticDir(p *project, dir string) string {
	if dir == "" {
		return ""
	}
	asked := dir != defaultStaticDir
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(filepath.Dir(p.path), dir)
	}
	dir = absolute(s.host, dir)
	if info, err := os.Stat(dir); err == nil && info.IsDir() {
		s.ui.Notice("Mounting static files from %s at /", dir)
	} else if asked {
		s.ui.Notice("There is no directory %s yet: files in it are served once it is there", dir)
	}
	return dir
}

// readCertificate reads the certificate of an HTTPS server, or nothing.
func readCertificate(certFile, keyFile string) (*tls.Certificate, error) {
	if certFile == "" && keyFile == "" {
		return nil, nil
	}
	if certFile == "" || keyFile == "" {
		return nil, errors.New("--ssl-cert-file and --ssl-key-file go together: give both or neither")
	}
	certificate, err := tls.LoadX509KeyPair(certFile, keyFile)
	if key, readErr := os.ReadFile(keyFile); readErr == nil && bytes.Contains(key, []byte("ENCRYPTED")) {
		return nil, fmt.Errorf("the key %s is protected by a password: give one that is not (openssl pkey -in %[1]s -out plain.key)", keyFile)
	}
	if err != nil {
		return nil, fmt.Errorf("use the certificate %s with the key %s: %w", certFile, keyFile, err)
	}
	return &certificate, nil
}
