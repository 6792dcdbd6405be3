// Package workflows judges the files under .github/workflows, with actionlint. It is in
// this module for the modules that actionlint brings along.
package workflows
