package bootstraps

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// rehearseLimit bounds what prepares later starts.
const rehearseLimit = time.Minute

// rehearseJava has a JVM write down which classes the bootstrap and a small
// function take, and then keep these in the form that it has them in memory.
// That halves the time to the result of a function with a typed event.
func rehearseJava(ctx context.Context, in Interpreter, dir string, begin func()) error {
	archive := javaArchive(in, dir)
	if archive == "" {
		return nil
	}
	if _, err := os.Stat(archive); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, rehearseLimit, fmt.Errorf("no end within %v", rehearseLimit))
	defer cancel()
	work, err := os.MkdirTemp(dir, ".new-")
	if err != nil {
		return fmt.Errorf("make a directory for the archive of Java's classes: %w", err)
	}
	defer os.RemoveAll(work)
	begin()
	list, fresh := filepath.Join(work, "classes"), filepath.Join(work, "archive")
	if err := rehearsedFunction(javaJar(dir), work); err != nil {
		return fmt.Errorf("rehearse Java's classes: %w", err)
	}
	err = runJava(ctx, in, work, append(javaFlags(in, dir), "-XX:DumpLoadedClassList="+list, "-cp", javaJar(dir), "sam.bootstrap.Rehearsal")...)
	if err == nil {
		// G1 alone writes objects into an archive, which others read too, from JVM 18 on.
		err = runJava(ctx, in, work, "-XX:+UseG1GC", "-Xmx128m", "-Xshare:dump", "-XX:SharedClassListFile="+list, "-XX:SharedArchiveFile="+fresh, "-cp", javaJar(dir))
	}
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("archive Java's classes: %w", context.Cause(ctx))
	case err != nil:
		// This JVM cannot; an empty file keeps the next start from trying again.
		if err := os.WriteFile(fresh, nil, 0o644); err != nil {
			return fmt.Errorf("write the archive of Java's classes: %w", err)
		}
	}
	return os.Rename(fresh, archive)
}

// rehearsedFunction makes dir the code of the function that is rehearsed: one
// class as a file, and the others in a jar that has, as most do, a manifest.
func rehearsedFunction(bootstrap, dir string) error {
	const classes = "sam/bootstrap/Rehearsal$"
	from, err := zip.OpenReader(bootstrap)
	if err != nil {
		return err
	}
	defer from.Close()
	handler, err := fs.ReadFile(from, classes+"Shop.class")
	if err != nil {
		return err
	}
	path := filepath.Join(dir, classes+"Shop.class")
	library := filepath.Join(dir, "lib", "function.jar")
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.MkdirAll(filepath.Dir(library), 0o700)); err != nil {
		return err
	}
	var jar bytes.Buffer
	to := zip.NewWriter(&jar)
	manifest, err := to.Create("META-INF/MANIFEST.MF")
	if err != nil {
		return err
	}
	_, err = io.WriteString(manifest, "Manifest-Version: 1.0\r\n\r\n")
	for _, file := range from.File {
		if err == nil && strings.HasPrefix(file.Name, classes) && file.Name != classes+"Shop.class" {
			err = to.Copy(file)
		}
	}
	return errors.Join(err, to.Close(), os.WriteFile(path, handler, 0o600), os.WriteFile(library, jar.Bytes(), 0o600))
}

func runJava(ctx context.Context, in Interpreter, dir string, args ...string) error {
	cmd := exec.CommandContext(ctx, in.Path, args...)
	cmd.Dir, cmd.Env = dir, []string{javaLocale}
	defer confine(cmd)()
	return cmd.Run()
}
