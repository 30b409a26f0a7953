package dev.workerpool.worker;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.workerpool.worker.http.RawClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Several whole workers in this process that know each other. */
abstract class PeerFixture {
    static final String TOKEN = "0123456789abcdef0123456789abcdef";
    static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    static Path folder;

    /** A held run takes one permit of its input. */
    private final Map<String, Semaphore> permits = new ConcurrentHashMap<>();

    private volatile boolean open;

    /** The input of every run that was begun, wherever. */
    final ConcurrentLinkedQueue<String> begun = new ConcurrentLinkedQueue<>();

    final Map<String, Worker> workers = new HashMap<>();
    final List<AutoCloseable> closeables = new ArrayList<>();
    private long version;

    @BeforeAll
    static void tasks() {
        String tell = "((java.util.Collection) System.getProperties().get(\"begun\")).add(input);";
        TaskJars.jar()
                .task(
                        "Hold",
                        "String",
                        "String",
                        tell
                                + "((java.util.function.Function<String, Semaphore>) System.getProperties().get(\"permits\"))"
                                + ".apply(input).acquire(); return input;")
                .task("Nap", "String", "String", tell + "Thread.sleep(10); return input;")
                .task("Quick", "String", "String", tell + "return input;")
                .task("Large", "Integer", "Content", "return new Content(\"x/y\", ByteBuffer.allocate(input));")
                .task("Throws", "String", "String", "throw new IllegalStateException(input);")
                .writeTo(folder.resolve("tasks.jar"));
    }

    @BeforeEach
    void gates() {
        System.getProperties().put("begun", begun);
        System.getProperties().put("permits", (Function<String, Semaphore>) this::permit);
    }

    Worker start(String replica, String... settings) throws Exception {
        var environment = new HashMap<String, String>();
        environment.put("WORKERPOOL_TASKS_DIR", folder.toString());
        environment.put("WORKERPOOL_REPLICA", replica);
        environment.put("WORKERPOOL_PORT", "0");
        environment.put("WORKERPOOL_MANAGEMENT_PORT", "0");
        environment.put("WORKERPOOL_THREADS", "1");
        for (int i = 0; i < settings.length; i += 2) {
            environment.put(settings[i], settings[i + 1]);
        }
        var worker = new Worker(WorkerSettings.from(environment), lost -> {});
        worker.start();
        workers.put(replica, worker);
        return worker;
    }

    private Semaphore permit(String input) {
        return permits.computeIfAbsent(input, held -> new Semaphore(open ? 1000 : 0));
    }

    /** Lets one run that is held end. */
    void release(String input) {
        permit(input).release();
    }

    /** Tells the worker its peers, as the operator does, and waits until it hears them. */
    void introduce(Worker worker, Map<String, Integer> ports) throws Exception {
        String replicas = ports.entrySet().stream()
                .map(peer ->
                        "{\"replica\":\"" + peer.getKey() + "\",\"address\":\"127.0.0.1:" + peer.getValue() + "\"}")
                .collect(Collectors.joining(","));
        var section = new JsonMapper()
                .readTree(
                        "{\"version\":" + ++version + ",\"token\":\"" + TOKEN + "\",\"replicas\":[" + replicas + "]}");
        worker.peers()
                .read(section, (field, rule) -> {
                    throw new AssertionError(field + " " + rule);
                })
                .run();
    }

    /** All know all. */
    void introduceAll() throws Exception {
        var all = new HashMap<String, Integer>();
        workers.forEach((name, worker) -> all.put(name, worker.taskPort()));
        for (Worker worker : workers.values()) {
            introduce(worker, all);
        }
        for (Worker worker : workers.values()) {
            awaitHeard(worker, workers.size() - 1);
        }
    }

    void awaitHeard(Worker worker, int peers) {
        await().atMost(PATIENCE).until(() -> metric(worker, "workerpool_peers_heard") == peers);
    }

    static double metric(Worker worker, String line) throws Exception {
        try (var client = new RawClient(worker.managementPort())) {
            return client.metric(line);
        }
    }

    /** A key whose run is to be at the worker, as far as that knows. */
    static String keyAt(Worker worker, String prefix) {
        return Stream.iterate(0, n -> n + 1)
                .map(n -> prefix + n)
                .filter(key -> worker.peers().orderOf(key).before().isEmpty())
                .findFirst()
                .orElseThrow();
    }

    static double passes(Worker worker, String reason, String outcome) throws Exception {
        return metric(worker, "workerpool_passes_total{outcome=\"" + outcome + "\",reason=\"" + reason + "\"}");
    }

    RawClient call(Worker worker, String task, String input) throws Exception {
        var client = new RawClient(worker.taskPort());
        closeables.add(client);
        return client.post("/tasks/" + task, input);
    }

    /** A run that keeps its thread until a permit is given. */
    RawClient hold(Worker worker, String input) throws Exception {
        RawClient client = call(worker, "hold", input);
        await().atMost(PATIENCE).until(() -> begun.contains(input));
        return client;
    }

    @AfterEach
    void stop() throws Exception {
        open = true;
        permits.values().forEach(permit -> permit.release(1000));
        for (AutoCloseable each : closeables) {
            each.close();
        }
        for (Worker worker : workers.values()) {
            introduce(worker, Map.of()); // Or each looks for an heir of its runs among those that have gone.
            worker.stop();
        }
    }
}
