package dev.workerpool.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.workerpool.worker.http.RawClient;
import dev.workerpool.worker.http.RawClient.Answer;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Workers that know each other, and runs that are asked for later. */
abstract class PeerRunsFixture extends PeerFixture {
    CompletableFuture<Boolean> drain(Worker worker) {
        workers.values().remove(worker); // Or the end of the test would stop it once more.
        // On a thread of its own: the common pool may have but one, and two workers are to drain at a time.
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return worker.stop();
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                },
                Thread::startVirtualThread);
    }

    static void awaitDrained(CompletableFuture<Boolean> stopped) throws Exception {
        assertThat(stopped.get(PATIENCE.toSeconds() + 20, TimeUnit.SECONDS)).isTrue();
    }

    static Answer send(Worker worker, String method, String path, String... headers) throws Exception {
        try (var client = new RawClient(worker.taskPort())) {
            return client.send(method + " " + path + " HTTP/1.1\r\nHost: t\r\nContent-Length: 0\r\n"
                            + String.join(
                                    "",
                                    Arrays.stream(headers)
                                            .map(header -> header + "\r\n")
                                            .toList())
                            + "\r\n")
                    .read(!method.equals("HEAD"));
        }
    }

    /** @return the path of the run */
    static String begin(Worker worker, String task, String input, String... headers) throws Exception {
        try (var client = new RawClient(worker.taskPort())) {
            var more = new StringBuilder();
            for (String header : headers) {
                more.append(header).append("\r\n");
            }
            Answer answer = client.send("POST /tasks/" + task + " HTTP/1.1\r\nHost: t\r\nPrefer: respond-async\r\n"
                            + more + "Content-Length: " + input.length() + "\r\n\r\n" + input)
                    .read();
            assertThat(answer.status()).as(answer.body()).isEqualTo(202);
            return answer.header("Location");
        }
    }

    static void awaitResult(Worker worker, String run, String result) {
        await().atMost(PATIENCE).untilAsserted(() -> {
            Answer answer = send(worker, "GET", run + "/result");
            assertThat(answer.status()).as(answer.body()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo(result);
        });
    }
}
