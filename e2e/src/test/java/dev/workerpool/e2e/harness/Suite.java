package dev.workerpool.e2e.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * What all test classes of one JVM share: the cluster, the operator in it, and the logs. Started by the first class
 * that needs it, once: where that fails, every other class fails at once with the same cause.
 */
final class Suite implements AutoCloseable {
    private Cluster cluster;
    private Operator operator;
    private Logs logs;
    private Throwable failure;

    synchronized Suite started() {
        if (failure != null) {
            throw new IllegalStateException("The cluster did not come up: " + failure.getMessage(), failure);
        }
        if (operator == null) {
            try {
                start();
            } catch (RuntimeException | Error e) {
                failure = e;
                throw e;
            }
        }
        return this;
    }

    Cluster cluster() {
        return cluster;
    }

    Operator operator() {
        return operator;
    }

    Logs logs() {
        return logs;
    }

    private void start() {
        long begin = System.nanoTime();
        Settings settings = Settings.read();
        Path logFolder = settings.root().resolve("e2e/target/logs");
        clear(logFolder);
        clear(settings.root().resolve(Evidence.FOLDER));
        cluster = Cluster.start(settings);
        System.out.printf("k3s is up with the images after %.1f s%n", seconds(begin));
        logs = new Logs(cluster.client(), logFolder);
        Operator installed = new Operator(cluster);
        installed.install();
        operator = installed;
        System.out.printf("The operator is installed after %.1f s%n", seconds(begin));
    }

    @Override
    public synchronized void close() {
        if (logs != null) {
            logs.close();
        }
        if (cluster != null) {
            cluster.close();
        }
    }

    private static double seconds(long begin) {
        return (System.nanoTime() - begin) / 1e9;
    }

    private static void clear(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
