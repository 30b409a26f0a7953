package dev.workerpool.e2e.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** A container of one of the two images without a cluster, run as its image says and as a pod would; removed when closed. */
public final class ImageContainer implements AutoCloseable {
    private static final int STARTS = 5;

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
        start(id);
        return new ImageContainer(id);
    }

    /** A port that Docker chooses for it may be that of a connection that this process has just made. */
    private static void start(String id) {
        for (int more = STARTS - 1; ; more--) {
            Command.Result started = Command.of("docker", "start", id).run();
            if (started.exitCode() == 0) {
                return;
            }
            if (more == 0 || !started.err().contains("address already in use")) {
                throw new AssertionError("The container " + id + " does not start: " + started.err());
            }
        }
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
