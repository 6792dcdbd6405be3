package main

import "path/filepath"

// paths are the places in the image and in the pod that the agent reads and writes.
type paths struct {
	properties  string // server.properties as mounted, with placeholders
	rendered    string // the same with the placeholders filled in; Kafka reads this one
	java        string // the Java launcher
	classPath   string // argument file that holds -cp and every jar
	libs        string // folder of the jars
	logging     string // log4j2 configuration of the node
	toolLogging string // log4j2 configuration of the tools
	rules       string // rule file of the JMX exporter
	cache       string // ahead-of-time cache of the node; may be absent
	termination string // where Kubernetes reads a container's last words
	cgroup      string // root of the cgroup file systems
}

func imagePaths() paths {
	return paths{
		properties:  "/etc/kafka/server.properties",
		rendered:    "/tmp/kafka/server.properties",
		java:        "/opt/java/bin/java",
		classPath:   "/opt/kafka/libs/classpath",
		libs:        "/opt/kafka/libs",
		logging:     "/opt/kafka/config/log4j2.properties",
		toolLogging: "/opt/kafka/config/tools-log4j2.properties",
		rules:       "/opt/kafka/metrics/rules.yml",
		cache:       "/opt/kafka/aot/node.aot",
		termination: "/dev/termination-log",
		cgroup:      "/sys/fs/cgroup",
	}
}

// exporter returns the jar of the JMX exporter, whose name carries its version.
func (p paths) exporter() string {
	found, err := filepath.Glob(filepath.Join(p.libs, "jmx_prometheus_javaagent-*.jar"))
	if err != nil || len(found) == 0 {
		return filepath.Join(p.libs, "jmx_prometheus_javaagent.jar")
	}
	return found[0]
}
