// Package bench_test measures what this project does next to what others do, in one run, one after the other in turns:
// ours, theirs, ours, theirs. `make bench` runs all of it and writes bench/RESULTS.md; `make test` runs a little of it
// once, so that it cannot rot, and says nothing of what it measured.
package bench_test
