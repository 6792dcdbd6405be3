package main

import "strings"

// ofFlags says what package automation advises in the words of this command.
var ofFlags = strings.NewReplacer(
	"Wait for the other program (Options.LockWait does), or, if it is gone, call Unlock or `pulumi cancel`.",
	"Wait for the other program, or, if it is gone, run `pulumi cancel`.",
	"Set Options.Config to make it, or look at Options.Backend and Options.Project.",
	"`kafka-kraft up` makes it, with -context if there is no file with its configuration; PULUMI_BACKEND_URL says where its state is looked for.",
	"Set Options.Config, or Options.Dir.", "Name the folder of its configuration with -dir, or set -context.",
	"Set Options.Passphrase, or PULUMI_CONFIG_PASSPHRASE, or another Options.SecretsProvider.", "Set PULUMI_CONFIG_PASSPHRASE.",
	"Set Options.Passphrase, or PULUMI_CONFIG_PASSPHRASE,", "Set PULUMI_CONFIG_PASSPHRASE",
	"or name it in Options.Pulumi;", "where PATH finds it;",
	"another stack name, Options.Project or Options.Backend", "another stack name or PULUMI_BACKEND_URL",
	"the configuration is Options.Config: change it there, then Up",
	"the stack's file has the configuration, and no Pulumi.yaml beside it: change it there, then run up",
	"Options.Kubeconfig", "-kubeconfig",
	"without Options.KeepForeignFields, Up does", "`kafka-kraft up` does",
	"Run Up", "Run up", "run Up", "run up", "the next Up", "the next up",
)

func words(err error) string { return ofFlags.Replace(err.Error()) }
