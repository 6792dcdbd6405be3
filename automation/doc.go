// Package automation runs stacks of this project from another Go program: open one
// with a configuration, preview it, bring it up, look for drift, connect to its Kafka,
// destroy it. The command kafka-kraft is made of it.
//
//	configuration := config.Default()
//	configuration.Context = "minikube"
//	stack, err := automation.Open(ctx, "dev", automation.Options{
//		Config: &configuration,
//		Events: automation.View(os.Stderr),
//	})
//	…
//	defer stack.Close()
//	result, err := stack.Up(ctx)
//	…
//	fmt.Println(result.Outputs.BootstrapServers)
//
// The Pulumi program runs within the calling process, and carries the image's build
// context within itself; so neither a checkout, nor a source folder, nor Pulumi's Go
// language host is needed. What is needed: the Pulumi CLI with the plugins kubernetes,
// random and docker, a kubeconfig, and a Docker engine unless the configuration names
// a ready image.
//
// Every error is an [*Error] whose kind errors.Is finds ([ErrConfig], [ErrLocked] …)
// and whose text says what to do.
//
// An operation whose context ends stops Pulumi and leaves the stack usable: the next
// [Stack.Up] finishes what was begun. So does it after a program that was killed.
package automation
