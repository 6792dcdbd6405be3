package main

import (
	"fmt"

	"github.com/kafka-kraft/kafka-kraft/image/agent/say"
	"github.com/kafka-kraft/kafka-kraft/image/agent/settings"
)

// nodeFlags is the JVM's command line for the node. The flags that every node has stand in the image, with their
// reasons (config/node.jvm); what follows is this pod's. Of a flag given twice the last one counts.
func nodeFlags(p paths, s settings.Settings) []string {
	flags := []string{"@" + p.nodeFlags, "-XX:AOTCache=" + p.cache}
	if s.JSONLogs {
		flags = append(flags, "-D"+say.PatternProperty+"="+say.Pattern)
	}
	flags = append(flags, s.Heap...)
	flags = append(flags, s.JVM...)
	if s.MetricsPort != 0 {
		flags = append(flags, fmt.Sprintf("-Dmetrics=%d:%s", s.MetricsPort, p.rules))
	}
	return append(flags, "@"+p.classPath, "launcher.Node", p.rendered)
}

// toolFlags is the JVM's command line for a tool, up to its class.
func toolFlags(p paths) []string {
	return []string{"@" + p.toolFlags, "-XX:AOTCache=" + p.cache, "-Xmx256m", "@" + p.classPath}
}
