import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;

/**
 * The load under which the worker's ahead-of-time cache is trained: every task and every kind of answer, runs that are asked
 * for later, control messages, many small requests over a few connections, and a peer that both gets runs and gives some.
 * Fails when an answer is not what it should be, for then the cache would be trained on an error path.
 */
public final class Training {
    private static final int ROUNDS = 3000;
    private static final byte[] NOTHING = {};

    /** Long enough for a hop to be worth its while. */
    private static final String BUSY = "{\"n\":60000}";

    private final int tasks;
    private final int management;

    private Training(int tasks, int management) {
        this.tasks = tasks;
        this.management = management;
    }

    /**
     * Ports of the worker for tasks and management, likewise of its peer, the file with the operator's key, and the process
     * that is the worker's primary.
     */
    public static void main(String[] arguments) throws Exception {
        var worker = new Training(Integer.parseInt(arguments[0]), Integer.parseInt(arguments[1]));
        var peer = new Training(Integer.parseInt(arguments[2]), Integer.parseInt(arguments[3]));
        var operator = new ControlTraining(Path.of(arguments[4]));
        worker.awaitListening();
        worker.die(Long.parseLong(arguments[5]));
        worker.manage();
        worker.change(operator);
        worker.everyAnswer();
        worker.runsAskedForLater();
        worker.load(4, ROUNDS, "{\"n\":200}");
        peer.awaitListening();
        worker.meet(peer, operator);
        worker.manage();
    }

    private void awaitListening() throws Exception {
        for (int port : new int[] {management, tasks}) {
            for (int attempt = 0; !isListening(port); attempt++) {
                if (attempt == 300) {
                    throw new IOException("Nobody listens on port " + port);
                }
                Thread.sleep(100);
            }
        }
    }

    private static boolean isListening(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** The worker that is trained comes after one that was killed, and goes on with its connections. */
    private void die(long primary) throws Exception {
        try (var idle = new TrainingClient(tasks);
                var busy = new TrainingClient(tasks)) {
            idle.exchange("POST", "/tasks/primes", "", BUSY.getBytes(StandardCharsets.UTF_8), 200);
            var told = new FutureTask<>(() ->
                    busy.exchange("POST", "/tasks/fibonacci", "", "{\"n\":50}".getBytes(StandardCharsets.UTF_8), 500));
            Thread.ofPlatform().start(told);
            while (!isActive()) {
                Thread.sleep(20);
            }
            ProcessHandle.of(primary).orElseThrow().children().findFirst().orElseThrow().destroyForcibly();
            idle.exchange("POST", "/tasks/primes", "", BUSY.getBytes(StandardCharsets.UTF_8), 200);
            told.get();
        }
    }

    private boolean isActive() throws IOException {
        return metrics().anyMatch("workerpool_active 1.0"::equals);
    }

    private Stream<String> metrics() throws IOException {
        return TrainingClient.once(management, "GET", "/metrics", "", NOTHING, 200).text().lines();
    }

    private void manage() throws IOException {
        for (String path : List.of("/health/started", "/health/ready", "/health/live", "/metrics", "/status", "/settings")) {
            TrainingClient.once(management, "GET", path, "", NOTHING, 200);
        }
    }

    private void change(ControlTraining operator) throws IOException {
        for (int generation = 1; generation <= 20; generation++) {
            tell(
                    operator,
                    "training",
                    "{\"generation\":" + generation + ",\"threads\":2,\"queue\":{\"capacity\":256,\"maxWait\":\"10s\"},"
                            + "\"tasks\":{\"timeout\":\"30s\",\"maxAllocation\":null},\"drain\":{\"timeout\":\"60s\"},"
                            + "\"config\":{\"a\":\"" + generation + "\"},\"refusedTasks\":{}}");
        }
        TrainingClient.once(management, "PUT", "/settings", "", "{}".getBytes(StandardCharsets.UTF_8), 401);
    }

    private void tell(ControlTraining operator, String replica, String message) throws IOException {
        String token = "Authorization: Bearer " + operator.token(replica, message) + "\r\n";
        TrainingClient.once(management, "PUT", "/settings", token, message.getBytes(StandardCharsets.UTF_8), 200);
    }

    private void everyAnswer() throws IOException {
        exchange("GET", "/tasks", "", 200);
        exchange("GET", "/openapi.json", "", 200);
        exchange("GET", "/nothing", "", 404);
        exchange("GET", "/runs/nothing", "", 404);
        exchange("GET", "/tasks/echo", "", 405);
        exchange("POST", "/tasks/unknown", "{}", 404);
        exchange("POST", "/tasks/primes", "{\"n\":-1}", 400);
        exchange("POST", "/tasks/primes", "{\"n\":\"x\"}", 400);
        exchange("POST", "/tasks/primes", "{\"n\":", 400);
        exchange("POST", "/tasks/primes", "{\"m\":1}", 400);
        exchange("POST", "/tasks/fibonacci", "{\"n\":20}", 200);
        exchange("POST", "/tasks/pbkdf2", "{\"password\":\"p\",\"salt\":\"s\",\"iterations\":1000}", 200);
        for (int i = 0; i < 3; i++) {
            byte[] picture = exchange("POST", "/tasks/mandelbrot", "{\"maxIterations\":100}", 200);
            byte[] thumbnail = exchange("POST", "/tasks/thumbnail?size=64", picture, 200);
            exchange("POST", "/tasks/thumbnail", thumbnail, 200);
        }
        exchange("POST", "/tasks/thumbnail", "not an image", 400);
        exchange("POST", "/tasks/echo", new byte[1 << 20], 200);
    }

    private void runsAskedForLater() throws IOException {
        byte[] input = BUSY.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < 100; i++) {
            String run = TrainingClient.once(tasks, "POST", "/tasks/primes", "Prefer: respond-async\r\n", input, 202)
                    .headers()
                    .get("location");
            TrainingClient.once(tasks, "GET", run, "Prefer: wait=20\r\n", NOTHING, 200);
            TrainingClient.once(tasks, "GET", run + "/result", "", NOTHING, 200);
            TrainingClient.once(tasks, "GET", run + "/events", "Connection: close\r\n", NOTHING, 200);
            TrainingClient.once(tasks, "DELETE", run, "", NOTHING, 200);
            String events = TrainingClient.once(
                            tasks, "POST", "/tasks/primes", "Accept: text/event-stream\r\n", input, 200)
                    .text();
            if (!events.contains("event: result")) {
                throw new IllegalStateException("A run that was followed had no result: " + events);
            }
            TrainingClient.once(tasks, "POST", "/tasks/primes", "Idempotency-Key: \"" + i / 2 + "\"\r\n", input, 200);
        }
    }

    /** Tells both of each other and keeps one busy after the other, until either has been seen to get runs of its peer. */
    private void meet(Training peer, ControlTraining operator) throws Exception {
        String peers = "{\"generation\":20,\"peers\":{\"version\":1,\"token\":\"token-of-the-training\",\"replicas\":["
                + "{\"replica\":\"training\",\"address\":\"127.0.0.1:" + tasks + "\"},"
                + "{\"replica\":\"peer\",\"address\":\"127.0.0.1:" + peer.tasks + "\"}]}}";
        tell(operator, "training", peers);
        peer.tell(operator, "peer", peers);
        for (int attempt = 0; !isPassedTo() || !peer.isPassedTo(); attempt++) {
            if (attempt == 30) {
                throw new IllegalStateException("The replicas pass each other nothing");
            }
            load(16, 10, BUSY);
            peer.load(16, 10, BUSY);
        }
    }

    private boolean isPassedTo() throws IOException {
        return metrics()
                .anyMatch(line -> line.startsWith("workerpool_passes_received_total") && !line.endsWith(" 0.0"));
    }

    private void load(int connections, int rounds, String input) throws Exception {
        var clients = new ArrayList<Thread>();
        var failures = new ArrayList<Throwable>();
        for (int i = 0; i < connections; i++) {
            clients.add(Thread.ofPlatform().start(() -> {
                try (var client = new TrainingClient(tasks)) {
                    for (int round = 0; round < rounds; round++) {
                        client.exchange("POST", "/tasks/echo", "", "{\"n\":1}".getBytes(StandardCharsets.UTF_8), 200);
                        client.exchange("POST", "/tasks/primes", "", input.getBytes(StandardCharsets.UTF_8), 200);
                    }
                } catch (IOException | RuntimeException e) {
                    synchronized (failures) {
                        failures.add(e);
                    }
                }
            }));
        }
        for (Thread client : clients) {
            client.join();
        }
        if (!failures.isEmpty()) {
            throw new IllegalStateException(failures.getFirst());
        }
    }

    private byte[] exchange(String method, String path, String body, int status) throws IOException {
        return exchange(method, path, body.getBytes(StandardCharsets.UTF_8), status);
    }

    private byte[] exchange(String method, String path, byte[] body, int status) throws IOException {
        return TrainingClient.once(tasks, method, path, "", body, status).body();
    }
}
