package main

import (
	"context"
	"errors"
	"fmt"
)

// up makes the cluster what the configuration says. The plan is held against package policy
// first.
func up(ctx context.Context, args []string, to streams) (err error) {
	var w which
	var c change
	var p proof
	f := newFlags("up")
	w.add(f)
	c.add(f, "kept in the stack's configuration")
	p.add(f)
	smoke := f.Bool("smoke", false, "write records and read them back in the end")
	if err := f.read(args, to); err != nil {
		return err
	}
	stack, err := w.open(ctx, &c, opening{create: true}, to)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stack.Close()) }()
	result, err := stack.Up(ctx)
	if err != nil {
		return err
	}
	if *smoke {
		return prove(ctx, stack, w.kubeconfig, p, to)
	}
	fmt.Fprintf(to.out, "Bootstrap servers, inside the cluster: %s\n", result.Outputs.BootstrapServers)
	return nil
}
