package dev.workerpool.bench.process;

import dev.workerpool.bench.load.Client;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a worker tells of itself just after full collections: whatever only grows is leaked. Two of them, for compiled code that
 * nobody can enter any more goes with the second one after it was last seen on a stack ({@code nmethod::is_cold} of HotSpot).
 */
public final class Vitals {
    public static final String HEAP = "heap after GC, MiB";
    public static final String METASPACE = "metaspace, MiB";
    public static final String CODE = "compiled code, MiB";
    public static final String CLASSES = "classes";
    public static final String THREADS = "threads";
    public static final String FILES = "file descriptors";

    /** How the metric begins; what there is several times of is added up. */
    private static final Map<String, String> METRICS = Map.of(
            HEAP, "jvm_memory_used_bytes{area=\"heap\"}",
            METASPACE, "jvm_memory_pool_used_bytes{pool=\"Metaspace\"}",
            CODE, "jvm_memory_pool_used_bytes{pool=\"Code",
            CLASSES, "jvm_classes_currently_loaded",
            THREADS, "jvm_threads_current",
            FILES, "process_open_fds");

    private static final int UNTIL_USED_TO = 2000;

    private Vitals() {}

    /** Asks so often that asking does not have the compiler see anything new any more. */
    public static void getUsedTo(Server worker) throws IOException {
        for (int i = 0; i < UNTIL_USED_TO; i++) {
            metrics(worker);
        }
    }

    private static String metrics(Server worker) throws IOException {
        return Client.get(Sides.managementPort(worker.port()), "/metrics");
    }

    /** By name, in their order. */
    public static Map<String, Double> of(Server worker) throws IOException, InterruptedException {
        collect(worker);
        collect(worker);
        String metrics = metrics(worker);
        var values = new TreeMap<String, Double>();
        METRICS.forEach((name, metric) -> values.put(name, value(name, metric, metrics)));
        return values;
    }

    private static double value(String name, String metric, String metrics) {
        double[] found = metrics.lines()
                .filter(line -> line.startsWith(metric))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .toArray();
        if (found.length == 0) {
            throw new IllegalStateException("The worker does not tell " + metric);
        }
        double sum = java.util.Arrays.stream(found).sum();
        return name.endsWith("MiB") ? sum / (1 << 20) : sum;
    }

    private static void collect(Server worker) throws IOException, InterruptedException {
        String jcmd = System.getProperty("java.home") + "/bin/jcmd";
        var process = new ProcessBuilder(jcmd, Long.toString(worker.pid()), "GC.run")
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes());
        if (process.waitFor() != 0) {
            throw new IllegalStateException("jcmd: " + output);
        }
    }
}
