package contract

// TLS in a pod. The pod has TLSMount if, and only if, its node has a certificate: the agent writes what Kafka reads into
// TLSDir, which is memory, and server.properties names those two files.
const (
	TLSMount = "/etc/kafka-tls" // a Secret of Kubernetes' type tls: TLSCertificate, TLSKey and TLSAuthorities
	TLSDir   = "/run/kafka"     // memory of the pod: KeyStore, TrustStore and AdminProperties

	TLSCertificate = "tls.crt" // the node's, and those between it and the CA, in PEM
	TLSKey         = "tls.key" // in PEM; PKCS#1, SEC 1 or PKCS#8
	TLSAuthorities = "ca.crt"  // the CAs that are trusted, in PEM; while the CA changes there are two

	KeyStore        = TLSDir + "/node.pem"         // chain and key in PKCS#8, the one form that Kafka reads (DefaultSslEngineFactory)
	TrustStore      = TLSDir + "/trust.pem"        // CAs
	AdminProperties = TLSDir + "/admin.properties" // how tools in the pod connect, as the node itself
)

// Names that certificates carry as their common name, and Kafka's principals with it ("User:kafka-node").
const (
	NodeName  = "kafka-node"  // every node of the cluster: a super user
	AdminName = "kafka-admin" // who runs the program: a super user
)

// TLSPort is where agents with a certificate answer each other at PathState: mutual TLS, node to node.
const TLSPort = 5002
