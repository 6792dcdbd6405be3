package launcher;

/**
 * The main class of a node: the JMX exporter first, if it is asked for, then Kafka.
 *
 * <p>The exporter is made to be a Java agent (-javaagent), but it needs nothing of what makes an agent, and a JVM with an
 * agent cannot use an ahead-of-time cache ("Mismatched values for property jdk.module.addmods"). Called from here it
 * does the same work, and the start takes half the time.
 */
public final class Node {
    private Node() {}

    /**
     * Runs the node.
     *
     * @param args kafka.Kafka's own: the properties file. The system property {@code metrics}, when it is there, is the
     *     exporter's argument, {@code port:rules.yml}.
     */
    public static void main(String[] args) throws Exception {
        String metrics = System.getProperty("metrics");
        if (metrics != null) {
            io.prometheus.jmx.JavaAgent.premain(metrics, null);
        }
        kafka.Kafka.main(args);
    }
}
