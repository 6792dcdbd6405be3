package image

import (
	"fmt"
	"os"
	"path/filepath"

	source "github.com/kafka-kraft/kafka-kraft/image"
)

// KafkaVersion is the release of Kafka that a build holds where nobody asks for another.
const KafkaVersion = source.KafkaVersion

// Source finds what to build: the folder, or, if that is empty, the context that
// this program carries within itself, written to the user's cache under the name
// of its digest. It returns the folder to build from and the digest.
func Source(folder string) (context, digest string, err error) {
	if folder != "" {
		if digest, err = source.HashFS(os.DirFS(folder)); err != nil {
			return "", "", fmt.Errorf("reading %s: %w", folder, err)
		}
		return folder, digest, nil
	}
	if digest, err = source.Hash(); err != nil {
		return "", "", fmt.Errorf("reading the build context inside the program: %w", err)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", "", fmt.Errorf("finding a place for the build context: %w", err)
	}
	context = filepath.Join(cache, "kafka-kraft", "image", digest)
	if err := source.Context(context); err != nil {
		return "", "", fmt.Errorf("writing the build context: %w", err)
	}
	return context, digest, nil
}
