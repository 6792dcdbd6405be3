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
	const smaller = "ours, heap of 384 MiB"
	what := "resident memory, idle after 60 s"
	return plan{
		how: "One node, broker and controller, in a container, counted 60 s after its first answer: resident pages of all " +
			"its processes (Rss of /proc/PID/smaps_rollup), and proportional ones (Pss). All sides at the same time, " +
			"ours with a pod's server.properties, and all with Kafka's own default of 1 GiB heap but for one, which has that of " +
			"this project.",
		together: true,
		versions: versionsOf(t, image),
		sides: []side{
			{nameOurs, isOurs, idles(shipped(image, sameHeap))},
			{smaller, isOurs + "; with the heap that a broker's pod gets by default", idles(shipped(image, podHeap))},
			{nameStock, isStock, idles(stock(opponent(t, "stock")))},
			{nameApache, isApache, idles(apache(opponent(t, "apache")))},
		},
		rows: []row{
			{what: what, figure: "rss", unit: "MiB", theirs: nameStock, aim: bench.Aim{Ratio: 0.70}},
			{what: what + ", proportional", figure: "pss", unit: "MiB", theirs: nameStock},
			{what: what, figure: "rss", unit: "MiB", theirs: nameApache},
			{what: what + ", each with its default heap", figure: "rss", unit: "MiB", ours: smaller, theirs: nameStock},
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
