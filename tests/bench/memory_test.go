package bench_test

import (
	"testing"
	"time"

	"github.com/kafka-kraft/kafka-kraft/bench"
	"github.com/kafka-kraft/kafka-kraft/tests/internal/kit"
)

// idle is how long a node is left alone before its memory is counted.
const idle = time.Minute

// prepareMemory compares what one idle node has in memory.
func prepareMemory(t *testing.T, _ bool) plan {
	t.Helper()
	image := kit.Image(t)
	const bigger = "ours, 1 GiB heap"
	what := "resident memory, idle after 60 s"
	return plan{
		how: "One node, broker and controller, in a container, counted 60 s after its first answer: resident pages of all " +
			"its processes (Rss of /proc/PID/smaps_rollup), and proportional ones (Pss). All sides at the same time. Ours has " +
			"a pod's server.properties and a broker's default heap of 384 MiB, (a) and (b) have Kafka's own default of 1 GiB.",
		together: true,
		versions: versionsOf(t, image),
		sides: []side{
			{nameOurs, isOurs, idles(shipped(image, podHeap))},
			{bigger, isOurs + "; with the heap of (a)", idles(shipped(image, sameHeap))},
			{nameStock, isStock, idles(stock(opponent(t, "stock")))},
			{nameApache, isApache, idles(apache(opponent(t, "apache")))},
		},
		rows: []row{
			{what: what, figure: "rss", unit: "MiB", theirs: nameStock, aim: bench.Aim{Ratio: 0.70}},
			{what: what + ", proportional", figure: "pss", unit: "MiB", theirs: nameStock},
			{what: what + ", both with 1 GiB heap", figure: "rss", unit: "MiB", ours: bigger, theirs: nameStock},
			{what: what, figure: "rss", unit: "MiB", theirs: nameApache},
		},
	}
}

func idles(n node) func(*testing.T) sample {
	return func(t *testing.T) sample {
		c := n.start(t)
		firstAnswer(t, c, c.address(t)+":9092")
		time.Sleep(idle)
		rss, pss := c.memory(t)
		return sample{"rss": rss, "pss": pss}
	}
}
