// Package manifests judges every Kubernetes object that the stacks of this repository,
// and variations of them, would make. It needs no cluster: the objects are what the
// program registers, as Kubernetes' own Go types.
//
// Three judges sit here: Kubernetes' Pod Security Standards, by its own module;
// Kubernetes' types and validation, as far as they can be had without the API server;
// and what experience asks of a workload, with the checks of kube-score by their names.
// (kube-score 1.20 itself does not compile with the types of Kubernetes 1.35.)
//
// It is a module of its own, so that nobody who imports the program has to think of
// what the judges bring along.
package manifests
