package dev.workerpool.e2e.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** A container of one of the two images without a cluster, run as its image says and as a pod would; removed when closed. */
public final class ImageContainer implements AutoCloseable {
    /**
     * Where the kernel takes none for connections, unless it was told to: Docker, which would choose one, chooses among those, and
     * of other tests' connections there may be thousands.
     */
    private static final int FIRST_PORT = 20_000;

    private static final int LAST_PORT = 29_999;

    private final String id;

    private ImageContainer(String id) {
        this.id = id;
    }

    public static ImageContainer ofWorker(String... options) {
        return start(Settings.read().workerImage(), options);
    }

    public static ImageContainer ofOperator(String... options) {
        return start(Settings.read().operatorImage(), options);
    }

    private static ImageContainer start(String image, String... options) {
        List<String> words = new ArrayList<>(List.of("create", "--read-only", "--tmpfs", "/tmp"));
        words.addAll(List.of("--label", Cluster.LABEL));
        words.addAll(List.of(options));
        words.add(image);
        String id = Command.of("docker", words.toArray(String[]::new)).out().strip();
        Command.of("docker", "start", id).out();
        return new ImageContainer(id);
    }

    /** An option that makes a port of the container one of this machine's. */
    public static String publish(int port) {
        return "--publish=127.0.0.1:" + freePort() + ":" + port;
    }

    private static int freePort() {
        for (int attempt = 0; attempt < 100; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(FIRST_PORT, LAST_PORT + 1);
            try (var socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (IOException e) {
                // It is in use.
            }
        }
        throw new AssertionError("No port from " + FIRST_PORT + " to " + LAST_PORT + " is free");
    }

    /** What it wrote so far, to both streams. */
    public String log() {
        Command.Result logs = Command.of("docker", "logs", id).run();
        return logs.out() + logs.err();
    }

    /** A new connection to a port that was published to any of this machine's. */
    public Http connect(int port) {
        String published = Command.of("docker", "port", id, port + "/tcp")
                .out()
                .lines()
                .findFirst()
                .orElseThrow();
        try {
            return new Http("127.0.0.1", Integer.parseInt(published.substring(published.lastIndexOf(':') + 1)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public void signal(String name) {
        Command.of("docker", "kill", "--signal", name, id).out();
    }

    /** Waits for its end and returns its exit code. */
    public int awaitExit() {
        return Integer.parseInt(Command.of("docker", "wait", id).out().strip());
    }

    @Override
    public void close() {
        Command.of("docker", "rm", "--force", "--volumes", id).out();
    }
}
