package dev.workerpool.bench.process;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Starts servers of either side. */
public final class Sides implements AutoCloseable {
    public static final String WORKER = "worker";
    private static final String CACHE_FLAG = "-XX:AOTCache=";

    /** The memory that a pod of the examples has. The JVM sizes its heap by it. */
    private static final String POD_MEMORY = "512m";

    private final Box image;
    private final Box machine;
    private final List<String> command;
    private final String tasks;
    private final Path logs;

    /**
     * @param root the files of the worker's image
     * @param command what the image starts, without the primary
     * @param tasks the folder of the task jar, as the image sees it
     */
    public Sides(Path root, List<String> command, String tasks, Path nodePeer, Path logs) throws IOException {
        this.image = Box.inImage(root);
        this.machine = Box.onMachine(nodePeer);
        this.command = command;
        this.tasks = tasks;
        this.logs = logs;
    }

    public Server worker(int threads) {
        return worker(Map.of("WORKERPOOL_THREADS", Integer.toString(threads)), List.of());
    }

    /** @param flags for the JVM beyond those of the image; none is needed for a plain comparison */
    public Server worker(Map<String, String> settings, List<String> flags) {
        return worker(settings, flags, command);
    }

    public Server workerWithoutCache(int threads) {
        return worker(
                Map.of("WORKERPOOL_THREADS", Integer.toString(threads)),
                List.of(),
                command.stream().filter(word -> !word.startsWith(CACHE_FLAG)).toList());
    }

    private Server worker(Map<String, String> settings, List<String> flags, List<String> command) {
        int port = Server.freePort();
        var environment = new HashMap<>(settings);
        environment.put("WORKERPOOL_PORT", Integer.toString(port));
        environment.put("WORKERPOOL_MANAGEMENT_PORT", Integer.toString(managementPort(port)));
        environment.put("WORKERPOOL_TASKS_DIR", tasks);
        environment.put("WORKERPOOL_REPLICA", "bench");
        environment.put("JAVA_TOOL_OPTIONS", ("-XX:MaxRAM=" + POD_MEMORY + " " + String.join(" ", flags)).strip());
        return new Server(WORKER, image.start(command, environment, "/tmp/worker.log"), port);
    }

    /** Beside its task port, where nobody else listens for lack of a name. */
    public static int managementPort(int port) {
        return port > 40000 ? port - 20000 : port + 20000;
    }

    public Server node(int processes, int threads) {
        int port = Server.freePort();
        var environment = Map.of(
                "PROCS", Integer.toString(processes),
                "THREADS", Integer.toString(threads),
                "PORT", Integer.toString(port),
                "NODE_ENV", "production");
        String name = "Node %d × %d".formatted(processes, threads);
        return new Server(name, machine.start(List.of("node", "server.mjs"), environment, logs + "/node.log"), port);
    }

    @Override
    public void close() throws IOException {
        image.close();
        machine.close();
    }
}
