package lambdaapi

import "testing"

func TestGuard(t *testing.T) {
	h := newHarness(t, echo)
	for _, tt := range []struct {
		name, headers string
		allowed       bool
	}{
		{"an address", "Host: 127.0.0.1:3001", true},
		{"an address of version 6", "Host: [::1]:3001", true},
		{"an address of the network", "Host: 192.168.1.7:3001", true},
		{"localhost", "Host: localhost:3001", true},
		{"below localhost", "Host: lambda.localhost", true},
		{"the host of a container", "Host: host.docker.internal:3001", true},
		{"a service of Compose", "Host: lambda:3001", true},
		{"multicast DNS", "Host: mac.local.:3001", true},
		{"a name that was configured", "Host: box.EXAMPLE.com:3001", true},
		{"DNS rebinding", "Host: evil.example:3001", false},
		{"a name that only looks private", "Host: localhost.evil.example", false},
		{"a page of this machine", "Origin: http://localhost:5173", true},
		{"a page of this machine by address", "Origin: http://127.0.0.1:8080", true},
		{"a page of elsewhere", "Origin: https://evil.example", false},
		{"a page at a foreign address", "Origin: http://203.0.113.5", false},
		{"a page that hides where it is from", "Origin: null", false},
		{"a page that lies badly", "Origin: http://localhost.evil.example", false},
		{"an origin that is none", "Origin: http://%zz", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := h.ask("POST", invocations, tt.headers+"\nContent-Type: text/plain", "{}")
			if w.Code == 200 != tt.allowed || !tt.allowed && w.Header().Get("X-Amzn-Errortype") != "AccessDeniedException" {
				t.Errorf("%d %s", w.Code, w.Body)
			}
		})
	}
}
