package launcher;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the JVM watches while it writes its ahead-of-time cache: a node, and in the same JVM the tools against it. One
 * cache then serves both, at a tenth of the size of a second one.
 */
public final class Training {
    /** What a tool's exit is here, since the JVM has to live on. */
    private static final class Ended extends RuntimeException {}

    /** The exit code of what runs in this thread: the first one, since some tools stumble over their own exit. */
    private static final ThreadLocal<Integer> EXIT = new ThreadLocal<>();

    private Training() {}

    /**
     * Runs the training and ends the JVM.
     *
     * @param args server.properties, the file with the tools' classes (tools.txt), and the file with what to run: a
     *     tool's name and its arguments, with {@code <} before them for a thousand records on its standard input, or
     *     {@code node} to start the node and go on.
     */
    public static void main(String[] args) throws Exception {
        Map<String, String> classes = new HashMap<>();
        for (String line : Files.readAllLines(Path.of(args[1]))) {
            classes.put(line.split(" ")[0], line.split(" ")[1]);
        }
        KafkaExit.becomes(code -> {
            if (EXIT.get() == null) {
                EXIT.set(code);
            }
            throw new Ended();
        });
        for (String line : Files.readAllLines(Path.of(args[2]))) {
            if (line.equals("node")) {
                start(args[0]);
            } else if (!line.isBlank() && !line.startsWith("#")) {
                int code = run(classes, line);
                System.err.println("training: " + line + ": " + code);
                if (code != 0) {
                    Runtime.getRuntime().halt(1);
                }
            }
        }
        scrape();
        System.exit(0);
    }

    private static void start(String properties) {
        Thread node = new Thread(() -> {
            if (run(Node::main, properties) != 0) {
                Runtime.getRuntime().halt(1);
            }
        }, "node");
        node.setDaemon(true);
        node.start();
    }

    /** Reads the metrics once, as Prometheus does. */
    private static void scrape() throws Exception {
        try (Socket socket = new Socket("localhost", 9187)) {
            socket.getOutputStream().write("GET /metrics HTTP/1.0\r\n\r\n".getBytes());
            socket.getInputStream().readAllBytes();
        }
    }

    private interface Main {
        void main(String[] args) throws Exception;
    }

    private static int run(Map<String, String> classes, String line) throws Exception {
        InputStream in = System.in;
        PrintStream out = System.out;
        boolean fed = line.startsWith("< ");
        List<String> words = List.of(line.substring(fed ? 2 : 0).split(" "));
        System.setIn(new ByteArrayInputStream("a record\n".repeat(fed ? 1000 : 0).getBytes()));
        System.setOut(new PrintStream(OutputStream.nullOutputStream()));
        try {
            var main = Class.forName(classes.get(words.getFirst())).getMethod("main", String[].class);
            return run(a -> main.invoke(null, (Object) a), words.subList(1, words.size()).toArray(String[]::new));
        } finally {
            System.setIn(in);
            System.setOut(out);
        }
    }

    /** Returns the exit code. */
    private static int run(Main main, String... args) {
        EXIT.remove();
        try {
            main.main(args);
        } catch (Throwable thrown) {
            if (EXIT.get() == null) {
                thrown.printStackTrace();
                return 1;
            }
        }
        return EXIT.get() == null ? 0 : EXIT.get();
    }
}
