package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/kafka-kraft/kafka-kraft/local/internal/cluster"
	"github.com/kafka-kraft/kafka-kraft/local/internal/toolchain"
)

// clusterUp starts the local cluster and all that the tests need.
func (a *app) clusterUp(ctx context.Context) error {
	_, err := a.prepare(ctx)
	return err
}

// clusterDown stops the local cluster and keeps everything it holds.
func (a *app) clusterDown(ctx context.Context) error {
	return cluster.New(a.home, a.log).Down(ctx)
}

// purge removes all that the local cluster made, records included, and with them
// Pulumi's state, which would speak of things that are gone. It refuses while the state
// of another cluster's stack lies there: nobody else knows what that one has. The tools
// stay in the cache: they are no one's data, and making them again takes long.
func (a *app) purge(ctx context.Context) error {
	if err := a.mayPurge(); err != nil {
		return err
	}
	if err := cluster.New(a.home, a.log).Purge(ctx); err != nil {
		return err
	}
	if err := os.RemoveAll(a.home.Data); err != nil {
		return err
	}
	a.log.Say("removed; the tools stay in %s, delete that folder to be rid of them too", a.home.Cache)
	return nil
}

// mayPurge refuses a purge that nobody meant.
func (a *app) mayPurge() error {
	if a.yes != "1" {
		return fmt.Errorf("make purge deletes the local cluster with all records in %s and Pulumi's state: run make purge YES=1 if that is what you want", a.home.Data)
	}
	elsewhere, err := stacksElsewhere(a.home.PulumiState())
	if err != nil {
		return err
	}
	if len(elsewhere) > 0 {
		return fmt.Errorf("the state of Pulumi in %s is also that of stacks in other clusters: %s; destroy them first (make down CONTEXT=…, then pulumi stack rm), or move their state to another backend (pulumi stack export)",
			a.home.PulumiState(), strings.Join(elsewhere, ", "))
	}
	return nil
}

// status tells what runs.
func (a *app) status(ctx context.Context) error {
	if _, ok := toolchain.Ready(a.home, a.repo); ok {
		fmt.Printf("tools      ready in %s\n", a.home.Cache)
	} else {
		fmt.Println("tools      not complete: make up makes them ready")
	}
	fmt.Printf("records    %s\nstate      %s\nkubeconfig %s\n\n", a.home.Volumes(), a.home.PulumiState(), a.home.Kubeconfig())
	text, err := cluster.New(a.home, a.log).Status(ctx)
	fmt.Print(text)
	return err
}
