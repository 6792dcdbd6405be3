package main

import (
	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
	"github.com/kafka-kraft/kafka-kraft/image/agent/life"
)

// paths are the places in the image and in the pod that the agent reads and writes.
type paths struct {
	properties  string      // server.properties as mounted, with placeholders
	rendered    string      // the same with the placeholders filled in; Kafka reads this one
	java        string      // the Java launcher
	classPath   string      // argument file that holds -cp and every jar
	libs        string      // folder of the jars
	features    string      // which features this Kafka knows, made when the image was built
	nodeFlags   string      // JVM flags of the node
	toolFlags   string      // JVM flags of the tools
	rules       string      // rule file of the JMX exporter
	cache       string      // ahead-of-time cache of node and tools
	certificate string      // folder with the node's certificate, if it has one
	stores      string      // folder for what Kafka reads of the certificate
	termination string      // where Kubernetes reads a container's last words
	starts      string      // counts the starts of this pod
	cgroup      string      // root of the cgroup file systems
	life        life.Folder // what the stack tells of itself; optional
}

func imagePaths() paths {
	return paths{
		properties:  contract.ConfigMount + "/" + contract.ConfigFile,
		rendered:    contract.ScratchMount + "/kafka/" + contract.ConfigFile,
		java:        "/opt/java/bin/java",
		classPath:   "/opt/kafka/libs/classpath",
		libs:        "/opt/kafka/libs",
		features:    "/opt/kafka/libs/features",
		nodeFlags:   "/opt/kafka/config/node.jvm",
		toolFlags:   "/opt/kafka/config/tool.jvm",
		rules:       "/opt/kafka/metrics/rules.yml",
		cache:       "/opt/kafka/aot/kafka.aot",
		certificate: contract.TLSMount,
		stores:      contract.TLSDir,
		termination: "/dev/termination-log",
		starts:      contract.ScratchMount + "/kafka/starts",
		cgroup:      "/sys/fs/cgroup",
		life:        contract.LifeMount,
	}
}
