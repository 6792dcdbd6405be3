// Package bench holds what the benchmark measured and says what it means: samples of our side and of an opponent's, the
// ratio of their medians, the aim, and a table of it all in Markdown and JSON. It measures nothing itself; the cases are
// in tests/bench, and the opponents' images are built from the folder opponents.
package bench
