package launcher;

import java.util.function.IntConsumer;
import org.apache.kafka.common.utils.internals.Exit;

/** What Kafka does instead of System.exit; its package is another one in 4.4. */
final class KafkaExit {
    private KafkaExit() {}

    /** Has the tools call this with their exit code, and nothing else. */
    static void becomes(IntConsumer procedure) {
        Exit.setExitProcedure((code, message) -> procedure.accept(code));
    }
}
