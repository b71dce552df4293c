package apigw

import (
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// serveFile answers with the file of the static directory that the request's
// path names, and reports whether there is one. A directory stands for its
// index.html; it is never listed.
//
// The directory is opened for each request, because tools that build web pages
// replace it. Nothing outside it is served, whatever links lead there.
func (g *Gateway) serveFile(w http.ResponseWriter, r *http.Request) bool {
	if g.config.StaticDir == "" || r.Method != http.MethodGet && r.Method != http.MethodHead {
		return false
	}
	name, slash := strings.CutSuffix(strings.TrimPrefix(r.URL.Path, "/"), "/")
	if name == "" {
		name, slash = ".", true
	}
	if !fs.ValidPath(name) {
		return false
	}
	dir, err := os.OpenRoot(g.config.StaticDir)
	if err != nil {
		return false
	}
	defer dir.Close()

	info, err := dir.Stat(filepath.FromSlash(name))
	if err != nil || slash && !info.IsDir() {
		return false
	}
	isDir := info.IsDir()
	if isDir {
		name = path.Join(name, "index.html")
	}
	file, info := openRegular(dir, filepath.FromSlash(name))
	if file == nil {
		return false
	}
	defer file.Close()
	if isDir && !slash { // what a page refers to is relative to the slash
		http.Redirect(w, r, withSlash(r), http.StatusFound)
		return true
	}
	// A browser is to ask each time: the developer may have changed the file.
	w.Header().Set("Cache-Control", "no-cache")
	w.Header().Set("ETag", fmt.Sprintf(`"%x-%x"`, info.ModTime().UnixNano(), info.Size()))
	http.ServeContent(w, r, name, info.ModTime(), file)
	return true
}

// openRegular opens a file, or returns nil. A pipe is not even opened: that
// would wait for who writes to it.
func openRegular(dir *os.Root, name string) (*os.File, fs.FileInfo) {
	info, err := dir.Stat(name)
	if err != nil || !info.Mode().IsRegular() {
		return nil, nil
	}
	file, err := dir.Open(name)
	if err != nil {
		return nil, nil
	}
	if info, err = file.Stat(); err != nil || !info.Mode().IsRegular() {
		file.Close()
		return nil, nil
	}
	return file, info
}

func withSlash(r *http.Request) string {
	url := r.URL.EscapedPath() + "/"
	if r.URL.RawQuery != "" {
		url += "?" + r.URL.RawQuery
	}
	return url
}
