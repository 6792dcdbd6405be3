// Package kafkaclient connects a Kafka client to the Kafka of a stack from where
// the caller runs, which is most often outside the cluster.
//
// Kafka answers a client with the brokers' own addresses, and inside Kubernetes
// those are names that only pods can resolve. [PortForward] makes them reachable
// through the Kubernetes API server: it needs the same kubeconfig that kubectl
// uses, and neither a NodePort, nor a listening port on this machine, nor another
// listener in Kafka.
//
//	client, err := kafkaclient.Connect(ctx, kafkaclient.Cluster{
//		Inside:  outputs.BootstrapServers,
//		Outside: outputs.ExternalBootstrapServers,
//		Admin:   outputs.AdminSecret,
//		Context: "kafka-kraft-local",
//	})
//
// [Connect] chooses: directly where this program is a pod of the cluster or a node can
// be reached, and through the API server otherwise. With a Forwarder and its
// DialContext, kgo.Dialer goes that way in any client.
//
// Where clients must have certificates, the program's own is in a Secret beside the pods
// ([Cluster.Admin]), and nothing of it is written down elsewhere: whoever may read that Secret
// in Kubernetes may do anything in Kafka.
//
// Through the API server, every byte passes it, so this is for tools, tests and a look from
// the laptop, not for production traffic.
package kafkaclient
