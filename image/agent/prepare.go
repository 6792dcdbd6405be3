package main

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
)

// prepare makes a directory and gives it to the node's user. It is the one step that runs as root, and only where the
// volume is a hostPath, whose directories the kubelet makes as root and never hands over (fsGroup does not apply).
// ${ORDINAL} in the name stands for the number at the end of POD_NAME.
func prepare(args []string) int {
	set := flag.NewFlagSet(contract.VerbPrepare, flag.ContinueOnError)
	dir := set.String(contract.FlagDir, "", "directory to make, for example /mnt/kafka/"+contract.PlaceholderOrdinal)
	uid := set.Int(contract.FlagUID, contract.UID, "user and group that shall own it")
	if err := set.Parse(args); err != nil {
		return 2
	}
	if err := prepareDir(*dir, os.Getenv(contract.EnvPodName), *uid); err != nil {
		fmt.Fprintln(os.Stderr, "kafka-agent prepare:", err)
		return 1
	}
	return 0
}

func prepareDir(dir, podName string, uid int) error {
	if strings.Contains(dir, contract.PlaceholderOrdinal) {
		ordinal, err := strconv.Atoi(podName[strings.LastIndex(podName, "-")+1:])
		if err != nil {
			return fmt.Errorf("%s=%q: a name that ends in -<ordinal> is expected", contract.EnvPodName, podName)
		}
		dir = strings.ReplaceAll(dir, contract.PlaceholderOrdinal, strconv.Itoa(ordinal))
	}
	if !filepath.IsAbs(dir) || dir == "/" {
		return fmt.Errorf("--dir %q: an absolute path below / is expected", dir)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("cannot make the directory: %w", err)
	}
	if owner(dir) == uid {
		return nil // what lies below was written by that user; walking it would take minutes on a full volume
	}
	err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil || path == dir {
			return err
		}
		return os.Lchown(path, uid, uid)
	})
	// The directory itself last: an interrupted walk is repeated.
	if err = errors.Join(err, os.Chown(dir, uid, uid)); err != nil {
		return fmt.Errorf("cannot give %s to user %d: %w", dir, uid, err)
	}
	return nil
}

func owner(path string) int {
	info, err := os.Stat(path)
	if err != nil {
		return -1
	}
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		return int(stat.Uid)
	}
	return -1
}
