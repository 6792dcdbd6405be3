package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/kafka-kraft/kafka-kraft/stacks/config"
)

// topics are what help explains besides commands.
var topics = map[string]string{
	"configuration": `A stack's configuration is Pulumi.<stack>.yaml in the working folder (or -dir). Without such a
file it is kept in the stack's state: begin with up -context NAME, and change it with -set
KEY=VALUE, where a path names a field of an object (-set storage.size=20Gi) and an empty value
takes a key out. A key that is not set has its default. What cannot work is refused, all of it
in one message, before anything changes.

The keys: ` + strings.Join(config.Keys(), ", ") + `.
Pulumi.yaml and the README of the project say what each means.
`,
	"environment": `PULUMI_BACKEND_URL             where stacks are kept; default: a folder in the user's data folder
PULUMI_CONFIG_PASSPHRASE[_FILE] passphrase of the stacks' secrets; with the default backend, one is
                               made once and kept beside it
KUBECONFIG                     where contexts are looked up; -kubeconfig comes first
PULUMI_HOME                    where Pulumi's plugins are
DOCKER_HOST                    the engine that builds the image
PATH                           where pulumi is, and minikube, kind or k3d if the image goes to them
XDG_DATA_HOME, XDG_CACHE_HOME  the user's data folder, and where the image's build context is written
`,
	"image": `The image is built from what is inside this program, in the docker engine, and reaches the
cluster in one of these ways:

-registry HOST/PATH   it is pushed there, and pods pull it by its digest
context minikube, or another Minikube profile, kind-NAME or k3d-NAME, and no registry:
                      minikube image load, kind load docker-image or k3d image import, which must
                      be in PATH, before pods start
none of these         the cluster has what the docker engine has (minikube docker-env)
-set image=REFERENCE  nothing is built; pods pull that one
`,
	"exit-codes": `0    all is well
1    it failed, the command line is wrong, or status could not learn all of it
2    the plan breaks a rule (package policy) that the stack does not waive, or does what -fail-on names
3    drift found differences
130  it was stopped; the same command goes on
`,
}

// help explains a command or a topic, or lists them.
func help(ctx context.Context, args []string, to streams) error {
	all := commands()
	if len(args) == 0 {
		fmt.Fprint(to.out, "Apache Kafka in KRaft mode on Kubernetes, as stacks of Pulumi.\n\n")
		for _, c := range all {
			fmt.Fprintf(to.out, "  kafka-kraft %-10s %s\n", c.name, c.summary)
		}
		fmt.Fprintf(to.out, "\nkafka-kraft help COMMAND lists its flags. Topics: %s.\n", strings.Join(slices.Sorted(maps.Keys(topics)), ", "))
		return nil
	}
	if len(args) == 1 {
		if text, ok := topics[args[0]]; ok {
			fmt.Fprint(to.out, text)
			return nil
		}
		at := slices.IndexFunc(all, func(c command) bool { return c.name == args[0] && c.name != "help" })
		if at >= 0 {
			fmt.Fprintf(to.out, "kafka-kraft %s: %s.\n\n", all[at].name, all[at].summary)
			if err := all[at].run(ctx, []string{"-h"}, to); !errors.Is(err, flag.ErrHelp) {
				return err
			}
			return nil
		}
	}
	return fmt.Errorf("there is no help on %q; there is on %s, %s", strings.Join(args, " "),
		strings.Join(names(all[:len(all)-1]), ", "), strings.Join(slices.Sorted(maps.Keys(topics)), ", "))
}
