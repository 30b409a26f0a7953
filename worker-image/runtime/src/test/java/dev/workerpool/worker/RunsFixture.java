package dev.workerpool.worker;

import static dev.workerpool.worker.TaskJars.gate;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.workerpool.worker.http.RawClient;
import dev.workerpool.worker.http.RawClient.Answer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** A worker of one thread whose tasks tests can hold, and what is sent to it again and again. */
final class RunsFixture implements AutoCloseable {
    private static final JsonMapper JSON = new JsonMapper();

    final Map<String, String> environment = new HashMap<>();
    private final Semaphore started = new Semaphore(0);
    private final CountDownLatch release = new CountDownLatch(1);
    private Worker worker;
    private boolean stopped;

    RunsFixture(Path folder) {
        System.getProperties().put("started", started);
        System.getProperties().put("release", release);
        String start = "((Semaphore) System.getProperties().get(\"started\")).release();";
        TaskJars.jar()
                .task("Gate", "String", "String", start + gate("release") + ".await(); return input;")
                .task("Copy", "Content", "Content", "return input;")
                .task("Sum", "int[]", "Map<String, Integer>", "return Map.of(\"sum\", Arrays.stream(input).sum());")
                .task("Nothing", "String", "Void", "return null;")
                .task("Throws", "String", "String", "throw new java.io.IOException(input);")
                .task("Id", "String", "String", "return context.runId();")
                .task(
                        "Report",
                        "Integer",
                        "String",
                        "for (int i = 1; i <= input; i++) context.emit(Map.of(\"step\", i)); " + start + gate("release")
                                + ".await(); context.emit(\"last\"); return \"done\";")
                .task(
                        "Chat",
                        "String",
                        "String",
                        start
                                + "for (String said = \"\"; ; ) { var next = context.receive(Duration.ofMinutes(5)).get();"
                                + " String text = new String(next.bytes().array(), 0, next.bytes().remaining());"
                                + " if (text.equals(\"bye\")) return said; said += text + \" (\" + next.mediaType() + \")\";"
                                + " context.emit(said); }")
                .writeTo(folder.resolve("tasks.jar"));
        environment.put("WORKERPOOL_TASKS_DIR", folder.toString());
        environment.put("WORKERPOOL_REPLICA", "replica-1");
        environment.put("WORKERPOOL_PORT", "0");
        environment.put("WORKERPOOL_MANAGEMENT_PORT", "0");
        environment.put("WORKERPOOL_THREADS", "1");
    }

    Worker worker() throws Exception {
        if (worker == null) {
            worker = new Worker(WorkerSettings.from(environment), lost -> {});
            worker.start();
        }
        return worker;
    }

    RawClient connect() throws Exception {
        return new RawClient(worker().taskPort());
    }

    Answer call(String method, String path, String body, String... headers) throws Exception {
        try (var client = connect()) {
            return send(client, method, path, body, headers).read(!method.equals("HEAD"));
        }
    }

    static RawClient send(RawClient client, String method, String path, String body, String... headers)
            throws IOException {
        var text = new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: t\r\nContent-Length: "
                + body.getBytes(StandardCharsets.ISO_8859_1).length + "\r\n");
        for (String header : headers) {
            text.append(header).append("\r\n");
        }
        return client.send(text + "\r\n" + body);
    }

    /** @return the path of the run */
    String submit(String task, String body, String... headers) throws Exception {
        String[] all = java.util.Arrays.copyOf(headers, headers.length + 1);
        all[headers.length] = "Prefer: respond-async";
        Answer answer = call("POST", "/tasks/" + task, body, all);
        assertThat(answer.status()).as(answer.body()).isEqualTo(202);
        return answer.header("Location");
    }

    JsonNode get(String path, String... headers) throws Exception {
        Answer answer = call("GET", path, "", headers);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body());
    }

    /** The run once it is over. */
    JsonNode ended(String run) throws Exception {
        JsonNode ended = get(run, "Prefer: wait=20");
        assertThat(ended.has("endedAt")).as("%s", ended).isTrue();
        return ended;
    }

    static JsonNode json(String text) throws IOException {
        return JSON.readTree(text);
    }

    String metric(String name) throws Exception {
        try (var client = new RawClient(worker().managementPort())) {
            return client.get("/metrics")
                    .read()
                    .body()
                    .lines()
                    .filter(line -> line.startsWith(name + " "))
                    .map(line -> line.substring(name.length() + 1))
                    .findFirst()
                    .orElse(null);
        }
    }

    void awaitStarted() throws InterruptedException {
        assertThat(started.tryAcquire(20, TimeUnit.SECONDS))
                .as("the task started")
                .isTrue();
    }

    void release() {
        release.countDown();
    }

    boolean stop() {
        stopped = true;
        try {
            return worker.stop();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() throws Exception {
        release();
        if (worker != null && !stopped) {
            worker.stop();
        }
    }

    /** Reads the events of a stream one by one. */
    static final class Events {
        private final RawClient client;
        private String text = "";

        Events(RawClient client) {
            this.client = client;
        }

        /** The next event with its lines joined by {@code |}; null after the last. */
        String next() throws IOException {
            int end;
            while ((end = text.indexOf("\n\n")) < 0) {
                String chunk = client.chunk();
                if (chunk == null) {
                    assertThat(text).as("half an event").isEmpty();
                    return null;
                }
                text += chunk;
            }
            String event = text.substring(0, end).replace('\n', '|');
            text = text.substring(end + 2);
            return event;
        }
    }
}
