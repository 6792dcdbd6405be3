package bench_test

import (
	"testing"

	"github.com/kafka-kraft/kafka-kraft/bench"
	"github.com/kafka-kraft/kafka-kraft/tests/internal/kit"
)

// prepareStart compares how long one node takes from its first process to its first answer.
func prepareStart(t *testing.T, trial bool) plan {
	t.Helper()
	image := kit.Image(t)
	p := plan{
		how: "One node, broker and controller, in a container of the Docker engine, on an empty disk; then stopped and " +
			"started again. Timed from the moment at which process 1 becomes the image's command to the first answered " +
			"ApiVersions and Metadata with a broker in it, asked every 5 ms. A heap of 1 GiB on all sides.",
		rehearsals: 1,
		versions:   versionsOf(t, image),
		sides:      []side{{nameOurs, isOurs, starts(ours(image, sameHeap))}},
	}
	const first, second = "process start to first answer, empty disk", "the same, formatted disk"
	if trial {
		p.rehearsals = 0
		p.sides = append(p.sides, side{nameStock, isTrial, starts(stockTrial(t, image))})
		p.rows = []row{{what: first, figure: "first", unit: "s", theirs: nameStock}, {what: second, figure: "second", unit: "s", theirs: nameStock}}
		return p
	}
	p.sides = append(p.sides,
		side{nameStock, isStock, starts(stock(opponent(t, "stock")))},
		side{nameApache, isApache, starts(apache(opponent(t, "apache")))},
		side{nameOld, isOld, starts(stock(opponent(t, "debian12")))},
	)
	p.rows = []row{
		{what: first, figure: "first", unit: "s", theirs: nameStock, aim: bench.Aim{Ratio: 0.50}},
		{what: first, figure: "first", unit: "s", theirs: nameApache, aim: bench.Aim{Ratio: 0.65}},
		{what: first, figure: "first", unit: "s", theirs: nameOld},
		{what: second, figure: "second", unit: "s", theirs: nameStock, aim: bench.Aim{Ratio: 0.40}},
		{what: second, figure: "second", unit: "s", theirs: nameApache},
		{what: second, figure: "second", unit: "s", theirs: nameOld},
	}
	return p
}

// starts measures both starts of a node.
func starts(n node) func(*testing.T) sample {
	return func(t *testing.T) sample {
		c := n.start(t)
		once := func() float64 {
			address := c.address(t) + ":9092"
			answered := firstAnswer(t, c, address)
			return answered.Sub(c.begun(t)).Seconds()
		}
		first := once()
		c.stop(t)
		c.again(t)
		return sample{"first": first, "second": once()}
	}
}
