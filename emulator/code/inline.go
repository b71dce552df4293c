package code

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
)

// Inline returns a directory that holds one file, name, with the source that
// a template has in it. It is made once per content, like an archive's.
func Inline(ctx context.Context, name, source, cacheDir string) (dir string, err error) {
	key := sha256.Sum256([]byte(name + "\x00" + source))
	return fill(ctx, cacheDir, hex.EncodeToString(key[:]), func(dir string) error {
		return os.WriteFile(filepath.Join(dir, name), []byte(source), 0o644)
	})
}
