import java.util.TreeSet;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.metrics.JmxReporter;
import org.apache.kafka.metadata.authorizer.StandardAuthorizer;
import org.apache.kafka.server.config.AbstractKafkaConfig;
import org.apache.kafka.server.log.remote.storage.RemoteLogManagerConfig;

/**
 * Writes what the Kafka on the class path reads in server.properties, a name a line: what its brokers and controllers
 * define, internal ones included, and what its own plugins read beside that. A line that ends with a dot is the
 * beginning of names that somebody chooses.
 */
public final class Names {
    private Names() {}

    /** Takes no arguments. */
    public static void main(String[] args) {
        TreeSet<String> names = new TreeSet<>(AbstractKafkaConfig.CONFIG_DEF.names());
        names.add(StandardAuthorizer.SUPER_USERS_CONFIG);
        names.add(StandardAuthorizer.ALLOW_EVERYONE_IF_NO_ACL_IS_FOUND_CONFIG);
        names.addAll(JmxReporter.RECONFIGURABLE_CONFIGS);
        names.add("kafka.csv.metrics.reporter.enabled"); // KafkaCSVMetricsReporter, which has no constants for its two
        names.add("kafka.csv.metrics.dir");
        names.add(AbstractConfig.CONFIG_PROVIDERS_CONFIG);
        names.add(AbstractConfig.CONFIG_PROVIDERS_CONFIG + ".");
        names.add(CommonClientConfigs.METRICS_CONTEXT_PREFIX);
        names.add(RemoteLogManagerConfig.DEFAULT_REMOTE_STORAGE_MANAGER_CONFIG_PREFIX);
        names.add(RemoteLogManagerConfig.DEFAULT_REMOTE_LOG_METADATA_MANAGER_CONFIG_PREFIX);
        names.forEach(System.out::println);
    }
}
