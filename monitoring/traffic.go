package monitoring

import "strconv"

// traffic is what clients see of the cluster, and how partitions are spread. Of single topics it
// has only what consumer groups have yet to read, and nothing of single clients: the exporter
// tells nothing of them, so that its cost stays the same.
func traffic(c Cluster) Dashboard {
	const (
		topics   = "kafka_server_brokertopicmetrics_"
		replicas = "kafka_server_replicamanager_"
	)
	return Dashboard{
		Title:       "topics and clients",
		Description: "What clients write and read, how long it takes, and how partitions are spread.",
		Panels: laid(
			section{"Topics", []Panel{
				number("Topics", "", "max("+c.by("pod", "kafka_controller_kafkacontroller_globaltopiccount")+")", neutral()...),
				number("Partitions", "", "max("+c.by("pod", "kafka_controller_kafkacontroller_globalpartitioncount")+")", neutral()...),
				number("Not led by the preferred", "Partitions whose first replica does not lead them.", "max("+c.by("pod", "kafka_controller_kafkacontroller_preferredreplicaimbalancecount")+")", neutral()...),
				number("At min ISR", "One more replica less, and producers are refused.", c.total(replicas+"atminisrpartitioncount"), neutral()...),
				number("Moving", "Partitions that go to other brokers.", c.total(replicas+"reassigningpartitions"), neutral()...),
				number("Late transactions", "Partitions with one that outlived its timeout: consumers of committed records stand still.", c.total(replicas+"partitionswithlatetransactionscount"), onlyZero()...),
				graph("Partitions led", "", plain, c.each(replicas+"leadercount")),
				graph("Replicas", "", plain, c.each(replicas+"partitioncount")),
			}},
			section{"Clients", []Panel{
				graph("Connections", "By listener.", plain, query{"sum by (pod, listener) (" + c.by("pod, listener, networkProcessor", "kafka_server_socket_server_metrics_connection_count") + ")", "{{pod}} {{listener}}"}),
				graph("Requests", "By kind.", perSecond, query{c.rate("pod, request", "kafka_network_requestmetrics_requests_total"), "{{pod}} {{request}}"}),
				graph("Failed requests", "", perSecond,
					query{c.rate("pod", topics+"failedproducerequests_total"), "{{pod}} produce"},
					query{c.rate("pod", topics+"failedfetchrequests_total"), "{{pod}} fetch"}),
				graph("Refused bytes", "Records that are too large.", bytesPerS, c.pace(topics+"bytesrejected_total")),
			}},
			section{"Groups", []Panel{
				graph("Lag of consumer groups", "Records behind the end, by group and topic.", plain, query{c.by("consumergroup, topic", "kafka_consumergroup_lag_sum"), "{{consumergroup}} {{topic}}"}),
				graph("Lag of share groups", "Records that a group is not done with, by group and topic.", plain, query{c.by("sharegroup, topic", "kafka_sharegroup_lag_sum"), "{{sharegroup}} {{topic}}"}),
				graph("Records read", "As consumer groups commit them, a second.", perSecond,
					query{"sum by (consumergroup) (rate(" + c.series("kafka_consumergroup_current_offset") + "[$__rate_interval]))", "{{consumergroup}}"}),
				graph("Members", "", plain, query{c.by("consumergroup", "kafka_consumergroup_members"), "{{consumergroup}}"}),
			}},
			section{"Latency", append(latencies(c),
				graph("Requests that wait for a handler", "", plain, c.each("kafka_network_requestchannel_requestqueuesize")),
				graph("Requests that wait for others", "Produce: for replicas. Fetch: for records.", plain,
					query{c.by("pod, delayedOperation", "kafka_server_delayedoperationpurgatory_purgatorysize", `delayedOperation=~"Produce|Fetch"`), "{{pod}} {{delayedOperation}}"}),
			)},
			section{"Replication", []Panel{
				graph("Bytes", "", bytesPerS,
					query{c.rate("pod", topics+"replicationbytesin_total"), "{{pod}} in"},
					query{c.rate("pod", topics+"replicationbytesout_total"), "{{pod}} out"}),
				graph("Bytes of moves", "Between brokers whose partitions go to others.", bytesPerS,
					query{c.rate("pod", topics+"reassignmentbytesin_total"), "{{pod}} in"},
					query{c.rate("pod", topics+"reassignmentbytesout_total"), "{{pod}} out"}),
				graph("Records behind", "Of the partition that is furthest behind.", plain, c.each("kafka_server_replicafetchermanager_maxlag")),
				graph("Cleaner", "Partitions that it gave up.", plain, c.each("kafka_log_logcleanermanager_uncleanable_partitions_count")),
			}},
		),
	}
}

// latencies are graphs of how long requests take, from the first byte read to the last one sent.
func latencies(c Cluster) []Panel {
	var panels []Panel
	for _, request := range []struct{ name, title, about string }{
		{"Produce", "Produce", "With acks=all it waits for the other replicas."},
		{"FetchConsumer", "Fetch of a consumer", "One without records waits for fetch.max.wait.ms, 500 by default."},
		{"FetchFollower", "Fetch of a replica", "One without records waits for replica.fetch.wait.max.ms, 500 by default."},
	} {
		var queries []query
		for _, percent := range []int{50, 99} {
			queries = append(queries, query{
				c.by("pod", "kafka_network_requestmetrics_totaltimems", `request="`+request.name+`"`, `quantile="0.`+strconv.Itoa(percent)+`"`),
				"{{pod}} " + strconv.Itoa(percent) + " %",
			})
		}
		panels = append(panels, graph(request.title, request.about, milliseconds, queries...))
	}
	return panels
}
