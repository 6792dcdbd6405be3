// Package kafkaclient connects a Kafka client to the Kafka of a stack from where
// the caller runs, which is most often outside the cluster.
//
// Kafka answers a client with the brokers' own addresses, and inside Kubernetes
// those are names that only pods can resolve. [PortForward] makes them reachable
// through the Kubernetes API server: it needs the same kubeconfig that kubectl
// uses, and neither a NodePort, nor a listening port on this machine, nor another
// listener in Kafka.
//
//	config, err := kafkaclient.RestConfig("", "kafka-kraft-local")
//	…
//	forward, err := kafkaclient.PortForward(config)
//	…
//	client, err := kgo.NewClient(
//		kgo.SeedBrokers("kafka-bootstrap.kafka-kraft.svc.cluster.local:9092"),
//		kgo.Dialer(forward.DialContext),
//	)
//
// Every byte passes the API server, so this is for tools, tests and a look from
// the laptop, not for production traffic.
package kafkaclient
