package apigw

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"sam/emulator/template"
)

var (
	testREST = &template.API{ID: "Rest", Kind: "REST", Stage: "Prod"}
	testHTTP = &template.API{ID: "Http", Kind: "HTTP", Stage: "$default"}
)

// routesOf makes routes of keys such as GET /items, each to a function named
// like its key.
func routesOf(api *template.API, keys ...string) []template.Route {
	var routes []template.Route
	for _, key := range keys {
		method, path, found := strings.Cut(key, " ")
		if !found {
			method, path = "ANY", key
		}
		r := template.Route{Method: method, Path: path, Function: key, API: api}
		if api.Kind == "HTTP" {
			r.Payload = "1.0"
		}
		routes = append(routes, r)
	}
	return routes
}

func TestRouter(t *testing.T) {
	type request struct {
		line   string // GET /items
		want   string // the key of the route, or empty
		params map[string]string
	}
	tests := []struct {
		name     string
		kinds    []*template.API
		routes   []string
		requests []request
	}{
		{
			"the table of AWS's documentation", []*template.API{testHTTP},
			[]string{"GET /pets/dog/1", "GET /pets/dog/{id}", "GET /pets/{proxy+}", "ANY /{proxy+}", "$default"},
			[]request{
				{"GET /pets/dog/1", "GET /pets/dog/1", nil},
				{"GET /pets/dog/2", "GET /pets/dog/{id}", map[string]string{"id": "2"}},
				{"GET /pets/cat/1", "GET /pets/{proxy+}", map[string]string{"proxy": "cat/1"}},
				{"POST /test/5", "ANY /{proxy+}", map[string]string{"proxy": "test/5"}},
				{"GET /", "$default", nil},
			},
		},
		{
			"a path that lacks the method goes to the next best", []*template.API{testREST, testHTTP},
			[]string{"GET /id/me", "ANY /id/{id}", "ANY /{proxy+}", "OPTIONS /cors/only", "GET /jobs/{operation}"},
			[]request{
				{"GET /id/me", "GET /id/me", nil},
				{"POST /id/me", "ANY /id/{id}", map[string]string{"id": "me"}},
				{"GET /id/me/too", "ANY /{proxy+}", map[string]string{"proxy": "id/me/too"}},
				{"GET /jobs/reboot", "GET /jobs/{operation}", map[string]string{"operation": "reboot"}},
				{"POST /jobs/reboot", "ANY /{proxy+}", map[string]string{"proxy": "jobs/reboot"}},
				{"GET /jobs", "ANY /{proxy+}", map[string]string{"proxy": "jobs"}},
				{"GET /cors/only", "ANY /{proxy+}", map[string]string{"proxy": "cors/only"}},
			},
		},
		{
			"a method of its own beats ANY", []*template.API{testREST, testHTTP},
			[]string{"ANY /a", "GET /a", "POST /a"},
			[]request{{"GET /a", "GET /a", nil}, {"POST /a", "POST /a", nil}, {"PUT /a", "ANY /a", nil}},
		},
		{
			"what is known further left wins", []*template.API{testREST, testHTTP},
			[]string{"GET /a/{x}/{y}", "GET /{x}/b/c", "GET /a/{rest+}"},
			[]request{
				{"GET /a/b/c", "GET /a/{x}/{y}", map[string]string{"x": "b", "y": "c"}},
				{"GET /z/b/c", "GET /{x}/b/c", map[string]string{"x": "z"}},
				{"GET /a/b/c/d", "GET /a/{rest+}", map[string]string{"rest": "b/c/d"}},
			},
		},
		{
			"a dead end leaves no parameters behind", []*template.API{testREST, testHTTP},
			[]string{"GET /{a}/{b}/{c}/end", "GET /{x}/{rest+}"},
			[]request{
				{"GET /1/2/3/end", "GET /{a}/{b}/{c}/end", map[string]string{"a": "1", "b": "2", "c": "3"}},
				{"GET /1/2/3/4", "GET /{x}/{rest+}", map[string]string{"x": "1", "rest": "2/3/4"}},
			},
		},
		{
			"names of parameters differ between routes, and have - and .", []*template.API{testREST, testHTTP},
			[]string{"GET /u/{user-id}", "GET /u/{user.name}/files", "GET /f/{some_path.to-it+}"},
			[]request{
				{"GET /u/7", "GET /u/{user-id}", map[string]string{"user-id": "7"}},
				{"GET /u/bob/files", "GET /u/{user.name}/files", map[string]string{"user.name": "bob"}},
				{"GET /f/a/b", "GET /f/{some_path.to-it+}", map[string]string{"some_path.to-it": "a/b"}},
			},
		},
		{
			"an encoded slash does not end a segment, an encoded letter is that letter", []*template.API{testREST, testHTTP},
			[]string{"GET /files/{name}", "GET /files/{name}/info", "GET /static"},
			[]request{
				{"GET /files/a%2Fb", "GET /files/{name}", map[string]string{"name": "a%2Fb"}},
				{"GET /files/a%2Fb/info", "GET /files/{name}/info", map[string]string{"name": "a%2Fb"}},
				{"GET /files/%7Bname%7D", "GET /files/{name}", map[string]string{"name": "%7Bname%7D"}},
				{"GET /st%61tic", "GET /static", nil},
				{"GET /files%2Fx", "", nil},
			},
		},
		{
			"the greedy part needs a character and keeps double slashes", []*template.API{testREST, testHTTP},
			[]string{"GET /p/{proxy+}"},
			[]request{
				{"GET /p", "", nil},
				{"GET /p/", "", nil},
				{"GET /p//", "", nil},
				{"GET /p/a//b", "GET /p/{proxy+}", map[string]string{"proxy": "a//b"}},
				{"GET /p//a", "GET /p/{proxy+}", map[string]string{"proxy": "/a"}},
			},
		},
		{
			"letters have their case, and no segment is left out", []*template.API{testREST, testHTTP},
			[]string{"GET /Case", "GET /a/{x}/b"},
			[]request{
				{"GET /Case", "GET /Case", nil}, {"GET /case", "", nil}, {"get /Case", "", nil}, {"GET /a//b", "", nil}, {"GET //Case", "", nil},
				{"GET /a/1", "", nil}, {"GET /", "", nil},
			},
		},
		{
			"REST APIs drop a slash at the end", []*template.API{testREST},
			[]string{"ANY /any", "GET /slash/", "GET /", "GET /deep/{proxy+}"},
			[]request{
				{"GET /any/", "ANY /any", nil},
				{"GET /any//", "ANY /any", nil},
				{"GET /slash", "GET /slash/", nil},
				{"GET /slash/", "GET /slash/", nil},
				{"GET //", "GET /", nil},
				{"GET /deep/a/", "GET /deep/{proxy+}", map[string]string{"proxy": "a"}},
			},
		},
		{
			"HTTP APIs keep a slash at the end", []*template.API{testHTTP},
			[]string{"ANY /any", "GET /", "GET /deep/{proxy+}"},
			[]request{
				{"GET /any/", "", nil},
				{"GET /", "GET /", nil},
				{"GET //", "", nil},
				{"GET /deep/a/", "GET /deep/{proxy+}", map[string]string{"proxy": "a/"}},
			},
		},
		{
			"HEAD goes to GET where nothing else takes it", []*template.API{testREST, testHTTP},
			[]string{"GET /a", "GET /b", "HEAD /b", "GET /c/d", "ANY /c/{x}", "POST /e"},
			[]request{
				{"HEAD /a", "GET /a", nil},
				{"HEAD /b", "HEAD /b", nil},
				{"HEAD /c/d", "ANY /c/{x}", map[string]string{"x": "d"}},
				{"HEAD /e", "", nil},
			},
		},
		{
			"ANY is for the methods that API Gateway knows", []*template.API{testREST, testHTTP},
			[]string{"ANY /a"},
			[]request{
				{"PATCH /a", "ANY /a", nil}, {"OPTIONS /a", "ANY /a", nil}, {"DELETE /a", "ANY /a", nil},
				{"TRACE /a", "", nil}, {"CONNECT /a", "", nil}, {"BREW /a", "", nil}, {"ANY /a", "ANY /a", nil},
			},
		},
		{
			"no path, or one that is none", []*template.API{testREST, testHTTP},
			[]string{"ANY /", "ANY /{proxy+}", "$default"},
			[]request{{"OPTIONS *", "", nil}, {"GET ", "", nil}, {"GET x", "", nil}, {"GET /", "ANY /", nil}},
		},
	}
	for _, test := range tests {
		for _, api := range test.kinds {
			t.Run(test.name+"/"+api.Kind, func(t *testing.T) {
				router, problems := newRouter(routesOf(api, test.routes...))
				if len(problems) > 0 {
					t.Error(problems)
				}
				for _, r := range test.requests {
					method, path, _ := strings.Cut(r.line, " ")
					route, params := router.match(method, path)
					got := ""
					if route != nil {
						got = route.Function
					}
					if got != r.want || !maps.Equal(params, r.params) {
						t.Errorf("%s -> %q %v, want %q %v", r.line, got, params, r.want, r.params)
					}
				}
			})
		}
	}
}

func TestRouterDoesNotDependOnTheOrderOfRoutes(t *testing.T) {
	keys := []string{"ANY /a/{x}", "GET /a/{x}", "GET /a/b", "ANY /{proxy+}", "ANY /a/b"}
	for range len(keys) {
		keys = append(keys[1:], keys[0])
		router, _ := newRouter(routesOf(testREST, keys...))
		for line, want := range map[string]string{"GET /a/b": "GET /a/b", "PUT /a/b": "ANY /a/b", "GET /a/c": "GET /a/{x}", "PUT /a/c": "ANY /a/{x}", "PUT /x": "ANY /{proxy+}"} {
			method, path, _ := strings.Cut(line, " ")
			if route, _ := router.match(method, path); route == nil || route.Function != want {
				t.Errorf("%v: %s -> %v, want %s", keys, line, route, want)
			}
		}
	}
}

func TestRouterSaysWhatItCannotServe(t *testing.T) {
	other := &template.API{ID: "Other", Kind: "REST"}
	routes := slices.Concat(
		routesOf(testHTTP, "GET /a", "GET /b/{id}"),
		routesOf(other, "GET /a", "POST /a", "GET /{x+}/y", "GET /b/{name}"),
	)
	_, problems := newRouter(routes)
	want := []string{
		"GET /a of Other is not served: its requests go to GET /a of Http",
		"GET /{x+}/y of Other is not served: a greedy parameter must be the last segment of a path",
		"GET /b/{name} of Other is not served: its requests go to GET /b/{id} of Http",
	}
	if !slices.Equal(problems, want) {
		t.Errorf("got  %q\nwant %q", problems, want)
	}
}

// FuzzRouter checks that whatever is found fits the path: with the values of
// the parameters in their places the route's path is the request's again.
func FuzzRouter(f *testing.F) {
	keys := []string{"GET /", "ANY /a/{x}", "GET /a/b/{rest+}", "POST /{x}/{y}/c", "ANY /p/{proxy+}", "GET /{a}/b/{c}/{d+}"}
	for _, seed := range []string{"/", "//", "/a/%2F/", "/a/b//c/", "/p/%", "/p/..;/x", "*", "", "/1/b/2/3//4", "/\xff/\x00/c"} {
		for _, method := range []string{"GET", "HEAD", "POST", "TRACE"} {
			f.Add(method, seed)
		}
	}
	rest, _ := newRouter(routesOf(testREST, keys...))
	http, _ := newRouter(routesOf(testHTTP, keys...))
	f.Fuzz(func(t *testing.T, method, path string) {
		for _, router := range []*router{rest, http} {
			route, params := router.match(method, path)
			if route == nil {
				continue
			}
			segments := strings.Split(route.Path, "/")
			for i, segment := range segments {
				name, _, isParam := parameter(segment)
				if value, found := params[name]; isParam && (!found || value == "") {
					t.Errorf("%q: %s has no %s: %v", path, route.Path, name, params)
				} else if isParam {
					segments[i] = value
				}
			}
			again, want := strings.Join(segments, "/"), path
			if route.API.Kind == kindREST {
				again, want = strings.TrimRight(again, "/"), strings.TrimRight(path, "/")
			}
			if decoded(again) != decoded(want) {
				t.Errorf("%q: %s with %v is %q", path, route.Path, params, again)
			}
		}
	})
}

func BenchmarkRouter(b *testing.B) {
	var keys []string
	for i := range 250 {
		keys = append(keys,
			fmt.Sprintf("GET /v1/group%d/things", i), fmt.Sprintf("GET /v1/group%d/things/{id}", i),
			fmt.Sprintf("ANY /v1/group%d/things/{id}/parts/{part}", i), fmt.Sprintf("ANY /v1/group%d/{proxy+}", i))
	}
	router, _ := newRouter(routesOf(testREST, keys...))
	for _, path := range []string{"/v1/group77/things", "/v1/group77/things/12/parts/3", "/v1/group77/other/way", "/v2/nothing"} {
		b.Run(path, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				router.match(http.MethodGet, path)
			}
		})
	}
}
