package monitoring

// quorum is what to look at when there is no leader, or when nodes fall behind.
func quorum(c Cluster) Dashboard {
	const raft = "kafka_server_raftmetrics_"
	const controller = "kafka_controller_kafkacontroller_"
	return Dashboard{
		Title:       "quorum",
		Description: "Who leads, who follows and how far behind, and what the controllers have to do.",
		Panels: laid(
			section{"Leader", []Panel{
				number("Active controllers", "One leads the quorum.", c.total(controller+"activecontrollercount"), onlyGood(1)...),
				number("Leader", "Node id, as the nodes see it.", "max("+c.by("pod", everyNode)+")", Step{"red", nil}, Step{"text", new(float64)}),
				number("Views of the leader", "All nodes should name the same one.", "count(count_values(\"leader\", "+c.by("pod", everyNode)+"))", onlyGood(1)...),
				number("Epoch", "Grows with every election.", "max("+c.by("pod", raft+"current_epoch")+")", neutral()...),
				number("Active brokers", "", "max("+c.by("pod", controller+"activebrokercount")+")", neutral()...),
				number("Metadata version", "Of the whole cluster, as a number.", "min("+c.by("pod", "kafka_server_metadataloader_currentmetadataversion")+")", neutral()...),
				graph("Leader as each node sees it", "Node ids; -1 is none.", plain, c.each(everyNode)),
				graph("State", "One line for each node and state.", plain, query{c.by("pod, state", raft+"current_state"), "{{pod}} {{state}}"}),
			}},
			section{"Metadata", []Panel{
				graph("Behind, brokers", "Age of the last record that a broker has applied; the quorum writes at least twice a second.", milliseconds,
					c.each("kafka_server_broker_metadata_metrics_last_applied_record_lag_ms")),
				graph("Behind, controllers", "The active one is never behind.", milliseconds, c.each(controller+"lastappliedrecordlagms")),
				graph("End of the log", "Records of metadata since the cluster began.", plain, c.each(raft+"log_end_offset")),
				graph("Records appended", "", perSecond, c.each(raft+"append_records_rate")),
				graph("Commit of a record", "On average.", milliseconds, c.each(raft+"commit_latency_avg")),
				graph("Elections", "How long they took, on average; nothing when there was none.", milliseconds, c.each(raft+"election_latency_avg")),
				graph("Quorum's thread, idle", "", share, c.each(raft+"poll_idle_ratio_avg")),
				graph("Bytes between the nodes", "", bytesPerS,
					query{c.rate("pod", "kafka_server_raftchannelmetrics_incoming_byte_total"), "{{pod}} in"},
					query{c.rate("pod", "kafka_server_raftchannelmetrics_outgoing_byte_total"), "{{pod}} out"}),
			}},
			section{"Controllers", []Panel{
				graph("Brokers", "As the controllers count them.", plain,
					query{"max(" + c.by("pod", controller+"activebrokercount") + ")", "active"},
					query{"max(" + c.by("pod", controller+"fencedbrokercount") + ")", "fenced"}),
				graph("Missed heartbeats", "Of brokers, since the controller became active.", plain, c.each(controller+"timedoutbrokerheartbeatcount")),
				graph("Unclean elections", "Leaders that did not have all records, a second.", perSecond, c.pace("kafka_controller_controllerstats_uncleanleaderelections_total")),
				graph("Errors in metadata", "Since the node started.", plain,
					query{c.by("pod", controller+"metadataerrorcount"), "{{pod}} controller"},
					query{c.by("pod", "kafka_server_broker_metadata_metrics_metadata_load_error_count"), "{{pod}} load"},
					query{c.by("pod", "kafka_server_broker_metadata_metrics_metadata_apply_error_count"), "{{pod}} apply"}),
			}},
		),
	}
}
