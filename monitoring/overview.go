package monitoring

// overview is what to look at first.
func overview(c Cluster) Dashboard {
	return Dashboard{
		Title:       "overview",
		Description: "Whether the cluster is well, and how much it has to do.",
		Panels: laid(
			section{"Health", []Panel{
				number("Pods", "Pods that answer Prometheus.", "count("+c.by("pod", "up", kafkaOnly)+" == 1)", neutral()...),
				number("Active controllers", "One leads the quorum.", c.total("kafka_controller_kafkacontroller_activecontrollercount"), onlyGood(1)...),
				number("Offline partitions", "Without a leader: nobody can write or read.", "max("+c.by("pod", "kafka_controller_kafkacontroller_offlinepartitionscount")+")", onlyZero()...),
				number("Under min ISR", "Partitions that producers with acks=all cannot write to.", c.total("kafka_server_replicamanager_underminisrpartitioncount"), onlyZero()...),
				number("Under-replicated", "Partitions with a replica that is missing or behind.", c.total("kafka_server_replicamanager_underreplicatedpartitions"), onlyZero()...),
				number("Fenced brokers", "Registered, but not alive.", "max("+c.by("pod", "kafka_controller_kafkacontroller_fencedbrokercount")+")", onlyZero()...),
				graph("Under-replicated partitions", "By the broker that leads them.", plain, c.each("kafka_server_replicamanager_underreplicatedpartitions")),
				graph("Changes of ISRs", "Replicas that fell behind and that caught up, a second.", perSecond,
					query{c.rate("pod", "kafka_server_replicamanager_isrshrinks_total"), "{{pod}} shrinks"},
					query{c.rate("pod", "kafka_server_replicamanager_isrexpands_total"), "{{pod}} expands"}),
			}},
			section{"Traffic", []Panel{
				graph("Records in", "", perSecond, c.pace("kafka_server_brokertopicmetrics_messagesin_total")),
				graph("Bytes in and out", "Of producers and consumers, without replication.", bytesPerS,
					query{c.rate("pod", "kafka_server_brokertopicmetrics_bytesin_total"), "{{pod}} in"},
					query{c.rate("pod", "kafka_server_brokertopicmetrics_bytesout_total"), "{{pod}} out"}),
			}},
			section{"Saturation", []Panel{
				graph("Request handlers, idle", "Below a fifth, requests wait.", share, c.each("kafka_server_kafkarequesthandlerpool_requesthandleravgidle_percent")),
				graph("Network threads, idle", "Below a fifth, requests wait to be read, and answers to be sent.", share, c.each("kafka_network_socketserver_networkprocessoravgidlepercent")),
				graph("Processors", "In seconds of one processor a second.", plain, c.pace("process_cpu_seconds_total")),
				graph("Heap", "", bytesEach, query{"sum by (pod) (" + c.by("pod, area", "jvm_memory_used_bytes", `area="heap"`) + ")", "{{pod}}"}),
				graph("Collection of garbage", "Share of the time for which the JVM stands still or works for itself.", share, c.pace("jvm_gc_collection_seconds_sum")),
				graph("Open files and sockets", "", plain, c.each("process_open_fds")),
				graph("Disk", "What all processes of the pod read and write.", bytesPerS,
					query{"sum by (pod) (rate(" + c.series("kafka_server_kafkaserver_linux_disk_read_bytes") + "[$__rate_interval]))", "{{pod}} read"},
					query{"sum by (pod) (rate(" + c.series("kafka_server_kafkaserver_linux_disk_write_bytes") + "[$__rate_interval]))", "{{pod}} written"}),
				graph("Flush of a log", "99th percentile.", milliseconds, c.each("kafka_log_logflushstats_logflush_time_ms", `quantile="0.99"`)),
				graph("Start of a node", "How long each part of the last start took.", seconds, query{c.by("pod, phase", "kafka_kraft_agent_start_phase_seconds"), "{{pod}} {{phase}}"}),
				graph("Days left of certificates", "Of those that Kafka runs with, and of their CA.", "d",
					query{"(" + c.by("pod", "kafka_kraft_agent_certificate_not_after_seconds") + " - time()) / 86400", "{{pod}}"},
					query{"(" + c.by("pod", "kafka_kraft_agent_ca_not_after_seconds") + " - time()) / 86400", "{{pod}} CA"}),
				graph("Time since start", "", seconds, query{"time() - " + c.by("pod", "process_start_time_seconds"), "{{pod}}"}),
			}},
		),
	}
}
