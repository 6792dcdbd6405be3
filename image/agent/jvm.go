package main

import (
	"fmt"
	"os"
)

// nodeFlags is the JVM's command line for the node. Each flag has its reason:
//
//   - G1 with a pause goal of 20 ms and an early start of its cycle are Kafka's own (kafka-run-class.sh); naming G1 keeps
//     it on pods with less than two processors, where the JVM would choose the serial collector.
//   - A broker out of memory cannot be trusted; ExitOnOutOfMemoryError lets Kubernetes restart it.
//   - Compact object headers (JEP 519) save a tenth and more of the live heap at no cost.
//   - The ahead-of-time cache (JEP 483, 514) halves the start. A cache that does not fit the JVM is passed over with a
//     warning in the log, never an error.
func nodeFlags(p paths, s settings) []string {
	flags := []string{
		"-server",
		"-XX:+UseG1GC", "-XX:MaxGCPauseMillis=20", "-XX:InitiatingHeapOccupancyPercent=35", "-XX:+ExplicitGCInvokesConcurrent",
		"-XX:+UseCompactObjectHeaders",
		"-XX:+ExitOnOutOfMemoryError",
		"-Dlog4j2.configurationFile=" + p.logging,
	}
	if _, err := os.Stat(p.cache); err == nil {
		flags = append(flags, "-XX:AOTCache="+p.cache)
	}
	flags = append(flags, s.heap...)
	flags = append(flags, s.jvm...)
	if s.metricsPort != 0 {
		flags = append(flags, fmt.Sprintf("-javaagent:%s=%d:%s", p.exporter(), s.metricsPort, p.rules))
	}
	return append(flags, "@"+p.classPath, "kafka.Kafka", p.rendered)
}

// toolFlags is the JVM's command line for a short-lived tool, up to the class path.
func toolFlags(p paths) []string {
	return []string{
		"-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx256m",
		"-Dlog4j2.configurationFile=" + p.toolLogging, "@" + p.classPath,
	}
}
