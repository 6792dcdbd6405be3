// Package faults_test breaks a Kafka in ways that take longer than `make test` can wait:
// nodes that stay dead, volumes that are lost, growth that fails half way. `make faults`
// runs all cases, `make faults CASES=name,name` some, ROUNDS=5 each five times. What chance
// decides is drawn from a seed, which the log names and SEED=… repeats. docs/proof.md and its
// data, results.json, keep the last run of every case. A case is a function like any
// test, with its line in the table of faults_test.go, and a file of its own; `make test`
// only looks after the table.
package faults_test
