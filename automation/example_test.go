package automation_test

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/kafka-kraft/kafka-kraft/automation"
	"github.com/kafka-kraft/kafka-kraft/stacks/config"
)

// A stack that is made, used and destroyed. (Compiled, but not run here: it wants a
// cluster. The project's own tests run the very same.)
func Example() {
	ctx := context.Background()
	configuration := config.Default()
	configuration.Context = "minikube"

	stack, err := automation.Open(ctx, "dev", automation.Options{
		Config: &configuration,
		Events: automation.View(os.Stderr),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = stack.Close() }()

	result, err := stack.Up(ctx)
	switch {
	case errors.Is(err, automation.ErrLocked):
		fmt.Println("somebody else is at work; try again later")
		return
	case err != nil:
		fmt.Println(err)
		return
	}
	fmt.Println(result.Outputs.BootstrapServers)

	client, err := stack.Client(ctx) // a franz-go client, from wherever this runs
	if err != nil {
		fmt.Println(err)
		return
	}
	client.Close()

	if _, err := stack.Destroy(ctx); err != nil {
		fmt.Println(err)
	}
}

// A configuration that cannot work is refused at once, with all that is wrong in it.
func ExampleOpen_configuration() {
	configuration := config.Default()
	configuration.Context = "minikube"
	configuration.Brokers = 4
	configuration.Storage.HostPath = "data"

	_, err := automation.Open(context.Background(), "dev", automation.Options{Config: &configuration})
	var problems config.Problems
	if errors.Is(err, automation.ErrConfig) && errors.As(err, &problems) {
		for _, problem := range problems {
			if problem.Key != "context" { // depends on the kubeconfig of who runs this
				fmt.Println(problem.Key)
			}
		}
	}
	// Output:
	// brokers
	// storage.hostPath
}
