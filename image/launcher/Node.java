package launcher;

import sun.misc.Signal;

/**
 * The main class of a node: two small things around Kafka's own, which then does all the work.
 */
public final class Node {
    /** The thread in which Kafka shuts down; the name is Kafka's (kafka.Kafka.main). */
    private static final String SHUTDOWN = "kafka-shutdown-hook";

    private Node() {}

    /**
     * Runs the node.
     *
     * @param args kafka.Kafka's own: the properties file. The system property {@code metrics}, when it is there, is the
     *     argument of the JMX exporter, {@code port:rules.yml}.
     */
    public static void main(String[] args) throws Exception {
        Signal.handle(new Signal("WINCH"), signal -> stopWithoutControllers());
        String metrics = System.getProperty("metrics");
        if (metrics != null) {
            // Made to be a Java agent (-javaagent), but it needs nothing of what makes one, and a JVM with an agent
            // cannot use an ahead-of-time cache.
            io.prometheus.jmx.JavaAgent.premain(metrics, null);
        }
        kafka.Kafka.main(args);
    }

    /**
     * Ends the wait for the controllers' consent in a shutdown that has begun. A broker asks the active controller to
     * move its partitions' leaders away and waits five minutes for the answer (BrokerServer.shutdown); when the whole
     * cluster stops, the last one's controllers are gone and the answer never comes. Interrupted, it goes on and closes
     * its logs cleanly. Without that wait this does nothing.
     */
    private static void stopWithoutControllers() {
        Thread.getAllStackTraces().forEach((thread, stack) -> {
            if (thread.getName().equals(SHUTDOWN) && waitsForControllers(stack)) {
                thread.interrupt();
            }
        });
    }

    /** Whether it is that wait, and not, for one, the wait for a log to be written, which must never be cut short. */
    private static boolean waitsForControllers(StackTraceElement[] stack) {
        for (StackTraceElement frame : stack) {
            String type = frame.getClassName();
            if (!type.startsWith("java.") && !type.startsWith("jdk.")) {
                return type.equals("kafka.server.BrokerServer") && frame.getMethodName().equals("shutdown");
            }
        }
        return false;
    }
}
