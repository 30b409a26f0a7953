package dev.workerpool.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.workerpool.worker.http.RawClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A worker whose threads run code that nothing stops has itself replaced, and finishes what it accepted before. */
class LostThreadsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** As many as a worker of four threads may lose, and is one too many. */
    private static final int MANY = 4;

    @TempDir
    Path folder;

    private Path lastMessage;
    private Path gate;
    private WorkerProcess worker;

    @BeforeEach
    void start() throws Exception {
        lastMessage = Files.createFile(folder.resolve("last-message"));
        gate = folder.resolve("gate");
        TaskJars.jar()
                .task("Deaf", "String", "String", "new Semaphore(0).acquireUninterruptibly(); return input;")
                .task(
                        "Gate",
                        "String",
                        "String",
                        "while (!java.nio.file.Files.exists(java.nio.file.Path.of(input))) Thread.sleep(10); return \"open\";")
                .writeTo(folder.resolve("tasks.jar"));
        worker = new WorkerProcess(folder)
                .with("WORKERPOOL_THREADS", "" + MANY)
                .with("WORKERPOOL_TERMINATION_LOG", lastMessage.toString())
                .start();
    }

    @AfterEach
    void stop() throws Exception {
        worker.close();
    }

    @Test
    void haveTheWorkerDrainAndEndWithACodeAndAMessageOfTheirOwn() throws Exception {
        try (RawClient accepted = worker.connect()) {
            accepted.post("/tasks/gate", gate.toString());
            await().atMost(PATIENCE).until(() -> worker.get("/status").body().contains("\"task\":\"gate\""));
            for (int lost = 1; lost < MANY; lost++) {
                loseAThread();
            }
            awaitLost(MANY - 1);
            assertThat(worker.get("/health/ready").status()).as("ready").isEqualTo(200);

            loseAThread();

            awaitLost(MANY);
            await().atMost(PATIENCE).until(() -> worker.get("/health/ready").status() == 503);
            assertThat(worker.get("/health/live").status()).as("alive").isEqualTo(200);
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(
                            worker.post("/tasks/gate", folder.toString()).body())
                    .contains("urn:workerpool:problem:draining"));
            Files.createFile(gate);
            assertThat(accepted.read().body()).isEqualTo("open");
        }

        assertThat(worker.process().waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .as("it ends")
                .isTrue();
        assertThat(worker.process().exitValue()).isEqualTo(70);
        assertThat(lastMessage).hasContent("executing deaf\n".repeat(MANY));
        assertThat(worker.log())
                .contains("ERROR", "4 threads are lost to code that does not stop", "exits with code 70");
    }

    private void loseAThread() throws Exception {
        try (RawClient client = worker.connect()) {
            var answer = client.send("POST /tasks/deaf HTTP/1.1\r\nHost: t\r\nWorkerpool-Timeout: 10ms\r\n"
                            + "Content-Length: 0\r\n\r\n")
                    .read();
            assertThat(answer.status()).as(answer.body()).isEqualTo(504);
        }
    }

    private void awaitLost(int threads) {
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(worker.get("/status").body()).contains("\"threadsLost\":" + threads + ","));
    }
}
