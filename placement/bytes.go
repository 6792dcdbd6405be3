package placement

import "fmt"

// Bytes is a number of bytes for people: "12.4 GiB".
func Bytes(n int64) string {
	const unit = 1024
	n = max(n, 0)
	if n < unit {
		return fmt.Sprintf("%d B", n)
	}
	value, names := float64(n), "KMGTPE"
	at := -1
	for value >= unit && at < len(names)-1 {
		value /= unit
		at++
	}
	return fmt.Sprintf("%.1f %ciB", value, names[at])
}
