package lambdaapi

import (
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// admit keeps out the pages that a developer has open in a browser. A page may
// send a POST anywhere, without asking first, and then its Origin is not of this
// machine; or its own host's name may suddenly mean 127.0.0.1 (DNS rebinding),
// and then Host is that name. Clients other than browsers send no Origin, and
// call the API by an address or a name that they were given.
func (a *API) admit(r *http.Request) error {
	host := (&url.URL{Host: r.Host}).Hostname()
	if !isPrivate(host) && !slices.ContainsFunc(a.config.Hosts, func(name string) bool { return strings.EqualFold(name, host) }) {
		return accessDenied("sam does not answer to the name %s, to which a web page could have given this machine's address: call it by its address or as localhost", host)
	}
	if origin := r.Header.Get("Origin"); origin != "" && !isOwn(origin) {
		return accessDenied("a web page of %s must not run functions: only pages of this machine may", origin)
	}
	return nil
}

// isPrivate says whether nobody on the internet can own the name of a host: an
// address, a name without a dot such as one of a Docker network, or one below
// a domain that is set apart for private use, as host.docker.internal is
// (RFC 6761, RFC 6762, ICANN for .internal).
func isPrivate(host string) bool {
	if _, err := netip.ParseAddr(host); err == nil {
		return true
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	dot := strings.LastIndexByte(host, '.')
	return dot < 0 || slices.Contains([]string{"localhost", "internal", "local", "test"}, host[dot+1:])
}

// isOwn says whether a page's origin is this machine.
func isOwn(origin string) bool {
	page, err := url.Parse(origin)
	if err != nil {
		return false
	}
	host := strings.ToLower(page.Hostname())
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.IsLoopback() || host == "localhost" || strings.HasSuffix(host, ".localhost")
}
