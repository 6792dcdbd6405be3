package image

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"slices"
)

// tagLength is how many hexadecimal digits of the digest a tag carries.
const tagLength = 16

// Digest is a hash of a build context: the names, the contents and the execute
// bits of all its files. Times and owners do not count, so every clone of the same
// sources has the same digest.
func Digest(files fs.FS) (string, error) {
	var names []string
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.Type().IsRegular() {
			names = append(names, name)
		}
		return nil
	})
	if err != nil {
		return "", fmt.Errorf("listing the build context: %w", err)
	}
	slices.Sort(names)
	digest := sha256.New()
	for _, name := range names {
		content, err := fs.ReadFile(files, name)
		if err != nil {
			return "", fmt.Errorf("reading the build context: %w", err)
		}
		info, err := fs.Stat(files, name)
		if err != nil {
			return "", fmt.Errorf("reading the build context: %w", err)
		}
		// Lengths keep apart what would otherwise run into each other.
		fmt.Fprintf(digest, "%d %s %t %d\n", len(name), name, info.Mode()&0o111 != 0, len(content))
		digest.Write(content)
	}
	return hex.EncodeToString(digest.Sum(nil)), nil
}
