package stacks

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafka-kraft/kafka-kraft/internal/testing/record"
)

// An image that stays in the docker engine is brought to the nodes before any pod; one
// that is pushed, or ready, is none of this program's business.
func TestDeliver(t *testing.T) {
	kubeconfig(t)
	t.Chdir("..")
	config := stackFile(t, "dev")
	delete(config, "kafka-kraft:image")
	config["kafka-kraft:imageContext"] = "image"
	var delivered []string
	var failure error
	u := Surroundings{Deliver: func(_ context.Context, image string) error {
		delivered = append(delivered, image)
		return failure
	}}
	resources, err := record.Run(config, u.Program)
	require.NoError(t, err)
	built := find(t, resources, "docker:index/image:Image", "kafka-image")
	assert.Equal(t, []string{built.Inputs["imageName"].(string)}, delivered)

	delivered, failure = nil, errors.New("no such cluster")
	_, err = record.Run(config, u.Program)
	require.ErrorContains(t, err, "no such cluster")
	assert.Len(t, delivered, 1)

	delivered = nil
	config["kafka-kraft:imageRegistry"] = "localhost:5050"
	_, err = record.Run(config, u.Program)
	require.NoError(t, err)
	assert.Empty(t, delivered)
	delete(config, "kafka-kraft:imageRegistry")
	delete(config, "kafka-kraft:imageContext")
	config["kafka-kraft:image"] = ready
	_, err = record.Run(config, u.Program)
	require.NoError(t, err)
	assert.Empty(t, delivered)
}
